"""The public function: a text in, a Diagnosis out. Pure: same text, answers and packs give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from zlib import crc32

import msgspec

import keymedic
from keymedic.diagnosis import Diagnosis, Explanation, Named, Notice, PackRef
from keymedic.errors import Unusable
from keymedic.inference import context as contexts
from keymedic.inference import explain, result
from keymedic.inference.answers import answer_findings, check_answers
from keymedic.inference.ask import candidates
from keymedic.inference.context import Context
from keymedic.inference.deduce import deduce
from keymedic.inference.facts import FactBase
from keymedic.inference.match import GENERAL, Matched, match, near_misses
from keymedic.inference.profile import profile_facts
from keymedic.inference.scan import Sight, look
from keymedic.inference.weigh import Weighed, counted, weigh
from keymedic.intake import Intake, har, take
from keymedic.intake.large import Short, shorten
from keymedic.knowledge.gate import SPOKEN
from keymedic.knowledge.store import Knowledge
from keymedic.model import Finding
from keymedic.remedy import Place, Remedies

MAX_CHARACTERS = 64_000_000
_MODERATE, _STRONG = 8.0, 15.0


class Case(msgspec.Struct):
    """Everything known about one case on its way to a diagnosis."""

    knowledge: Knowledge
    short: Short
    intake: Intake
    sights: Sequence[Sight]
    context: Context
    facts: FactBase
    findings: list[Finding]
    weighed: Weighed
    explanation: Explanation


def diagnose(
    text: str,
    knowledge: Knowledge,
    *,
    exchange: str | None = None,
    source: str | None = None,
    answers: Mapping[str, str] | None = None,
    why: bool = False,
    machine: bool = False,
) -> Diagnosis:
    """Find out why a key does not work. See `keymedic.diagnose` for the parameters.

    machine: the text was written by programs only, so that what people tell (since when, what they changed, what still
        works) is not looked for.
    Raises Unusable when the text is empty or too long, or an answer does not fit its question.
    """
    if not text.strip():
        raise Unusable("the text is empty: paste the error message, the log or the customer's words")
    if len(text) > MAX_CHARACTERS:
        millions = len(text) // 1_000_000
        raise Unusable(
            f"the text has {millions} million characters, the limit is {MAX_CHARACTERS // 1_000_000} million: "
            "cut out the part around the error"
        )
    answers = dict(answers or {})
    check_answers(knowledge, answers)
    short = Short(text) if har.is_har(text) else shorten(text, knowledge)
    case = investigate(short, knowledge, exchange, source, answers, machine=machine)
    return _conclude(case, answers, [*short.notices, *_notices(case)], why)


def investigate(
    short: Short,
    knowledge: Knowledge,
    exchange: str | None,
    source: str | None,
    answers: Mapping[str, str],
    *,
    machine: bool = False,
) -> Case:
    """Intake, match, deduce, weigh. See `diagnose` for the parameters."""
    intake = take(short.text)
    sights = look(knowledge, intake.events)
    context = contexts.recognise(knowledge, sights, exchange, source)
    facts, matched = _match(knowledge, intake, sights, context)
    if matched.foreign and contexts.adopt(knowledge, context, [pack for pack, _ in matched.foreign]):
        facts, matched = _match(knowledge, intake, sights, context)
    findings = counted([found for found in matched.findings if not (machine and _told(found))])
    kept = {finding.id for finding in findings}
    for name, value, finding in matched.facts:
        if finding.id in kept:
            facts.add(name, value, f"symptom {finding.id}", span=finding.span)
    for finding in findings:
        facts.add("symptom", finding.id, "text", span=finding.span)
        for cause, weight in finding.indicates.items():
            if weight >= _MODERATE:
                facts.add("indicated", cause, f"symptom {finding.id}")
            if weight >= _STRONG:
                facts.add("indicated_strongly", cause, f"symptom {finding.id}")
    if findings:
        facts.add("case.rank", max((f.rank for f in findings if f.aspect == "message"), default=0), "text")
        facts.add("case.recognised", any(f.rank >= GENERAL for f in findings), "text")
    findings += answer_findings(knowledge, answers, facts)
    deduced, derived = deduce(knowledge, facts)
    findings += deduced
    weighed = weigh(knowledge, findings, context.packs)
    return Case(
        knowledge, short, intake, sights, context, facts, findings, weighed, Explanation(derived=tuple(derived))
    )


def _told(finding: Finding) -> bool:
    """Whether a finding is something that a person tells, in a person's words."""
    return finding.aspect != "message" and finding.pack in SPOKEN


def _match(knowledge: Knowledge, intake: Intake, sights: Sequence[Sight], context: Context) -> tuple[FactBase, Matched]:
    """The facts that the context gives, and what matches among them."""
    facts = profile_facts(knowledge, context, intake.masked.masks)
    return facts, match(knowledge, sights, context, facts)


def _notices(case: Case) -> list[Notice]:
    """What has to be said before anything else."""
    knowledge, context = case.knowledge, case.context
    notices = []
    for kind, name in context.given.items():
        if kind not in context.main or context.main[kind][1] < 1.0:
            close = knowledge.suggest(kind, name)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            notices.append(Notice(kind="unknown_id", text=f"no pack knows the {kind} {name!r}{hint}"))
    for pack, _ in context.main.values():
        life = knowledge.pack(pack).lifecycle
        if life.state != "open":
            when = f" ({life.date})" if life.date else ""
            what = "has closed" if life.state == "closed" else "is closing"
            text = f"{knowledge.head(pack).name} {what}{when}. {life.note}".strip()
            notices.append(Notice(kind="lifecycle", text=text))
    return [*notices, *_removal(case)]


def _removal(case: Case) -> list[Notice]:
    """What is lost by removing a connection, said first where somebody thinks of it."""
    lost = [str(value) for value in case.facts.values("source.removal.loses")]
    if "source" not in case.context.main or True not in case.facts.values("case.wants_removal"):
        return []
    name = case.knowledge.head(case.context.main["source"][0]).name
    what = f"; removing it loses {', '.join(lost)}" if lost else ""
    return [Notice(kind="removal", text=f"Do not remove the connection in {name}{what}. Follow the steps below.")]


def _conclude(case: Case, answers: dict[str, str], notices: list[Notice], why: bool) -> Diagnosis:
    """Remedies, questions, verdict: the record."""
    knowledge, context, facts, weighed = case.knowledge, case.context, case.facts, case.weighed
    place = _place(knowledge, context)
    remedies = Remedies(knowledge, place, facts, weighed.probabilities)
    leading = weighed.ranked()[0]
    told = (fix for remedy in remedies.offered(leading) if (fix := remedies.fix(remedy)))
    fixes = list(islice(told, result.MOST_FIXES))
    verdict = result.verdict(knowledge, weighed, fixes)
    chain = [name for names in place.packs.values() for name in names]
    asked = candidates(knowledge, chain, weighed.probabilities, remedies.of, facts)
    packs = _packs(case)
    where = result.Locator(case.short, case.intake, {sight.event.number: sight.event for sight in case.sights})
    explanation = None
    if why:
        explanation = Explanation(
            facts=tuple(facts.all()),
            derived=case.explanation.derived,
            near_misses=near_misses(knowledge, case.sights, context, facts),
            would_change=explain.would_change(knowledge, weighed, asked, remedies.of, place.names, facts),
        )
    identity = f"{case.intake.masked.text}\n{sorted(context.given.items())}{sorted(answers.items())}{packs}"
    return Diagnosis(
        schema="keymedic/diagnosis/1",
        id=f"{crc32(identity.encode()):08x}",
        verdict=verdict,
        exchange=_named(knowledge, context, "exchange"),
        source=_named(knowledge, context, "source"),
        causes=result.causes(knowledge, weighed, where, place.names, facts, everything=why),
        remedies=tuple(fixes),
        questions=tuple(
            result.question(c, place.names, facts, weighed.probabilities) for c in asked[: result.MOST_QUESTIONS]
        ),
        notices=tuple(notices),
        masked=result.masked(case.intake),
        packs=packs,
        sources=result.sources(knowledge, case.findings),
        text=result.excerpt(case.intake.masked.text),
        answers=answers,
        engine=keymedic.__version__,
        explanation=explanation,
    )


def _place(knowledge: Knowledge, context: Context) -> Place:
    names = {"exchange": "the exchange", "source": "your tool"}
    packs = {}
    for kind, (pack, _) in context.main.items():
        names[kind] = knowledge.head(pack).name
        packs[kind] = knowledge.family(pack)
    names["machine"] = f"the computer that runs {names['source']}"
    return Place(packs, names)


def _named(knowledge: Knowledge, context: Context, kind: str) -> Named | None:
    if kind not in context.main:
        return None
    pack, confidence = context.main[kind]
    return Named(id=pack, name=knowledge.head(pack).name, confidence=confidence)


def _packs(case: Case) -> tuple[PackRef, ...]:
    """The packs in play and those whose findings counted."""
    used = [pack for pack, _ in case.context.main.values()]
    used += sorted({finding.pack for finding in case.findings})
    return tuple(PackRef(id=p, version=case.knowledge.head(p).version) for p in dict.fromkeys(used))
