"""Making any text safe to print: no terminal escapes, no reordering, nothing invisible."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec

from keymedic.diagnosis import Diagnosis
from keymedic.model import Record

# Control, format, surrogate and line-separator characters (Cc, Cf, Cs, Zl, Zp) and what is drawn as nothing at
# all; tests compare the table with Python's Unicode data. \n and \t are treated apart.
UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# An emoji may keep the selector behind it: there it hides nothing.
_PATTERN = re.compile(f"(?<![\u2190-\u2bff\U0001f000-\U0001faff])[\ufe0e\ufe0f]|(?![\ufe0e\ufe0f])[{UNSAFE}]")
_MULTILINE = frozenset({"command"})
_R = TypeVar("_R", bound=Record)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def safe(text: str) -> str:
    """`text` with every control, bidirectional or invisible character as a visible escape (\\x1b, \\u202e).

    Line feeds stay, CR LF becomes a line feed, a tab becomes four blanks.
    """
    if text.isascii() and text.isprintable():
        return text
    return _PATTERN.sub(_escape, text.replace("\r\n", "\n").replace("\t", "    "))


def oneline(text: str) -> str:
    """`safe` on one line, runs of white space folded, so that no quote can pose as a line of the report."""
    return " ".join(safe(text).split())


def clean(diagnosis: Diagnosis) -> Diagnosis:
    """The same diagnosis with every string safe to print; only commands and the masked input keep line breaks."""
    return msgspec.structs.replace(cleaned(diagnosis), text=safe(diagnosis.text))


def cleaned(record: _R) -> _R:
    """The same record with every string safe to print, on one line but for commands."""
    return msgspec.convert(_walk(msgspec.to_builtins(record), ""), type(record))


def _walk(value: Any, key: str) -> Any:
    if isinstance(value, str):
        return safe(value) if key in _MULTILINE else oneline(value)
    if isinstance(value, dict):
        return {oneline(name): _walk(item, name) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(item, key) for item in value]
    return value
