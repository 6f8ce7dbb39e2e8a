"""Merges and splits that an operator makes: incidents of the last run -> rules for the next one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from keymedic.errors import Unusable
from keymedic.triage.meaning.grouping import FIELDS, NAME, Rule, keep, load
from keymedic.triage.records import Incident

__all__ = ["NAME", "merge", "split"]
_INCIDENTS = "incidents.jsonl"
_TOLD = tuple(name for name in FIELDS if name != "source")
"""What a rule is about. Not the tool: single events of an incident may not name it."""


def merge(out: Path, ids: Sequence[str]) -> str:
    """From now on these incidents are one. Returns what was done, in words. Raises Unusable."""
    found = [_incident(out, one) for one in dict.fromkeys(ids)]
    if len(found) < 2:
        raise Unusable("--merge: name two incidents or more")
    fields = [name for name in _TOLD if all(one.grouped_by.get(name) for one in found)]
    conditions = {name: sorted({one.grouped_by[name] for one in found}) for name in fields}
    if not conditions:
        raise Unusable("--merge: these incidents have nothing in common that a rule could be about")
    rules = load(out)
    rule = Rule(_free(rules, "merge"), merge=conditions)
    keep(out, [*rules, rule])
    return f"{rule.id}: kept in"


def split(out: Path, one: str, by: str) -> str:
    """From now on an incident is told apart by a field; a merged one is apart again. Returns what was done, in words.

    Raises Unusable.
    """
    if by not in FIELDS:
        raise Unusable(f"--split: {by!r} is none of {', '.join(FIELDS)}")
    found = _incident(out, one)
    rules = load(out)
    if found.rule:  # a merge is undone
        keep(out, [rule for rule in rules if rule.id != found.rule])
        return f"{found.rule}: taken out of"
    rule = Rule(
        _free(rules, "split"),
        split={name: [found.grouped_by[name]] for name in _TOLD if name in found.grouped_by},
        by=by,
    )
    keep(out, [*rules, rule])
    return f"{rule.id}: kept in"


def _incident(out: Path, name: str) -> Incident:
    try:
        lines = (out / _INCIDENTS).read_bytes()
    except OSError as error:
        raise Unusable(
            f"{out / _INCIDENTS}: cannot be read: {error.strerror}: run the triage with --out first"
        ) from None
    for incident in msgspec.json.Decoder(Incident).decode_lines(lines):
        if incident.id == name:
            return incident
    raise Unusable(f"{name}: {out / _INCIDENTS} has no such incident")


def _free(rules: Sequence[Rule], kind: str) -> str:
    used = {rule.id for rule in rules}
    return next(name for number in range(1, len(used) + 2) if (name := f"{kind}-{number}") not in used)
