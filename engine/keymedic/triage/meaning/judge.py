"""What a message of a log means: a key problem, another problem, something that no rule knows, or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from keymedic import case
from keymedic.inference.answers import UNKNOWN
from keymedic.inference.match import GENERIC
from keymedic.intake.large import Short
from keymedic.knowledge.gate import SPOKEN
from keymedic.knowledge.store import Knowledge
from keymedic.model import Finding
from keymedic.triage.meaning.unknowns import looks_like_one

INCIDENT, NOT_KEY, STRANGE, NOTHING = "incident", "not_key", "unknown", "nothing"
_MODERATE = 8.0
_LIKELY = 0.1
"""Probability from which on the leading cause of a message makes an incident."""
_CALM = re.compile(r"\b(?:INFO|DEBUG|TRACE|NOTICE|info|debug|trace|notice)\b|\"level\":\s?(?:[123]0)\b")
_FAILURE = re.compile(
    r"error|exception|fail|invalid|denied|den(?:y|ies)|reject|refus|expired|not allowed|unauthor|forbidden|illegal"
    r"|incorrect|unable|could not|cannot|can't|mismatch|suspend|banned|locked|blocked|revoked|wrong|missing|not exist"
    r"|not permitted|warn|critical|fatal|traceback",
    re.IGNORECASE,
)
_ACCESS = re.compile(r"\"(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS) \S+ HTTP/[\d.]+\" \d{3} ")
"""A request that somebody made to us; what it was answered is no key problem of ours."""
_GENERAL = SPOKEN | {"base.messages"}
"""Packs of words that databases, servers and people say, too."""
_OURS = re.compile(
    r"\bapi\b|api[ _-]?key|recv_?window|nonce|signature|pass ?phrase|ccxt|\bexchange\b|\bkyc\b|white ?list",
    re.IGNORECASE,
)
"""What makes such words be about a key at an exchange."""
_EXCHANGE = re.compile(
    r"\b(?:exchange|venue|platform)(?:_?(?:id|name))?\\*[\"']?\s?[:=]\s?\\*[\"']?([A-Za-z][\w.-]{1,30})", re.IGNORECASE
)


class Judgement(msgspec.Struct, array_like=True, frozen=True):
    """What a message means. `general` says that only catch-alls matched (HTTP 401, AuthenticationError)."""

    kind: str
    exchange: str = ""
    source: str = ""
    cause: str = ""
    probability: float = 0.0
    general: bool = False


def judge(knowledge: Knowledge, text: str, exchange: str, source: str) -> Judgement:
    """Judge the masked text of a message; `exchange` and `source`: what its log is known to be about ("" = nothing)."""
    if not text.strip() or _ACCESS.search(text) or (_CALM.search(text[:300]) and not _FAILURE.search(text)):
        return Judgement(NOTHING)
    found = _investigate(knowledge, text, exchange, source)
    weighed = found.weighed
    leading = weighed.ranked()[0]
    where = {kind: pack for kind, (pack, _) in found.context.main.items()}
    said = [finding for finding in found.findings if finding.aspect == "message"]
    messages = [finding for finding in said if max(finding.indicates.values(), default=0) >= _MODERATE]
    general = all(finding.rank == GENERIC for finding in messages)
    unclear = leading == UNKNOWN or weighed.probabilities[leading] < _LIKELY or (general and "exchange" not in where)
    ours = _OURS.search(text) is not None or looks_like_one(text)
    if not messages or unclear or (_vague(knowledge, leading, messages) and not ours):
        kind = STRANGE if looks_like_one(text) else NOTHING
        return Judgement(kind, where.get("exchange", ""), where.get("source", ""))
    return Judgement(
        INCIDENT if knowledge.causes[leading].key_problem else NOT_KEY,
        where.get("exchange", ""),
        where.get("source", ""),
        leading,
        round(weighed.probabilities[leading], 4),
        general,
    )


def _vague(knowledge: Knowledge, leading: str, messages: Sequence[Finding]) -> bool:
    """Whether only general words speak for a key problem: "permission denied" is said by databases, too."""
    causes = knowledge.causes
    return causes[leading].key_problem and not any(
        finding.pack not in _GENERAL
        and any(weight >= _MODERATE and causes[cause].key_problem for cause, weight in finding.indicates.items())
        for finding in messages
    )


def diagnose(knowledge: Knowledge, text: str, exchange: str, source: str) -> bytes:
    """The whole diagnosis of a message at an exchange and in a source, as MessagePack."""
    # Pickled from another process, values that are a field's default would no longer be left out when written.
    return msgspec.msgpack.encode(
        case.diagnose(text, knowledge, exchange=exchange or None, source=source or None, machine=True)
    )


def _investigate(knowledge: Knowledge, text: str, exchange: str, source: str) -> case.Case:
    """What a message itself names counts before what its log is about."""
    named = _named(knowledge, text)
    found = case.investigate(Short(text), knowledge, named or None, None, {}, machine=True)
    main = found.context.main
    lacks = (exchange and "exchange" not in main, source and "source" not in main)
    if not any(lacks):
        return found
    return case.investigate(
        Short(text),
        knowledge,
        named or (exchange if lacks[0] else None),
        source if lacks[1] else None,
        {},
        machine=True,
    )


def _named(knowledge: Knowledge, text: str) -> str:
    """The exchange that a field of the record names."""
    for hit in _EXCHANGE.finditer(text):
        pack = knowledge.resolve("exchange", hit[1])
        if pack:
            return pack
    return ""
