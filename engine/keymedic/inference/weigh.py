"""Log-odds of every cause: prior plus evidence, in decibans, and the probabilities that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from keymedic.inference.match import GENERAL, GENERIC, SPECIFIC
from keymedic.knowledge.store import Knowledge
from keymedic.model import Finding

_SENTENCE = 160
_STRONG = 15.0
_REQUEST = frozenset({"not_key.order", "client.bad_request", "not_key.other", "unknown"})
"""Causes that a code names when it says no more than that something about the request is wrong."""
FLOOR = -100.0
"""Decibans below which a cause counts as impossible."""


class Weighed(msgspec.Struct):
    """Scores (decibans) and probabilities of all causes, and which finding gave which weight."""

    scores: dict[str, float]
    probabilities: dict[str, float]
    reasons: dict[str, list[tuple[float, Finding]]]
    """Cause -> (weight, finding), weight < 0 speaks against; only findings that counted."""

    def ranked(self) -> list[str]:
        """Causes by probability, ties in the order of their ids."""
        return sorted(self.probabilities, key=lambda cause: (-self.probabilities[cause], cause))


def counted(findings: Sequence[Finding]) -> list[Finding]:
    """Findings that count: a catch-all yields to any specific message, a general one to a specific one beside it,
    and the same symptom seen twice counts once."""
    messages = [f for f in findings if f.aspect == "message"]
    frames = [f for f in messages if f.frame]
    pieces = {id(f) for f in messages if f.rank == GENERAL and any(_piece(f, frame) for frame in frames)}
    findings = [f for f in findings if id(f) not in pieces]
    messages = [f for f in messages if id(f) not in pieces]
    best = max((f.rank for f in messages), default=GENERIC)
    specific: dict[int, list[Finding]] = {}
    for message in messages:
        if message.rank == SPECIFIC:
            specific.setdefault(message.event, []).append(message)
    result: dict[str, Finding] = {}
    for found in findings:
        finding = found
        if finding.aspect == "message":
            if finding.rank == GENERIC and best > GENERIC:
                continue
            if finding.rank == GENERAL and finding.event in specific:
                kept = _unsaid(finding, specific[finding.event])
                if kept is None:
                    continue
                finding = kept
            if any(_inside(finding, other) for other in specific.get(finding.event, ())):
                continue
        result.setdefault(finding.id, finding)
    return list(result.values())


def _unsaid(finding: Finding, specific: Sequence[Finding]) -> Finding | None:
    """What general wording says beyond the specific messages of its event, when those only call the request wrong:
    strong causes on which they are silent, because they know the code and not the words. None when nothing is left."""
    if any(
        weight >= _STRONG and cause not in _REQUEST for other in specific for cause, weight in other.indicates.items()
    ):
        return None
    said = {cause for other in specific for cause in (*other.indicates, *other.against)}
    rest = {cause: weight for cause, weight in finding.indicates.items() if cause not in said and weight >= _STRONG}
    if not rest:
        return None
    return msgspec.structs.replace(finding, indicates=rest, against={})


def _piece(finding: Finding, frame: Finding) -> bool:
    """Whether a general text is only a piece of a sentence that the tool's pack knows to be a catch-all."""
    if finding.event != frame.event or finding.span is None or frame.span is None:
        return False
    return frame.span[0] <= finding.span[0] and finding.span[1] <= frame.span[1]


def _inside(finding: Finding, other: Finding) -> bool:
    """Whether a message is only a piece of a longer one that another pack knows as a whole: an exchange's
    `API key is invalid` within a tool's sentence."""
    if finding.pack == other.pack:
        return False
    if finding.span is None or other.span is None or other.span[1] - other.span[0] > _SENTENCE:
        return False
    inner, outer = finding.span, other.span
    return outer[0] <= inner[0] and inner[1] <= outer[1] and outer[1] - outer[0] >= 2 * (inner[1] - inner[0])


def weigh(knowledge: Knowledge, findings: Sequence[Finding], packs: Iterable[str]) -> Weighed:
    """Weigh the findings that count. Within one event and aspect a cause takes its strongest weight for and its
    strongest against; across events and aspects weights add."""
    scores = dict(knowledge.log_priors)
    for pack in sorted(packs):
        for cause, shift in knowledge.pack(pack).priors.items():
            scores[cause] += shift
    strongest: dict[tuple[int, str, str, bool], tuple[float, Finding]] = {}
    for finding in findings:
        for speaks_for, weights in ((True, finding.indicates), (False, finding.against)):
            for cause, weight in weights.items():
                key = (finding.event, finding.aspect, cause, speaks_for)
                if key not in strongest or weight > strongest[key][0]:
                    strongest[key] = (weight, finding)
    reasons: dict[str, list[tuple[float, Finding]]] = {}
    for (_, _, cause, speaks_for), (weight, finding) in strongest.items():
        reasons.setdefault(cause, []).append((weight if speaks_for else -weight, finding))
    for cause, found in reasons.items():
        scores[cause] += sum(weight for weight, _ in found)
    return Weighed(scores, normalise(scores), reasons)


def normalise(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores in decibans -> probabilities that add up to 1."""
    top = max(scores.values())
    odds = {cause: 10.0 ** (max(score - top, FLOOR) / 10.0) for cause, score in scores.items()}
    total = sum(odds.values())
    return {cause: value / total for cause, value in odds.items()}
