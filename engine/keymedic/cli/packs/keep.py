"""`keymedic packs lock` and `keymedic packs diff`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from keymedic import paths
from keymedic.cli import common
from keymedic.errors import Unusable

if TYPE_CHECKING:
    from keymedic.knowledge.lock import Lock
    from keymedic.knowledge.positions import Document


def add_lock(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `lock`."""
    parser.add_argument("folder", nargs="?", metavar="DIR", help="folder of packs (default: the built-in ones)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="write nothing, complain when the lock is not up to date")
    how.add_argument("--bump", action="store_true", help="raise the version of changed packs as far as needed")
    parser.add_argument("--against", metavar="LOCK", help="an older lock to compare with (default: the present)")
    parser.set_defaults(run=_lock)


def add_diff(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `diff`."""
    parser.add_argument("old", metavar="OLD", help="a pack file, or a folder of packs")
    parser.add_argument("new", metavar="NEW", nargs="?", help="another (default: the built-in packs)")
    parser.add_argument("--cases", metavar="CASES.jsonl", help="cases whose diagnoses are compared too")
    parser.set_defaults(run=_diff)


def _lock(arguments: argparse.Namespace) -> int:
    from keymedic.knowledge import lock

    folder = Path(arguments.folder) if arguments.folder else paths.rules()
    path = folder / lock.NAME
    before = Path(arguments.against) if arguments.against else path
    try:
        old = lock.parse(common.read_file(str(before)), str(before)) if arguments.against or path.exists() else {}
    except ValueError as error:
        raise Unusable(str(error)) from None
    documents = _documents(folder)
    if arguments.bump:
        for line in _bumped(old, documents):
            print(line)
        documents = _documents(folder)
    problems = lock.check(old, documents, before)
    for problem in problems:
        print(problem)
    text = lock.dump(lock.lock(documents))
    if problems:
        print("keymedic: packs.lock was not written; `keymedic packs lock --bump` raises versions", file=sys.stderr)
        return 2
    if not arguments.check:
        common.write_file(path, text)
    elif not path.exists() or path.read_text(encoding="utf-8") != text:
        print(f"{path}:1:1: it does not fit the packs: run `keymedic packs lock`")
        return 2
    print(f"{len(documents)} packs locked", file=sys.stderr)
    return 0


def _bumped(old: Lock, documents: dict[str, Document]) -> Iterator[str]:
    """Write the version that its changes need into each pack file."""
    from keymedic.knowledge import lock

    new = lock.lock(documents)
    for name in [name for name in new if name in old]:
        wanted = lock.needed(old[name], new[name])
        if lock.version(new[name].version) < lock.version(wanted):
            path = Path(documents[name].file)
            text = path.read_text(encoding="utf-8")
            common.write_file(path, lock.with_version(text, wanted))
            yield f"{name} {old[name].version} -> {wanted}"


def _diff(arguments: argparse.Namespace) -> int:
    new_path = Path(arguments.new) if arguments.new else paths.rules()
    old, new = _documents(Path(arguments.old)), _documents(new_path)
    if Path(arguments.old).is_file() and not arguments.new:
        new = {name: document for name, document in new.items() if name in old}
    lines = 0
    for name in sorted(old.keys() | new.keys()):
        for line in _told(name, old.get(name), new.get(name)):
            print(line)
            lines += 1
    if arguments.cases:
        for line in _moved(arguments, new_path):
            print(line)
            lines += 1
    if not lines:
        print("no difference")
    return 0


def _told(name: str, old: Document | None, new: Document | None) -> Iterator[str]:
    from keymedic.knowledge import changes

    if old is None or new is None:
        yield f"{name}: the pack is {'new' if old is None else 'gone'}"
        return
    different = changes.compare(old.data, new.data)
    before, after = old.data["version"], new.data["version"]
    if different:
        version = f"{before} -> {after}" if before != after else f"{after}, version not raised"
        yield f"{name} ({version}): {len(different)} change{'s' * (len(different) != 1)}, {changes.level(different)}"
    for change in different:
        yield f"  {change.what}"


def _moved(arguments: argparse.Namespace, new: Path) -> Iterator[str]:
    from keymedic import comparison, evaluation
    from keymedic.knowledge import store
    from keymedic.knowledge.problems import PackError

    cases = evaluation.read(common.read_file(arguments.cases), arguments.cases)
    try:
        before, after = (store.load_folders(_standing(path), common.progress) for path in (Path(arguments.old), new))
    except PackError as error:
        raise Unusable("the packs cannot be used:\n" + str(error)) from None
    yield from comparison.report(comparison.compare(before, after, cases), len(cases))


def _standing(path: Path) -> list[Path]:
    """The folders to load for a folder or file of packs: with the built-in ones where it holds no base pack."""
    folder = path if path.is_dir() else path.parent
    whole = any(document.data["kind"] == "base" for document in _documents(folder).values())
    return [folder] if whole else [paths.rules(), folder]


def _documents(path: Path) -> dict[str, Document]:
    """The packs of a file or folder. Raises Unusable with every problem."""
    from keymedic.knowledge.load import files, read_all

    if not path.exists():
        raise Unusable(f"{path}: there is no such file or folder")
    read = read_all(files([path]) if path.is_dir() else [path], [path])
    if read.problems:
        raise Unusable("the packs cannot be used:\n" + "\n".join(map(str, read.problems)))
    if not read.packs:
        raise Unusable(f"{path}: there are no packs in it")
    return read.packs
