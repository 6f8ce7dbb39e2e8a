"""How many questions it takes until the true cause leads, played with answers as that cause would give them."""

from __future__ import annotations

import pytest
from tests.inference.mini import mini

from keymedic import asking
from keymedic.asking import Asked, simulate, summarise, table
from keymedic.errors import Unusable
from keymedic.evaluation import LabelledCase


def resolved(cause: str, text: str = "unknown api key", name: str = "1") -> LabelledCase:
    return LabelledCase(name, text, [cause], resolved=cause)


def test_a_case_that_is_clear_needs_no_question() -> None:
    found = simulate(mini(), [resolved("key.invalid")], draws=3)
    assert (found.cases, found.plays, found.median, found.p90, found.done) == (1, 3, 0, 0, 1.0)
    assert found.stuck == []


def test_a_cause_that_does_not_lead_is_asked_for() -> None:
    found = simulate(mini(), [resolved("key.deleted")])
    assert found.median is not None
    assert found.median >= 1
    assert found.done > 0.5


def test_a_cause_that_nothing_speaks_for_is_stuck_and_named() -> None:
    found = simulate(mini(), [resolved("not_key.order", "code 4001 from north")], draws=4)
    assert (found.median, found.done) == (None, 0.0)
    assert [(item.id, item.cause, item.plays) for item in found.stuck] == [("1", "not_key.order", [None] * 4)]
    assert list(table(found)) == [
        "1 resolved cases, 4 plays: median more than 8 questions, 90th percentile more than 8",
        "0.00 of the plays end with the true cause and its remedy first",
        "  1: not_key.order does not come to lead",
    ]


def test_cases_without_an_established_cause_are_left_out() -> None:
    found = simulate(mini(), [LabelledCase("1", "unknown api key", ["key.invalid"])])
    assert (found.cases, found.plays, found.median, found.done) == (0, 0, None, 0.0)


def test_the_same_cases_give_the_same_measures_in_any_company() -> None:
    one, two = resolved("key.deleted", name="1"), resolved("key.expired", name="2")
    together = simulate(mini(), [one, two])
    assert together == simulate(mini(), [one, two])
    assert together.plays == 2 * asking.DRAWS
    alone = simulate(mini(), [one]), simulate(mini(), [two])
    assert together.done == pytest.approx(sum(part.done for part in alone) / 2)


def test_a_case_without_text_is_named() -> None:
    with pytest.raises(Unusable, match="case 7: the text is empty"):
        simulate(mini(), [resolved("unknown", " ", "7")])


def test_the_measures_of_plays_that_can_be_counted_by_hand() -> None:
    found = summarise([Asked("1", "a", [0, 1, 1, 2]), Asked("2", "b", [3, None, None, None])])
    assert (found.cases, found.plays, found.done) == (2, 8, 5 / 8)
    assert (found.median, found.p90) == (2, None)
    assert [item.id for item in found.stuck] == ["2"]


def test_nothing_was_played() -> None:
    assert next(table(summarise([]))).startswith("0 resolved cases, 0 plays: median more than")
