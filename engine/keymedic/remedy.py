"""The fix: a remedy's procedures, put together for exactly this exchange and this source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from keymedic.diagnosis import CautionText, Fix, FixStep
from keymedic.inference.facts import FactBase, holds
from keymedic.knowledge.store import Knowledge
from keymedic.model import Procedure, Remedy, RemedyStep, Step

RISKS = {"none": 0, "low": 1, "medium": 2, "high": 3}
OFFERED = 0.05
"""A remedy is offered when the causes it mends have at least this probability together."""
_NEARLY = 0.85
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


class Place(msgspec.Struct, frozen=True):
    """Who and where: the packs in play and how people call them."""

    packs: dict[str, tuple[str, ...]]
    """Kind -> pack and its parents; missing when not known."""
    names: dict[str, str]


class Remedies:
    """All remedies that apply in a case, with the probability that each covers."""

    def __init__(self, knowledge: Knowledge, place: Place, facts: FactBase, probabilities: Mapping[str, float]) -> None:
        self.knowledge = knowledge
        self.place = place
        self.facts = facts
        self.probabilities = probabilities
        packs = [name for chain in place.packs.values() for name in chain]
        self.covers: dict[str, float] = {}
        self.known: dict[str, Remedy] = {}
        self._of_cause: dict[str, list[str]] = {}
        for remedy in knowledge.remedies(packs):
            if remedy.id in self.known or not holds(remedy.when, facts) or self._in_vain(remedy):
                continue
            self.known[remedy.id] = remedy
            self.covers[remedy.id] = sum(probabilities.get(cause, 0.0) for cause in remedy.mends)
            for cause in remedy.mends:
                self._of_cause.setdefault(cause, []).append(remedy.id)

    def _in_vain(self, remedy: Remedy) -> bool:
        """Whether a remedy makes a key on an exchange that has closed."""
        closed = self.facts.first("exchange.lifecycle") == "closed"
        return closed and any(step.use == "exchange.create_key" for step in remedy.steps)

    def of(self, cause: str) -> str:
        """The remedy for a cause: of those that mend it and cover nearly as much as the best of them, the one with
        the least risk; what a pack in play knows better goes before what base says at the same peril."""
        names = self._of_cause.get(cause, ())
        enough = _NEARLY * max((self.covers[name] for name in names), default=0.0)
        good = [name for name in names if self.covers[name] >= enough]
        return min(good, key=self._peril, default="")

    def _peril(self, name: str) -> tuple[int, bool, int, float]:
        remedy = self.known[name]
        risk, general = RISKS[remedy.risk], remedy.pack.startswith("base.")
        return max(risk, RISKS["low"]), general, risk, -round(self.covers[name], 6)

    def offered(self, leading: str) -> list[Remedy]:
        """Remedies worth offering: the leading cause's first, then the others, least destructive first."""
        first = self.of(leading)
        likely = [cause for cause, p in sorted(self.probabilities.items(), key=lambda item: -item[1]) if p >= OFFERED]
        names = dict.fromkeys(name for cause in likely for name in self._of_cause.get(cause, ()))
        rest = sorted(
            (name for name in names if name != first),
            key=lambda name: (RISKS[self.known[name].risk], -round(self.covers[name], 6)),
        )
        chosen = [first, *rest] if first and RISKS[self.known[first].risk] < RISKS["high"] else [*rest, first]
        return [self.known[name] for name in chosen if name]

    def fix(self, remedy: Remedy) -> Fix | None:
        """The remedy, ready to read; None when no step of it can be told here."""
        steps: list[FixStep] = []
        cautions: list[CautionText] = []
        cited: dict[str, None] = {}
        verify = ""
        for reference in remedy.steps:
            found = self._procedure(remedy, reference)
            if found is None:
                continue
            where, pack, procedure = found
            steps += self._steps(where, pack, procedure.steps)
            cautions += self._cautions(procedure)
            verify = self.fill(procedure.verify) or verify
            cited.update(dict.fromkeys(self._urls(pack, procedure.source)))
        if remedy.verify:
            found = self._procedure(remedy, RemedyStep(use=remedy.verify))
            verify = self._verification(found[2]) if found else verify
        if not steps:
            return None
        likely = tuple(cause for cause in remedy.mends if self.probabilities.get(cause, 0.0) >= 0.01)
        return Fix(
            id=remedy.id,
            title=self.fill(remedy.title) or remedy.title,
            mends=likely or remedy.mends,
            steps=tuple(dict.fromkeys(steps)),
            verify=verify,
            risk="high" if any(step.danger for step in steps) else remedy.risk,
            covers=min(1.0, self.covers[remedy.id]),
            cautions=tuple(dict.fromkeys(cautions)),
            reassure=self.fill(remedy.reassure),
            still_failing=tuple(self._still_failing(remedy)),
            sources=(*cited, *(u for u in self._urls(remedy.pack, remedy.source) if u not in cited)),
        )

    def _still_failing(self, remedy: Remedy) -> Iterator[FixStep]:
        for reference in remedy.still_failing:
            found = self._procedure(remedy, reference)
            if found:
                where, pack, procedure = found
                yield from self._steps(where, pack, procedure.steps)

    def _verification(self, procedure: Procedure) -> str:
        return self.fill(procedure.verify) or next(
            (text for step in reversed(procedure.steps) if (text := self.fill(step.text))), ""
        )

    def _procedure(self, remedy: Remedy, reference: RemedyStep) -> tuple[str, str, Procedure] | None:
        """Place, pack and procedure that a reference means: the pack's own, else base's general one."""
        if not holds(reference.when, self.facts):
            return None
        kind, name = reference.use.split(".", 1)
        own = (remedy.pack,) if kind == "pack" else self.place.packs.get(kind, ())
        for pack in own:
            procedure = self.knowledge.pack(pack).procedures.get(name)
            if procedure:
                return self._where(self.knowledge.head(pack).kind), pack, procedure
        if reference.optional:
            return None
        for base in self.knowledge.base:
            if reference.use in base.procedures:
                return self._where(kind), base.id, base.procedures[reference.use]
        return None

    def _where(self, kind: str) -> str:
        return self.place.names.get(kind, "")

    def _steps(self, where: str, pack: str, steps: Sequence[Step]) -> Iterator[FixStep]:
        operator = "operator" in self.knowledge.pack(pack).profile.get("source.type", ())
        for step in steps:
            if not holds(step.when, self.facts):
                continue
            chosen = self._slot(step.slot) if step.slot else step
            if chosen is None or not (text := self.fill(chosen.text)):
                continue
            yield FixStep(
                where=where,
                text=text,
                menu=chosen.menu or step.menu,
                command=chosen.command,
                changes=self.fill(chosen.changes),
                caution=self.fill(chosen.caution) or self.fill(step.caution),
                danger=chosen.danger or step.danger,
                actor=chosen.actor or step.actor or ("operator" if operator else "user"),
            )

    def _slot(self, name: str) -> Step | None:
        """The first variant of a slot whose condition holds and whose text can be filled."""
        variants = self.knowledge.index.slots.get(name, ())
        return next((v for v in variants if holds(v.when, self.facts) and self.fill(v.text)), None)

    def _cautions(self, procedure: Procedure) -> Iterator[CautionText]:
        for caution in procedure.cautions:
            if holds(caution.when, self.facts) and (text := self.fill(caution.text)):
                yield CautionText(text=text, severity=caution.severity)

    def _urls(self, pack: str, names: Sequence[str]) -> list[str]:
        sources = self.knowledge.pack(pack).sources
        return [sources[name] for name in names if name in sources]

    def fill(self, text: str) -> str:
        """Placeholders replaced; an empty string when one is not known."""
        return fill(text, self.facts, self.place.names)


def fill(text: str, facts: FactBase, names: Mapping[str, str]) -> str:
    """Replace {exchange}, {source} and {fact.name}; an empty string when a fact is not known."""
    if "{" not in text:
        return text
    missing = False

    def value(hit: re.Match[str]) -> str:
        nonlocal missing
        name = hit[1]
        if name in names:
            return names[name]
        values = [str(v) for v in facts.values(name)]
        missing = missing or not values
        return listed(values)

    filled = _PLACEHOLDER.sub(value, text)
    if missing:
        return ""
    return filled[:1].upper() + filled[1:] if text.startswith("{") else filled


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"
