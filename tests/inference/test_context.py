"""Which exchange and which tool are meant."""

from __future__ import annotations

import pytest
from tests.inference.mini import context, diagnose, seen


def test_what_is_given_wins_over_what_the_text_says() -> None:
    found = context("GET https://api.north.example/v1", exchange="south")
    assert found.main["exchange"] == ("south", 1.0)
    assert found.given == {"exchange": "south"}


@pytest.mark.parametrize("name", ["north", "NORTH", " northex ", "north-pro"])
def test_an_alias_or_other_spelling_is_the_pack(name: str) -> None:
    assert context("x", exchange=name).main["exchange"] == ("north", 1.0)


def test_an_alias_of_a_tool() -> None:
    assert context("x", source="tally-app").main["source"] == ("tally", 1.0)


def test_a_host_is_surer_than_a_word() -> None:
    host, word = context("https://north.example/").main["exchange"], context("my northex key").main["exchange"]
    assert host[0] == word[0] == "north"
    assert host[1] > word[1]


def test_a_child_that_is_named_covers_its_parent() -> None:
    found = context("https://eu.north.example/api fails, my northex key")
    assert found.main["exchange"][0] == "northeu"
    assert found.packs == {"northeu", "north"}


def test_two_exchanges_halve_the_confidence_and_both_are_in_play() -> None:
    found = context("northex works, southex does not")
    assert found.main["exchange"][0] == "north"
    assert found.main["exchange"][1] < context("northex works").main["exchange"][1]
    assert found.packs == {"north", "south"}


def test_the_surer_of_two_exchanges_leads() -> None:
    assert context("northex? see https://south.example/").main["exchange"][0] == "south"


def test_nothing_named_is_nothing_known() -> None:
    assert context("it does not work").main == {}
    assert diagnose("it does not work").exchange is None


def test_an_unmistakable_text_brings_its_pack_into_play() -> None:
    found = diagnose("southern systems are resting")
    assert found.exchange is not None
    assert (found.exchange.id, found.exchange.confidence) == ("south", 0.7)
    assert found.causes[0].id == "exchange.outage"


def test_an_unmistakable_text_does_not_overrule_what_is_given() -> None:
    found = diagnose("southern systems are resting", exchange="north")
    assert found.exchange is not None
    assert found.exchange.id == "north"
    assert "south.down" not in seen("southern systems are resting", exchange="north")


def test_a_text_that_means_something_only_in_its_pack_does_not_name_it() -> None:
    assert diagnose("sorry, bad api key given here").exchange is None


def test_an_unknown_id_is_kept_and_noted_with_a_suggestion() -> None:
    found = diagnose("unknown api key", exchange="nroth", source="talli")
    notes = [notice.text for notice in found.notices if notice.kind == "unknown_id"]
    assert notes == [
        "no pack knows the exchange 'nroth'; did you mean north?",
        "no pack knows the source 'talli'; did you mean tally?",
    ]
    assert found.exchange is None
    assert found.causes[0].id == "key.invalid"


def test_an_unknown_id_like_nothing_is_noted_without_a_suggestion() -> None:
    notes = [notice.text for notice in diagnose("unknown api key", exchange="zzzz").notices]
    assert notes == ["no pack knows the exchange 'zzzz'"]


def test_another_exchange_in_the_text_is_not_the_unknown_one() -> None:
    assert diagnose("southex refuses the order", exchange="bittrexx").exchange is None


def test_the_wording_of_a_known_exchange_counts_for_an_unknown_one_as_general() -> None:
    assert "south.down" in seen("southern systems are resting", exchange="bittrexx")
