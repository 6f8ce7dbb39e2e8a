"""The incidents that a corpus holds: who, what, when. The ground truth comes from here."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks.triage.values import Values

BEGIN = 1_790_812_800_000
"""2026-10-01 00:00:00 UTC in ms."""
SPAN = 24 * 3_600_000
_WIDEST_GAP = 480_000
"""Events of an active incident lie closer than twice this (ms), so that "ongoing" is beyond doubt."""
_MOST, _LEAST, _TYPICAL = 220, 8, 60
_WORKERS = 200
_CLEAR = 2
_PEOPLE = (
    *("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan"),
    *("judy", "mallory", "niaj", "olivia", "peggy", "rupert", "sybil", "trent", "walter"),
)
_CITIES = ("fra", "ams", "sgp", "tyo", "nyc", "lon")


class Record(NamedTuple):
    """A compiled template: %-format, the iterators of its values, the forms of its stamps, its number of lines."""

    text: str
    values: tuple[Any, ...]
    stamps: tuple[str, ...]
    lines: int

    @classmethod
    def of(cls, template: str, values: Values) -> Record:
        """Compile a template."""
        return cls(*values.compile(template + "\n"), template.count("\n") + 1)


class Planted(NamedTuple):
    """An incident to come: `records` are the forms in which it shows, `times` when (Unix ms, ascending)."""

    worker: str
    how: str
    family: str
    exchange: str
    body: str
    accepted: Sequence[str]
    state: str
    records: tuple[Record, ...]
    times: list[int]

    def truth(self) -> dict[str, Any]:
        """What a triage has to find; times in Unix milliseconds."""
        kept = {name: value for name, value in self._asdict().items() if name not in {"records", "times"}}
        return kept | {"count": len(self.times), "first": self.times[0], "last": self.times[-1]}


def data(name: str) -> Any:
    """One of the YAML files beside this module."""
    return yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))


def workers(family: Mapping[str, Any], dice: random.Random) -> list[str]:
    """The workers of a family, no name twice."""
    if not family["weight"]:
        return [""]
    names = dict.fromkeys(
        family["workers"].format(
            person=f"{dice.choice(_PEOPLE)}{dice.choice(('', '-2', '-spot', '-eu'))}",
            number=dice.randint(1, 900),
            city=dice.choice(_CITIES),
        )
        for _ in range(family["weight"] * 4)
    )
    return list(names)


def plan(
    events: int, names: Mapping[str, Sequence[str]], values: Values, dice: random.Random, spec: Mapping[str, Any]
) -> list[Planted]:
    """Incidents with about `events` events together."""
    count = min(_MOST, max(_LEAST, events // _TYPICAL))
    places = _places(count, names, dice, spec)
    shares = [dice.uniform(0.4, 1.6) for _ in places]
    planted = []
    for (kind, family, worker), share in zip(places, shares, strict=True):
        records = _records(kind, family, worker, spec["urls"][kind["exchange"]], dice)
        if len(kind["accepted"]) > _CLEAR:  # such a cause may change with the way the message is logged
            records = [dice.choice(records)]
        state, times = _times(max(6, round(events * share / sum(shares))), dice)
        compiled = tuple(Record.of(record, values) for record in records)
        planted.append(
            Planted(
                worker, family["how"], family["name"], kind["exchange"], kind["body"], kind["accepted"], state,
                compiled, times,
            )
        )  # fmt: skip
    return planted


def _places(
    count: int, names: Mapping[str, Sequence[str]], dice: random.Random, spec: Mapping[str, Any]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any], str]]:
    """What befalls whom: every kind once as far as `count` allows, then the common ones; no worker twice on the same
    exchange, and few on two."""
    kinds = list(spec["kinds"])
    dice.shuffle(kinds)
    kinds += dice.choices(kinds, [kind["weight"] for kind in kinds], k=max(0, count - len(kinds)))
    families = [family for family in spec["families"] if family["weight"]]
    nameless = next(family for family in spec["families"] if not family["weight"])
    every = [(family, name) for family in families for name in names[family["name"]]]
    dice.shuffle(every)
    chosen = every[:_WORKERS]
    taken: set[tuple[str, str]] = set()
    places = []
    for number, kind in enumerate(kinds[:count]):
        family, name = (nameless, "") if number % 40 == 7 else chosen[number % len(chosen)]
        while (name, kind["exchange"]) in taken:
            family, name = dice.choice(every)
        taken.add((name, kind["exchange"]))
        places.append((kind, family, name))
    return places


def _records(
    kind: Mapping[str, Any], family: Mapping[str, Any], worker: str, url: str, dice: random.Random
) -> list[str]:
    """The records of a family for this worker and message."""
    body = kind["body"].replace("{ip}", f"203.0.113.{dice.randint(1, 254)}")
    words = {
        "worker": worker, "exchange": kind["exchange"], "error": kind["error"], "body": body, "url": url,
        "call": kind.get("call", "fetch_balance"), "pid": str(dice.randint(300, 9000)),
        "status": "401" if kind["error"] == "AuthenticationError" else "400",
        "json:body": json.dumps(body, ensure_ascii=False)[1:-1],
    }  # fmt: skip
    result = []
    for record in family["records"]:
        template = "\n".join(family.get("line", "") + line for line in record.split("\n"))
        for name in sorted(words, key="body".__contains__):
            template = template.replace("{" + name + "}", words[name])
        result.append(template)
    return result


def _times(count: int, dice: random.Random) -> tuple[str, list[int]]:
    """When an incident shows, and what has become of it by the end of the log."""
    state = dice.choices(("ongoing", "ended", "returned"), (50, 35, 15))[0]
    longest = count * _WIDEST_GAP / SPAN
    if state == "ongoing":
        windows = [(1 - min(dice.uniform(0.1, 0.7), longest), 1.0, count)]
    elif state == "ended":
        start = dice.uniform(0.02, 0.45)
        windows = [(start, start + min(dice.uniform(0.05, 0.25), longest), count)]
    else:
        start = dice.uniform(0.02, 0.15)
        windows = [
            (start, start + min(dice.uniform(0.05, 0.15), longest / 2), count // 2),
            (1 - min(dice.uniform(0.05, 0.15), longest / 2), 1.0, count - count // 2),
        ]
    return state, sorted({time for window in windows for time in _spread(*window, dice)})


def _spread(start: float, end: float, count: int, dice: random.Random) -> list[int]:
    """Moments from `start` to `end` (shares of the span) in bursts of retries; the last just before the end."""
    burst = dice.choice((1, 1, 3)) if count >= 30 else 1
    groups = -(-count // burst)
    step = (end - start) * SPAN / groups
    moments = []
    for number in range(groups):
        at = BEGIN + start * SPAN + (number + dice.uniform(0.1, 0.9)) * step
        if number == groups - 1:
            at = BEGIN + end * SPAN - min(step / 2, 60_000)
        moments += [int(at + retry * min(step / 4, dice.uniform(900, 4_000))) for retry in range(burst)]
    return moments[:count]
