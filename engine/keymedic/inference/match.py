"""Which symptoms hold: atoms of each event against the trees of the symptoms they trigger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from keymedic.diagnosis import NearMiss
from keymedic.inference.context import Context
from keymedic.inference.facts import FactBase, holds
from keymedic.inference.scan import Sight
from keymedic.intake.fields import codes
from keymedic.knowledge.index import Tree
from keymedic.knowledge.store import Knowledge
from keymedic.model import Finding

Span = tuple[int, int]
GENERIC, GENERAL, SPECIFIC = 0, 1, 2
"""Ranks: a catch-all yields to anything, a base symptom to one of an exchange or source in play."""
_QUOTE = 160


class Matched(msgspec.Struct):
    """What matching found: findings in context, pack ids of unmistakable ones out of it, facts they assert."""

    findings: list[Finding]
    foreign: list[tuple[str, str]]
    """(pack, symptom) seen although the pack is not in play."""
    facts: list[tuple[str, Any, Finding]]


def match(knowledge: Knowledge, sights: Sequence[Sight], context: Context, facts: FactBase) -> Matched:
    """All symptoms that hold in these events, in the order of the text."""
    result = Matched([], [], [])
    for sight in sights:
        _match_event(knowledge, sight, context, facts, result)
    return result


def atoms_in(knowledge: Knowledge, sight: Sight, context: Context, facts: FactBase) -> dict[int, Span]:
    """The atoms of one event, with the codes of the packs in play and conditions over facts."""
    index = knowledge.index
    atoms = dict(sight.atoms)
    for atom, (pack, span) in sight.coded.items():
        if pack in context.packs:
            atoms.setdefault(atom, span)
    tables = [index.codes[pack] for pack in sorted(context.packs) if pack in index.codes]
    for atom, span in codes(sight.event.text, tables).items():
        atoms.setdefault(atom, _sentence(sight.event.text, span))
    for atom, condition in index.facts:
        if holds(condition, facts):
            atoms.setdefault(atom, (0, 0))
    return atoms


def _sentence(text: str, span: Span) -> Span:
    """A code with the message behind it: up to the end of its line, object or 100 characters."""
    start, end = span
    stop = min(len(text), end + 100)
    for sign in "}\n":
        at = text.find(sign, end, stop)
        stop = at if at >= 0 else stop
    return start, max(end, end + len(text[end:stop].rstrip(" \"',")))


def _match_event(knowledge: Knowledge, sight: Sight, context: Context, facts: FactBase, result: Matched) -> None:
    index = knowledge.index
    atoms = atoms_in(knowledge, sight, context, facts)
    candidates = dict.fromkeys(number for atom in atoms for number in index.triggers[atom])
    found: list[Finding] = []
    for number in candidates:
        span = _holds(index.trees[number], atoms)
        if span is None:
            continue
        if sight.unplaced and (span := _placed(sight, index.trees[number], atoms)) is None:
            continue
        pack = index.symptom_packs[number]
        symptom = knowledge.symptom(number)
        rank = _rank(knowledge, pack, symptom.generic, symptom.scope, context)
        if rank is None:
            if symptom.scope == "anywhere":
                result.foreign.append((pack, symptom.id))
            continue
        quote = " ".join((sight.wording or sight.event.text)[span[0] : span[1]].split())
        finding = Finding(
            id=symptom.id,
            pack=pack,
            pack_version=knowledge.head(pack).version,
            title=symptom.title,
            aspect=symptom.aspect,
            indicates=symptom.indicates,
            against=symptom.against,
            quote=quote if len(quote) <= _QUOTE else quote[: _QUOTE - 3] + "...",
            span=span if span[1] else None,
            event=sight.event.number,
            generic=symptom.generic,
            frame=symptom.generic and knowledge.head(pack).kind == "source",
            rank=rank,
            source=symptom.source,
        )
        found.append(finding)
        result.facts += [(name, value, finding) for name, value in symptom.facts.items()]
    result.findings += _children_first(knowledge, found)


def _placed(sight: Sight, tree: Tree, atoms: dict[int, Span]) -> Span | None:
    """The span of a tree that holds, once the places of its atoms are known; None when one proves to be no match."""
    for atom in [atom for atom in _leaves(tree) if atom in sight.unplaced]:
        span = sight.place(atom)
        if span is None:
            del atoms[atom]
        else:
            atoms[atom] = span
    return _holds(tree, atoms)


def _leaves(tree: Tree) -> Iterator[int]:
    if isinstance(tree, int):
        yield tree
    else:
        for part in tree[1:]:
            yield from _leaves(part)


def _rank(knowledge: Knowledge, pack: str, generic: bool, scope: str, context: Context) -> int | None:
    """How specific a finding is; None when it does not count in this context."""
    head = knowledge.head(pack)
    kind = head.kind
    if kind == "base" or head.status == "derived":
        counts = kind == "base" or pack in context.packs
        return (GENERIC if generic else GENERAL) if counts else None
    if pack in context.packs:
        return GENERIC if generic else SPECIFIC
    if scope == "anywhere" and kind in context.given and kind not in context.main:
        return GENERAL  # an exchange that no pack knows, with the wording of one that we do
    return None


def _children_first(knowledge: Knowledge, found: list[Finding]) -> list[Finding]:
    """Drop a parent pack's finding where the extending pack has its own for the same code."""
    own = {(finding.pack, finding.id.split(".", 1)[1]) for finding in found}
    covered = {
        (parent, name)
        for pack, name in own
        if knowledge.head(pack).kind != "base"
        for parent in knowledge.family(pack)[1:]
    }
    return [f for f in found if (f.pack, f.id.split(".", 1)[1]) not in covered]


def _holds(tree: Tree, atoms: dict[int, Span]) -> Span | None:
    """Where a tree holds, as the span of what made it true; None when it does not hold."""
    if isinstance(tree, int):
        return atoms.get(tree)
    kind = tree[0]
    seen: list[Span] = []
    for part in tree[1:]:
        span = atoms.get(part) if isinstance(part, int) else _holds(part, atoms)
        if span is not None:
            seen.append(span)
        elif kind == "all":
            return None
    if kind == "none":
        return None if seen else (0, 0)
    return _extent(seen, together=kind == "all") if seen else None


def _extent(spans: list[Span], *, together: bool) -> Span:
    """The span that stands for several: from the first to the last when they belong together, else the longest."""
    placed = [span for span in spans if span[1]]
    if not placed:
        return 0, 0
    if len(placed) == 1:
        return placed[0]
    start, end = min(s for s, _ in placed), max(e for _, e in placed)
    if together and end - start <= 2 * _QUOTE:
        return start, end
    return max(placed, key=lambda span: span[1] - span[0])


def near_misses(
    knowledge: Knowledge, sights: Sequence[Sight], context: Context, facts: FactBase, limit: int = 8
) -> tuple[NearMiss, ...]:
    """Symptoms of the packs in play of which a part was seen and a part was missing."""
    index = knowledge.index
    misses: dict[str, NearMiss] = {}
    for sight in sights:
        atoms = atoms_in(knowledge, sight, context, facts)
        for number in dict.fromkeys(n for atom in atoms for n in index.triggers[atom]):
            pack = index.symptom_packs[number]
            tree = index.trees[number]
            in_play = pack in context.packs or knowledge.head(pack).kind == "base"
            if not in_play or isinstance(tree, int) or tree[0] != "all" or _holds(tree, atoms) is not None:
                continue
            seen = tuple(_words(knowledge, part) for part in tree[1:] if _holds(part, atoms) is not None)
            missing = tuple(_words(knowledge, part) for part in tree[1:] if _holds(part, atoms) is None)
            symptom = knowledge.symptom(number)
            misses.setdefault(symptom.id, NearMiss(symptom=symptom.id, title=symptom.title, seen=seen, missing=missing))
    return tuple(list(misses.values())[:limit])


def _words(knowledge: Knowledge, tree: Tree) -> str:
    if isinstance(tree, int):
        return knowledge.index.atom_texts[tree]
    joint = {"all": " and ", "any": " or ", "none": " nor "}[tree[0]]
    parts = joint.join(_words(knowledge, part) for part in tree[1:4])
    more = " ..." if len(tree) > 4 else ""
    return f"not ({parts}{more})" if tree[0] == "none" else f"({parts}{more})"
