"""Packs tested by their own examples."""

from __future__ import annotations

from pathlib import Path

from tests.knowledge.tiny import Data, Write, base, exchange, symptom

from keymedic.knowledge import examples, load
from keymedic.knowledge.compile import compile_index
from keymedic.knowledge.examples import Tally
from keymedic.knowledge.scanner import Scanner
from keymedic.knowledge.store import Knowledge


def tally_of(folder: Path, *packs: str) -> Tally:
    """The tally of some packs of a folder."""
    library = load.library([folder])
    index = compile_index(library)
    return examples.test(Knowledge(index, Scanner(index.patterns)), library, packs)


def a(**more: object) -> Data:
    match = {"match": {"text": "acme refuses the key"}, "examples": ["acme refuses the key"], "counterexamples": ["no"]}
    return exchange("acme", {**symptom("acme.a", {}), **match, **more})


def test_good_examples_are_counted(write: Write) -> None:
    tally = tally_of(write(base(), a(examples=["acme refuses the key", "{acme refuses  the\nkey}"])), "acme")
    assert (tally.examples, tally.counterexamples, tally.problems) == (2, 1, [])


def test_an_example_that_does_not_match_is_named_with_its_place(write: Write) -> None:
    (problem,) = tally_of(write(base(), a(examples=["acme likes the key"])), "acme").problems
    assert "acme.yaml:" in str(problem)
    assert str(problem).endswith("acme.a does not fire on its example: correct the matcher or the example")


def test_a_counterexample_that_matches_is_named(write: Write) -> None:
    (problem,) = tally_of(write(base(), a(counterexamples=["so acme refuses the key"])), "acme").problems
    assert str(problem).endswith("acme.a fires on its counterexample: make the matcher narrower")


def test_codes_count_because_the_pack_is_in_play(write: Write) -> None:
    code = {"match": {"code": "50113"}, "examples": ['{"code":"50113"}'], "counterexamples": ["order 50113"]}
    assert tally_of(write(base(), a(**code)), "acme").problems == []


def claimer(**more: object) -> Data:
    bad = symptom("other.b", {"text": "refuses the key"}, examples=["refuses the key"], counterexamples=["no"])
    return exchange("other", {**bad, **more})


def test_an_example_that_another_exchange_claims_is_named(write: Write) -> None:
    (problem,) = tally_of(write(base(), a(), claimer()), "acme").problems
    assert "the example of acme.a is claimed by other.b too: give other.b `scope: pack`" in str(problem)


def test_a_claim_is_admitted_through_false_positives(write: Write) -> None:
    folder = write(base(), a(), claimer(false_positives=["The exchange Acme says the same."]))
    assert tally_of(folder, "acme").problems == []


def test_a_symptom_of_scope_pack_claims_nothing(write: Write) -> None:
    assert tally_of(write(base(), a(), claimer(scope="pack")), "acme").problems == []


def test_a_pack_may_say_what_the_pack_it_extends_says(write: Write) -> None:
    assert tally_of(write(base(), a(), {**claimer(), "extends": "acme"}), "acme", "other").problems == []


class TestBlind:
    """Nobody says which exchange is meant: the example must not be taken for another one's."""

    def test_an_example_that_names_another_exchange_is_named(self, write: Write) -> None:
        folder = write(base(), acme_as("the refusal of the key", "other: the refusal of the key"), exchange("other"))
        (problem,) = tally_of(folder, "acme").problems
        assert str(problem).endswith(
            "without being told, the example of acme.a is taken for other: "
            "name acme in the example, or make what other is recognised by narrower"
        )

    def test_an_example_that_names_its_own_exchange_is_fine(self, write: Write) -> None:
        folder = write(base(), acme_as("the refusal of the key", "acme: the refusal of the key"), exchange("other"))
        assert tally_of(folder, "acme").problems == []

    def test_an_example_that_names_nobody_is_fine(self, write: Write) -> None:
        folder = write(base(), acme_as("the refusal of the key", "the refusal of the key"), exchange("other"))
        assert tally_of(folder, "acme").problems == []

    def test_a_parent_s_name_in_a_child_s_example_is_fine(self, write: Write) -> None:
        child = {**acme_as("the refusal of the key", "other: the refusal of the key"), "extends": "other"}
        assert tally_of(write(base(), child, exchange("other")), "acme").problems == []

    def test_a_tool_s_example_may_name_an_exchange(self, write: Write) -> None:
        tool = acme_as("the refusal of the key", "other: the refusal of the key")
        tool = {**tool, "kind": "source", "recognise": {"words": ["acme"]}}
        assert tally_of(write(base(), tool, exchange("other")), "acme").problems == []

    def test_what_both_claim_is_told_once(self, write: Write) -> None:
        folder = write(base(), acme_as("refuses the key", "other refuses the key"), claimer())
        (problem,) = tally_of(folder, "acme").problems
        assert "is claimed by other.b too" in str(problem)


def acme_as(text: str, example: str) -> Data:
    return a(match={"text": text}, examples=[example])


def test_what_a_derived_pack_shares_with_another_is_nobody_s_slip(write: Write) -> None:
    derived = {**acme_as("refuses the key", "acme refuses the key"), "status": "derived"}
    assert tally_of(write(base(), derived, claimer()), "acme").problems == []


def test_a_claim_is_not_admitted_by_a_longer_word(write: Write) -> None:
    folder = write(base(), a(), claimer(false_positives=["Pacmen say the same."]))
    assert len(tally_of(folder, "acme").problems) == 1


def test_deprecated_and_silenced_symptoms_are_not_tested(write: Write) -> None:
    gone = {"deprecated": {"reason": "not sent any more", "successor": "acme.b"}}
    tally = tally_of(write(base(), a(examples=["nothing of it"], **gone)), "acme")
    assert (tally.examples, tally.problems) == (0, [])
