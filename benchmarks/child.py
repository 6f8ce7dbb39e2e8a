"""Running a program and measuring it: seconds, peak memory, exit status.

The program is started by this file run as a script, a small process of its own: Linux counts the memory of the
process that starts a program into the program's peak.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ADDRESS_SPACE = 4_000_000_000
"""Bytes that a measured program may map: protects the machine, far above every bound."""


class Run(NamedTuple):
    """A finished run.

    `cpu`: seconds of processor time, which other programs on the machine disturb least; `peak`: the maximum resident
    memory in MB (10^6 bytes); `status`: negative for a signal.
    """

    seconds: float
    cpu: float
    peak: float
    status: int
    out: bytes
    err: bytes

    def done(self) -> Run:
        """The same run. Raises RuntimeError when it failed: the figures of a failure mean nothing."""
        if self.status:
            raise RuntimeError(f"exit status {self.status}: {self.err.decode(errors='replace')[-300:]}")
        return self


def keymedic() -> str:
    """The installed console script of this environment."""
    return str(Path(sys.executable).parent / "keymedic")


@contextlib.contextmanager
def private_environment() -> Iterator[dict[str, str]]:
    """An environment as a user's, with a cache of its own and Python's bytecode kept (in a folder of its own)."""
    with tempfile.TemporaryDirectory(prefix="keymedic-bench-") as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KEYMEDIC_"))}
        yield kept | {
            "KEYMEDIC_CACHE_DIR": f"{folder}/cache",
            "PYTHONPYCACHEPREFIX": f"{folder}/bytecode",
            "TERM": "xterm-256color",
        }


def execute(
    argv: Sequence[str],
    env: Mapping[str, str],
    *,
    stdin: Path | None = None,
    timeout: float = 60,
    terminal: bool = False,
) -> Run:
    """Run a program to its end. `terminal`: its output goes to a pseudo-terminal instead of a pipe.

    Raises subprocess.TimeoutExpired after `timeout` seconds; the program is ended then.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        (stdin or Path(os.devnull)).open("rb") as given,
        (Path(folder) / "err").open("w+b") as err,
    ):
        result = Path(folder) / "result"
        command = [sys.executable, "-S", "-E", __file__, str(result), str(timeout), *argv]
        if terminal:
            out = _on_terminal(command, env, given.fileno(), err.fileno())
        else:
            out = subprocess.run(command, env=env, stdin=given, stdout=subprocess.PIPE, stderr=err, check=False).stdout
        err.seek(0)
        seconds, cpu, peak, status = json.loads(result.read_text(encoding="utf-8"))
        if status is None:
            raise subprocess.TimeoutExpired(list(argv), timeout)
        return Run(seconds, cpu, peak, status, out, err.read())


def _on_terminal(command: Sequence[str], env: Mapping[str, str], given: int, err: int) -> bytes:
    """What the command writes to a pseudo-terminal."""
    master, slave = pty.openpty()
    child = subprocess.Popen(command, env=env, stdin=given, stdout=slave, stderr=err)
    os.close(slave)
    parts: list[bytes] = []
    with contextlib.suppress(OSError):  # Linux's way to say that the other end was closed
        while part := os.read(master, 65_536):
            parts.append(part)
    os.close(master)
    child.wait()
    return b"".join(parts)


def _main() -> None:
    """child.py RESULT TIMEOUT PROGRAM ARGUMENT...: writes a Run without its texts to RESULT; status null = time-out."""
    result, timeout, *argv = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    late = threading.Event()
    start = time.perf_counter()
    child = os.posix_spawn(argv[0], argv, os.environ)

    def end() -> None:
        late.set()
        os.kill(child, signal.SIGKILL)

    timer = threading.Timer(float(timeout), end)
    timer.start()
    _, code, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    timer.cancel()
    unit = 1 if sys.platform == "darwin" else 1024
    status = None if late.is_set() else os.waitstatus_to_exitcode(code)
    figures = [seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, status]
    Path(result).write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    _main()
