"""What the templates need beyond the record: causes in groups, steps numbered by place, sentences chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from keymedic.diagnosis import Ask, CauseResult, CautionText, Diagnosis, Evidence, Fix, FixStep
from keymedic.model import Record
from keymedic.report import words
from keymedic.report.sanitize import clean

SHOWN = 5
"""How many causes a short report shows."""
SHARE = 0.03
"""Causes below this probability are summed up."""
REASONS = 3
"""How many reasons for, and how many against, a short report shows for each cause."""


DECIDES = 0.2
"""Bits of uncertainty about the remedy from which on an answer may change what to do."""


class Reason(Record, frozen=True, kw_only=True):
    """One line of evidence: `sign` is + or -, `text` the quote where there is one, else the title."""

    sign: str
    weight: str
    text: str
    title: str
    quoted: bool
    symptom: str


class CauseView(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A cause with the reasons that this report shows; `level` is its share in whole percent."""

    share: str
    level: int
    title: str
    id: str
    summary: str
    reasons: tuple[Reason, ...]
    more: int = 0


class NumberedStep(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A step with its number in the whole fix; `text` carries the menu in front."""

    number: int
    text: str
    command: str
    changes: str
    caution: str
    danger: bool


class Group(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Consecutive steps in one place: `place` reads On KuCoin, In CoinTracker."""

    place: str
    steps: tuple[NumberedStep, ...]


class FixView(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The fix that is shown in full; `cautions` most serious first."""

    title: str
    covers: str
    risk: str
    groups: tuple[Group, ...]
    check: str
    safe: str
    cautions: tuple[CautionText, ...]
    notes: tuple[CautionText, ...]
    still_failing: tuple[str, ...]
    still_failing_short: str


class View(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One diagnosis, ready for a template. `d` is the sanitised record itself."""

    d: Diagnosis
    subject: str
    wrong: str
    verdict: str
    causes: tuple[CauseView, ...]
    others: str
    others_named: str
    ask: Ask | None
    answers: str
    fix: FixView | None
    other_fixes: tuple[str, ...]
    packs: str
    exposed: str
    masked: str
    why: bool


def view(diagnosis: Diagnosis, *, why: bool) -> View:
    """The view of a diagnosis; every string in it is safe to print."""
    d = clean(diagnosis)
    fix = chosen(d)
    shown = shown_causes(d, why=why)
    ask = d.questions[0] if d.questions and (why or worth_asking(d, d.questions[0])) else None
    return View(
        d=d,
        subject=words.subject(d),
        wrong=words.wrong(d, remaining(d, fix)),
        verdict=words.verdict(d, fix),
        causes=tuple(_cause(cause, why=why) for cause in shown),
        others=_others(d, shown),
        others_named=_others_named(d, shown) if why else "",
        ask=ask,
        answers=answers(ask) if ask else "",
        fix=fix_view(d, fix) if fix else None,
        other_fixes=tuple(_short(other) for other in d.remedies if other is not fix),
        packs=", ".join(f"{pack.id} {pack.version}" for pack in d.packs) or "no packs",
        exposed=_exposed(d),
        masked=words.masked(d.masked),
        why=why,
    )


def answers(ask: Ask) -> str:
    """The answers that a question accepts; nothing where "not known" would be the only one."""
    labels = [outcome.label or outcome.id for outcome in ask.outcomes]
    return " / ".join(labels) if len(labels) > 1 else ""


def worth_asking(d: Diagnosis, ask: Ask) -> bool:
    """Whether an answer may still change what to do; where the cause is clear, most questions do not."""
    return d.verdict not in {"diagnosed", "not_a_key_problem"} or ask.gain >= DECIDES


def cautions(fix: Fix, *, note: bool) -> tuple[CautionText, ...]:
    """What is good to know (`note`), or what to be careful about, most serious first."""
    picked = [one for one in fix.cautions if (one.severity == "note") == note]
    return tuple(sorted(picked, key=lambda one: one.severity != "danger"))


def chosen(d: Diagnosis) -> Fix | None:
    """The fix to give: the first that mends the leading cause, without loss if there is one."""
    leading = d.causes[0].id if d.causes else ""
    mending = [fix for fix in d.remedies if leading in fix.mends] or list(d.remedies)
    harmless = [fix for fix in mending if not destroys(fix)]
    return next(iter(harmless or mending), None)


def destroys(fix: Fix) -> bool:
    """Whether a step of the fix destroys something or cannot be undone."""
    return any(step.danger for step in fix.steps)


def remaining(d: Diagnosis, fix: Fix | None) -> list[CauseResult]:
    """The causes that a sentence about this case must be true for, most probable first."""
    likely = [cause for cause in d.causes if cause.probability >= SHARE and cause.id != "unknown"]
    if d.verdict == "same_fix" and fix:
        likely = [cause for cause in likely if cause.id in fix.mends] or likely
    return likely or list(d.causes[:1])


def shown_causes(d: Diagnosis, *, why: bool) -> tuple[CauseResult, ...]:
    """The causes listed one by one; at least the leading one."""
    likely = tuple(cause for cause in d.causes if cause.probability >= SHARE) or d.causes[:1]
    return likely if why else likely[:SHOWN]


def _exposed(d: Diagnosis) -> str:
    if not any(d.masked.kinds.get(kind) for kind in ("secret", "passphrase", "pem")):
        return ""
    return "The message held a secret of the key: delete that key and make a new one, whatever the cause is."


def _others(d: Diagnosis, shown: Sequence[CauseResult]) -> str:
    rest = 1 - sum(cause.probability for cause in shown)
    return words.percent(rest) if d.causes and rest >= 0.005 else ""


def _others_named(d: Diagnosis, shown: Sequence[CauseResult]) -> str:
    rest = [cause for cause in d.causes[len(shown) :] if cause.probability >= 0.005]
    return ", ".join(f"{cause.id} {words.percent(cause.probability)}" for cause in rest)


def _cause(cause: CauseResult, *, why: bool) -> CauseView:
    limit = None if why else REASONS
    reasons = [reason("+", one) for one in cause.evidence[:limit]]
    reasons += [reason("-", one) for one in cause.against[:limit]]
    return CauseView(
        share=words.percent(cause.probability),
        level=round(min(max(cause.probability, 0.0), 1.0) * 100),
        title=cause.title,
        id=cause.id,
        summary=cause.summary,
        reasons=tuple(reasons),
        more=len(cause.evidence) + len(cause.against) - len(reasons),
    )


def reason(sign: str, one: Evidence) -> Reason:
    """A line of evidence for (+) or against (-)."""
    return Reason(
        sign=sign,
        weight=sign + words.decibans(one.weight),
        text=one.quote or one.title,
        title=one.title,
        quoted=bool(one.quote),
        symptom=one.symptom,
    )


def fix_view(case: words.Placed, fix: Fix) -> FixView:
    """The fix with its steps numbered by place, its cautions and notes apart, what remains when it does not help."""
    still = tuple(words.sentence(with_menu(step)) for step in fix.still_failing)
    return FixView(
        title=fix.title,
        covers=words.percent(fix.covers),
        risk=fix.risk,
        groups=tuple(groups(case, fix.steps)),
        check=words.ended(fix.verify),
        safe=fix.reassure,
        cautions=cautions(fix, note=False),
        notes=cautions(fix, note=True),
        still_failing=still,
        still_failing_short=" ".join(still[:2]) + (f" And {len(still) - 2} more." if len(still) > 2 else ""),
    )


def groups(case: words.Placed, steps: Sequence[FixStep], *, doers: bool = True) -> Iterator[Group]:
    """Steps by place, numbered through; with `doers` a place names who acts when it is not the user."""
    numbered = enumerate(steps, 1)
    for (where, actor), part in groupby(numbered, key=lambda item: (item[1].where, item[1].actor)):
        doer = f" ({actor})" if doers and actor != "user" else ""
        yield Group(place=place(case, where) + doer, steps=tuple(_step(number, step) for number, step in part))


def place(case: words.Placed, where: str) -> str:
    """On an exchange, in a tool; any other place as it is called."""
    if where == words.exchange_name(case):
        return f"On {where}"
    if where == words.source_name(case):
        return f"In {where}"
    return words.capital(where) or "Steps"


def _step(number: int, step: FixStep) -> NumberedStep:
    return NumberedStep(
        number=number,
        text=with_menu(step),
        command=step.command,
        changes=step.changes,
        caution=step.caution or ("This cannot be undone." if step.danger else ""),
        danger=step.danger,
    )


def with_menu(step: FixStep) -> str:
    """Where in the menu before what to press."""
    if not step.menu:
        return step.text
    last = step.menu.rsplit(">", 1)[-1].strip()
    opening = f"Open {last}"
    if last and re.match(rf"{re.escape(opening)}\b", step.text):
        return f"Open {step.menu}{step.text[len(opening) :]}"
    return f"{step.menu}: {step.text}"


def _short(fix: Fix) -> str:
    loss = ", destroys something" if destroys(fix) else ""
    return f"{fix.title} (for {words.percent(fix.covers)}, risk {fix.risk}{loss})"
