"""The figures of the page: the timeline, the map of causes and exchanges, the workers with most trouble."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from keymedic.model import Record
from keymedic.report.layout import clip
from keymedic.report.sanitize import oneline
from keymedic.triage.records import Incident
from keymedic.triage.showing import words

ROWS = 30
"""Incidents in the timeline."""
LABEL, SHORT = 96, 52
"""Characters of a row's label, and what a phone shows of it on one line."""
PLOT = 96.0
"""Percent of the width that stand for time; the rest is for the arrows of what goes on."""
MAP_ROWS, MAP_COLUMNS = 15, 10
LEVELS = 6
WORKERS = 20
TICKS = 6
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    *(1, 5, 15, 30, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(days * _DAY for days in (1, 2, 7, 14, 28, 91, 182, 364, 728, 1820, 3640)),
)


class Bar(Record, frozen=True, kw_only=True):
    """A window; `x` and `width` in percent of the figure."""

    x: str
    width: str
    text: str


class Row(Record, frozen=True, kw_only=True, omit_defaults=False):
    """An incident in the timeline; `rest` is where the dashes of an open one begin."""

    incident: Incident
    label: str
    short: str
    bars: tuple[Bar, ...]
    open: bool
    rest: str


class Tick(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A date on the axis; a `fine` one is left out on a narrow screen."""

    x: str
    label: str
    anchor: str
    fine: bool


class Timeline(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Rows, axis, and the span that they show."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    first: str
    last: str


class HeatMap(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Incidents by cause and exchange: each row holds the id and title of its cause, (count, level) pairs, its sum."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[tuple[int, int], ...], int], ...]
    sums: tuple[int, ...]
    total: int


class Worker(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Everything that happened to one worker, account or bot."""

    name: str
    incidents: int
    key_problems: int
    events: int
    state: str
    last_seen: str | None


def timeline(incidents: Sequence[Incident], end: str | None) -> Timeline | None:
    """The first incidents that have times, in their order; None where none has. `end`: the end of the log."""
    shown = [one for one in incidents if _spans(one)][:ROWS]
    if not shown:
        return None
    spans = [span for one in shown for span in _spans(one)]
    begin = min(first for first, _, _ in spans)
    last = max([last for _, last, _ in spans] + [read for read in [words.time(end)] if read])
    pad = timedelta(minutes=1) if last - begin < timedelta(seconds=1) else timedelta()
    scale = _Scale(begin - pad, last + pad)
    return Timeline(
        rows=tuple(_row(one, scale) for one in shown),
        ticks=tuple(_ticks(scale)),
        first=begin.isoformat(),
        last=last.isoformat(),
    )


class _Scale:
    def __init__(self, begin: datetime, end: datetime) -> None:
        self.begin, self.end = begin, end
        self.seconds = (end - begin).total_seconds()

    def x(self, at: datetime) -> float:
        return (at - self.begin).total_seconds() / self.seconds * PLOT


def _spans(incident: Incident) -> list[tuple[datetime, datetime, int]]:
    read = [(words.time(one.first), words.time(one.last), one.count) for one in incident.windows]
    return [(first, last, count) for first, last, count in read if first and last and first <= last]


def _row(incident: Incident, scale: _Scale) -> Row:
    spans = _spans(incident)
    state = words.standing(incident)
    label = f"{state} · {words.whom(incident)}: {incident.title}, {words.where(incident)}"
    return Row(
        incident=incident,
        label=clip(label, LABEL),
        short=clip(label, SHORT),
        bars=tuple(_bar(*span, scale) for span in spans),
        open=incident.state in words.OPEN,
        rest=_percent(scale.x(max(last for _, last, _ in spans))),
    )


def _bar(first: datetime, last: datetime, count: int, scale: _Scale) -> Bar:
    return Bar(
        x=_percent(scale.x(first)),
        width=_percent(scale.x(last) - scale.x(first)),
        text=f"{words.span(first.isoformat(), last.isoformat())} UTC, {words.plural(count, 'event')}",
    )


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _ticks(scale: _Scale) -> Iterator[Tick]:
    step = next((one for one in _STEPS if scale.seconds / one <= TICKS), _STEPS[-1])
    # Weeks begin on Mondays: 1970-01-05 was one.
    origin = 4 * _DAY if step >= 7 * _DAY else 0
    at = -((origin - scale.begin.timestamp()) // step) * step + origin
    places = []
    while at <= scale.end.timestamp():
        places.append(datetime.fromtimestamp(at, UTC))
        at += step
    days = [None, *places]
    for position, (before, place) in enumerate(pairwise(days)):
        if place is None:
            continue
        x = scale.x(place)
        anchor = "start" if x < 8 else "end" if x > 88 else "middle"
        yield Tick(x=_percent(x), label=_label(place, before, step), anchor=anchor, fine=position % 2 == 1)


def _label(place: datetime, before: datetime | None, step: int) -> str:
    if step >= _DAY:
        return f"{place:%Y-%m-%d}"
    clock = f"{place:%H:%M:%S}" if step < _MINUTE else f"{place:%H:%M}"
    return clock if before and before.date() == place.date() else f"{place:%m-%d} {clock}"


def heat_map(incidents: Sequence[Incident]) -> HeatMap | None:
    """How many incidents each cause has at each exchange; the rarest rows and columns are summed up as others."""
    if not incidents:
        return None
    titles = {one.cause: one.title for one in reversed(incidents)}
    places = [oneline(one.exchange.name) if one.exchange else "not known" for one in incidents]
    causes = _commonest(Counter(one.cause for one in incidents), MAP_ROWS)
    columns = _commonest(Counter(places), MAP_COLUMNS)
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one, place in zip(incidents, places, strict=True):
        counts[one.cause if one.cause in causes else "", place if place in columns else "others"] += 1
    top = max(counts.values())
    rows = [*causes, ""] if any(cause == "" for cause, _ in counts) else causes
    columns = [*columns, "others"] if any(place == "others" for _, place in counts) else columns
    return HeatMap(
        columns=tuple(columns),
        rows=tuple(
            (
                oneline(cause),
                oneline(titles[cause]) if cause else "others",
                tuple((counts[cause, column], _level(counts[cause, column], top)) for column in columns),
                sum(counts[cause, column] for column in columns),
            )
            for cause in rows
        ),
        sums=tuple(sum(counts[cause, column] for cause in rows) for column in columns),
        total=len(incidents),
    )


def _commonest(counted: Counter[str], limit: int) -> list[str]:
    ordered = sorted(counted, key=lambda name: (-counted[name], name))
    return ordered if len(ordered) <= limit else ordered[: limit - 1]


def _level(count: int, top: int) -> int:
    return -(-LEVELS * count // top)


def workers(incidents: Sequence[Incident]) -> tuple[Worker, ...]:
    """Every worker with its sums: first who has open key problems, then by key problems and events.

    `incidents` in the order of their urgency.
    """
    parts: defaultdict[str, list[Incident]] = defaultdict(list)
    for one in incidents:
        parts[words.whom(one)].append(one)
    ordered = sorted(parts.items(), key=lambda item: (*_trouble(item[1]), item[0]))
    return tuple(_worker(name, part) for name, part in ordered)


def _trouble(part: Sequence[Incident]) -> tuple[int, int, int]:
    keys = [one for one in part if one.key_problem]
    return -sum(one.state in words.OPEN for one in keys), -len(keys), -sum(one.count for one in part)


def _worker(name: str, part: Sequence[Incident]) -> Worker:
    return Worker(
        name=oneline(name),
        incidents=len(part),
        key_problems=sum(one.key_problem for one in part),
        events=sum(one.count for one in part),
        state=oneline(part[0].state),
        last_seen=max((one.last_seen for one in part if one.last_seen), default=None),
    )
