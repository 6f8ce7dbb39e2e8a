"""One text in every field of a triage: what a log could hold at worst."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from tests.triage.sample import INCIDENTS, RUN, UNKNOWNS

from keymedic.model import Record
from keymedic.triage.records import Incident, Run, Unknown

FIXED = frozenset({"schema", "state", "verdict", "risk", "severity", "actor"})
"""Fields with a closed set of values."""
_R = TypeVar("_R", bound=Record)


def everywhere(text: str) -> tuple[Run, list[Incident], list[Unknown]]:
    """The sample with `text` as every string: names, quotes, times, files, ids, steps, commands, reasons."""
    incidents = [_filled(one, text) for one in INCIDENTS]
    dated = [msgspec.structs.replace(one, windows=old.windows) for one, old in zip(incidents, INCIDENTS, strict=True)]
    return _filled(RUN, text), [*incidents, *dated], [_filled(one, text) for one in UNKNOWNS]


def _filled(record: _R, text: str) -> _R:
    return msgspec.convert(_fill(msgspec.to_builtins(record), text, ""), type(record))


def _fill(value: Any, text: str, key: str) -> Any:
    if isinstance(value, str):
        return value if key in FIXED else text
    if isinstance(value, dict):
        named = key in {"grouped_by", "skipped", "stages", "packs", "options", "counts"}
        return {text if named else name: _fill(item, text, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_fill(item, text, key) for item in value]
    return value
