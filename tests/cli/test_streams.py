"""Colour, width, pipes and consoles: the program behaves as others do."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from tests.cli.program import PROGRAM, TICKET, lines, run

_ANSI = re.compile(rb"\x1b\[[0-9;]*m")


def on_terminal(*arguments: str, env: Mapping[str, str] | None = None) -> bytes:
    """What the program prints on a terminal."""
    master, slave = pty.openpty()
    settings = {**os.environ, "TERM": "xterm-256color", **(env or {})}
    with subprocess.Popen([PROGRAM, *arguments], stdout=slave, stderr=subprocess.DEVNULL, env=settings) as running:
        os.close(slave)
        out = b""
        while True:
            try:
                data = os.read(master, 65_536)
            except OSError:  # Linux: the other end is closed
                break
            if not data:
                break
            out += data
        assert running.wait(30) == 0
    os.close(master)
    return out


def test_colour_on_a_terminal_only() -> None:
    assert _ANSI.search(on_terminal("diagnose", TICKET))
    assert not _ANSI.search(run("diagnose", TICKET).stdout)


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}], ids=str)
def test_no_colour_where_it_is_not_wanted(env: dict[str, str]) -> None:
    assert not _ANSI.search(on_terminal("diagnose", TICKET, env=env))


def test_colour_in_a_pipe_where_it_is_wanted() -> None:
    forced = run("diagnose", TICKET, env={"FORCE_COLOR": "1", "TERM": "xterm"}).stdout
    assert _ANSI.search(forced)
    assert _ANSI.sub(b"", forced).split() == run("diagnose", TICKET).stdout.split()


def test_other_formats_are_never_coloured() -> None:
    for fmt in ("json", "md", "reply"):
        assert not _ANSI.search(on_terminal("diagnose", TICKET, "--format", fmt))


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_lines_fit_the_terminal(columns: int) -> None:
    out = run("diagnose", TICKET, env={"COLUMNS": str(columns)}).stdout
    assert max(map(len, lines(out))) <= columns


def test_a_silly_width_is_no_harm() -> None:
    for columns in ("1", "99999", "wide"):
        done = run("diagnose", TICKET, env={"COLUMNS": columns})
        assert done.returncode == 0
        assert max(map(len, lines(done.stdout))) <= 120


@pytest.mark.parametrize(
    "command", [["diagnose", TICKET], ["packs", "list"], ["diagnose", "--jsonl"]], ids=lambda c: c[-1]
)
def test_a_reader_that_goes_away_is_no_error(command: list[str]) -> None:
    with subprocess.Popen(
        [PROGRAM, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        running.stdout.close()
        _, said = running.communicate(b'{"text": "kucoin invalid API key"}\n' * 20)
    assert (running.returncode, said) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_in_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([PROGRAM, "packs", "list"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert lines(done.stderr) == ["keymedic: the output cannot be written: No space left on device"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_closed_streams_are_no_bug(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" diagnose "$1" {closed}', PROGRAM, TICKET], capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"bug" not in done.stderr


@cache
def elsewhere(text: str, fmt: str) -> bytes:
    """What is printed where the encoding is UTF-8."""
    return run("diagnose", text.encode(), "--format", fmt).stdout


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "ascii"},
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["cp1252", "ascii", "C"],
)
@pytest.mark.parametrize("fmt", ["term", "json", "reply"])
def test_any_console_encoding(env: dict[str, str], fmt: str) -> None:
    text = f"{TICKET} – «Ключ» 🔑 无效"
    done = run("diagnose", text.encode(), "--format", fmt, env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("utf-8")
    assert done.stdout == elsewhere(text, fmt)
