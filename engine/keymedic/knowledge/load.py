"""Pack files -> documents -> packs. Reports every problem of every file at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from keymedic.knowledge import build, positions, schema_check
from keymedic.knowledge.positions import Document
from keymedic.knowledge.problems import PackError, Problem
from keymedic.model import Cause, Pack, Step


class Library:
    """All packs of some folders, validated: what `compile` turns into an index.

    `documents` maps pack ids to what the author wrote, `packs` to the records.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self.documents = dict(documents)
        base = [doc.data for doc in documents.values() if doc.data["kind"] == "base"]
        self.weights: dict[str, float] = _merged(base, "weights")
        self.costs: dict[str, float] = _merged(base, "costs")
        self.concepts: dict[str, dict[str, Any]] = _merged(base, "concepts")
        self.fact_names: dict[str, dict[str, Any]] = _merged(base, "facts")
        self.slots: dict[str, tuple[Step, ...]] = {
            name: tuple(build.step(item) for item in items) for name, items in _merged(base, "slots").items()
        }
        self.causes: dict[str, Cause] = {
            item["id"]: build.cause(item) for data in base for item in data.get("causes", ())
        }
        self.packs: dict[str, Pack] = {name: build.pack(doc.data, self.weights) for name, doc in self.documents.items()}


def files(folders: Sequence[Path]) -> list[Path]:
    """All pack files below the folders, in a stable order; a pack in a later folder replaces an earlier one."""
    return [path for folder in folders for path in sorted(folder.rglob("*.yaml"))]


def library(folders: Sequence[Path]) -> Library:
    """Read and validate all packs. Raises PackError with every problem of every file."""
    documents, problems = read_all(files(folders), folders)
    if problems:
        raise PackError(problems)
    return Library(documents)


def read_all(paths: Iterable[Path], folders: Sequence[Path] = ()) -> tuple[dict[str, Document], list[Problem]]:
    """Documents by pack id, and what is wrong with the rest."""
    documents: dict[str, Document] = {}
    origin: dict[str, Path | None] = {}
    problems: list[Problem] = []
    for path in paths:
        document, found = read_one(path)
        problems += found
        if document is None or found:
            continue
        name = document.data["pack"]
        folder = next((f for f in folders if path.is_relative_to(f)), None)
        if name in documents and origin[name] == folder:
            problems.append(document.problem(("pack",), f"the pack id {name!r} is taken", "choose another id"))
            continue
        documents[name], origin[name] = document, folder
    return documents, problems


def read_one(path: Path) -> tuple[Document | None, list[Problem]]:
    """One pack file, checked against the schema only."""
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read ({error.__class__.__name__})"
        return None, [Problem(file=name, line=1, col=1, what=what, mend="save it as UTF-8 text")]
    try:
        document = positions.read(text, name)
    except PackError as error:
        return None, list(error.problems)
    if not isinstance(document.data, dict):
        return None, [document.problem((), "a pack is a mapping", "begin with `schema: keymedic/pack/1`")]
    return document, schema_check.check(document)


def _merged(data: Iterable[Mapping[str, Any]], key: str) -> dict[str, Any]:
    return {name: value for item in data for name, value in item.get(key, {}).items()}
