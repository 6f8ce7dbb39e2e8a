"""Packs tested by their own examples: each must fire on its examples, not on its counterexamples, and no other pack
may claim an example, neither beside its own pack nor when nobody says which exchange or platform is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from keymedic.inference import context as contexts
from keymedic.inference.match import Matched, match
from keymedic.inference.profile import profile_facts
from keymedic.inference.scan import Sight, look
from keymedic.intake import Intake, take
from keymedic.knowledge.load import Library
from keymedic.knowledge.positions import Document, Path
from keymedic.knowledge.problems import Problem
from keymedic.knowledge.store import Knowledge


class Tally(msgspec.Struct):
    """What was tested and what failed."""

    examples: int = 0
    counterexamples: int = 0
    problems: list[Problem] = []


def test(knowledge: Knowledge, library: Library, packs: Iterable[str]) -> Tally:
    """Run the examples and counterexamples of these packs."""
    tally = Tally(problems=[])
    for pack in packs:
        document = library.documents[pack]
        active = {symptom.id for symptom in library.packs[pack].symptoms}
        for number, symptom in enumerate(document.data.get("symptoms", ())):
            if symptom["id"] not in active:  # deprecated, or silenced by an overlay
                continue
            path: Path = ("symptoms", number)
            for at, text in enumerate(symptom["examples"]):
                tally.examples += 1
                tally.problems += _example(knowledge, library, document, symptom["id"], text, (*path, "examples", at))
            for at, text in enumerate(symptom["counterexamples"]):
                tally.counterexamples += 1
                if symptom["id"] in {finding.id for finding in in_play(knowledge, document, text).findings}:
                    what = f"{symptom['id']} fires on its counterexample"
                    place = (*path, "counterexamples", at)
                    tally.problems.append(document.problem(place, what, "make the matcher narrower"))
    return tally


class Seen(msgspec.Struct):
    """What a text contains, before anybody says which packs are in play."""

    intake: Intake
    sights: list[Sight]

    @classmethod
    def of(cls, knowledge: Knowledge, text: str) -> Seen:
        """Intake and scan of a text."""
        intake = take(text)
        return cls(intake, look(knowledge, intake.events))

    def matched(self, knowledge: Knowledge, exchange: str | None, source: str | None) -> Matched:
        """What matches while these packs are in play."""
        context = contexts.recognise(knowledge, self.sights, exchange, source)
        return match(knowledge, self.sights, context, profile_facts(knowledge, context, self.intake.masked.masks))

    def taken_for(self, knowledge: Knowledge, kind: str) -> str | None:
        """The exchange or source that Keymedic finds by itself."""
        context = contexts.recognise(knowledge, self.sights, None, None)
        facts = profile_facts(knowledge, context, self.intake.masked.masks)
        foreign = match(knowledge, self.sights, context, facts).foreign
        contexts.adopt(knowledge, context, [pack for pack, _ in foreign])
        return context.main[kind][0] if kind in context.main else None


def in_play(knowledge: Knowledge, document: Document, text: str) -> Matched:
    """What matches in a text while the pack is in play."""
    return _matched(knowledge, document, Seen.of(knowledge, text))


def _matched(knowledge: Knowledge, document: Document, seen: Seen) -> Matched:
    kind, pack = document.data["kind"], document.data.get("beside", document.data["pack"])
    exchange, source = (pack if kind == name else None for name in ("exchange", "source"))
    return seen.matched(knowledge, exchange, source)


def _example(
    knowledge: Knowledge, library: Library, document: Document, symptom: str, text: str, path: Path
) -> Iterator[Problem]:
    seen = Seen.of(knowledge, text)
    result = _matched(knowledge, document, seen)
    if symptom not in {finding.id for finding in result.findings}:
        yield document.problem(path, f"{symptom} does not fire on its example", "correct the matcher or the example")
    kind, own = document.data["kind"], document.data["pack"]
    if kind == "base" or document.data["status"] == "derived":
        return  # what ccxt's tables say is not told from what others say
    claims = dict.fromkeys(claim for claim in result.foreign if not _related(knowledge, own, claim[0]))
    for pack, other in claims:
        if kind == "source" and knowledge.head(pack).kind == "exchange":
            continue  # a tool shows what the exchange said
        if contexts.is_library(knowledge, pack):
            continue  # and what the library said that it is built on
        if not _admitted(library, pack, other, own):
            what = f"the example of {symptom} is claimed by {other} too"
            mend = f"give {other} `scope: pack`, a narrower matcher, or a false_positives line naming the pack"
            yield document.problem(path, what, mend)
    taken = seen.taken_for(knowledge, kind)
    told = any(pack == taken for pack, _ in claims) or _admitted(library, own, symptom, taken or "")
    if taken and not told and not _related(knowledge, own, taken) and not contexts.is_library(knowledge, taken):
        what = f"without being told, the example of {symptom} is taken for {taken}"
        yield document.problem(path, what, f"name {own} in the example, or make what {taken} is recognised by narrower")


def _related(knowledge: Knowledge, one: str, other: str) -> bool:
    """Whether two packs are of one family (binanceus and binance)."""
    return bool(set(knowledge.family(one)) & set(knowledge.family(other)))


def _admitted(library: Library, pack: str, symptom: str, victim: str) -> bool:
    """Whether a symptom's `false_positives` name the pack whose example it claims."""
    for item in library.documents[pack].data.get("symptoms", ()):
        if item["id"] == symptom:
            named = re.compile(rf"\b{re.escape(victim)}\b", re.IGNORECASE)
            return any(named.search(line) for line in item.get("false_positives", ()))
    return False
