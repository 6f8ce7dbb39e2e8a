"""Logs of a bot platform with planted key problems.

    python -m benchmarks.triage.corpus --size 1e9 --share 0.01 --out DIR

Writes mixed.log (what a central log aggregator stores: every program's lines in the order of time, over 24 hours) and
truth.json (what a triage has to find in it). The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

from benchmarks.triage.plan import BEGIN, SPAN, Planted, Record, data, plan, workers
from benchmarks.triage.values import Stamps, Values

SEED = 20_261_001
_PAGE = 2_000
"""Records that are put together at a time."""
_TRIAL = 20_000
_SPEAKERS = 8


class Page:
    """Renders records in bulk: one %-format for all of them, their values drawn in order."""

    def __init__(self, stamps: Stamps) -> None:
        self._stamps = stamps

    def render(self, records: Sequence[tuple[int, Record]]) -> bytes:
        """The text of records with their times (Unix ms)."""
        for at, record in records:
            self._stamps.push(at, record.stamps)
        text = "".join([record.text for _, record in records])
        values = map(next, itertools.chain.from_iterable([record.values for _, record in records]))
        return (text % tuple(values)).encode()


class Ordinary:
    """Lines without any key problem, in the mix of ordinary.yaml."""

    def __init__(self, values: Values, names: Mapping[str, Sequence[str]], dice: random.Random) -> None:
        self._dice = dice
        self.records: list[Record] = []
        weights: list[float] = []
        for group in data("ordinary.yaml"):
            parsed = [_weighed(record) for record in group["records"]]
            whole = sum(weight for weight, _ in parsed)
            for weight, record in parsed:
                templates = list(_templates(group, record, names))
                self.records += [Record.of(template, values) for template in templates]
                weights += [group["weight"] * weight / whole / len(templates)] * len(templates)
        self._heaped = list(itertools.accumulate(weights))

    def draw(self, count: int) -> list[Record]:
        """Records at random."""
        return self._dice.choices(self.records, cum_weights=self._heaped, k=count)

    def timed(self, count: int, begin: int, end: int) -> list[tuple[int, Record]]:
        """Records at random moments of [begin, end) (Unix ms), in order."""
        times = sorted([begin + int(self._dice.random() * (end - begin)) for _ in range(count)])
        return list(zip(times, self.draw(count), strict=True))


def write(folder: Path, size: float, share: float, seed: int = SEED) -> dict[str, Any]:
    """Write mixed.log and truth.json of about `size` bytes; `share` of the lines belong to events of incidents.

    Returns the truth: {"seed", "share", "bytes", "lines", "incident_lines", "incident_events", "begin", "end" (both
    Unix ms), "incidents": [{"worker", "how" (the line names it), "family", "exchange", "body", "accepted" (causes),
    "state", "count", "first", "last" (Unix ms)}]}.
    """
    dice = random.Random(seed)
    spec = data("incidents.yaml")
    names = {family["name"]: workers(family, dice) for family in spec["families"]}
    stamps = Stamps()
    values = Values(dice, stamps, {f"w_{name}": pool for name, pool in names.items() if pool != [""]})
    page, ordinary = Page(stamps), Ordinary(values, names, dice)
    trial = _events(plan(_TRIAL, names, values, random.Random(seed), spec))
    others, events = _amounts(size, share, _mean(page, ordinary.draw(_TRIAL)), _mean(page, [r for _, r in trial]))
    planted = plan(events, names, values, dice, spec)
    shown = _events(planted)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "mixed.log").open("wb") as file:
        written, lines = _write_pages(file, page, ordinary, shown, others)
    truth = {
        "seed": seed,
        "share": share,
        "bytes": written,
        "lines": lines,
        "incident_lines": sum(record.lines for _, record in shown),
        "incident_events": len(shown),
        "begin": BEGIN,
        "end": BEGIN + SPAN,
        "incidents": [incident.truth() for incident in planted],
    }
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1), encoding="utf-8")
    return truth


def _templates(group: Mapping[str, Any], record: str, names: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A record with the beginnings of its lines. One of several lines comes from one worker: a template for each of
    some workers then."""
    first, *rest = record.split("\n")
    follow = group.get("follow", "")
    if not rest or not follow:
        yield "\n".join([group["line"] + first, *rest])
        return
    for number, name in enumerate(names[group["family"]][:_SPEAKERS]):
        whole = "\n".join([group["line"] + first, *(follow + line for line in rest)])
        yield whole.replace(f"<w_{group['family']}>", name).replace("<pid>", str(4000 + number))


def _weighed(record: str) -> tuple[int, str]:
    """The weight before a record, and the record."""
    weight, star, rest = record.partition("* ")
    return (int(weight), rest) if star and weight.isdigit() else (1, record)


def _events(planted: Sequence[Planted]) -> list[tuple[int, Record]]:
    """All events with their times, in the order of time."""
    events = [
        (at, incident.records[number % len(incident.records)])
        for incident in planted
        for number, at in enumerate(incident.times)
    ]
    return sorted(events, key=itemgetter(0))


def _mean(page: Page, records: Sequence[Record]) -> tuple[float, float]:
    """Bytes and lines of an average record."""
    return (
        len(page.render([(BEGIN, record) for record in records])) / len(records),
        sum(record.lines for record in records) / len(records),
    )


def _amounts(size: float, share: float, ordinary: tuple[float, float], event: tuple[float, float]) -> tuple[int, int]:
    """How many ordinary records and how many events give this size and this share of lines."""
    lines = size / (share * event[0] / event[1] + (1 - share) * ordinary[0] / ordinary[1])
    return round(lines * (1 - share) / ordinary[1]), round(lines * share / event[1])


def _write_pages(
    file: BinaryIO, page: Page, ordinary: Ordinary, events: Sequence[tuple[int, Record]], others: int
) -> tuple[int, int]:
    """Write everything in the order of time. Returns bytes and lines."""
    pages = -(-(others + len(events)) // _PAGE)
    written = lines = done = 0
    for number in range(pages):
        begin, end = BEGIN + SPAN * number // pages, BEGIN + SPAN * (number + 1) // pages
        records = ordinary.timed(others * (number + 1) // pages - others * number // pages, begin, end)
        start = done
        while done < len(events) and (events[done][0] < end or number == pages - 1):
            done += 1
        if done > start:
            records = sorted([*records, *events[start:done]], key=itemgetter(0))
        written += file.write(page.render(records))
        lines += sum([record.lines for _, record in records])
    return written, lines


def main() -> None:
    """Write a corpus and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=1e9, help="bytes")
    parser.add_argument("--share", type=float, default=0.01, help="lines that belong to incidents, 0 to 1")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, required=True, help="folder for mixed.log and truth.json")
    arguments = parser.parse_args()
    truth = write(arguments.out, arguments.size, arguments.share, arguments.seed)
    print({name: value for name, value in truth.items() if name != "incidents"}, len(truth["incidents"]), "incidents")


if __name__ == "__main__":
    main()
