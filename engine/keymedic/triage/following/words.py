"""What following logs prints: one line for each change, for people or for programs."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, tzinfo

import msgspec

from keymedic.report.sanitize import cleaned, oneline
from keymedic.report.view import place, with_menu
from keymedic.report.words import percent
from keymedic.triage.following.board import Told
from keymedic.triage.meaning.telling import telling
from keymedic.triage.records import Incident, Unknown
from keymedic.triage.showing import view as views
from keymedic.triage.showing import words

_QUOTE, _STEP, _NAME = 100, 160, 60
_LABELS = {"open": "OPEN", "back": "BACK", "closed": "CLOSED", "still": "STILL", "unknown": "UNKNOWN"}
_STILL = {"still": "still_open"}


def term(told: Told, zone: tzinfo) -> str:
    """The line for people, safe to print."""
    head = f"{moment(told.at, zone)}  {_LABELS[told.event]:7}"
    if told.unknown:
        return "  ".join((head, *_unknown(told.unknown, told.log)))
    if told.incident is None:
        return head
    i = views.clean(told.incident)
    who = (head, _clip(words.whom(i), _NAME), words.where(i), f"{i.title} {percent(i.probability)}")
    if told.event in {"closed", "still"}:
        return "  ".join((*who, _stretch(told, zone)))
    return "  ".join((*who, *_details(i)))


def machine(told: Told) -> str:
    """The line for programs: one JSON object."""
    event = _STILL.get(told.event, told.event)
    if told.unknown:
        return msgspec.json.encode({"event": event, "unknown": told.unknown}).decode()
    return msgspec.json.encode({"event": event, "incident": told.incident}).decode()


def summary(counts: Counter[str], still: int, lines: int) -> str:
    """What there was, in one line."""
    parts = [
        f"{words.plural(counts['opened'], 'incident')} opened",
        *([f"{words.number(counts['back'])} came back"] if counts["back"] else []),
        f"{words.number(counts['closed'])} closed",
        f"{words.number(still)} still open",
        *([words.plural(counts["unknown"], "unknown message")] if counts["unknown"] else []),
    ]
    return f"{', '.join(parts)}; {words.plural(counts['events'], 'event')} in {words.lines(lines)}"


def moment(at: int, zone: tzinfo) -> str:
    """Milliseconds since 1970 -> 2026-11-21 10:00:12."""
    seconds = min(max(at, 0) // 1000, 253_402_300_799 - 86_400)
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _details(i: Incident) -> list[str]:
    """The message, and what to do first."""
    quote = next((one.quote for one in i.evidence if one.quote), "")
    said = quote or (telling(i.samples[0].text) if i.samples else "")
    parts = [f'"{_clip(oneline(said), _QUOTE)}"'] if said else []
    if not i.key_problem:
        parts.append("not a key problem")
    step = i.remedy.steps[0] if i.remedy and i.remedy.steps else None
    if step:
        parts.append(f"do: {place(i, step.where)}: {_clip(oneline(with_menu(step)), _STEP)}")
    return parts


def _stretch(told: Told, zone: tzinfo) -> str:
    """27 events in 12 min; 100 events since 10:00."""
    events = words.plural(told.count, "event")
    if told.event == "still":
        return f"{events} since {moment(told.first, zone)}"
    took = (told.last - told.first) / 1000
    return f"{events} in {words.duration(took)}" if took > 0 else events


def _unknown(unknown: Unknown, log: str) -> list[str]:
    u = cleaned(unknown)
    places = words.unique([one.name for one in (u.exchange, u.source) if one])
    said = telling(unknown.samples[0].text) if unknown.samples else u.template
    return [_clip(oneline(log), _NAME), *filter(None, [" in ".join(places)]), f'"{_clip(oneline(said), 2 * _QUOTE)}"']


def _clip(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"
