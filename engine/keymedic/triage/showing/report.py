"""The reports of a triage: one self-contained page, and a summary for the terminal."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from markupsafe import Markup
from msgspec.structs import replace

from keymedic.model import Record
from keymedic.report import MIN_WIDTH, layout
from keymedic.report.environment import bytecode_folder, environment
from keymedic.report.sanitize import cleaned, oneline
from keymedic.report.words import percent
from keymedic.triage.records import Incident, Run, Unknown
from keymedic.triage.showing import charts, words
from keymedic.triage.showing import view as views

FULL = 300
"""Incidents that the page shows in full."""
FIRST = 5
"""Problems in the list of what to do first."""
CLUSTERS = 50
INPUTS = 200
ROWS, ROWS_EACH = 20, 5
"""Incidents that the terminal shows, in all and of one problem."""
TERM_CLUSTERS = 5
OUTPUTS = ("report.html", "incidents.jsonl", "incidents.parquet", "unknowns.jsonl", "run.json")


class Summary(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What both reports say first; `broken`: inputs that were not read whole, `filtered`: what the filters left out."""

    headline: str
    lead: str
    read: str
    broken: str
    filtered: str
    open: int
    out: str
    other: str
    key_count: int
    other_count: int
    unknown_count: int


class Page(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Everything on the page, sanitised."""

    s: Summary
    run: Run
    first: tuple[views.Problem, ...]
    first_left: int
    timeline: charts.Timeline | None
    dated: int
    heat: charts.HeatMap | None
    workers: tuple[charts.Worker, ...]
    workers_left: int
    keys: tuple[views.IncidentView, ...]
    others: tuple[views.IncidentView, ...]
    unknowns: tuple[views.UnknownView, ...]
    inputs: tuple[views.InputView, ...]


class Terminal(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Everything in the terminal summary, sanitised."""

    s: Summary
    problems: tuple[views.Problem, ...]
    left: int
    unknowns: tuple[views.UnknownView, ...]
    notes: tuple[str, ...]
    outputs: str


def html(run: Run, incidents: Sequence[Incident], unknowns: Sequence[Unknown], *, out: str = "OUT") -> str:
    """One page that needs nothing from outside. `out`: the folder of the outputs, named in commands."""
    env = environment(bytecode_folder())
    style = env.get_template("triage/html_style.j2").render()
    script = env.get_template("triage/html_script.j2").render()
    page = env.get_template("triage/html.j2").render(
        p=_page(run, incidents, unknowns, out),
        style=Markup(style),  # noqa: S704 - our own file, no value in it
        script=Markup(script),  # noqa: S704
        policy=_policy(style, script),
        w=_functions(),
    )
    return page.strip("\n") + "\n"


def term(
    run: Run,
    incidents: Sequence[Incident],
    unknowns: Sequence[Unknown],
    *,
    colour: bool,
    width: int,
    out: str = "OUT",
) -> str:
    """The summary for the terminal, `width` cells wide (at least 40). `out`: the folder of the outputs."""
    width = max(width, MIN_WIDTH)
    template = environment(bytecode_folder()).get_template("triage/term.j2")
    shown = _terminal(run, incidents, unknowns, out)
    text = layout.tidy(template.render(t=shown, s=shown.s, width=width, w=_functions()))
    if colour:
        from keymedic.report.colour import ansi

        return ansi(text, width)
    return layout.plain(text)


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy under which only our own style and script count, told by their hashes."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _functions() -> Mapping[str, object]:
    return {
        "number": words.number,
        "plural": words.plural,
        "size": words.size,
        "lines": words.lines,
        "duration": words.duration,
        "moment": words.moment,
        "span": words.span,
        "listing": words.listing,
        "when": words.when,
        "standing": words.standing,
        "whom": words.whom,
        "percent": percent,
        "states": words.STATES,
        "verdicts": words.VERDICTS,
        "open": words.OPEN,
    }


def _page(run: Run, incidents: Sequence[Incident], unknowns: Sequence[Unknown], out: str) -> Page:
    ordered = views.urgent_first(incidents)
    full = [views.incident_view(one) for one in ordered[:FULL]]
    keys = tuple(one for one in full if one.i.key_problem)
    others = tuple(one for one in full if not one.i.key_problem)
    told = _first(ordered)
    first = [views.problem(part, 0) for part in told[:FIRST]]
    known = {one.anchor for one in full}
    workers = charts.workers(ordered)
    clear = cleaned(run)
    return Page(
        s=_summary(run, ordered, unknowns, out),
        run=clear,
        first=tuple(one if one.anchor in known else replace(one, anchor="incidents") for one in first),
        first_left=len(told[FIRST:]),
        timeline=charts.timeline([one.i for one in (*keys, *others)], _end(run)),
        dated=sum(bool(one.windows) for one in ordered),
        heat=charts.heat_map(ordered),
        workers=workers[: charts.WORKERS],
        workers_left=len(workers[charts.WORKERS :]),
        keys=keys,
        others=others,
        unknowns=tuple(views.unknown_view(one, out) for one in _commonest(unknowns)[:CLUSTERS]),
        inputs=tuple(views.input_views(clear)[:INPUTS]),
    )


def _first(ordered: Sequence[Incident]) -> list[list[Incident]]:
    """The problems to look at first: key problems that are open, or where nobody knows."""
    keys = [one for one in ordered if one.key_problem]
    return views.problems([one for one in keys if one.state in words.OPEN or one.state == "undated"])


def _terminal(run: Run, incidents: Sequence[Incident], unknowns: Sequence[Unknown], out: str) -> Terminal:
    ordered = views.urgent_first(incidents)
    keys = [one for one in ordered if one.key_problem]
    told: list[views.Problem] = []
    room = ROWS
    for part in views.problems(keys):
        if room <= 0:
            break
        told.append(views.problem(part, min(ROWS_EACH, room)))
        room -= len(told[-1].incidents)
    shown = sum(len(one.incidents) for one in told)
    return Terminal(
        s=_summary(run, ordered, unknowns, out),
        problems=tuple(told),
        left=len(keys) - shown,
        unknowns=tuple(views.unknown_view(one, out) for one in _commonest(unknowns)[:TERM_CLUSTERS]),
        notes=tuple(oneline(note) for note in run.notes),
        outputs=", ".join(OUTPUTS),
    )


def _summary(run: Run, ordered: Sequence[Incident], unknowns: Sequence[Unknown], out: str) -> Summary:
    keys = [one for one in ordered if one.key_problem]
    others = [one for one in ordered if not one.key_problem]
    return Summary(
        headline=views.headline(keys),
        lead=views.lead(keys, _end(run)),
        read=_read(run),
        broken=_broken(run),
        filtered=_filtered(run),
        open=sum(one.state in words.OPEN for one in keys),
        out=oneline(out),
        other=_other(others),
        key_count=len(keys),
        other_count=len(others),
        unknown_count=len(unknowns),
    )


def _read(run: Run) -> str:
    """Read 3 inputs, 1.2 GB, 8.7 M lines in 1.3 s."""
    read = sum(one.read for one in run.inputs)
    seen = sum(one.lines for one in run.inputs)
    return (
        f"Read {words.plural(len(run.inputs), 'input')}, {words.size(read)}, {words.lines(seen)} "
        f"in {words.duration(run.seconds)}"
    )


def _broken(run: Run) -> str:
    """2 inputs could not be read whole: a.log.gz (cut off); core.bin (408 kB skipped: not text)."""
    parts = [(oneline(one.name), oneline(words.troubles(one))) for one in run.inputs if words.troubles(one)]
    if not parts:
        return ""
    named = "; ".join(f"{name} ({trouble})" for name, trouble in parts[:3])
    more = f"; and {words.number(len(parts) - 3)} more" if len(parts) > 3 else ""
    return f"{words.plural(len(parts), 'input')} could not be read whole: {named}{more}."


def _filtered(run: Run) -> str:
    left = run.counts.get("filtered", 0)
    return f"{words.plural(left, 'incident is', 'incidents are')} left out by the filters." if left else ""


def _other(others: Sequence[Incident]) -> str:
    """34 incidents, 1,204 events: rate limit 20, network 14."""
    if not others:
        return ""
    titles = Counter(oneline(one.title) for one in others)
    named = [f"{title} {words.number(count)}" for title, count in titles.most_common(4)]
    more = f" and {len(titles) - 4} more causes" if len(titles) > 4 else ""
    events = words.plural(sum(one.count for one in others), "event")
    return f"{words.plural(len(others), 'incident')}, {events}: {', '.join(named)}{more}"


def _end(run: Run) -> str | None:
    return max((one.last_seen for one in run.inputs if one.last_seen), default=None)


def _commonest(unknowns: Sequence[Unknown]) -> list[Unknown]:
    return sorted(unknowns, key=lambda one: (-one.count, one.id))
