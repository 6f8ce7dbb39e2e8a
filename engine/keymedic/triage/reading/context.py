"""What a log is about as a whole: the one exchange and the one tool that its beginning names."""

from __future__ import annotations

from collections import Counter

from keymedic.inference.context import is_library
from keymedic.knowledge.store import Knowledge

_SURE = frozenset({"host", "ccxt", "header", "logger"})
_ENOUGH = 3
"""How often a plain word must stand there to count."""


def context(knowledge: Knowledge, head: bytes) -> tuple[str, str]:
    """The exchange and the source of a log, "" where its beginning names none or several."""
    seen: dict[str, Counter[str]] = {"exchange": Counter(), "source": Counter()}
    sure: set[str] = set()
    uses = knowledge.index.uses
    for pattern, _, _ in knowledge.scanner.scan(head, begin=False):
        for use in uses[pattern]:
            if use.kind == "pack":
                seen[knowledge.head(use.pack).kind][use.pack] += 1
                if use.how in _SURE:
                    sure.add(use.pack)
    return _only(knowledge, seen["exchange"], sure), _only(knowledge, seen["source"], sure)


def _only(knowledge: Knowledge, seen: Counter[str], sure: set[str]) -> str:
    packs = {pack for pack, count in seen.items() if pack in sure or count >= _ENOUGH}
    children = {pack for pack in packs if not any(pack in knowledge.family(other)[1:] for other in packs)}
    tools = {pack for pack in children if knowledge.head(pack).kind == "exchange" or not is_library(knowledge, pack)}
    found = tools or children
    return next(iter(found)) if len(found) == 1 else ""
