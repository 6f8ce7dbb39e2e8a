"""Large inputs: keep what says something, with its neighbourhood, and say how much was left out."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

import msgspec

from keymedic.diagnosis import Notice
from keymedic.intake.fields import is_code
from keymedic.intake.offsets import CharOffsets
from keymedic.knowledge.store import Knowledge

LARGE = 200_000
"""Characters up to which a text is read as it is."""
_ROOM = 160_000
_AROUND = 400
_PIECE = 4_000_000
_OF_EACH = 20
"""How many places of one pattern, code or word are kept: rare ones tell more than frequent ones."""
_HITS = 4_000_000
_TRIES = 2_000
"""Places of one number in one piece at which it is asked whether it stands there as a code."""
_STEMS = re.compile(r"error|exception|denied|invalid|unauthori[sz]ed|forbidden|refused|\b4\d\d\b", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<![\w.])-?\d{4,7}(?![\w.])")
_FOLD = re.compile(r"[0-9a-fA-F]{8,}|\d+")
_FIRST = {"atom": 0, "code": 0, "pack": 1, "stem": 2}


class Short(msgspec.Struct, frozen=True):
    """A text or its telling parts. `pieces` maps offsets of `text` to the input: (own, outer), ascending."""

    text: str
    pieces: tuple[tuple[int, int], ...] = ((0, 0),)
    notices: tuple[Notice, ...] = ()

    def to_input(self, offset: int) -> int:
        """Where an offset of the shortened text stands in the input."""
        own, outer = self.pieces[bisect.bisect_right(self.pieces, (offset, 1 << 60)) - 1]
        return outer + offset - own


def shorten(text: str, knowledge: Knowledge) -> Short:
    """The text itself, or its telling parts when it has more than LARGE characters.

    Every place where a pattern, a code or the name of an exchange or tool stands is a candidate; the rarest come
    first, and parts that differ only in numbers are kept once.
    """
    if len(text) <= LARGE:
        return Short(text)
    windows = _choose(text, _places(text, knowledge)) or [(0, _ROOM)]
    parts: list[str] = []
    pieces: list[tuple[int, int]] = []
    length = 0
    for start, end in windows:
        pieces.append((length, start))
        parts.append(text[start:end])
        length += end - start + 1
    short = "\n".join(parts)
    said = f"{len(text):,} characters were searched; the diagnosis rests on the {len(short):,} of them that say most"
    return Short(short, tuple(pieces), (Notice(kind="shortened", text=said),))


def _places(text: str, knowledge: Knowledge) -> list[int]:
    """Places worth reading, the most telling first."""
    found: dict[tuple[str, object], list[int]] = {}
    counts: dict[tuple[str, object], int] = {}
    for start in range(0, len(text), _PIECE):
        for key, place in _telling(text[start : start + _PIECE + _AROUND], knowledge, counts):
            counts[key] = counts.get(key, 0) + 1
            if counts[key] <= _OF_EACH:
                found.setdefault(key, []).append(start + place)
    ranked = sorted(found, key=lambda key: (_FIRST[key[0]], counts[key], str(key)))
    return [place for key in ranked for place in found[key]]


def _telling(
    piece: str, knowledge: Knowledge, counts: dict[tuple[str, object], int]
) -> Iterator[tuple[tuple[str, object], int]]:
    """What stands in a piece: (kind, which) and its offset."""
    data = piece.encode("utf-8", "replace")
    to_char = int if len(data) == len(piece) else CharOffsets(data).__call__
    uses = knowledge.index.uses
    for pattern, _, last in knowledge.scanner.scan(data, _HITS, begin=False):
        kinds = {use.kind for use in uses[pattern]}
        kind = "atom" if "atom" in kinds else "pack" if "pack" in kinds else ""
        if kind:
            yield (kind, pattern), to_char(last) - 1
    codes = {code for table in knowledge.index.codes.values() for code in table if len(code) >= 4}
    tried: dict[str, int] = {}
    for hit in _NUMBERS.finditer(piece):
        number = hit[0]
        if number in codes and counts.get(("code", number), 0) <= _OF_EACH and tried.get(number, 0) < _TRIES:
            tried[number] = tried.get(number, 0) + 1
            if is_code(piece, hit.start(), hit.end()):
                yield ("code", number), hit.start()
    for hit in _STEMS.finditer(piece):
        yield ("stem", hit[0].lower()), hit.start()


def _choose(text: str, places: list[int]) -> list[tuple[int, int]]:
    """Windows around the places as far as they fit, in the order of the text, without overlaps and repetitions."""
    seen: set[str] = set()
    chosen: list[tuple[int, int]] = []
    room = _ROOM
    for place in places:
        start, end = _whole_lines(text, max(0, place - _AROUND), min(len(text), place + _AROUND), place)
        at = bisect.bisect_right(chosen, (place, len(text)))
        if at and chosen[at - 1][1] > place:
            continue  # stands in a window that was chosen already
        start = max(start, chosen[at - 1][1]) if at else start
        end = min(end, chosen[at][0]) if at < len(chosen) else end
        key = _FOLD.sub("0", text[start:end])
        if key in seen or end - start > room:
            continue
        seen.add(key)
        chosen.insert(at, (start, end))
        room -= end - start
    return chosen


def _whole_lines(text: str, start: int, end: int, place: int) -> tuple[int, int]:
    """A window without the broken lines at its ends, unless the line of the place is longer than the window."""
    first, last = text.find("\n", start, place), text.rfind("\n", place, end)
    return (first + 1 if start and first >= 0 else start), (last if end < len(text) and last > place else end)
