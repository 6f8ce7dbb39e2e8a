"""Which symptoms hold, and which of them count."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.mini import cause, diagnose, seen


def test_a_code_means_nothing_outside_its_exchange() -> None:
    assert not seen('{"code": 4001, "msg": "?"}')


@pytest.mark.parametrize(("exchange", "symptom"), [("north", "north.4001"), ("south", "south.4001")])
def test_the_same_code_means_what_its_exchange_says(exchange: str, symptom: str) -> None:
    assert seen('{"code": 4001, "msg": "?"}', exchange) == {symptom}


@pytest.mark.parametrize(
    "text", ['{"code":"4003"}', "error code: 4003", "APIError(code=4003): no", "4003: no such key"]
)
def test_a_code_is_read_in_the_usual_places(text: str) -> None:
    assert "north.4003" in seen(text, "north")


@pytest.mark.parametrize("text", ["orderId 4003", "price 4003.5", "at 12:40:03 4003 coins", "port=4003"])
def test_a_number_elsewhere_is_no_code(text: str) -> None:
    assert "north.4003" not in seen(text, "north")


def test_a_code_named_by_the_text_counts_for_the_exchange_in_the_text() -> None:
    assert "north.4001" in seen('north {"code": 4001}')


def test_a_text_of_scope_pack_counts_only_with_its_pack() -> None:
    text = "sorry, bad api key given here"
    assert "north.bad" in seen(text, "north")
    assert "north.bad" not in seen(text)
    assert "north.bad" not in seen(text, "south")


def test_what_the_parent_knows_holds_for_the_child() -> None:
    assert "north.4001" in seen('{"code": 4001}', "northeu")


def test_the_child_has_the_last_word_on_a_code() -> None:
    assert seen('{"code": 4003}', "northeu") == {"northeu.4003"}


def test_the_child_has_the_last_word_on_its_profile() -> None:
    found = diagnose('{"code": 4001}', "northeu")
    assert found.explanation is not None
    values = {fact.value for fact in found.explanation.facts if fact.name == "exchange.ip.allowlist"}
    assert values == {"none"}
    assert found.causes[0].id != "ip.not_whitelisted"


def test_a_catch_all_yields_to_any_specific_message() -> None:
    assert seen("request rejected") == {"base.mini.rejected"}
    assert seen("request rejected\n\nunknown api key") == {"base.mini.unknown_key"}


def test_a_general_wording_yields_to_the_exchange_s_own_in_the_same_event() -> None:
    assert seen("north has no such key: unknown api key", "north") == {"north.4003"}


def test_a_piece_of_a_longer_message_is_no_message_of_its_own() -> None:
    assert seen("sorry, bad api key given here", "north") == {"north.bad"}


def test_all_parts_of_a_symptom_must_be_in_one_event() -> None:
    assert "base.mini.refused" in seen("HTTP status 401: signature")
    assert "base.mini.refused" not in seen("2026-01-01 10:00:00 HTTP status 401\n2026-01-01 10:00:01 signature")


def test_what_almost_matched_says_what_was_seen_and_what_was_missing() -> None:
    explanation = diagnose("HTTP status 401 Unauthorized").explanation
    assert explanation is not None
    miss = next(item for item in explanation.near_misses if item.symptom == "base.mini.refused")
    assert miss.seen == ("status 401",)
    assert miss.missing == ("text 'signature'",)


def test_evidence_quotes_the_input_and_points_at_it() -> None:
    text = "hello,\n  the bot says  UNKNOWN   API key since noon"
    found = cause(diagnose(text), "key.invalid")
    assert found is not None
    reason = found.evidence[0]
    assert reason.quote == "UNKNOWN API key"
    assert reason.span is not None
    assert text[reason.span[0] : reason.span[1]] == "UNKNOWN   API key"


def test_evidence_behind_a_masked_secret_still_points_at_the_input() -> None:
    text = "secret=a8Kd93jfLq02mZx71Bv5Tn64Wc and then unknown api key"
    found = diagnose(text)
    assert found.masked.count == 1
    best = cause(found, "key.invalid")
    assert best is not None
    span = best.evidence[0].span
    assert span is not None
    assert text[span[0] : span[1]] == "unknown api key"


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_a_diagnosis_with_probabilities(noise: str) -> None:
    found = diagnose(f"{noise} unknown api key")
    assert 0.9 < sum(item.probability for item in found.causes) < 1.01
    assert all(0 <= item.probability <= 1 for item in found.causes)
