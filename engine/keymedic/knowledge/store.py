"""Knowledge: the compiled packs, ready for use. Compiled once, kept in the user's cache, loaded in milliseconds."""

from __future__ import annotations

import difflib
import functools
import math
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from zlib import crc32

import msgspec

import keymedic
from keymedic import paths
from keymedic.knowledge.index import Head, Index, Packed, pack_decoder, symptom_decoder
from keymedic.knowledge.problems import PackError, Problem
from keymedic.knowledge.scanner import Refused, Scanner
from keymedic.knowledge.spelling import Spelling
from keymedic.model import Cause, Pack, Question, Remedy, Symptom

FORMAT = 24
"""Changes when the layout of the cache does."""

_KEPT = 5
_CHECK = 4

Progress = Callable[[str], None]


class Knowledge:
    """All that the packs say. Read-only; pass it around, never change it."""

    def __init__(self, index: Index, scanner: Scanner, folders: Sequence[Path] = ()) -> None:
        self.index = index
        self.folders = tuple(folders)
        """The folders that the packs were read from."""
        self.scanner = scanner
        self.causes: dict[str, Cause] = index.causes
        self.log_priors = {cause.id: 10.0 * math.log10(cause.prior) for cause in index.causes.values()}
        """Prior of each cause in decibans."""
        self._packs: dict[str, Pack] = {}
        self._symptoms: dict[int, Symptom] = {}
        self._ids: dict[str, dict[str, str]] = {"exchange": {}, "source": {}}
        self._beside: dict[str, list[str]] = {}
        named = [head for head in index.heads.values() if head.kind != "base" and not head.beside]
        for head in named:
            for name in reversed(head.ids):
                self._ids[head.kind].setdefault(name.lower(), head.id)
        for head in named:  # a pack's own id wins over another's alias
            self._ids[head.kind][head.id] = head.id
        for head in index.heads.values():
            if head.beside:
                self._beside.setdefault(head.beside, []).append(head.id)

    def pack(self, name: str) -> Pack:
        """The pack with this id (without its symptoms and deductions). Raises KeyError."""
        if name not in self._packs:
            self._packs[name] = pack_decoder.decode(self.index.packs[name])
        return self._packs[name]

    def head(self, name: str) -> Head:
        """Id, kind, name, version of a pack. Raises KeyError."""
        return self.index.heads[name]

    def symptom(self, number: int) -> Symptom:
        """The symptom with this number of the index."""
        if number not in self._symptoms:
            self._symptoms[number] = symptom_decoder.decode(self.index.symptoms[number])
        return self._symptoms[number]

    def resolve(self, kind: str, name: str) -> str | None:
        """The pack id that an id, ccxt id or alias of this kind stands for; None when no pack knows it."""
        return self._ids[kind].get(name.strip().lower())

    def suggest(self, kind: str, name: str) -> list[str]:
        """Known ids close to a misspelt one."""
        return difflib.get_close_matches(name.lower(), list(self._ids[kind]), n=2, cutoff=0.75)

    @functools.cached_property
    def spelling(self) -> Spelling:
        """Typing errors and what they stand for."""
        return msgspec.msgpack.decode(self.index.spelling, type=Spelling)

    @functools.cached_property
    def base(self) -> tuple[Pack, ...]:
        """The base packs."""
        return tuple(self.pack(head.id) for head in self.index.heads.values() if head.kind == "base")

    def family(self, name: str) -> tuple[str, ...]:
        """A pack and the packs that it extends, nearest first, then those that stand beside them."""
        chain = [name]
        while (parent := self.index.heads[chain[-1]].extends) and parent not in chain:
            chain.append(parent)
        return (*chain, *(other for pack in chain for other in self._beside.get(pack, ())))

    def questions(self, packs: Sequence[str]) -> list[Question]:
        """Questions of the base packs and of these packs."""
        return [question for pack in self._with_base(packs) for question in pack.questions]

    def remedies(self, packs: Sequence[str]) -> list[Remedy]:
        """Remedies of these packs, then of the base packs."""
        return [remedy for pack in reversed(self._with_base(packs)) for remedy in pack.remedies]

    def _with_base(self, packs: Sequence[str]) -> list[Pack]:
        return [*self.base, *(self.pack(name) for name in packs if self.index.heads[name].kind != "base")]


def load(extra: Sequence[Path] = (), progress: Progress | None = None) -> Knowledge:
    """The built-in packs and those of the `extra` folders, from the cache where it is fresh.

    Raises PackError when a pack cannot be used. `progress` is called with a line when packs must be compiled.
    """
    return load_folders([paths.rules(), *extra], progress)


def load_folders(folders: Sequence[Path], progress: Progress | None = None) -> Knowledge:
    """The packs of these folders only; one of them holds the base packs. Raises and calls as `load` does."""
    lost = [str(folder) for folder in folders if not folder.is_dir()]
    if lost:
        mend = "name a folder with packs"
        raise PackError(Problem(file=name, line=1, col=1, what="there is no such folder", mend=mend) for name in lost)
    folder = paths.cache()
    name = fingerprint(folders)
    cached = _read_cache(folder, name, folders)
    if cached:
        return cached
    if progress:
        progress("Preparing the rule packs (once after each change) ...")
    from keymedic.knowledge import lint  # not needed when the cache is warm
    from keymedic.knowledge.compile import compile_index
    from keymedic.knowledge.load import library

    packs = library(folders)
    if problems := lint.dangling(packs):
        raise PackError(problems)
    # As it will come from the cache, to the byte: YAML's whole numbers become the floats that records declare.
    packed = msgspec.msgpack.encode(Packed.of(compile_index(packs)))
    index = msgspec.msgpack.decode(packed, type=Packed).whole()
    try:
        scanner = Scanner(index.patterns)
    except Refused as error:
        what = f"the scanner refuses the patterns of all packs together ({error})"
        mend = "write simpler patterns"
        found = lint.check(packs) or [Problem(file=str(folders[-1]), line=1, col=1, what=what, mend=mend)]
        raise PackError(found) from None
    if name == fingerprint(folders):  # nobody wrote a pack in the meantime
        _write_cache(folder, name, packed, scanner)
    return Knowledge(index, scanner, folders)


def fingerprint(folders: Sequence[Path]) -> str:
    """A name that changes whenever a pack file, the engine or the cache's layout does."""
    from hashlib import blake2b

    digest = blake2b(f"{FORMAT} {keymedic.__version__}".encode(), digest_size=12)
    for folder in folders:
        stack = [str(folder)]
        while stack:
            with os.scandir(stack.pop()) as entries:
                for entry in sorted(entries, key=lambda e: e.name):
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    elif entry.name.endswith(".yaml"):
                        stat = entry.stat()
                        digest.update(f"{entry.path} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def _read_cache(folder: Path, name: str, folders: Sequence[Path]) -> Knowledge | None:
    try:
        packed = (folder / f"{name}.index").read_bytes()
        with (folder / f"{name}.scan").open("rb") as compiled:
            if compiled.read(_CHECK) != _check(packed):
                return None
            index = msgspec.msgpack.decode(packed, type=Packed).whole()
            scanner = Scanner.load(index.patterns, compiled)
    except (OSError, ValueError, Refused):  # absent, of another machine, or damaged: compile again
        return None
    return Knowledge(index, scanner, folders)


def _check(packed: bytes) -> bytes:
    """What a scanner's file begins with: it tells whether the index beside it is whole and its own."""
    return crc32(packed).to_bytes(_CHECK, "big")


def _write_cache(folder: Path, name: str, packed: bytes, scanner: Scanner) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _make_room(folder)
        _replace(folder / f"{name}.scan", _check(packed) + scanner.dump())
        _replace(folder / f"{name}.index", packed)
    except OSError:  # a read-only home costs time, not the answer
        return


def _make_room(folder: Path) -> None:
    """Remove the oldest entries: each set of packs (overlays, other versions) keeps its own for a while."""
    entries = sorted(folder.glob("*.scan"), key=_age)
    for old in entries[_KEPT:]:
        old.unlink(missing_ok=True)
        old.with_suffix(".index").unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Negative time of the last change; an entry that another process removed just now counts as the oldest."""
    try:
        return -path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _replace(path: Path, data: bytes) -> None:
    """Write a file so that other processes see all of it or nothing."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            file.write(data)
            file.close()
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
