"""The installed program, run as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("keymedic")
TICKET = "CoinTracker: my KuCoin wallet stopped syncing, it says invalid API key"
UNCLEAR = "my bot gets an API error on bybit since yesterday"


def run(
    *arguments: str | bytes, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the program to its end."""
    return subprocess.run(
        [PROGRAM, *arguments],
        input=stdin,
        env={**os.environ, **(env or {})},
        capture_output=True,
        timeout=60,
        check=False,
    )


def lines(data: bytes) -> list[str]:
    return data.decode("utf-8").splitlines()
