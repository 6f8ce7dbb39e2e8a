"""What is wrong with a pack: one line a problem, `file:line:col: what is wrong: how to mend it`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One finding about one place of one pack file. `line` and `col` count from 1."""

    file: str
    line: int
    col: int
    what: str
    mend: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        mend = f": {self.mend}" if self.mend else ""
        mark = "" if self.severity == "error" else f"{self.severity}: "
        return f"{self.file}:{self.line}:{self.col}: {mark}{self.what}{mend}"


class PackError(Exception):
    """Packs that cannot be used; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word, or an empty string when nothing is close."""
    close = difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else ""
