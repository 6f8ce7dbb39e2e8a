"""Numbers, times and lists of names as the reports of a triage write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from keymedic.triage.records import Incident, InputRecord

OPEN = frozenset({"ongoing", "returned"})
VERDICTS = {
    "diagnosed": "one cause stands out",
    "same_fix": "several causes remain, one fix serves them",
    "ambiguous": "several causes remain, an answer decides",
    "not_a_key_problem": "not a key problem",
    "unknown": "the cause is not known",
}
STATES = {
    "ongoing": "ongoing: seen up to the end of the log",
    "returned": "returned: was quiet, came back, and is seen up to the end of the log",
    "ended": "ended: not seen at the end of the log",
    "undated": "undated: the log names no times",
}
_STEPS = ((1e12, "TB", "T"), (1e9, "GB", "bn"), (1e6, "MB", "M"), (1e3, "kB", "k"))


def number(count: int) -> str:
    """1204 -> 1,204."""
    return f"{count:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """1 incident, 1,204 incidents."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def size(count: int) -> str:
    """Bytes as people say them: 412 bytes, 1.2 GB."""
    return _short(count, 1) or plural(count, "byte")


def lines(count: int) -> str:
    """8700000 -> 8.7 M lines; exact below ten thousand."""
    short = _short(count, 2) if count >= 10_000 else ""
    return f"{short} lines" if short else plural(count, "line")


def _short(count: int, unit: int) -> str:
    for step in _STEPS:
        # 999,950 would round to 1000.0 of the smaller unit.
        if count >= step[0] * 0.99995:
            value = count / step[0]
            return f"{value:.0f} {step[unit]}" if value >= 100 else f"{value:.1f} {step[unit]}"
    return ""


def duration(seconds: float) -> str:
    """1.3 s, 2 min 5 s, 3 h 7 min."""
    if seconds < 99.95:
        return f"{seconds:.1f} s" if seconds >= 0.05 else f"{seconds * 1000:.0f} ms"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def time(iso: str | None) -> datetime | None:
    """A time of a record; None where there is none or nobody can read it."""
    if not iso:
        return None
    try:
        read = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def moment(iso: str | None) -> str:
    """2026-03-02 14:10, in UTC; empty where no time is known."""
    read = time(iso)
    return f"{read:%Y-%m-%d %H:%M}" if read else ""


def span(first: str | None, last: str | None) -> str:
    """2026-03-02 14:10 to 15:20; the day of the end only where it is another."""
    begin, end = moment(first), moment(last)
    if not begin or begin == end:
        return end
    if not end:
        return begin
    return f"{begin} to {end[11:] if begin[:10] == end[:10] else end}"


def listing(names: Sequence[str], limit: int) -> str:
    """a; a and b; a, b and 7 more."""
    if len(names) > limit:
        return f"{', '.join(names[:limit])} and {number(len(names) - limit)} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def unique(names: Sequence[str]) -> list[str]:
    """The names without repetition, in their order."""
    return list(dict.fromkeys(names))


def whom(incident: Incident) -> str:
    """The worker, or the file where the log names none."""
    if incident.worker:
        return incident.worker
    return f"file {incident.files[0].file}" if incident.files else "no worker named"


def where(incident: Incident) -> str:
    """Binance in Freqtrade; what is known of it."""
    exchange = incident.exchange.name if incident.exchange else ""
    source = incident.source.name if incident.source else ""
    if exchange and source and exchange != source:
        return f"{exchange} in {source}"
    return exchange or source or "exchange not known"


def standing(incident: Incident) -> str:
    """The state, and whether it is a key problem at all."""
    return incident.state if incident.key_problem else f"{incident.state}, not a key problem"


def when(incident: Incident) -> str:
    """Since when it is open, or when it was."""
    if incident.state == "returned" and incident.windows:
        return f"back since {moment(incident.windows[-1].first)}"
    if incident.state in OPEN:
        return f"since {moment(incident.first_seen)}" if incident.first_seen else "open"
    return span(incident.first_seen, incident.last_seen) or "no times"


def people(incidents: Sequence[Incident]) -> str:
    """What the log calls those who are hit: workers, files, or both."""
    count = len({whom(one) for one in incidents})
    if all(one.worker for one in incidents):
        return plural(count, "worker")
    if any(one.worker for one in incidents):
        return plural(count, "worker or file", "workers and files")
    return plural(count, "file")


def troubles(one: InputRecord) -> str:
    """What of an input was not read, and what went wrong with it."""
    skipped = [f"{size(count)} skipped: {why}" for why, count in one.skipped.items()]
    return "; ".join([*one.problems, *skipped])
