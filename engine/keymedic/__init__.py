"""Keymedic: why an exchange API key does not work, and what to do about it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keymedic.diagnosis import Diagnosis
    from keymedic.knowledge.store import Knowledge

__version__ = "0.1.0"
__all__ = ["diagnose", "load"]

_lock = threading.Lock()
_loaded: dict[tuple[Path, ...], Knowledge] = {}


def load(rules: Sequence[str | Path] = ()) -> Knowledge:
    """The built-in packs together with those of the folders in `rules` (later folders win).

    Loaded once per process and set of folders. Raises keymedic.knowledge.problems.PackError, which lists every
    problem as `file:line:col: what is wrong: how to mend it`.
    """
    from keymedic.knowledge import store

    folders = tuple(Path(folder) for folder in rules)
    with _lock:
        if folders not in _loaded:
            _loaded[folders] = store.load(folders)
        return _loaded[folders]


def diagnose(
    text: str,
    *,
    exchange: str | None = None,
    source: str | None = None,
    answers: Mapping[str, str] | None = None,
    rules: Sequence[str | Path] = (),
    why: bool = False,
) -> Diagnosis:
    """Find out why an exchange API key does not work.

    text: what there is: an error message, a log, a traceback, a HAR file, a ticket; up to 64 million characters.
        Secrets in it are masked before anything else happens.
    exchange: id of the exchange (ccxt's id or an alias), None = recognise it in the text. Unknown ids are kept
        as words and noted in `Diagnosis.notices`.
    source: id of the tool or operator that uses the key (cointracker, wundertrading, hollaex-kit ...), or None.
    answers: question id -> outcome id, from the questions of an earlier diagnosis; "unknown" is always accepted.
    rules: folders with further packs.
    why: add `Diagnosis.explanation` (facts, deductions, near misses, what would change the verdict).

    Returns the Diagnosis: causes with probabilities (0 to 1) and their evidence in decibans with spans in
    characters of `text`, remedies, questions. Same input and same packs give the same result.
    Raises keymedic.errors.Unusable when the text is empty or too long or an answer does not fit, and
    keymedic.knowledge.problems.PackError when a pack in `rules` cannot be used.
    """
    from keymedic import case

    return case.diagnose(text, load(rules), exchange=exchange, source=source, answers=answers, why=why)
