"""Precision: what a triage finds against what was planted. Goal: every incident found as it was, none invented.

For an output that is there already: python -m benchmarks.triage.precision OUT TRUTH.JSON
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.child import private_environment
from benchmarks.figures import Figure, report
from benchmarks.triage import running
from benchmarks.triage.running import Setting

_SHOWN = 40
_KINDS = ("missed", "another cause", "split", "another count", "another time", "another state", "invented")


class Difference(NamedTuple):
    """Where a triage and the truth differ: one of _KINDS, and the details."""

    kind: str
    text: str


def compare(found: Sequence[Mapping[str, Any]], planted: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """All differences between the records of incidents.jsonl and the incidents of a truth."""
    differences = []
    explained: set[str] = set()
    for wanted in planted:
        same_place = [incident for incident in found if _place(incident) == (wanted["worker"], wanted["exchange"])]
        fitting = [incident for incident in same_place if incident["cause"] in wanted["accepted"]]
        explained.update(incident["id"] for incident in fitting)
        if fitting:
            best = max(fitting, key=lambda incident: (incident["count"] == wanted["count"], incident["count"]))
            differences += _unlike(best, wanted, [_short(other) for other in fitting if other is not best])
        elif same_place:
            explained.update(incident["id"] for incident in same_place)
            differences.append(Difference("another cause", f"{_name(wanted)}: {', '.join(map(_short, same_place))}"))
        else:
            differences.append(Difference("missed", _name(wanted)))
    rest = [incident for incident in found if incident["key_problem"] and incident["id"] not in explained]
    return differences + [Difference("invented", _short(incident)) for incident in rest]


def read(out: Path) -> list[dict[str, Any]]:
    """The incidents of an output folder."""
    with (out / "incidents.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def run(setting: Setting) -> tuple[str, list[Figure]]:
    """The tables with the first differences, and the figures."""
    figures, details = [], []
    with private_environment() as env:
        for size, share in ((1e7, 0.01), (setting.size, 0.01), (min(2e8, setting.size), 1.0)):
            path = running.log(setting, size, share)
            planted = running.truth(path)["incidents"]
            with running.triage(path, setting.jobs, env) as (_, out):
                differences = compare(read(out), planted)
            name = f"{path.stat().st_size / 1e6:,.0f} MB {'dense' if share == 1 else 'sparse'}, {len(planted)} planted"
            figures += [_figure(f"{name}: {kind}", kind, differences) for kind in _KINDS]
            details += [f"- {path.parent.name}: {kind}: {text}" for kind, text in differences[:_SHOWN]]
    return "\n\n".join([report(figures), "\n".join(details)]).strip(), figures


def _figure(name: str, kind: str, differences: Sequence[Difference]) -> Figure:
    return Figure(name, sum(difference.kind == kind for difference in differences), "", 0.0)


def _unlike(found: Mapping[str, Any], wanted: Mapping[str, Any], others: Sequence[str]) -> list[Difference]:
    """How an incident that was found differs from the planted one."""
    name = _name(wanted)
    result = [Difference("split", f"{name}: {_short(found)}, also {', '.join(others)}")] if others else []
    if found["count"] != wanted["count"]:
        result.append(Difference("another count", f"{name}: {_short(found)}"))
    times = _milliseconds(found["first_seen"]), _milliseconds(found["last_seen"])
    if times != (wanted["first"], wanted["last"]):
        off = [None if time is None else time - wanted[end] for time, end in zip(times, ("first", "last"), strict=True)]
        result.append(Difference("another time", f"{name}: first, last off by {off} ms"))
    if found["state"] != wanted["state"]:
        result.append(Difference("another state", f"{name}: {found['state']} instead of {wanted['state']}"))
    return result


def _place(incident: Mapping[str, Any]) -> tuple[str, str]:
    return incident["worker"], incident["exchange"]["id"] if incident["exchange"] else ""


def _name(wanted: Mapping[str, Any]) -> str:
    return (
        f"{wanted['worker'] or '(no worker)'} ({wanted['how']}, {wanted['family']}) at {wanted['exchange']}, "
        f"{wanted['count']} x {wanted['body'][:80]} = {' or '.join(wanted['accepted'])}"
    )


def _short(incident: Mapping[str, Any]) -> str:
    worker, exchange = _place(incident)
    sample = incident["samples"][0]["text"][:100].replace("\n", " ") if incident["samples"] else ""
    return (
        f"{incident['count']} x {incident['cause']} of {worker or '(no worker)'} at {exchange or '(none)'} [{sample}]"
    )


def _milliseconds(stamp: str | None) -> int | None:
    """Unix milliseconds of an ISO time."""
    return None if stamp is None else round(datetime.fromisoformat(stamp).timestamp() * 1000)


if __name__ == "__main__":
    truth = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    difference = compare(read(Path(sys.argv[1])), truth["incidents"])
    print("\n".join(f"{kind}: {text}" for kind, text in difference) or "as planted")
    sys.exit(bool(difference))
