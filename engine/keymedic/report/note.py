"""The internal note for the next agent: cause, how sure, for, against, not known, next question, fix in short."""

from __future__ import annotations

from keymedic.diagnosis import Ask, CauseResult, Diagnosis, Evidence
from keymedic.model import Record
from keymedic.report import words
from keymedic.report.view import Group, View, shown_causes, view

IN_FULL = 5
"""Up to how many steps a note tells in full."""
QUOTE = 120
"""Characters of a quote that a note repeats."""


class Note(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a note says beyond the common view."""

    v: View
    causes: tuple[str, ...]
    speaks_for: tuple[str, ...]
    against: tuple[str, ...]
    not_known: tuple[str, ...]
    ask_why: str
    steps: tuple[str, ...]
    careful: tuple[str, ...]
    would_change: tuple[str, ...]


def note(diagnosis: Diagnosis) -> Note:
    """The note; every string in it is safe to print."""
    v = view(diagnosis, why=False)
    causes = shown_causes(v.d, why=False)
    return Note(
        v=v,
        causes=tuple(f"{cause.title} ({cause.id}) {words.percent(cause.probability)}" for cause in causes),
        speaks_for=_reasons(causes, "+"),
        against=_reasons(causes, "-"),
        not_known=tuple(ask.text for ask in v.d.questions[1:4]),
        ask_why=_why(v.d, v.ask) if v.ask else "",
        steps=_steps(v),
        careful=_careful(v),
        would_change=v.d.explanation.would_change[:3] if v.d.explanation else (),
    )


def _reasons(causes: tuple[CauseResult, ...], sign: str) -> tuple[str, ...]:
    """Each symptom once, strongest first, with the causes it bears on."""
    seen: dict[str, tuple[Evidence, list[str]]] = {}
    for cause in causes:
        for one in (cause.evidence if sign == "+" else cause.against)[:3]:
            bears = f"{cause.id} {sign}{words.decibans(one.weight)}"
            seen.setdefault(f"{one.symptom} {one.quote}", (one, []))[1].append(bears)
    return tuple(f"{_said(one)} ({one.symptom}): {', '.join(bears)}" for one, bears in seen.values())


def _said(one: Evidence) -> str:
    if not one.quote:
        return one.title
    return f'"{one.quote}"' if len(one.quote) <= QUOTE else f'"{one.quote[: QUOTE - 1].rstrip()}…"'


def _why(d: Diagnosis, ask: Ask) -> str:
    effort = words.EFFORT.get(ask.effort, ask.effort)
    if d.verdict == "same_fix":
        return f"It tells the causes apart ({effort}). One fix serves most of them, so it need not wait for the answer."
    return f"Of the open questions it decides most about the fix for its effort: {ask.gain:.2f} bits, {effort}."


def _steps(v: View) -> tuple[str, ...]:
    """The fix in short: few steps in full, of many only where they are taken."""
    if v.fix is None:
        return ()
    if sum(len(group.steps) for group in v.fix.groups) > IN_FULL:
        return tuple(f"{group.place}: {_numbers(group)}" for group in v.fix.groups)
    return tuple(
        f"{group.place}: " + " ".join(f"{step.number}. {words.sentence(step.text)}" for step in group.steps)
        for group in v.fix.groups
    )


def _numbers(group: Group) -> str:
    first, last = group.steps[0].number, group.steps[-1].number
    return f"step {first} of the full report" if first == last else f"steps {first} to {last} of the full report"


def _careful(v: View) -> tuple[str, ...]:
    """What single steps cost, then what the fix costs: the most serious, or the first few."""
    if v.fix is None:
        return ()
    steps = [step for group in v.fix.groups for step in group.steps if step.caution]
    dangers = [one for one in v.fix.cautions if one.severity == "danger"]
    kept = dangers or v.fix.cautions[:2]
    return (*(f"before step {step.number}: {step.caution}" for step in steps), *(one.text for one in kept))
