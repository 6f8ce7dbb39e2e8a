"""The diagnosis as JSON, described by schema/diagnosis.schema.json."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from keymedic.diagnosis import Diagnosis
from keymedic.report.sanitize import UNSAFE

_SURROGATE = re.compile("[\ud800-\udfff]")
_HIDDEN = re.compile(f"[{UNSAFE}]")


def encode(diagnosis: Diagnosis, *, indent: int = 2) -> str:
    """JSON text ending with a line feed; `indent=0` gives one line. `explanation` only where there is one.

    Values are kept as they are; what could act on a terminal is written as a JSON escape.
    """
    raw = msgspec.to_builtins(diagnosis)
    if raw["explanation"] is None:
        del raw["explanation"]
    try:
        data = msgspec.json.encode(raw)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_encodable(raw))
    if indent:
        data = msgspec.json.format(data, indent=indent)
    return _HIDDEN.sub(_escape, data.decode()) + "\n"


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _encodable(value: Any) -> Any:
    """The value with lone surrogates, which UTF-8 cannot hold, as U+FFFD."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value
