"""Priors from closed cases: how often each cause turned out to be the one, drawn towards what the packs say."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from keymedic.errors import Unusable
from keymedic.evaluation import LabelledCase
from keymedic.inference.answers import UNKNOWN
from keymedic.knowledge.store import Knowledge

STRENGTH = 100.0
"""Number of cases that the present priors are worth: with as many closed cases, both count the same."""
_FOLDS = 5


class Calibration(msgspec.Struct):
    """New priors, and how well old and new foretell left-out cases (mean log loss in bits, lower is better)."""

    cases: int
    priors: dict[str, float]
    before: dict[str, float]
    loss_before: float
    loss_after: float


def calibrate(knowledge: Knowledge, cases: Sequence[LabelledCase]) -> Calibration:
    """Re-estimate the priors. Raises Unusable when no case says what was established."""
    closed = [case.resolved for case in cases if case.resolved in knowledge.causes and case.resolved != UNKNOWN]
    if not closed:
        raise Unusable("no case has a `resolved` cause that the packs know: close some cases first")
    before = _shares({cause.id: cause.prior for cause in knowledge.causes.values()})
    after, old, new = _estimate(before, closed), 0.0, 0.0
    for fold in range(_FOLDS):
        held = closed[fold::_FOLDS]
        rest = [cause for number, cause in enumerate(closed) if number % _FOLDS != fold]
        fitted = _estimate(before, rest)
        old += sum(-math.log2(before[cause]) for cause in held)
        new += sum(-math.log2(fitted[cause]) for cause in held)
    return Calibration(len(closed), after, before, round(old / len(closed), 4), round(new / len(closed), 4))


def _estimate(before: dict[str, float], closed: Sequence[str | None]) -> dict[str, float]:
    """Dirichlet smoothing. `unknown` keeps its share: a closed case never ends there."""
    open_share = before.get(UNKNOWN, 0.0)
    counts = {cause: STRENGTH * share for cause, share in before.items() if cause != UNKNOWN}
    for cause in closed:
        if cause in counts:
            counts[str(cause)] += 1.0
    total = sum(counts.values())
    shares = {cause: (1.0 - open_share) * count / total for cause, count in counts.items()}
    return {**shares, UNKNOWN: open_share} if open_share else shares


def _shares(priors: dict[str, float]) -> dict[str, float]:
    total = sum(priors.values())
    return {cause: prior / total for cause, prior in priors.items()}
