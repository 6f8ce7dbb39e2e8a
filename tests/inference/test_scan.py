"""One scan finds words, ideas said close together, and who is meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.mini import seen, sights

from keymedic.inference.scan import Folded


@pytest.mark.parametrize(
    "text", ["UNKNOWN API KEY", "unknown\n   api\tkey", "error: unknown api key!", "«unknown api key»"]
)
def test_case_and_white_space_do_not_matter(text: str) -> None:
    assert "base.mini.unknown_key" in seen(text)


@pytest.mark.parametrize(
    "text", ["unknown api keys", "anunknown api key", "unknown-api key", "unknown api\n\n\nkeyring"]
)
def test_a_text_stands_for_whole_words(text: str) -> None:
    assert "base.mini.unknown_key" not in seen(text)


@pytest.mark.parametrize(
    "text",
    [
        "I reset my vault",
        "the vault had to be reset",
        "I resetted the valut yesterday",
        "my keystore was re-set",
        "Nothing worked. I reset my vault.",
    ],
)
def test_an_idea_is_seen_in_other_words_order_and_listed_typos(text: str) -> None:
    assert "base.mini.vault_reset" in seen(text)


@pytest.mark.parametrize(
    "text",
    [
        "I did not reset my vault",
        "my vault was never reset",
        "I don't think I reset my vault",
    ],
)
def test_what_is_denied_is_seen_as_denied(text: str) -> None:
    assert "base.mini.vault_kept" in seen(text)
    assert "base.mini.vault_reset" not in seen(text)


@pytest.mark.parametrize(
    "text",
    [
        "I reset my phone. The vault is fine.",
        "I opened the vault\n\nthen I reset the phone",
        "reset one two three four five six seven eight vault",
        "the vaults were resetting",
        "- reset the phone\n- open the vault",
    ],
)
def test_ideas_far_apart_or_in_two_sentences_are_not_one(text: str) -> None:
    assert not seen(text) & {"base.mini.vault_reset", "base.mini.vault_kept"}


@pytest.mark.parametrize(
    ("text", "pack", "how"),
    [
        ("GET https://api.north.example/v1/keys", "north", "host"),
        ("header NORTH-API-SIGN is missing", "north", "header"),
        ('north {"code":"1"}', "north", "ccxt"),
        ("my Northex account", "north", "word"),
        ("the Tally app", "tally", "word"),
    ],
)
def test_a_pack_is_recognised_by_its_signs(text: str, pack: str, how: str) -> None:
    assert (pack, how) in {(mention.pack, mention.how) for sight in sights(text) for mention in sight.mentions}


def test_a_host_must_end_where_the_sign_ends() -> None:
    found = [mention for sight in sights("https://north.examples/") for mention in sight.mentions]
    assert "host" not in {mention.how for mention in found}


def test_spans_point_at_the_text_after_other_alphabets_and_runs_of_blanks() -> None:
    text = "пожалуйста   помогите 🙏\n\n   unknown   api  key"
    sight = sights(text)[-1]
    quotes = [" ".join(sight.event.text[start:end].split()) for start, end in sight.atoms.values()]
    assert "unknown api key" in quotes


def test_a_match_across_two_log_records_is_none() -> None:
    log = "2026-01-01 10:00:00 ERROR unknown\n2026-01-01 10:00:01 ERROR api key\n"
    assert len(sights(log)) == 2
    assert not seen(log)


@given(st.text(alphabet="ab \n\t\u00a0é🙏", max_size=60))
@settings(deadline=None)
def test_every_offset_of_a_folded_text_leads_back_to_its_character(text: str) -> None:
    folded = Folded(text)
    for offset, sign in enumerate(folded.text):
        if sign != " ":
            assert text[folded.to_text(offset)] == sign
