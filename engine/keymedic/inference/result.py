"""From weights to the record: verdict, causes with their reasons, questions, places in the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from keymedic.diagnosis import Ask, CauseResult, Evidence, Fix, MaskedInfo, OutcomeText
from keymedic.inference.answers import UNKNOWN
from keymedic.inference.ask import Candidate
from keymedic.inference.facts import FactBase
from keymedic.inference.weigh import Weighed
from keymedic.intake import Intake
from keymedic.intake.events import Event
from keymedic.intake.large import Short
from keymedic.knowledge.store import Knowledge
from keymedic.model import Finding, Question
from keymedic.remedy import fill

CERTAIN = 0.6
"""From this probability on the leading cause is the diagnosis."""
LIKELY = 0.5
"""From this probability of all causes together that leave the key alone on, the key is not the problem."""
ONE_FIX = 0.75
"""From this coverage on one fix is enough, whichever of the causes it is."""
_FEW = 4
"""Answers of a question that are always shown all."""
_POSSIBLE = 0.01
MOST_CAUSES, MOST_FIXES, MOST_QUESTIONS = 10, 4, 5
_SHOWN = 0.004
_EXCERPT = 4_000


def verdict(knowledge: Knowledge, weighed: Weighed, fixes: Sequence[Fix]) -> str:
    """diagnosed, same_fix, ambiguous, not_a_key_problem or unknown."""
    leading = weighed.ranked()[0]
    if leading == UNKNOWN:
        return "unknown"
    if not knowledge.causes[leading].key_problem:
        harmless = sum(p for cause, p in weighed.probabilities.items() if _harmless(knowledge, cause))
        return "not_a_key_problem" if harmless >= LIKELY else "ambiguous"
    if weighed.probabilities[leading] >= CERTAIN:
        return "diagnosed"
    if fixes and fixes[0].covers >= ONE_FIX and leading in fixes[0].mends:
        return "same_fix"
    return "ambiguous"


def _harmless(knowledge: Knowledge, cause: str) -> bool:
    return cause != UNKNOWN and not knowledge.causes[cause].key_problem


class Locator(msgspec.Struct):
    """Maps spans of events to spans of the original input."""

    short: Short
    intake: Intake
    events: Mapping[int, Event]

    def original(self, finding: Finding) -> tuple[int, int] | None:
        """Where a finding stands in the input; None when it stands nowhere (an answer, a deduction)."""
        event = self.events.get(finding.event)
        if event is None or finding.span is None:
            return None
        start, end = finding.span
        first = self._input(event.to_masked(start))
        last = self._input(event.to_masked(max(start, end - 1))) + 1
        return first, max(first, last)

    def _input(self, offset: int) -> int:
        return self.short.to_input(self.intake.masked.to_original(offset))


def causes(
    knowledge: Knowledge,
    weighed: Weighed,
    where: Locator,
    names: Mapping[str, str],
    facts: FactBase,
    *,
    everything: bool,
) -> tuple[CauseResult, ...]:
    """Causes worth naming, most probable first; with `everything`, all that have any reason."""
    ranked = weighed.ranked()
    chosen = [cause for cause in ranked if weighed.probabilities[cause] >= _SHOWN][:MOST_CAUSES]
    if everything:
        chosen += [cause for cause in ranked if cause not in chosen and cause in weighed.reasons]
    return tuple(_cause(knowledge, cause, weighed, where, names, facts) for cause in chosen)


def _cause(
    knowledge: Knowledge,
    name: str,
    weighed: Weighed,
    where: Locator,
    names: Mapping[str, str],
    facts: FactBase,
) -> CauseResult:
    cause = knowledge.causes[name]
    reasons = sorted(weighed.reasons.get(name, ()), key=lambda reason: (-abs(reason[0]), reason[1].id))
    return CauseResult(
        id=name,
        title=cause.title,
        summary=cause.summary,
        customer=fill(cause.customer, facts, names),
        probability=round(weighed.probabilities[name], 4),
        key_problem=cause.key_problem,
        actor=cause.actor,
        evidence=tuple(_evidence(knowledge, w, f, where, names, facts) for w, f in reasons if w > 0),
        against=tuple(_evidence(knowledge, -w, f, where, names, facts) for w, f in reasons if w < 0),
    )


def _evidence(
    knowledge: Knowledge, weight: float, finding: Finding, where: Locator, names: Mapping[str, str], facts: FactBase
) -> Evidence:
    return Evidence(
        symptom=finding.id,
        title=fill(finding.title, facts, names) or finding.title,
        pack=finding.pack,
        pack_version=finding.pack_version,
        weight=weight,
        quote=finding.quote,
        span=where.original(finding),
        source=_urls(knowledge, finding),
    )


def question(
    candidate: Candidate, names: Mapping[str, str], facts: FactBase, probabilities: Mapping[str, float]
) -> Ask:
    """A question, ready to ask, with the answers that could matter here; the others are accepted all the same."""
    asked = candidate.question
    outcomes = [
        OutcomeText(id=name, label=fill(outcome.label, facts, names) or outcome.label or name)
        for name, outcome in asked.outcomes.items()
        if len(asked.outcomes) <= _FEW or _matters(name, asked, probabilities)
    ]
    return Ask(
        id=asked.id,
        text=fill(asked.text, facts, names) or asked.text,
        outcomes=(*outcomes, OutcomeText(id=UNKNOWN, label="not known")),
        gain=round(candidate.gain, 4),
        cost=candidate.cost,
        effort=asked.cost,
    )


def _matters(answer: str, asked: Question, probabilities: Mapping[str, float]) -> bool:
    """Whether an answer is the usual one, or speaks most of all for a cause that is not out of the question."""
    causes = asked.outcomes[answer].indicates
    most = max(causes.values(), default=0.0)
    meant = (cause for cause, weight in causes.items() if weight == most)
    return answer == asked.otherwise or any(probabilities.get(cause, 0.0) >= _POSSIBLE for cause in meant)


def masked(intake: Intake) -> MaskedInfo:
    """How many values were masked."""
    return MaskedInfo(count=intake.masked.count, kinds=dict(sorted(intake.masked.kinds.items())))


def sources(knowledge: Knowledge, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Addresses of what the findings rest on."""
    return tuple(dict.fromkeys(url for finding in findings for url in _urls(knowledge, finding)))


def _urls(knowledge: Knowledge, finding: Finding) -> tuple[str, ...]:
    known = knowledge.pack(finding.pack).sources
    return tuple(known[name] for name in finding.source if name in known)


def excerpt(text: str) -> str:
    """The masked text, shortened in the middle when it is long."""
    if len(text) <= _EXCERPT:
        return text
    half = _EXCERPT // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} characters left out ...]\n{text[-half:]}"
