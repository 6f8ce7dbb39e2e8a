"""Forward chaining: what follows from facts, in any order, until nothing new follows."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.mini import diagnose, facts, mini

from keymedic.inference.deduce import deduce
from keymedic.inference.facts import FactBase, mentioned
from keymedic.knowledge.store import Knowledge

Pairs = list[tuple[str, Any]]
OPEN: Pairs = [
    ("key.worked_before", True),
    ("chain.second", True),
    ("exchange.ip.allowlist", "none"),
    ("credential.swapped", True),
    ("key.worked_before", False),
]


def base_of(pairs: Pairs) -> FactBase:
    known = FactBase()
    for name, value in pairs:
        known.add(name, value, "given")
    return known


def conclusions(pairs: Pairs) -> set[str]:
    known = base_of(pairs)
    findings, derived = deduce(mini(), known)
    return {rule.rule for rule in derived} | {finding.id for finding in findings}


def test_a_chain_is_followed_to_its_end_whatever_the_order_of_the_rules() -> None:
    known = facts(key__worked_before=True)
    _, derived = deduce(mini(), known)
    assert [rule.rule for rule in derived] == ["second", "third"]
    assert known.first("chain.third") is True


def test_each_rule_fires_once() -> None:
    _, derived = deduce(mini(), base_of(OPEN))
    names = [rule.rule for rule in derived]
    assert sorted(names) == sorted(set(names))


def test_after_the_end_nothing_more_follows() -> None:
    known = base_of(OPEN)
    deduce(mini(), known)
    before = known.all()
    deduce(mini(), known)
    assert known.all() == before


def test_a_derived_fact_carries_its_rule_and_what_it_rests_on() -> None:
    known = facts(key__worked_before=True)
    _, derived = deduce(mini(), known)
    fact = next(fact for fact in known.all() if fact.name == "chain.third")
    assert (fact.origin, fact.because) == ("deduction third", ("chain.second = True",))
    assert derived[1].why == "The third follows from the second."
    assert derived[1].concluded == ("chain.third = True", "against key.swapped")


def test_a_rule_of_a_pack_fires_only_while_that_pack_is_in_play() -> None:
    without, given_ = diagnose("unknown api key"), diagnose("unknown api key", source="tally")
    assert without.explanation is not None
    assert given_.explanation is not None
    assert "tally-reads" not in {rule.rule for rule in without.explanation.derived}
    assert "tally-reads" in {rule.rule for rule in given_.explanation.derived}


@given(st.lists(st.sampled_from(OPEN)), st.lists(st.sampled_from(OPEN)))
@settings(deadline=None)
def test_more_facts_never_take_a_conclusion_away(some: Pairs, more: Pairs) -> None:
    assert conclusions(some) <= conclusions(some + more)


@given(st.permutations(OPEN))
@settings(deadline=None)
def test_the_order_of_the_facts_does_not_matter(pairs: Pairs) -> None:
    assert conclusions(pairs) == conclusions(OPEN)


def test_no_deduction_of_the_packs_denies_what_another_one_concludes(knowledge: Knowledge) -> None:
    """`none` is safe only over facts that are settled before deduction begins."""
    rules = knowledge.index.deductions
    concluded = {(name, value) for rule in rules for name, value in rule.facts.items()}
    concluded |= {("indicated", cause) for rule in rules for cause in rule.indicates}
    denied = {(name, wanted) for rule in rules for name, wanted in _denied(rule.when) if not isinstance(wanted, dict)}
    assert not denied & concluded


def _denied(condition: dict[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, parts in condition.items():
        if key == "none":
            found += [pair for part in parts for pair in mentioned(part)]
        elif key in {"all", "any"}:
            found += [pair for part in parts for pair in _denied(part)]
    return found
