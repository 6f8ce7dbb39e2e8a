"""The next question: the one that tells most about the remedy for the least effort."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from keymedic.inference.facts import FactBase, holds
from keymedic.knowledge.store import Knowledge
from keymedic.model import Question

_CONSIDERED = 0.01
"""Causes below this probability do not influence the choice of a question."""
_NOTHING = 1e-12
_OTHERWISE = 200.0
"""How much likelier than any other the answer is that a question expects `otherwise`."""
_WORTH = 0.03
"""Bits per unit of effort below which a question is not worth asking."""


class Candidate(msgspec.Struct):
    """A question with its expected gain in bits and its effort in units."""

    question: Question
    gain: float
    cost: float

    @property
    def worth(self) -> float:
        """Bits per unit of effort."""
        return self.gain / self.cost


def candidates(
    knowledge: Knowledge,
    packs: Sequence[str],
    probabilities: Mapping[str, float],
    remedy_of: Callable[[str], str],
    facts: FactBase,
) -> list[Candidate]:
    """Open questions worth asking, best first."""
    likely = {cause: p for cause, p in probabilities.items() if p >= _CONSIDERED}
    total = sum(likely.values())
    likely = {cause: p / total for cause, p in likely.items()}
    groups = {cause: remedy_of(cause) for cause in likely}
    masses: dict[str, float] = {}
    for cause, p in likely.items():
        masses[groups[cause]] = masses.get(groups[cause], 0.0) + p
    before = _entropy(masses.values())
    answered = set(facts.values("answered"))
    symptoms = set(facts.values("symptom"))
    found = []
    for question in knowledge.questions(packs):
        if question.id in answered or not symptoms.isdisjoint(question.answered_by):
            continue
        touched = {cause: likely[cause] for cause in question.about if cause in likely}
        if not touched or not holds(question.when, facts):
            continue
        gain = before - _expected(question, touched, groups, masses)
        cost = knowledge.index.costs[question.cost]
        if gain / cost >= _WORTH:
            found.append(Candidate(question, gain, cost))
    return sorted(found, key=lambda c: (-c.worth, c.question.id))


def _expected(
    question: Question, touched: Mapping[str, float], groups: Mapping[str, str], masses: Mapping[str, float]
) -> float:
    """Uncertainty about the remedy that is left on average after the answer, in bits. Causes that the question does
    not touch all give its usual answers, so only the touched ones move the masses of the remedies."""
    table = likelihoods(question, touched)
    usual = _usual(question)
    left = 0.0
    for answer, row in table.items():
        joint = {group: mass * usual[answer] for group, mass in masses.items()}
        for cause, p in touched.items():
            joint[groups[cause]] += p * (row[cause] - usual[answer])
        chance = sum(joint.values())
        if chance > 0:
            left += chance * _entropy(mass / chance for mass in joint.values())
    return left


def _usual(question: Question) -> dict[str, float]:
    """P(answer) for a cause that no answer speaks of."""
    odds = {name: _OTHERWISE if name == question.otherwise else 1.0 for name in question.outcomes}
    total = sum(odds.values())
    return {name: value / total for name, value in odds.items()}


def likelihoods(question: Question, causes: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """P(answer | cause) for every answer: a weight of w decibans makes an answer 10 ** (w / 10) times as likely
    as it is for a cause that the question does not touch."""
    table: dict[str, dict[str, float]] = {}
    usual = _usual(question)
    for name, outcome in question.outcomes.items():
        table[name] = {
            cause: usual[name] * 10.0 ** ((outcome.indicates.get(cause, 0.0) - outcome.against.get(cause, 0.0)) / 10.0)
            for cause in causes
        }
    for cause in causes:
        total = sum(row[cause] for row in table.values())
        for row in table.values():
            row[cause] /= total
    return table


def _entropy(masses: Iterable[float]) -> float:
    """Uncertainty in bits."""
    return -sum(p * math.log2(p) for p in masses if p > _NOTHING)
