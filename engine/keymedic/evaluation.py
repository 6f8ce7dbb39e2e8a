"""How good diagnoses are: labelled cases in, measures out.

top1: the first cause is one that an expert accepts. resolved1, resolved3: the cause that was established in the end
is first, among the first three. clean: where nothing is wrong with a key, no key problem is claimed (`unknown`
counts as clean). calibration: expected difference between the first cause's probability and resolved1, ten bins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

import msgspec

from keymedic import case as engine
from keymedic.diagnosis import Diagnosis
from keymedic.errors import Unusable
from keymedic.inference.answers import UNKNOWN
from keymedic.knowledge.store import Knowledge

BINS = 10
_NOT_KEY = "not_key"


class LabelledCase(msgspec.Struct):
    """One case; see schema/case.schema.json."""

    id: str
    text: str
    accept: Annotated[list[str], msgspec.Meta(min_length=1)]
    kind: str = ""
    exchange: str | None = None
    platform: str | None = None
    resolved: str | None = None

    def diagnose(self, knowledge: Knowledge, answers: Mapping[str, str] | None = None) -> Diagnosis:
        """The diagnosis of its text, exchange and platform. Raises Unusable naming the case that has no text."""
        try:
            return engine.diagnose(self.text, knowledge, exchange=self.exchange, source=self.platform, answers=answers)
        except Unusable as error:
            raise Unusable(f"case {self.id}: {error}") from None


class Judged(msgspec.Struct):
    """A case with the causes that were found, most probable first."""

    case: LabelledCase
    causes: list[tuple[str, float]]
    key_problem: bool
    verdict: str
    parts: dict[str, str] = {}
    """Finer cause -> the broader one that also stands for it."""

    @property
    def top1(self) -> bool:
        """The first cause is acceptable."""
        return bool(self.causes) and is_one_of(self.causes[0][0], self.case.accept, self.parts)

    def resolved_within(self, count: int) -> bool:
        """The established cause is among the first `count`."""
        resolved = self.case.resolved or ""
        return any(is_one_of(cause, [resolved], self.parts) for cause, _ in self.causes[:count])

    @property
    def no_key_problem(self) -> bool:
        """The labels say that nothing is wrong with a key, an account or an address."""
        return all(cause.split(".")[0] == _NOT_KEY or cause == UNKNOWN for cause in self.case.accept)


class Score(msgspec.Struct):
    """The measures of a group of cases; shares between 0 and 1, None where the group has no such case."""

    group: str
    cases: int
    top1: float | None
    resolved: int
    resolved1: float | None
    resolved3: float | None
    no_key_problem: int
    clean: float | None
    calibration: float | None


class Miss(msgspec.Struct):
    """A case whose first cause is not acceptable, or that is not clean."""

    id: str
    exchange: str
    found: list[tuple[str, float]]
    accept: list[str]
    resolved: str | None
    text: str


class Summary(msgspec.Struct):
    """All measures."""

    overall: Score
    groups: list[Score]
    misses: list[Miss]


def finer(knowledge: Knowledge) -> dict[str, str]:
    """Finer cause -> the broader one that also stands for it."""
    return {cause.id: cause.part_of for cause in knowledge.causes.values() if cause.part_of}


def is_one_of(cause: str, wanted: Iterable[str], parts: Mapping[str, str] | None = None) -> bool:
    """Whether a cause is one of these or a finer form of it: by its id, or by `parts` (finer -> broader)."""
    broader = (parts or {}).get(cause)
    return any(name in (cause, broader) or cause.startswith(f"{name}.") for name in wanted)


def read(text: str, name: str) -> list[LabelledCase]:
    """Cases from JSON lines. Raises Unusable with the first line that is none."""
    decoder = msgspec.json.Decoder(LabelledCase)
    cases = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                cases.append(decoder.decode(line))
            except msgspec.MsgspecError as error:
                raise Unusable(f"{name}:{number}: no labelled case: {error}") from None
    if not cases:
        raise Unusable(f"{name}: there are no cases in it")
    return cases


def select(knowledge: Knowledge, cases: Sequence[LabelledCase], only: frozenset[str]) -> list[LabelledCase]:
    """The cases whose exchange or platform is one of `only`; all when it is empty."""
    if not only:
        return list(cases)
    chosen = []
    for case in cases:
        names = {case.exchange, case.platform}
        names.add(knowledge.resolve("exchange", case.exchange or ""))
        names.add(knowledge.resolve("source", case.platform or ""))
        if names & only:
            chosen.append(case)
    return chosen


def judge(knowledge: Knowledge, cases: Iterable[LabelledCase]) -> list[Judged]:
    """Diagnose each case from its text, exchange and platform. Raises Unusable with the first that has no text."""
    parts = finer(knowledge)
    judged = []
    for case in cases:
        found = case.diagnose(knowledge)
        causes = [(cause.id, cause.probability) for cause in found.causes]
        judged.append(Judged(case, causes, found.causes[0].key_problem, found.verdict, parts))
    return judged


def summarise(judged: Sequence[Judged]) -> Summary:
    """The measures overall, per exchange and per kind of text, and the misses."""
    groups: dict[str, list[Judged]] = {}
    for item in judged:
        groups.setdefault(f"exchange {item.case.exchange or '-'}", []).append(item)
        groups.setdefault(f"kind {item.case.kind or '-'}", []).append(item)
    scores = [score(name, items) for name, items in sorted(groups.items())]
    wrong = [item for item in judged if not item.top1 or not _clean(item)]
    return Summary(score("overall", judged), scores, [_miss(item) for item in wrong])


def score(group: str, judged: Sequence[Judged]) -> Score:
    """The measures of one group."""
    resolved = [item for item in judged if item.case.resolved]
    harmless = [item for item in judged if item.no_key_problem]
    return Score(
        group=group,
        cases=len(judged),
        top1=_share(item.top1 for item in judged),
        resolved=len(resolved),
        resolved1=_share(item.resolved_within(1) for item in resolved),
        resolved3=_share(item.resolved_within(3) for item in resolved),
        no_key_problem=len(harmless),
        clean=_share(_clean(item) for item in harmless),
        calibration=_calibration(resolved),
    )


def _clean(item: Judged) -> bool:
    """Nothing was claimed to be wrong with a key, or something is."""
    return not item.no_key_problem or not item.key_problem or item.causes[0][0] == UNKNOWN


def _share(hits: Iterable[bool]) -> float | None:
    values = list(hits)
    return round(sum(values) / len(values), 4) if values else None


def _calibration(resolved: Sequence[Judged]) -> float | None:
    """Mean distance between probability and truth over ten bins, weighted by their size."""
    if not resolved:
        return None
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for item in resolved:
        probability = item.causes[0][1]
        bins[min(BINS - 1, int(probability * BINS))].append((probability, item.resolved_within(1)))
    distance = sum(abs(sum(p for p, _ in part) - sum(hit for _, hit in part)) for part in bins)
    return round(distance / len(resolved), 4)


def _miss(item: Judged) -> Miss:
    case = item.case
    text = " ".join(case.text.split())
    return Miss(case.id, case.exchange or "-", item.causes[:3], case.accept, case.resolved, text[:160])


def table(summary: Summary) -> Iterator[str]:
    """The measures as lines of text."""
    heads = f"{'cases':>6}{'top1':>7}{'resolved':>10}{'first':>7}{'in 3':>7}{'harmless':>10}{'clean':>7}{'calib.':>8}"
    yield f"{'':24}{heads}"
    for item in (summary.overall, *summary.groups):
        yield (
            f"{item.group:24}{item.cases:>6}{_number(item.top1):>7}{item.resolved:>10}{_number(item.resolved1):>7}"
            f"{_number(item.resolved3):>7}{item.no_key_problem:>10}{_number(item.clean):>7}{_number(item.calibration):>8}"
        )
    yield ""
    yield f"{len(summary.misses)} misses"
    for miss in summary.misses:
        found = ", ".join(f"{cause} {p:.2f}" for cause, p in miss.found)
        yield f"{miss.id} {miss.exchange}: found {found}; accepted {', '.join(miss.accept)}"
        yield f"    {miss.text}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
