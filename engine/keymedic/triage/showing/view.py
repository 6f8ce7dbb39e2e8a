"""What the reports of a triage need beyond the records: the order of urgency, incidents with one cause put together,
the fix made ready, sentences chosen."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from keymedic.diagnosis import Evidence
from keymedic.model import Record
from keymedic.report.sanitize import cleaned, oneline, safe
from keymedic.report.view import FixView, Reason, fix_view, reason
from keymedic.report.words import percent
from keymedic.triage.records import Incident, InputRecord, Run, Sample, Unknown, Window
from keymedic.triage.showing import words

WINDOWS = 10
"""How many windows of an incident are listed."""
SAMPLE = 6000
"""Characters of a sample that are shown."""
_ORDER = {"ongoing": 0, "returned": 0, "undated": 1}


class Shown(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A reason with the addresses that say so."""

    reason: Reason
    source: tuple[str, ...]


class Likely(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A cause with its share, in words and in whole percent."""

    id: str
    title: str
    share: str
    level: int
    key_problem: bool


class IncidentView(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One incident, ready for a template; `i` is the sanitised record, `earlier` windows are not listed."""

    i: Incident
    anchor: str
    whom: str
    where: str
    when: str
    share: str
    causes: tuple[Likely, ...]
    evidence: tuple[Shown, ...]
    windows: tuple[Window, ...]
    earlier: int
    fix: FixView | None


class Problem(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Incidents with one cause at one exchange in one tool: what they are, and the one thing to do about them."""

    title: str
    cause: str
    share: str
    where: str
    incidents: tuple[Incident, ...]
    total: int
    later: tuple[str, ...]
    """Who has the incidents that are not kept."""
    open: int
    people: str
    names: tuple[str, ...]
    since: str
    anchor: str
    proof: Reason | None
    fix: FixView | None
    more_steps: int
    ask: str
    unsure: bool
    """Whether the answer decides between causes that need different fixes."""


class UnknownView(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A cluster of unknown messages; `command` makes a pack of it."""

    u: Unknown
    where: str
    command: str


class InputView(Record, frozen=True, kw_only=True, omit_defaults=False):
    """An input of the run; `trouble` says why it was not read whole."""

    r: InputRecord
    trouble: str


def urgent_first(incidents: Sequence[Incident]) -> list[Incident]:
    """Open before undated before ended, key problems before others, then by events."""
    return sorted(incidents, key=_urgency)


def _urgency(one: Incident) -> tuple[int, bool, int, str, str]:
    return _ORDER.get(one.state, 2), not one.key_problem, -one.count, one.worker, one.id


def anchor(incident: Incident) -> str:
    """The name by which a page links to an incident."""
    return "incident-" + re.sub(r"[^A-Za-z0-9_-]", "-", incident.id)[:80]


def incident_view(incident: Incident) -> IncidentView:
    """The view of an incident; every string in it is safe to print."""
    i = clean(incident)
    return IncidentView(
        i=i,
        anchor=anchor(i),
        whom=words.whom(i),
        where=words.where(i),
        when=words.when(i),
        share=percent(i.probability),
        causes=tuple(
            Likely(
                id=cause.id,
                title=cause.title,
                share=percent(cause.probability),
                level=round(cause.probability * 100),
                key_problem=cause.key_problem,
            )
            for cause in i.causes
        ),
        evidence=tuple(_shown(one) for one in i.evidence),
        windows=i.windows[-WINDOWS:],
        earlier=max(len(i.windows) - WINDOWS, 0),
        fix=fix_view(i, i.remedy) if i.remedy else None,
    )


def _shown(one: Evidence) -> Shown:
    return Shown(reason=reason("+", one), source=one.source)


def clean(incident: Incident) -> Incident:
    """The incident with every string safe to print; only samples and commands keep line breaks."""
    made = msgspec.structs.replace(cleaned(incident), samples=_samples(incident.samples))
    # As a heading, "not known" alone does not say what is not known.
    return msgspec.structs.replace(made, title="cause not known") if made.cause == "unknown" else made


def _samples(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    return tuple(Sample(file=oneline(one.file), line=one.line, text=_clip(safe(one.text))) for one in samples)


def _clip(text: str) -> str:
    return text if len(text) <= SAMPLE else text[:SAMPLE] + "… (cut here; the records hold all of it)"


def problems(incidents: Sequence[Incident]) -> list[list[Incident]]:
    """Incidents put together by cause, exchange and tool: most open ones first, then most events."""
    parts: defaultdict[tuple[str, ...], list[Incident]] = defaultdict(list)
    for one in incidents:
        names = (part.id if part else "" for part in (one.exchange, one.source))
        parts[one.cause, *names].append(one)
    return sorted(parts.values(), key=_weight)


def _weight(part: Sequence[Incident]) -> tuple[int, int, int, str]:
    still = sum(one.state in words.OPEN for one in part)
    return -still, min(_ORDER.get(one.state, 2) for one in part), -sum(one.count for one in part), part[0].id


def problem(part: Sequence[Incident], rows: int) -> Problem:
    """The view of incidents that `problems` put together, most urgent first; `rows` of them are kept as records."""
    lead = next((one for one in part if one.remedy), part[0])
    first = clean(lead)
    still = [one for one in part if one.state in words.OPEN] or list(part)
    since = min((one.first_seen for one in still if one.first_seen), default=None)
    fix = fix_view(first, first.remedy) if first.remedy else None
    return Problem(
        title=first.title,
        cause=first.cause,
        share=percent(part[0].probability),
        where=words.where(first),
        incidents=tuple(clean(one) for one in part[:rows]),
        total=len(part),
        later=tuple(oneline(name) for name in words.unique([words.whom(one) for one in part[rows:]])),
        open=sum(one.state in words.OPEN for one in part),
        people=words.people(still),
        names=tuple(oneline(name) for name in words.unique([words.whom(one) for one in still])),
        since=words.moment(since),
        anchor=anchor(part[0]),
        proof=next((reason("+", one) for one in first.evidence if one.quote), None),
        fix=fix,
        more_steps=sum(len(group.steps) for group in fix.groups) - 1 if fix else 0,
        ask=first.question.text if first.question else "",
        unsure=first.verdict == "ambiguous" and first.question is not None,
    )


def unknown_view(unknown: Unknown, out: str) -> UnknownView:
    """The view of a cluster; `out` is the folder that holds unknowns.jsonl."""
    draft = safe(unknown.draft)
    u = msgspec.structs.replace(cleaned(unknown), samples=_samples(unknown.samples), draft=draft)
    places = [named.name for named in (u.exchange, u.source) if named]
    path = shlex.quote(f"{oneline(out)}/unknowns.jsonl")
    return UnknownView(
        u=u,
        where=" in ".join(words.unique(places)),
        command=f"keymedic packs new --from-cluster {path} {shlex.quote(u.id)}",
    )


def input_views(run: Run) -> list[InputView]:
    """The inputs of a run, those that were not read whole first; `run` is sanitised."""
    made = [InputView(r=one, trouble=words.troubles(one)) for one in run.inputs]
    return sorted(made, key=lambda one: not one.trouble)


def headline(keys: Sequence[Incident]) -> str:
    """The answer in a few words: what is open now."""
    still = sum(one.state in words.OPEN for one in keys)
    undated = sum(one.state == "undated" for one in keys)
    if still:
        return f"{words.plural(still, 'key problem is', 'key problems are')} open"
    if undated:
        return f"{words.plural(undated, 'key problem')} found, in logs without times"
    if keys:
        return f"No key problem is open, {words.number(len(keys))} ended earlier"
    return "No key problem found"


def lead(keys: Sequence[Incident], end: str | None) -> str:
    """At whom and since when the key problems are; when the ended ones were seen last."""
    if not keys:
        return ""
    still = [one for one in keys if one.state in words.OPEN]
    told = still or keys
    names = [oneline(name) for name in words.unique([words.whom(one) for one in told])]
    exchanges = words.unique([oneline(one.exchange.name) for one in told if one.exchange])
    at = f"At {words.people(told)} ({words.listing(names, 4)})"
    on = f" on {words.listing(exchanges, 4)}" if exchanges else ""
    since = words.moment(min((one.first_seen for one in told if one.first_seen), default=None))
    last = words.moment(max((one.last_seen for one in told if one.last_seen), default=None))
    seen = f", the oldest since {since} UTC" if still and since else f", last seen {last} UTC" if last else ""
    ended = sum(one.state == "ended" for one in keys) if still else 0
    past = f" {words.plural(ended, 'more key problem')} ended earlier." if ended else ""
    closing = f" The log ends {words.moment(end)} UTC." if words.moment(end) else ""
    return f"{at}{on}{seen}.{past}{closing}"
