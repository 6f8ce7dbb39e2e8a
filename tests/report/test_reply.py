"""Replies keep to the voice: the answer first, no figures, no ids, no jargon, at most one question."""

from __future__ import annotations

import re

import msgspec
import pytest
from tests.report.cases import AMBIGUOUS, CASES, DANGER, DANGER_AVOIDED, OPERATOR, REPLACE_KEY, SAME_FIX, UNKNOWN

from keymedic.diagnosis import Diagnosis, FixStep, MaskedInfo
from keymedic.report import render

FORBIDDEN = re.compile(
    r"\b(simply|just|obviously|probab\w*|likely|confidence|deciban\w*|whitelist_\w*)\b", re.IGNORECASE
)
ID = re.compile(r"[a-z]+\.[a-z_]+")


def reply(diagnosis: Diagnosis) -> str:
    return render(diagnosis, "reply")


@pytest.mark.parametrize("case", CASES)
def test_no_reply_says_what_a_customer_should_not_read(case: str) -> None:
    said = reply(CASES[case])
    assert not FORBIDDEN.search(said)
    assert "%" not in said
    assert not ID.search(said)
    assert said.count("?") <= 1
    assert "you entered" not in said


def test_the_first_sentence_holds_for_every_remaining_cause() -> None:
    assert reply(SAME_FIX).startswith("KuCoin no longer accepts the key that CoinTracker uses.")
    assert reply(AMBIGUOUS).startswith("Bybit turns down the requests that WunderTrading sends with this key.")


def test_unknown_names_stay_general() -> None:
    said = reply(msgspec.structs.replace(SAME_FIX, exchange=None, source=None))
    assert said.startswith("The exchange no longer accepts the key that your tool uses.")


def test_same_fix_asks_nothing() -> None:
    assert "?" not in reply(SAME_FIX)


def test_ambiguous_asks_before_it_advises() -> None:
    said = reply(AMBIGUOUS)
    assert "what does the key show in the column IP?" in said
    assert "1." not in said


def test_ambiguous_without_an_easy_question_gives_the_best_fix() -> None:
    hard = msgspec.structs.replace(AMBIGUOUS.questions[0], effort="waits")
    said = reply(msgspec.structs.replace(AMBIGUOUS, questions=(hard,)))
    assert "What to try first:" in said
    assert "?" not in said


def test_unknown_is_honest_and_asks_for_the_message_when_nothing_else_helps() -> None:
    said = reply(msgspec.structs.replace(UNKNOWN, questions=()))
    assert said.startswith("We cannot tell yet from this message what is wrong.")
    assert "word for word" in said


def test_operators_steps_are_not_the_customers() -> None:
    said = reply(OPERATOR)
    assert "Nothing is wrong on your side" in said
    assert "the operator of HollaEx" in said
    assert "hollaex server" not in said


def test_only_the_customers_steps_are_numbered() -> None:
    theirs = FixStep(where="KuCoin", text="Lift the lock.", actor="exchange")
    fix = msgspec.structs.replace(REPLACE_KEY, steps=(theirs, *REPLACE_KEY.steps))
    said = reply(msgspec.structs.replace(SAME_FIX, remedies=(fix,)))
    assert "Lift the lock" not in said
    assert "1. API Management" in said
    assert "Your part in this:" in said


def test_the_key_is_cleared_when_it_is_not_the_problem() -> None:
    assert reply(CASES["not_a_key"]).startswith("The API key is not the problem.")


def test_a_loss_is_named_before_the_step_that_loses() -> None:
    said = reply(DANGER)
    assert said.index("are lost for good") < said.index("Confirm the deletion.")


def test_nothing_is_destroyed_where_something_milder_helps() -> None:
    said = reply(DANGER_AVOIDED)
    assert "Delete wallet" not in said
    assert "Sync now" in said


@pytest.mark.parametrize("kind", ["secret", "passphrase", "pem"])
def test_an_exposed_secret_means_a_new_key(kind: str) -> None:
    said = reply(msgspec.structs.replace(SAME_FIX, masked=MaskedInfo(count=1, kinds={kind: 1})))
    assert "your message contained a secret value" in said
    assert "must be deleted on KuCoin" in said
    assert "never send a secret" in said


@pytest.mark.parametrize("kind", ["email", "key"])
def test_harmless_masks_alarm_nobody(kind: str) -> None:
    said = reply(msgspec.structs.replace(SAME_FIX, masked=MaskedInfo(count=1, kinds={kind: 1})))
    assert "secret value" not in said


def test_an_agent_is_told_of_an_exposed_secret_at_once() -> None:
    for fmt in ("term", "note", "md", "html"):
        shown = render(CASES["secrets"], fmt)
        assert shown.index("held a secret of the key") < shown.index("deleted or reset")


def test_a_closed_exchange_is_the_first_thing_said_and_nobodys_to_mend() -> None:
    said = reply(CASES["closed"])
    assert said.startswith("Bittrex has been closed")
    assert "to put right" not in said
    assert "cointraker" not in said
