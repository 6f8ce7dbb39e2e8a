"""Pack files -> documents -> packs. Reports every problem of every file at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from keymedic.knowledge import build, lock, overlay, positions, schema_check
from keymedic.knowledge.positions import Document
from keymedic.knowledge.problems import PackError, Problem
from keymedic.model import Cause, Pack, Step


class Files(msgspec.Struct):
    """What was read: packs and overlays by id, what is wrong with the rest, and which pack a later folder replaced."""

    packs: dict[str, Document]
    overlays: dict[str, Document]
    problems: list[Problem]
    replaced: list[tuple[Document, Document]]
    """(earlier, later) of one pack id."""


class Library:
    """All packs of some folders, validated, with the overlays applied: what `compile` turns into an index.

    `documents` maps pack ids to what the author wrote, `packs` to the records.
    """

    def __init__(self, files: Files) -> None:
        self.documents = files.packs
        self.overlays = files.overlays
        base = [doc.data for doc in self.documents.values() if doc.data["kind"] == "base"]
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
        packs = (build.pack(doc.data, self.weights) for doc in self.documents.values())
        self.packs: dict[str, Pack] = {
            pack.id: overlay.apply(pack, list(self.overlays.values()), self.weights) for pack in packs
        }
        self.local: list[str] = [*map(overlay.replaced, files.replaced), *overlay.told(self.overlays.values())]
        """What local folders change, one line each."""


def files(folders: Sequence[Path]) -> list[Path]:
    """All pack files below the folders, in a stable order; a pack in a later folder replaces an earlier one."""
    return [path for folder in folders for path in sorted(folder.rglob("*.yaml"))]


def library(folders: Sequence[Path]) -> Library:
    """Read and validate all packs. Raises PackError with every problem of every file.

    What is as its folder's packs.lock says was valid when it was locked, and is not checked again.
    """
    locked = [known for folder in folders if (known := lock.read(folder / lock.NAME))]
    read = read_all(files(folders), folders, locked)
    if read.problems:
        raise PackError(read.problems)
    return Library(read)


def read_all(paths: Iterable[Path], folders: Sequence[Path] = (), locked: Sequence[lock.Lock] = ()) -> Files:
    """Every file, checked against its schema unless one of the locks knows it as it is."""
    read = Files({}, {}, [], [])
    origin: dict[str, Path | None] = {}
    for path in paths:
        document, found = read_one(path, locked)
        read.problems += found
        if document is None or found:
            continue
        place, kind = (read.packs, "pack") if "pack" in document.data else (read.overlays, "overlay")
        name = document.data[kind]
        folder = next((f for f in folders if path.is_relative_to(f)), None)
        if name in place and origin[f"{kind} {name}"] == folder:
            read.problems.append(document.problem((kind,), f"the {kind} id {name!r} is taken", "choose another id"))
            continue
        if name in read.packs and kind == "pack":
            read.replaced.append((read.packs[name], document))
        place[name], origin[f"{kind} {name}"] = document, folder
    return read


def read_one(path: Path, locked: Sequence[lock.Lock] = ()) -> tuple[Document | None, list[Problem]]:
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
    if any(lock.holds(known, document.data) for known in locked):
        return document, []
    return document, schema_check.check(document)


def _merged(data: Iterable[Mapping[str, Any]], key: str) -> dict[str, Any]:
    return {name: value for item in data for name, value in item.get(key, {}).items()}
