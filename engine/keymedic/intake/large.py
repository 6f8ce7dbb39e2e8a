"""Large inputs: keep what says something, with its neighbourhood, and say how much was left out."""

from __future__ import annotations

import itertools
import re

from keymedic.diagnosis import Notice
from keymedic.knowledge.store import Knowledge

LARGE = 200_000
"""Characters up to which a text is read as it is."""
_AROUND = 400
_MOST_HITS = 20_000
_MOST_DECODED = 200
_KEEP = 160_000
_PIECE = 4_000_000
_STEMS = re.compile(
    r"error|exception|denied|invalid|unauthori[sz]ed|forbidden|\b4\d\d\b|retCode|\"code\"", re.IGNORECASE
)
_FOLD = re.compile(r"[0-9a-fA-F]{8,}|\d+")


def shorten(text: str, knowledge: Knowledge) -> tuple[str, list[Notice]]:
    """The text itself, or its telling parts when it has more than LARGE characters.

    Parts that differ only in numbers are kept once. The second value says what was left out.
    """
    if len(text) <= LARGE:
        return text, []
    kept = _distinct(text, _windows(text, knowledge))
    short = "\n".join(kept) or text[: LARGE // 2]
    said = f"{len(text):,} characters were searched; the diagnosis rests on {len(short):,} of them that say something"
    return short, [Notice(kind="shortened", text=said)]


def _windows(text: str, knowledge: Knowledge) -> list[tuple[int, int]]:
    """Places around hits of the packs' patterns and of error words, merged, in order."""
    places: list[int] = []
    for start in range(0, len(text), _PIECE):
        piece = text[start : start + _PIECE + _AROUND]
        places += [start + at for at in _telling(piece, knowledge)]
    windows: list[tuple[int, int]] = []
    for place in sorted(places):
        start, end = max(0, place - _AROUND), min(len(text), place + _AROUND)
        if windows and start <= windows[-1][1] and end - windows[-1][0] <= 4 * _AROUND:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((max(start, windows[-1][1]) if windows else start, end))
    return [window for window in windows if window[0] < window[1]]


def _telling(piece: str, knowledge: Knowledge) -> list[int]:
    """Offsets of pattern hits and error words in a piece."""
    data = piece.encode("utf-8", "replace")
    uses = knowledge.index.uses
    places = [
        start
        for pattern, start, _ in knowledge.scanner.scan(data, _MOST_HITS)
        if any(use.kind == "atom" for use in uses[pattern])
    ]
    if len(data) != len(piece):
        places = [len(data[:at].decode("utf-8", "ignore")) for at in places[:_MOST_DECODED]]
    return places + [found.start() for found in itertools.islice(_STEMS.finditer(piece), _MOST_HITS)]


def _distinct(text: str, windows: list[tuple[int, int]]) -> list[str]:
    """The windows, cut at line ends, without those that repeat another one, as far as they fit."""
    seen: set[str] = set()
    kept: list[str] = []
    room = _KEEP
    for start, end in windows:
        part = _whole_lines(text, start, end)
        key = _FOLD.sub("0", part)
        if key in seen:
            continue
        if len(part) > room:
            break
        seen.add(key)
        kept.append(part)
        room -= len(part)
    return kept


def _whole_lines(text: str, start: int, end: int) -> str:
    """A window without the broken lines at its ends, unless one line is longer than the window."""
    first = text.find("\n", start, end)
    last = text.rfind("\n", start, end)
    if start and 0 <= first < start + (end - start) // 2:
        start = first + 1
    if end < len(text) and last > end - (end - start) // 2:
        end = last
    return text[start:end]
