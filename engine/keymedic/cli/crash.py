"""A bug: a crash log with secrets masked, ready to paste into an issue."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from pathlib import Path

import keymedic


def report(error: BaseException) -> int:
    """Write the crash log, say where it is. Returns the exit status."""
    from keymedic.intake.redaction import mask

    trace = "".join(traceback.format_exception(error))
    text = f"keymedic {keymedic.__version__}, Python {platform.python_version()}, {platform.system()}\n\n{trace}"
    with tempfile.NamedTemporaryFile(
        "w", prefix="keymedic-crash-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(mask(text).text)
    print(
        f"keymedic: this is a bug in Keymedic ({type(error).__name__}). "
        f"The log has secrets masked and can be pasted into an issue: {Path(file.name)}",
        file=sys.stderr,
    )
    return 3
