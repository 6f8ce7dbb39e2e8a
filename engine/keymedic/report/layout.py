"""Plain-text layout in terminal cells: wrapping, padding, two columns, and marks for colour.

A style is written as \\x02, a letter, the text, \\x03. Sanitised text holds no control character, so no input
can forge one; `plain` and `keymedic.report.colour` take the marks away again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

STYLES = {
    "strong": "b",
    "dim": "d",
    "good": "g",
    "bad": "r",
    "warn": "y",
    "place": "c",
    "code": "m",
}
_MARKS = re.compile("\x02.|\x03")
_TRAILING = re.compile(" +(\x03?)$", re.MULTILINE)
_BLANK_LINES = re.compile("\n{3,}")


def cells(text: str) -> int:
    """How many terminal cells `text` takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    from unicodedata import category, east_asian_width

    if category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(char) in {"W", "F"} else 1


def pad(text: str, width: int) -> str:
    """`text` filled up with blanks to `width` cells."""
    return text + " " * (width - cells(text))


def clip(text: str, width: int) -> str:
    """`text` cut to `width` cells, with an ellipsis where something is missing."""
    if cells(text) <= width:
        return text
    return _take(text, max(width - 1, 0)).rstrip() + "…"


def _take(text: str, width: int) -> str:
    used = 0
    for at, char in enumerate(text):
        used += _cell(char)
        if used > width:
            return text[:at]
    return text


def lines(text: str, width: int) -> list[str]:
    """`text` broken at blanks into lines of at most `width` cells; longer words are cut."""
    done: list[str] = []
    line = ""
    for word in _words(text, max(width, 2)):
        longer = f"{line} {word}" if line else word
        if line and cells(longer) > width:
            done.append(line)
            longer = word
        line = longer
    return [*done, line]


def _words(text: str, width: int) -> Iterator[str]:
    for word in text.split():
        rest = word
        while cells(rest) > width:
            head = _take(rest, width)
            yield head
            rest = rest[len(head) :]
        yield rest


def wrap(text: str, width: int, indent: int = 0, style: str = "") -> str:
    """`text` that starts at cell `indent` and ends before cell `width`; further lines are indented alike."""
    return ("\n" + " " * indent).join(mark(line, style) for line in lines(text, width - indent))


def beside(left: str, right: str, at: int, width: int, indent: int, styles: tuple[str, str] = ("", "")) -> str:
    """Two columns: `left` starts at cell `indent` (already reached), `right` at cell `at`; both wrap."""
    pairs = zip_longest(lines(left, at - indent - 2), lines(right, width - at), fillvalue="")
    rows = (mark(pad(one, at - indent), styles[0]) + mark(two, styles[1]) for one, two in pairs)
    return ("\n" + " " * indent).join(rows)


def block(text: str, indent: int, style: str = "") -> str:
    """A command: its lines as they are, never wrapped, further ones indented by `indent`."""
    return ("\n" + " " * indent).join(mark(line, style) for line in text.split("\n"))


def ends(left: str, right: str, width: int, style: str) -> str:
    """`left`, and `right` in `style`, at both ends of a line, or below each other where they do not fit."""
    gap = width - cells(left) - cells(right)
    if gap >= 2:
        return mark(left, "strong") + " " * gap + mark(right, style)
    return wrap(left, width, 0, "strong") + "\n" + wrap(right, width, 0, style)


def mark(text: str, style: str) -> str:
    """`text` marked with a name of STYLES; the empty name and empty text stay bare."""
    return f"\x02{STYLES[style]}{text}\x03" if style and text else text


def tidy(text: str) -> str:
    """No trailing blanks, no runs of empty lines, one line feed at the end."""
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub(r"\1", text)).strip("\n") + "\n"


def plain(text: str) -> str:
    """`text` without style marks."""
    return _MARKS.sub("", text)
