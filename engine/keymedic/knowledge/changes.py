"""What changed between two versions of a pack: in words, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

LEVELS = ("patch", "minor", "major")
"""How far the version has to move: wording, knowledge that came or changed, knowledge that went."""

_KEYED = ("symptoms", "questions", "remedies", "deductions", "causes")
_NAMED = ("procedures", "concepts", "facts", "slots", "priors", "weights", "costs", "profile", "recognise")
_SINGULAR = {"procedures": "procedure", "slots": "slot", "facts": "fact", "causes": "cause", "remedies": "remedy"}
_PROSE = frozenset(
    [
        "title",
        "means",
        "text",
        "menu",
        "label",
        "customer",
        "note",
        "summary",
        "changes",
        "caution",
        "verify",
        "reassure",
        "fact",
        "why",
        "name",
        "description",
        "source",
        "sources",
        "verified",
        "examples",
        "counterexamples",
        "false_positives",
        "about",
        "schema",
        "version",
    ]
)
_LITERAL = frozenset({"match", "when", "if", "recognise", "concepts", "cautions"})
"""Below these keys every word has a meaning for the engine."""

Data = Mapping[str, Any]


class Change(msgspec.Struct, frozen=True, order=True):
    """One difference. `level` is one of LEVELS."""

    level: str
    what: str


def meaning(value: Any, *, literal: bool = False) -> Any:
    """A pack's data without what only people read."""
    if isinstance(value, list):
        return [meaning(item, literal=literal) for item in value]
    if isinstance(value, dict):
        return {
            key: meaning(inner, literal=literal or key in _LITERAL)
            for key, inner in value.items()
            if literal or key not in _PROSE
        }
    return value


def substance(data: Data) -> Data:
    """A pack's data without its version and without empty sections."""
    return {key: value for key, value in data.items() if key != "version" and value not in ({}, [])}


def compare(old: Data, new: Data) -> list[Change]:
    """Every difference between two versions of one pack: section by section, what is gone, new and changed."""
    old, new = substance(old), substance(new)
    changes = [change for part in _parts(old, new) for change in part]
    rest = ({k: v for k, v in data.items() if k not in (*_KEYED, *_NAMED)} for data in (old, new))
    changes += _fields("", *rest)
    return changes


def level(changes: list[Change]) -> str:
    """The heaviest level among changes, patch when there are none."""
    return max((change.level for change in changes), key=LEVELS.index, default="patch")


def _parts(old: Data, new: Data) -> Iterator[Iterator[Change]]:
    for section in _KEYED:
        yield _section(section, _by_id(old.get(section, ())), _by_id(new.get(section, ())))
    for section in _NAMED:
        yield _section(section, old.get(section, {}), new.get(section, {}))


def _by_id(items: Any) -> dict[str, Any]:
    return {item["id"]: item for item in items}


def _section(section: str, old: Data, new: Data) -> Iterator[Change]:
    one = _SINGULAR.get(section, section.removesuffix("s"))
    yield from (Change("major", f"{one} {name} is gone") for name in old if name not in new)
    yield from (Change("minor", f"{one} {name} is new") for name in new if name not in old)
    for name, item in new.items():
        if name not in old or item == old[name]:
            continue
        if isinstance(item, dict) and isinstance(old[name], dict):
            yield from _fields(f"{one} {name}: ", old[name], item, literal=section in _LITERAL)
        else:
            wording = meaning({section: {name: item}}) == meaning({section: {name: old[name]}})
            told = f"{old[name]} -> {item}" if not isinstance(item, (list, dict)) else "changed"
            yield Change("patch" if wording else "minor", f"{one} {name}: {told}")


def _fields(where: str, old: Data, new: Data, *, literal: bool = False) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        if key in {"indicates", "against"} and (before or after):
            yield from _weights(f"{where}{key} ", before or {}, after or {})
        elif key == "deprecated" and after:
            instead = f", see {after['successor']}" if "successor" in after else ""
            yield Change("minor", f"{where}deprecated ({after['reason']}){instead}")
        elif meaning({key: before}, literal=literal) == meaning({key: after}, literal=literal):
            yield Change("patch", f"{where}wording of {key}")
        elif isinstance(before, (list, dict, type(None))) or isinstance(after, (list, dict, type(None))):
            told = "new" if before is None else "gone" if after is None else "changed"
            yield Change("minor", f"{where}{key} {told}")
        else:
            yield Change("minor", f"{where}{key} {before} -> {after}")


def _weights(where: str, old: Data, new: Data) -> Iterator[Change]:
    for cause in dict.fromkeys([*old, *new]):
        if old.get(cause) != new.get(cause):
            yield Change("minor", f"{where}{cause} {old.get(cause, 'nothing')} -> {new.get(cause, 'nothing')}")
