"""Forward chaining: deductions over facts until nothing new follows. Monotone, so it always ends."""

from __future__ import annotations

from collections.abc import Sequence

from keymedic.diagnosis import Derived
from keymedic.inference.facts import FactBase, holds, support
from keymedic.knowledge.store import Knowledge
from keymedic.model import Deduction, Finding


def deduce(knowledge: Knowledge, facts: FactBase) -> tuple[list[Finding], list[Derived]]:
    """Findings and facts that follow. `facts` grows; each rule fires once.

    A rule of an exchange or source pack fires only while that pack is in play (fact `pack`).
    """
    findings: list[Finding] = []
    derived: list[Derived] = []
    waiting: Sequence[Deduction] = knowledge.index.deductions
    in_play = set(facts.values("pack"))
    waiting = [d for d in waiting if knowledge.head(d.pack).kind == "base" or d.pack in in_play]
    grew = True
    while grew:
        fired = [rule for rule in waiting if holds(rule.when, facts)]
        grew = False
        for rule in fired:
            grew = _fire(knowledge, rule, facts, findings, derived) or grew
        done = {id(rule) for rule in fired}
        waiting = [rule for rule in waiting if id(rule) not in done]
    return findings, derived


def _fire(
    knowledge: Knowledge,
    rule: Deduction,
    facts: FactBase,
    findings: list[Finding],
    derived: list[Derived],
) -> bool:
    """Add what a rule concludes. Returns whether any fact is new, so that other rules may follow."""
    because = support(rule.when, facts)
    concluded = [f"{name} = {value}" for name, value in rule.facts.items()]
    grew = False
    for name, value in rule.facts.items():
        grew = facts.add(name, value, f"deduction {rule.id}", because) or grew
    if rule.indicates or rule.against:
        findings.append(
            Finding(
                id=rule.id,
                pack=rule.pack,
                pack_version=knowledge.head(rule.pack).version,
                title=rule.why,
                aspect=f"deduction {rule.id}",
                indicates=rule.indicates,
                against=rule.against,
                event=-1,
            )
        )
        for cause in rule.indicates:
            grew = facts.add("indicated", cause, f"deduction {rule.id}", because) or grew
        concluded += [f"for {cause}" for cause in rule.indicates]
        concluded += [f"against {cause}" for cause in rule.against]
    derived.append(Derived(rule=rule.id, why=rule.why, concluded=tuple(concluded), because=because))
    return grew
