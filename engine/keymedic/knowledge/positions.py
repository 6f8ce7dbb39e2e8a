"""YAML read safely, with the position of every key and value kept for error messages."""

from __future__ import annotations

import io
from typing import Any

import yaml

from keymedic.knowledge.problems import PackError, Problem

MAX_BYTES = 4_000_000
MAX_DEPTH = 30

Path = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRUE, _FALSE = frozenset({"true", "True", "TRUE"}), frozenset({"false", "False", "FALSE"})


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
    try:
        node = _Loader(io.StringIO(text)).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _refuse(file, line, col, f"no valid YAML ({error.problem})", "correct the syntax") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _refuse(file, 1, 1, f"no valid YAML ({what})", "correct the syntax") from None
    if node is None:
        raise _refuse(file, 1, 1, "the file is empty", "start from another pack")
    builder = _Builder(file)
    data = builder.build(node, (), 0)
    return Document(file, data, builder.places)


def _refuse(file: str, line: int, col: int, what: str, mend: str) -> PackError:
    return PackError([Problem(file=file, line=line, col=col, what=what, mend=mend)])


class _Builder:
    """Turns YAML nodes into plain data and notes where each stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, tuple[int, int]] = {}
        self._seen: set[int] = set()

    def build(self, node: yaml.Node, path: Path, depth: int) -> Any:
        line, col = node.start_mark.line + 1, node.start_mark.column + 1
        self.places.setdefault(path, (line, col))
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self._seen:
            raise _refuse(self.file, line, col, "anchors and aliases are not allowed", "write the value out")
        if depth > MAX_DEPTH:
            raise _refuse(self.file, line, col, f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, i), depth + 1) for i, item in enumerate(node.value)]
        return self._mapping(node, path, depth)

    def _mapping(self, node: yaml.Node, path: Path, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            line, col = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if key in result:
                raise _refuse(self.file, line, col, f"the key {key!r} stands twice", "keep one of them")
            self.places[(*path, key)] = (line, col)
            result[key] = self.build(value_node, (*path, key), depth + 1)
        return result


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """YAML 1.2's core types; dates, yes and no stay the words that the author wrote."""
    value = str(node.value)
    match node.tag.rsplit(":", 1)[-1]:
        case "null":
            return None
        case "bool" if value in _TRUE | _FALSE:
            return value in _TRUE
        case "int" | "float" as kind:
            try:
                return int(value) if kind == "int" else float(value)
            except ValueError:  # YAML 1.1's octal, sexagesimal and underscored numbers
                return value
        case _:
            return value
