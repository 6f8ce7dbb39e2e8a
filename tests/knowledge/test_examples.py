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
