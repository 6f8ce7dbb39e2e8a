"""What a text must contain for a matcher to hold: for each way to match, words that are there in any case."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from keymedic.knowledge.index import Index, Tree
from keymedic.knowledge.patterns import Pattern

Ways = frozenset[str]
"""Words of which at least one stands in every text that matches."""

_MOST_WAYS = 64
_SHORTEST = 4

# The parser behind `re`, which has no public name: it alone reads a pattern as `re` does. Where it changes, patterns
# count as telling nothing and are scanned for whole; tests/triage/test_required.py would show it.
_parser: Any = importlib.import_module("re._parser")


def of_pattern(pattern: Pattern) -> Ways | None:
    """The ways of a pattern; None when nothing is certain."""
    if pattern.literal:
        return frozenset({pattern.text.lower()})
    return of_regex(pattern.text)


def of_regex(text: str) -> Ways | None:
    """The ways of a regular expression: the longest certain words of each alternative; None when there are none."""
    try:
        ways = _sequence(_parser.parse(text))
    except (re.error, AttributeError, KeyError, TypeError, ValueError):
        return None
    return ways


def of_tree(index: Index, tree: Tree, patterns: dict[int, list[Pattern]], better: Callable[[Ways], Any]) -> Ways | None:
    """The ways of a matcher: of an `all` those of the part that `better` ranks highest. `patterns`: by atom."""
    if isinstance(tree, int):
        found = [of_pattern(pattern) for pattern in patterns.get(tree, ())]
        return _union(found) if found else None
    if tree[0] == "none":
        return None
    parts = [of_tree(index, part, patterns, better) for part in tree[1:]]
    if tree[0] == "any":
        return _union(parts)
    certain = [part for part in parts if part is not None]
    return max(certain, key=better) if certain else None


def _union(parts: Iterable[Ways | None]) -> Ways | None:
    """The ways of alternatives; None when one of them is uncertain."""
    whole: frozenset[str] = frozenset()
    for part in parts:
        if part is None:
            return None
        whole |= part
    return whole if whole and len(whole) <= _MOST_WAYS else None


def _sequence(parts: Sequence[Any]) -> Ways | None:
    """The best ways among what must come one after the other."""
    found: list[Ways] = []
    run: list[str] = []

    def ended() -> None:
        word = "".join(run).lower()
        if len(word.strip()) >= _SHORTEST:
            found.append(frozenset({word}))
        run.clear()

    for operation, value in parts:
        name = str(operation)
        if name == "LITERAL" and value < 128:
            run.append(chr(value))
            continue
        if name == "AT":
            continue
        ended()
        inner = _inner(name, value)
        if inner is not None:
            found.append(inner)
    ended()
    return max(found, key=weakest) if found else None


def _inner(name: str, value: Any) -> Ways | None:
    """The ways of what is no plain letter."""
    if name == "SUBPATTERN":
        return _sequence(value[-1])
    if name == "BRANCH":
        return _union(_sequence(branch) for branch in value[1])
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"} and value[0] > 0:
        return _sequence(value[2])
    return None


def weakest(ways: Ways) -> int:
    """Letters of the shortest word: what the ways are worth at worst."""
    return min(len(word.strip()) for word in ways)
