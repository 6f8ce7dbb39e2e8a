"""One scan over all events: which atoms, concepts and pack names stand where."""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Callable, Sequence

import msgspec

from keymedic.inference.identifiers import spelled_out
from keymedic.intake.events import Event
from keymedic.intake.fields import Fields, extract
from keymedic.intake.offsets import CharOffsets
from keymedic.knowledge.patterns import plain
from keymedic.knowledge.store import Knowledge

Span = tuple[int, int]
_JOINT = " \x00\n "
"""Stands between two events while they are scanned: neither a run of blanks nor a dot of a pattern goes across."""
_SPACES = re.compile(r"[ \t]*[\r\n\t\f\v][\s]*|  +")
_WORD = re.compile(r"\w[\w'/-]*")
_SENTENCE = re.compile(r"[\u3002\uff01\uff1f]|[.!?;]+(?=\s)|\n\s*\n|[\r\n]+(?=\s*[-*•\d])")
_NEGATION_REACH = 3
_PLAIN_WORD = re.compile(r"(?<![^\s(,;\u2019'\"])[A-Za-z][a-z]{5,}(?![^\s),;.!?:'\"\u2019]|[.:]\w)")
"""A word of a sentence: no identifier, no part of an address or of a field."""
_STRANGE = 3
_PROSE = 20_000
"""Characters of the longest event in which typing errors are looked for."""


class Mention(msgspec.Struct, frozen=True):
    """A pack recognised in an event: by host, header, ccxt, logger or word."""

    pack: str
    how: str
    event: int
    start: int
    end: int


class Sight(msgspec.Struct):
    """What was seen in one event. Spans are offsets into the event's text."""

    event: Event
    fields: Fields
    atoms: dict[int, Span]
    coded: dict[int, tuple[str, Span]]
    """String codes: atom -> (pack, span); they count only within the pack's context."""
    mentions: list[Mention]
    unplaced: dict[int, Callable[[], Span | None]] = {}
    """Atoms of which only the end is known yet -> where they stand, None when they run across two events."""
    wording: str = ""
    """What to quote: the event's text as it was written, where `event` holds its identifiers as words."""

    def place(self, atom: int) -> Span | None:
        """Where an atom stands, found out once."""
        find = self.unplaced.pop(atom, None)
        if find is None:
            return self.atoms.get(atom)
        span = find()
        if span is None:
            del self.atoms[atom]
        else:
            self.atoms[atom] = span
        return span


def look(knowledge: Knowledge, events: Sequence[Event]) -> list[Sight]:
    """Scan all events at once and read their fields."""
    sights = [Sight(event, extract(event.text, event.fields), {}, {}, [], {}) for event in events]
    if not events:
        return sights
    for event in events:
        if words := spelled_out(event.text):
            named = msgspec.structs.replace(event, text=words, fields={})
            sights.append(Sight(named, extract("", {}), {}, {}, [], {}, event.text))
    concepts: list[dict[int, list[Span]]] = [{} for _ in sights]
    _scan(knowledge, sights, concepts)
    for sight, found in zip(sights, concepts, strict=True):
        _fields(knowledge, sight)
        if found:
            _concepts(knowledge, sight, found)
    return sights


def _scan(knowledge: Knowledge, sights: list[Sight], concepts: list[dict[int, list[Span]]]) -> None:
    folded = [Folded(sight.event.text, _slips(knowledge, sight.event.text)) for sight in sights]
    starts = list(itertools.accumulate((len(item.text) + len(_JOINT) for item in folded), initial=0))
    pieces = [item.text.encode() for item in folded]
    parts = list(itertools.accumulate(len(piece) + len(_JOINT) for piece in pieces))
    data = _JOINT.encode().join(pieces)
    to_char = int if parts[-1] == starts.pop() else CharOffsets(data).__call__
    uses = knowledge.index.uses

    def placed(pattern: int, last: int, number: int) -> Span | None:
        first, last = knowledge.scanner.begun(pattern, last, data)
        start, end = to_char(first) - starts[number], to_char(last) - starts[number]
        item = folded[number]
        return (item.to_text(start), item.to_text(end - 1) + 1) if start >= 0 and end <= len(item.text) else None

    for pattern, first, last in knowledge.scanner.scan(data, begin=False, parts=parts):
        end = to_char(last)
        start = to_char(first) if first >= 0 else end - 1
        number = bisect.bisect_right(starts, start) - 1
        sight, item = sights[number], folded[number]
        if end - starts[number] > len(item.text):
            continue  # a match across two events is none
        span = (item.to_text(start - starts[number]), item.to_text(end - starts[number] - 1) + 1)
        for use in uses[pattern]:
            if use.kind == "concept":
                concepts[number].setdefault(use.ref, []).append(span)
            elif use.kind == "pack":
                sight.mentions.append(Mention(use.pack, use.how, number, *span))
            elif use.how == "code":
                sight.coded.setdefault(use.ref, (use.pack, span))
            elif use.ref not in sight.atoms:
                sight.atoms[use.ref] = span
                if first < 0:
                    sight.unplaced[use.ref] = functools.partial(placed, pattern, last, number)


def _slips(knowledge: Knowledge, text: str) -> list[tuple[int, int, str]]:
    """Mistyped words of a text in plain words: (start, end, the word that was meant)."""
    if len(text) > _PROSE:
        return []
    words = list(_PLAIN_WORD.finditer(text))
    spelling = knowledge.spelling
    unknown = [word for word in words if word[0].lower() not in spelling.known]
    if len(unknown) > _STRANGE and len(unknown) * 2 > len(words):  # another language, whose words are no mistakes
        return []
    found = ((word.start(), word.end(), spelling.corrected(word[0])) for word in unknown)
    return [(start, end, meant) for start, end, meant in found if meant]


class Folded:
    """A text with every run of white space folded to one blank and mistyped words corrected, and the way back to its
    offsets. `slips`: (start, end, word) in the order of the text."""

    def __init__(self, text: str, slips: Sequence[tuple[int, int, str]] = ()) -> None:
        parts: list[str] = []
        self._own: list[int] = [0]
        self._outer: list[int] = [0]
        length = at = 0
        runs = [(run.start(), run.end(), " ") for run in _SPACES.finditer(text)]
        for start, end, instead in sorted([*runs, *slips]) if slips else runs:
            parts += (text[at:start], instead)
            length += start - at + len(instead)
            at = end
            self._own.append(length)
            self._outer.append(at)
        parts.append(text[at:])
        self.text = plain("".join(parts))

    def to_text(self, offset: int) -> int:
        """Where an offset of the folded text stands in the text."""
        if len(self._own) == 1:
            return offset
        stone = bisect.bisect_right(self._own, offset) - 1
        outer = self._outer[stone] + offset - self._own[stone]
        return min(outer, self._outer[stone + 1] - 1) if stone + 1 < len(self._outer) else outer


def _fields(knowledge: Knowledge, sight: Sight) -> None:
    """Atoms that the event's fields make true."""
    index, fields = knowledge.index, sight.fields
    for status, span in fields.statuses.items():
        if status in index.statuses:
            sight.atoms.setdefault(index.statuses[status], span)
    for name, span in fields.exceptions.items():
        if name in index.exceptions:
            sight.atoms.setdefault(index.exceptions[name], span)
    if not fields.values:
        return
    for atom, name, equals, contains in index.fields:
        for value, span in fields.values.get(name, ()):
            if (not equals or value == equals) and (not contains or contains in value):
                sight.atoms.setdefault(atom, span)


def _concepts(knowledge: Knowledge, sight: Sight, found: dict[int, list[Span]]) -> None:
    """Atoms of concepts said close together in one sentence."""
    index = knowledge.index
    said = found.keys()
    wanted = [atom for atom in index.concepts if atom.concepts[0] in said and said >= set(atom.concepts)]
    if not wanted:
        return
    text = sight.event.text
    words = [hit.start() for hit in _WORD.finditer(text)]
    ends = [hit.start() for hit in _SENTENCE.finditer(text)]
    negation = index.concept_names.index("negation") if "negation" in index.concept_names else -1
    denied = sorted(bisect.bisect_right(words, span[0]) for span in found.get(negation, ()))

    def place(span: Span) -> tuple[int, int, bool]:
        word = bisect.bisect_right(words, span[0])
        nearest = bisect.bisect_left(denied, word) - 1
        no = nearest >= 0 and word - denied[nearest] <= _NEGATION_REACH
        return bisect.bisect_right(ends, span[0]), word, no

    needed = {number for atom in wanted for number in atom.concepts}
    places = {number: [(place(span), span) for span in found[number]] for number in needed}
    for atom, numbers, within, negated in wanted:
        span = _together([places[number] for number in numbers], within, negated)
        if span:
            sight.atoms.setdefault(atom, span)


def _together(choices: list[list[tuple[tuple[int, int, bool], Span]]], within: int, negated: bool) -> Span | None:
    """The span of one hit of each concept, close together in one sentence; None when there is none."""
    for (sentence, word, no), span in choices[0]:
        chosen = [span]
        denied, low, high = no, word, word
        for others in choices[1:]:
            near = [
                (abs(place[1] - word), place, other)
                for place, other in others
                if place[0] == sentence and max(high, place[1]) - min(low, place[1]) <= within
            ]
            if not near:
                break
            _, place, other = min(near)
            denied, low, high = denied or place[2], min(low, place[1]), max(high, place[1])
            chosen.append(other)
        else:
            if denied == negated:
                return min(s for s, _ in chosen), max(e for _, e in chosen)
    return None
