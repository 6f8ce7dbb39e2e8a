"""A bug: a crash log with secrets masked, ready to paste into an issue."""

from __future__ import annotations

import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

import keymedic

_VALUE = re.compile(r"(?=[\w+/=.-]*\d)(?=[\w+/=.-]*[A-Za-z])[\w+/=.-]{8,}|[\w+/=.-]{24,}")
"""What could be a secret although nothing says so; only looked for in the messages of exceptions."""


def report(error: BaseException) -> int:
    """Write the crash log, say where it is. Returns the exit status."""
    text = f"keymedic {keymedic.__version__}, Python {platform.python_version()}, {platform.system()}\n\n"
    with tempfile.NamedTemporaryFile(
        "w", prefix="keymedic-crash-", suffix=".txt", delete=False, encoding="utf-8", errors="replace"
    ) as file:
        file.write(text + _trace(error))
    print(
        f"keymedic: this is a bug in Keymedic ({type(error).__name__}). "
        f"The log has secrets masked and can be pasted into an issue: {Path(file.name)}",
        file=sys.stderr,
    )
    return 3


def _trace(error: BaseException) -> str:
    """The traceback, masked; where masking itself fails, the frames without any message."""
    try:
        from keymedic.intake.redaction import mask

        trace = "".join(traceback.format_exception(error))
        for message in sorted(_messages(error), key=len, reverse=True):
            trace = trace.replace(message, _VALUE.sub("<left out>", mask(message).text))
        return mask(trace).text
    except Exception as second:
        frames = "".join(traceback.format_tb(error.__traceback__))
        return f"{frames}{type(error).__name__} (its message is left out: masking failed, {type(second).__name__})\n"


def _messages(error: BaseException | None) -> Iterator[str]:
    """The messages of an exception and of those that led to it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield from filter(str.strip, (str(current), *getattr(current, "__notes__", ())))
        waiting += [current.__cause__, current.__context__, *getattr(current, "exceptions", ())]
