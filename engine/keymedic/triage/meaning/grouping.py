"""An operator's rules: which incidents belong together and which do not. Kept for the next run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from keymedic.errors import Unusable

NAME = "grouping.yaml"
SCHEMA = "keymedic/grouping/1"
FIELDS = ("worker", "file", "exchange", "source", "cause")
"""What events can be grouped by."""
_HEAD = f"""\
# Which incidents belong together. Read by `keymedic triage --out` this folder; change it as you like.
#   merge: events that fit all of these conditions become one incident, whatever else differs
#   split: the incident that fits is told apart by the field in `by` (worker, file, exchange, source or cause)
schema: {SCHEMA}
rules:
"""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A merge (events that fit become one incident) or a split (`by` a field more)."""

    id: str
    merge: dict[str, list[str]] = {}
    split: dict[str, list[str]] = {}
    by: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: str
    rules: list[Rule] = []


def load(folder: Path) -> list[Rule]:
    """The rules in a folder of results; none where there is no such file. Raises Unusable."""
    path = folder / NAME
    try:
        found = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), _File)
    except FileNotFoundError:
        return []
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise Unusable(f"{path}: cannot be used: {' '.join(str(error).split())}: mend or remove it") from None
    if found.schema != SCHEMA:
        raise Unusable(f"{path}: schema {found.schema!r} is none that this version reads: it reads {SCHEMA}")
    for rule in found.rules:
        named = {*rule.merge, *rule.split, *([rule.by] if rule.by else [])}
        if bool(rule.merge) == bool(rule.split) or bool(rule.split) != bool(rule.by) or not named <= set(FIELDS):
            raise Unusable(f"{path}: rule {rule.id!r}: give `merge`, or `split` and `by`, over {', '.join(FIELDS)}")
    return found.rules


def grouped(rules: list[Rule], fields: Mapping[str, str], base: tuple[str, ...]) -> tuple[dict[str, str], str]:
    """What an event is grouped by, and the rule that changed it ("" for none). `fields`: all that is known of it;
    `base`: what is grouped by where no rule says otherwise."""
    by = {name: fields[name] for name in base if fields[name]}
    for rule in rules:
        if rule.merge and _fits(rule.merge, fields):
            return {name: " or ".join(values) for name, values in sorted(rule.merge.items())}, rule.id
        if rule.split and _fits(rule.split, fields):
            return {**by, rule.by: fields[rule.by]}, rule.id
    return by, ""


def keep(folder: Path, rules: list[Rule]) -> None:
    """Write the rules of a folder."""
    data = [msgspec.to_builtins(rule) for rule in rules]
    bare: list[dict[str, Any]] = [{name: value for name, value in one.items() if value} for one in data]
    body = yaml.safe_dump(bare, sort_keys=False, allow_unicode=True, width=120)
    temporary = folder / f".{NAME}.new"
    temporary.write_text(_HEAD + "".join(f"  {line}\n" for line in body.splitlines()), encoding="utf-8")
    temporary.replace(folder / NAME)


def _fits(conditions: Mapping[str, list[str]], fields: Mapping[str, str]) -> bool:
    return all(fields[name] in values for name, values in conditions.items())
