"""The same cases diagnosed with two sets of packs: which diagnoses change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from keymedic.diagnosis import Diagnosis
from keymedic.evaluation import LabelledCase, finer, is_one_of
from keymedic.knowledge.store import Knowledge

_MOVED = 0.1
"""Change of the first cause's probability from which it is told."""


class Moved(msgspec.Struct, frozen=True):
    """A case whose diagnosis changed, and how, in words."""

    id: str
    what: tuple[str, ...]
    better: bool | None
    """Whether the first cause became an accepted one (True) or stopped being one (False); None = neither."""


def compare(old: Knowledge, new: Knowledge, cases: Iterable[LabelledCase]) -> list[Moved]:
    """The cases whose verdict, first cause, its probability or first remedy differ."""
    found = []
    for case in cases:
        before, after = (case.diagnose(knowledge) for knowledge in (old, new))
        if what := tuple(_differences(before, after)):
            right = [
                is_one_of(diagnosis.causes[0].id, case.accept, finer(knowledge))
                for diagnosis, knowledge in ((before, old), (after, new))
            ]
            found.append(Moved(case.id, what, None if right[0] == right[1] else right[1]))
    return found


def _differences(old: Diagnosis, new: Diagnosis) -> Iterator[str]:
    if old.verdict != new.verdict:
        yield f"verdict {old.verdict} -> {new.verdict}"
    before, after = old.causes[0], new.causes[0]
    if before.id != after.id:
        yield f"first cause {before.id} {before.probability:.2f} -> {after.id} {after.probability:.2f}"
    elif abs(before.probability - after.probability) >= _MOVED:
        yield f"{after.id} {before.probability:.2f} -> {after.probability:.2f}"
    fixes = [diagnosis.remedies[0].id if diagnosis.remedies else "none" for diagnosis in (old, new)]
    if fixes[0] != fixes[1]:
        yield f"first remedy {fixes[0]} -> {fixes[1]}"


def report(moved: Sequence[Moved], total: int) -> Iterator[str]:
    """What changed, in lines: every case, then the sum."""
    signs = {True: "better", False: "worse", None: "other"}
    for item in moved:
        yield f"case {item.id} ({signs[item.better]}): {'; '.join(item.what)}"
    counts = ", ".join(f"{sum(item.better is sign for item in moved)} {name}" for sign, name in signs.items())
    yield f"{len(moved)} of {total} diagnoses change: {counts}"
