"""How many questions it takes: resolved cases are asked what Keymedic asks, and answer as their true cause would.

Each answer is drawn from the outcome table of the question: P(answer | true cause). A case is done when the true
cause stands first and the first remedy mends it (or nothing mends that cause at all).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from keymedic.diagnosis import Diagnosis
from keymedic.evaluation import LabelledCase, finer, is_one_of
from keymedic.inference.ask import likelihoods
from keymedic.knowledge.store import Knowledge
from keymedic.model import Question

DRAWS = 10
"""Times that each case is played, with other answers each time."""
MOST = 8
"""Questions after which nobody answers any more."""
_SEED = 20_261_121


class Asked(msgspec.Struct):
    """One case: its true cause and how many questions each play took; None = it never led."""

    id: str
    cause: str
    plays: list[int | None]


class Asking(msgspec.Struct):
    """All plays: median and 90th percentile of questions (None = more than half, or a tenth, were never done)."""

    cases: int
    plays: int
    median: float | None
    p90: float | None
    done: float
    """Share of plays in which the true cause came to lead."""
    stuck: list[Asked]
    """Cases that were never done in most plays."""


def simulate(knowledge: Knowledge, cases: Iterable[LabelledCase], draws: int = DRAWS) -> Asking:
    """Play every case whose cause was established."""
    packs = [head.id for head in knowledge.index.heads.values() if head.kind != "base"]
    questions = {question.id: question for question in knowledge.questions(packs)}
    parts = finer(knowledge)
    found = []
    for case in cases:
        if case.resolved:
            dice = random.Random(f"{_SEED} {case.id}")  # noqa: S311
            player = _Player(knowledge, questions, parts, case, case.resolved)
            found.append(Asked(case.id, case.resolved, player.plays(dice, draws)))
    return summarise(found)


def summarise(asked: Sequence[Asked]) -> Asking:
    """The measures over all plays."""
    plays = sorted(math.inf if n is None else float(n) for item in asked for n in item.plays)
    done = [n for n in plays if n < math.inf]
    stuck = [item for item in asked if sum(n is None for n in item.plays) * 2 > len(item.plays)]
    share = round(len(done) / len(plays), 4) if plays else 0.0
    return Asking(len(asked), len(plays), _quantile(plays, 0.5), _quantile(plays, 0.9), share, stuck)


def _quantile(values: Sequence[float], share: float) -> float | None:
    if not values:
        return None
    value = values[max(0, math.ceil(share * len(values)) - 1)]
    return value if value < math.inf else None


class _Player:
    """One case, asked again and again; equal answers give equal diagnoses, so those are kept."""

    def __init__(
        self,
        knowledge: Knowledge,
        questions: dict[str, Question],
        parts: dict[str, str],
        case: LabelledCase,
        cause: str,
    ) -> None:
        self.knowledge, self.questions, self.parts = knowledge, questions, parts
        self.case, self.cause = case, cause
        self._known: dict[tuple[tuple[str, str], ...], Diagnosis] = {}

    def plays(self, dice: random.Random, draws: int) -> list[int | None]:
        """Questions until the true cause leads, for each play."""
        return [self._play(dice) for _ in range(draws)]

    def _play(self, dice: random.Random) -> int | None:
        answers: dict[str, str] = {}
        for count in range(MOST + 1):
            diagnosis = self._diagnose(answers)
            if self._leads(diagnosis):
                return count
            if not diagnosis.questions:
                return None
            asked = diagnosis.questions[0].id
            table = likelihoods(self.questions[asked], {self.cause: 1.0})
            chances = [row[self.cause] for row in table.values()]
            answers[asked] = dice.choices(list(table), chances)[0]
        return None

    def _diagnose(self, answers: dict[str, str]) -> Diagnosis:
        key = tuple(sorted(answers.items()))
        if key not in self._known:
            self._known[key] = self.case.diagnose(self.knowledge, answers)
        return self._known[key]

    def _leads(self, diagnosis: Diagnosis) -> bool:
        first = diagnosis.causes[0].id
        if not is_one_of(first, [self.cause], self.parts):
            return False
        mends = [fix.mends for fix in diagnosis.remedies]
        return not any(first in names for names in mends) or first in mends[0]


def table(asking: Asking) -> Iterator[str]:
    """The measures as lines of text."""
    median, p90 = (f"more than {MOST}" if n is None else f"{n:g}" for n in (asking.median, asking.p90))
    yield f"{asking.cases} resolved cases, {asking.plays} plays: median {median} questions, 90th percentile {p90}"
    yield f"{asking.done:.2f} of the plays end with the true cause and its remedy first"
    for item in asking.stuck:
        yield f"  {item.id}: {item.cause} does not come to lead"
