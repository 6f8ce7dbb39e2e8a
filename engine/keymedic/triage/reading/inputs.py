"""What to read: files, folders, globs and standard input, as the user names them, in a stable order."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath

import msgspec

from keymedic.errors import Unusable

STDIN = "standard input"
_PACKED = re.compile(r"\.(?:gz|zst|zstd|xz|bz2)$", re.IGNORECASE)
_NUMBERED = re.compile(r"\.(\d{1,5})$")
_DATED = re.compile(r"[._-](\d{4}-?\d\d-?\d\d(?:[T._-]?\d\d(?:[-:._]?\d\d)*)?|\d{10})$")


class Input(msgspec.Struct, frozen=True):
    """One log. `name` as shown to the user, `path` None for standard input."""

    name: str
    path: Path | None


def expand(paths: Sequence[str]) -> list[Input]:
    """Every file behind the given files, folders, globs and `-`, each once; rotated logs oldest first, standard input
    last. Raises Unusable for a path that does not exist and for a folder or glob without any file."""
    found: dict[str, Input] = {}
    for given in paths:
        for each in _behind(given):
            key = "-" if each.path is None else os.path.realpath(each.path)
            found.setdefault(key, each)
    return ordered(found.values())


def ordered(found: Iterable[Input]) -> list[Input]:
    """By path; rotated logs oldest first, standard input last."""
    return sorted(found, key=_order)


def _behind(given: str) -> list[Input]:
    """The inputs behind one argument."""
    if given == "-":
        return [Input(STDIN, None)]
    if not given:
        raise Unusable("'': the path is empty: give a file, a folder or - for standard input")
    try:
        mode = os.stat(given).st_mode  # noqa: PTH116 - Path would tidy "./" and trailing slashes away
    except (FileNotFoundError, NotADirectoryError):
        return _behind_glob(given)
    except OSError as error:
        raise Unusable(f"{given}: cannot be read: {error.strerror or error}") from None
    if not stat.S_ISDIR(mode):
        return [Input(given, Path(given))]
    files = list(_files(Path(given), set()))
    if not files:
        raise Unusable(f"{given}: the folder holds no files: name one that holds logs (hidden files are left out)")
    if [each.path for each in files] == [Path(given)]:
        raise Unusable(f"{given}: the folder cannot be read: mend its permissions, or run as a user who may read it")
    return files


def _behind_glob(given: str) -> list[Input]:
    """The inputs that a pattern matches; folders among them with all that they hold."""
    if not glob.has_magic(given):
        raise Unusable(f"{given}: there is no such file or folder: check the path")
    files: list[Input] = []
    for match in glob.iglob(given, recursive=True):  # noqa: PTH207 - Path.glob takes no absolute pattern
        path = Path(match)
        if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for what may not be looked at
            files += _files(path, set())
        elif _worth_opening(path):
            files.append(Input(path.as_posix(), path))
    if not files:
        raise Unusable(f"{given}: no file matches: check the pattern (hidden files are left out)")
    return files


def _files(folder: Path, seen: set[str]) -> Iterator[Input]:
    """The files of a folder and of those below it. A folder that cannot be listed stands for itself, so that opening
    it says why; `seen` keeps links to folders from going round in circles."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        entries = sorted(os.listdir(folder))  # noqa: PTH208 - names, not paths
    except OSError:
        yield Input(folder.as_posix(), folder)
        return
    for name in entries:
        path = folder / name
        if name.startswith("."):
            continue
        if os.path.isdir(path):  # noqa: PTH112 - as above
            yield from _files(path, seen)
        elif _worth_opening(path):
            yield Input(path.as_posix(), path)


def _worth_opening(path: Path) -> bool:
    """Whether a path nobody named itself is to be opened: no pipe or device, which might never end."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


_Natural = tuple[tuple[str | int, ...], ...]


def _order(each: Input) -> tuple[bool, _Natural, int, int, _Natural]:
    """Sort key: by path, digits as numbers; logs of one name by age: dated ones, then numbered ones, highest number
    first, then the one being written."""
    path = PurePath(each.path or "")
    name = _PACKED.sub("", path.name)
    numbered, dated = _NUMBERED.search(name), _DATED.search(name)
    rank, age = 2, 0
    if numbered:
        rank, age = 1, -int(numbered[1])
        name = name[: numbered.start()]
    elif dated:
        rank = 0
        name = name[: dated.start()]
    return each.path is None, _natural(path.parent / name), rank, age, _natural(path)


def _natural(path: PurePath) -> _Natural:
    """The parts of a path, with numbers as numbers: bot.log, bot2.log, bot10.log."""
    return tuple(
        tuple(
            (-1 if piece == "." else int(piece)) if number % 2 else piece
            for number, piece in enumerate(re.split(r"([0-9]+|\.)", part))
        )
        for part in path.parts
    )
