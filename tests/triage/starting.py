"""The command line in a process group of its own, with pieces as small as a test needs them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_START = """
import sys
from keymedic.triage.reading import pieces
pieces.SIZE = int(sys.argv[1])
from keymedic.cli.main import main
sys.exit(main(sys.argv[2:]))
"""


def command(size: int, *arguments: str | Path) -> list[str]:
    """`keymedic ARGUMENTS` with pieces of `size` bytes."""
    return [sys.executable, "-c", _START, str(size), *map(str, arguments)]


def run(size: int, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """To its end."""
    return subprocess.run(command(size, *arguments), capture_output=True, timeout=120, check=False)


@contextlib.contextmanager
def started(size: int, *arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """Going on; nothing of it is left afterwards."""
    process = subprocess.Popen(
        command(size, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        yield process
    finally:
        kill(process)
        process.communicate()


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9, of the program and of all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def group(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that were started with it, itself among them, as far as they live."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, pgrp = entry.read_text().rpartition(") ")[2].split()[:3]
            if int(pgrp) == process.pid and state != "Z":
                found.append(int(entry.parent.name))
    return found
