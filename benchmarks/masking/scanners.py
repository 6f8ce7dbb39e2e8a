"""Other scanners as maskers: the text without what they find."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path


def detect_secrets_file(text: str) -> str:
    """`text` without what detect-secrets finds in a file of it, with its default settings."""
    from detect_secrets.core.scan import scan_file
    from detect_secrets.settings import default_settings

    with tempfile.TemporaryDirectory() as folder, default_settings():
        path = Path(folder, "text.py")
        path.write_text(text, encoding="utf-8")
        return _without(text, [secret.secret_value for secret in scan_file(str(path))])


def detect_secrets_string(text: str) -> str:
    """`text` without what detect-secrets finds in its string mode, line by line."""
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import default_settings

    with default_settings():
        return _without(text, [secret.secret_value for line in text.splitlines() for secret in scan_line(line)])


def _without(text: str, found: Iterable[str | None]) -> str:
    for value in sorted({value for value in found if value}, key=len, reverse=True):
        text = text.replace(value, "<found>")
    return text
