"""YAML read safely, with the position of every key and value kept for error messages."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import yaml

from keymedic.knowledge.problems import PackError, Problem

MAX_BYTES = 4_000_000
MAX_DEPTH = 30

Path = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRUE, _FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER = re.compile(r"(?:[-+]?(?:0|[1-9]\d{0,299}|\d+\.\d*(?:[eE][-+]\d+)?)|\.\d+(?:[eE][-+]\d+)?)\Z", re.ASCII)
"""What every reader of YAML takes for a number; codes such as 0800 and 1e5 stay words."""


class Document:
    """A YAML document: its `data` and where each path stands in `file`."""

    def __init__(self, file: str, data: Any, places: dict[Path, tuple[int, int]]) -> None:
        self.file = file
        self.data = data
        self._places = places

    def problem(self, path: Path, what: str, mend: str = "", severity: str = "error") -> Problem:
        """A problem at the key or value that `path` leads to, or at its nearest known parent."""
        while path and path not in self._places:
            path = path[:-1]
        line, col = self._places.get(path, (1, 1))
        return Problem(file=self.file, line=line, col=col, what=what, mend=mend, severity=severity)


def read(text: str, file: str) -> Document:
    """Parse one YAML document. Raises PackError on syntax errors, aliases, duplicate keys, excessive size."""
    if len(text) > MAX_BYTES:
        raise _refuse(file, 1, 1, f"the file has more than {MAX_BYTES // 1_000_000} MB", "split the pack")
    builder = _Builder(file)
    try:
        data = builder.document(_Loader(io.StringIO(text)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _refuse(file, line, col, f"no valid YAML ({error.problem})", "correct the syntax") from None
    except (yaml.YAMLError, ValueError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _refuse(file, 1, 1, f"no valid YAML ({what})", "correct the syntax") from None
    return Document(file, data, builder.places)


def _refuse(file: str, line: int, col: int, what: str, mend: str) -> PackError:
    return PackError([Problem(file=file, line=line, col=col, what=what, mend=mend)])


class _Builder:
    """Turns the parser's events into plain data and notes where each value stands. Events and not nodes: what is
    nested too deeply, or multiplies itself through aliases, is refused before it takes room."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, tuple[int, int]] = {}
        self._next: Callable[[], Any] = lambda: None

    def document(self, loader: Any) -> Any:
        """The data of the one document."""
        self._next = loader.get_event
        self._next()
        first = self._next()
        if isinstance(first, yaml.StreamEndEvent):
            raise _refuse(self.file, 1, 1, "the file is empty", "start from another pack")
        data = self._value(self._next(), (), 0)
        self._next()
        last = self._next()
        if not isinstance(last, yaml.StreamEndEvent):
            raise self._refuse(last, "a second document begins here", "one file is one pack")
        return data

    def _value(self, event: Any, path: Path, depth: int) -> Any:
        self.places.setdefault(path, _place(event))
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self._refuse(event, "anchors and aliases are not allowed", "write the value out")
        if event.tag is not None:
            raise self._refuse(event, f"the tag {event.tag} is not allowed", "write the value without it")
        if isinstance(event, yaml.ScalarEvent):
            if "\0" in event.value:
                raise self._refuse(event, "the character NUL is not allowed", "leave it out")
            return _scalar(event.value) if event.implicit[0] else event.value
        if depth > MAX_DEPTH:
            raise self._refuse(event, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        inside = self._list if isinstance(event, yaml.SequenceStartEvent) else self._mapping
        return inside(path, depth)

    def _list(self, path: Path, depth: int) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            result.append(self._value(event, (*path, len(result)), depth + 1))
        return result

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refuse(event, "a key must be a word", "write it as one")
            key = event.value
            if key in result:
                raise self._refuse(event, f"the key {key!r} stands twice", "keep one of them")
            self.places[(*path, key)] = _place(event)
            result[key] = self._value(self._next(), (*path, key), depth + 1)
        return result

    def _refuse(self, event: Any, what: str, mend: str) -> PackError:
        return _refuse(self.file, *_place(event), what, mend)


def _place(event: Any) -> tuple[int, int]:
    """Line and column of an event."""
    return event.start_mark.line + 1, event.start_mark.column + 1


def _scalar(word: str) -> str | int | float | bool | None:
    """YAML 1.2's core types of an unquoted word; dates, yes, no and off stay the words that the author wrote."""
    if word in _NULL:
        return None
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if _NUMBER.match(word):
        return int(word) if word.lstrip("+-").isdigit() else float(word)
    return word
