"""One scan finds words, ideas said close together, and who is meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.mini import diagnose, seen, sights
from tests.knowledge.tiny import base, exchange, symptom

from keymedic.inference.scan import Folded, look
from keymedic.intake.events import Event
from keymedic.knowledge.compile import compile_index
from keymedic.knowledge.load import Files, Library
from keymedic.knowledge.positions import Document
from keymedic.knowledge.scanner import Scanner
from keymedic.knowledge.store import Knowledge


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


def with_pattern(regex: str) -> Knowledge:
    """A world with one symptom, seen by one pattern."""
    packs = (base(), exchange("acme", symptom("acme.a", {"regex": regex})))
    documents = {pack["pack"]: Document(f"{pack['pack']}.yaml", pack, {}) for pack in packs}
    index = compile_index(Library(Files(documents, {}, [], [])))
    return Knowledge(index, Scanner(index.patterns))


@pytest.mark.parametrize("between", ["nothing", "café 🙏", "    "])
def test_a_pattern_is_seen_in_every_event_that_has_it(between: str) -> None:
    texts = ["the key was refused", between, "again: key  refused", "key", "refused", "so the key is refused"]
    events = [Event(number, text, ((0, 0),)) for number, text in enumerate(texts)]
    found = look(with_pattern(r"\bkey.{0,9}refused\b"), events)
    assert [bool(sight.atoms) for sight in found] == [True, False, True, False, False, True]
    placed = [(sight, sight.place(atom)) for sight in found for atom in list(sight.atoms)]
    quotes = [sight.event.text[slice(*span)] for sight, span in placed if span]
    assert quotes == ["key was refused", "key  refused", "key is refused"]


@given(st.text(alphabet="ab \n\t\u00a0é🙏", max_size=60))
@settings(deadline=None)
def test_every_offset_of_a_folded_text_leads_back_to_its_character(text: str) -> None:
    folded = Folded(text)
    for offset, sign in enumerate(folded.text):
        if sign != " ":
            assert text[folded.to_text(offset)] == sign


@pytest.mark.parametrize(
    "text",
    [
        "today I reset my keysotre",
        "I resettde my keystore",
        "the   keysttore\n was  reset",
    ],
)
def test_an_idea_is_seen_through_a_typing_error_that_nobody_listed(text: str) -> None:
    sight = sights(text)[-1]
    assert "base.mini.vault_reset" in seen(text)
    assert all(0 <= start < end <= len(text) for start, end in sight.atoms.values())


def test_the_quote_is_what_was_written() -> None:
    found = diagnose("I reset my keysotre")
    quotes = {evidence.quote for cause in found.causes for evidence in cause.evidence}
    assert "reset my keysotre" in quotes


@pytest.mark.parametrize("text", ["keysotre.reset=1", "/keysotre/reset", "the KEYSOTRE was reset", "keysotre_id reset"])
def test_identifiers_and_addresses_hold_no_typing_errors(text: str) -> None:
    assert "base.mini.vault_reset" not in seen(text)


Slips = list[tuple[int, int, str]]


@st.composite
def mistyped(draw: st.DrawFn) -> tuple[str, Slips]:
    """A text, and words of it that were meant otherwise."""
    text = ""
    slips: Slips = []
    for _ in range(draw(st.integers(0, 6))):
        text += draw(st.text(" \n\ta\u00a0🙏", max_size=3))
        word = draw(st.text("bcé", min_size=1, max_size=6))
        if draw(st.booleans()):
            slips.append((len(text), len(text) + len(word), draw(st.text("xyz", min_size=1, max_size=8))))
        text += word
    return text + draw(st.text(" \na", max_size=3)), slips


@given(mistyped())
@settings(deadline=None)
def test_offsets_of_corrected_words_stay_inside_the_text_and_in_order(given_: tuple[str, Slips]) -> None:
    text, slips = given_
    folded = Folded(text, slips)
    places = [folded.to_text(offset) for offset in range(len(folded.text))]
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(mistyped())
@settings(deadline=None)
def test_a_corrected_word_leads_back_to_the_word_as_it_was_typed(given_: tuple[str, Slips]) -> None:
    text, slips = given_
    folded = Folded(text, slips)
    at = 0
    for start, end, meant in slips:
        at = folded.text.index(meant, at)
        assert folded.to_text(at) == start
        assert start <= folded.to_text(at + len(meant) - 1) < end
        at += len(meant)
    for offset, sign in enumerate(folded.text):
        if sign not in " xyz":
            assert text[folded.to_text(offset)] == sign
