"""One text in every field of a diagnosis: what an attacker could send at worst."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.report.cases import SAME_FIX, SECRETS

from keymedic.diagnosis import Diagnosis

FIXED = frozenset({"verdict", "actor", "severity", "risk", "effort", "schema", "mends"})
"""Fields with a closed set of values, and the ids that decide which fix is shown."""


def everywhere(text: str, base: Diagnosis = SAME_FIX) -> Diagnosis:
    """`base` with `text` as every string: names, titles, quotes, ids, steps, commands, answers, notices."""
    raw = msgspec.to_builtins(base)
    raw["notices"] = [{"kind": "lifecycle", "text": text}, {"kind": "unknown_id", "text": text}]
    raw["answers"] = {text: text}
    raw["masked"] = {"count": 2, "kinds": {"secret": 1, text: 1}}
    for step in raw["remedies"][0]["steps"]:
        step |= {"command": text, "changes": text, "caution": text, "menu": text}
    changed: Diagnosis = msgspec.convert(_fill(raw, text, ""), Diagnosis)
    return changed


def leaking(text: str) -> Diagnosis:
    """The same for a message that held a secret."""
    return everywhere(text, SECRETS)


def _fill(value: Any, text: str, key: str) -> Any:
    if isinstance(value, str):
        return value if key in FIXED or (key == "id" and value.startswith("key.")) else text
    if isinstance(value, dict):
        return {name: _fill(item, text, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_fill(item, text, key) for item in value]
    return value
