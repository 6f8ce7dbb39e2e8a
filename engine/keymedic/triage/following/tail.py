"""Following logs like `tail -F`: what is added, whichever way they are rotated, and files that come and go."""

from __future__ import annotations

import re
import stat
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from keymedic.errors import Unusable
from keymedic.triage.following.growing import BEGINNING, PATIENCE, Growing, Identity, Lines, Piped
from keymedic.triage.reading import inputs

_RESCAN = 1.0
"""Seconds from one look into folders to the next; more where looking takes long."""
_SHARE = 20
_HANDLES = 200
"""Files that are kept open."""
_REMEMBERED = 10_000
"""Files that are gone and may come back under another name."""
_COUNTED = 1 << 30
"""Bytes that are read at the start to know the numbers of lines; larger files count from where following begins."""
_MOST_SAID = 5
_ROTATED = re.compile(r"(?:\.\d[\d._T:-]*|[_-]\d{4,}[\d._T:-]*)?(?:\.(?:gz|zst|zstd|xz|bz2))?$")
Refuse = Callable[[bytes], str]
"""By the first bytes of a log: why it cannot be followed; "" when it can."""
Say = Callable[[str], None]


class Tail:
    """Follows files, folders, globs and standard input (`-`).

    refuse: asked once for each file. say: told in one line what cannot be followed. whole: read what is there already,
    too; otherwise following begins at the present end of files, and at the beginning of those that appear later.
    apart: files that are never followed.
    Times in seconds of a steady clock.
    """

    def __init__(
        self,
        paths: Sequence[str],
        refuse: Refuse,
        say: Say,
        *,
        whole: bool = False,
        stdin: BinaryIO | None = None,
        apart: Collection[Identity] = (),
    ) -> None:
        self._refuse, self._say, self._whole, self._apart = refuse, say, whole, apart
        self._paths = [path for path in dict.fromkeys(paths) if path != "-"]
        self._pipes: list[Piped] = []
        self._piped: set[Path] = set()
        if "-" in paths:
            if stdin is None:
                say("standard input is closed: it cannot be followed")
            else:
                self._pipes.append(Piped(inputs.STDIN, stdin))
        self._files: dict[Identity, Growing] = {}
        self._gone: OrderedDict[Identity, tuple[int, bytes]] = OrderedDict()
        self._refused: dict[Identity, int] = {}
        """Size of files that cannot be followed: asked again when they have become smaller."""
        self._said: dict[str, str] = {}
        """Name -> the last complaint about it."""
        self._complaints: list[str] = []
        self._found: dict[Path, str] = {}
        """Path -> what the log is called."""
        self._next = float("-inf")
        self._first = True

    @property
    def ended(self) -> bool:
        """Whether nothing can come any more: only pipes were followed, and all have ended."""
        return not self._pipes and not any(Path(path) not in self._piped for path in self._paths)

    @property
    def behind(self) -> bool:
        """Whether more is waiting to be read."""
        return any(one.behind for one in self._all())

    @property
    def count(self) -> int:
        """How many logs are followed."""
        return len(self._files) + len(self._pipes)

    def poll(self, now: float) -> Iterator[Lines]:
        """What was added since the last time; of each log at most a megabyte."""
        here = self._look(now)
        self._complain()
        waiting: set[str] = set()
        """Names under which an older file is not read to its end yet."""
        for identity, one in list(self._files.items()):
            if one.name in waiting:
                continue
            if not one.begun and (why := self._refusal(one)):
                self._drop(identity, one, why)
                continue
            yield from one.read(now)
            if one.behind:
                waiting.add(one.name)
            elif identity not in here:
                yield from self._leave(identity, one, now)
            else:
                one.left = None
        for pipe in self._pipes:
            yield from self._through(pipe, now)
        self._pipes = [pipe for pipe in self._pipes if not pipe.ended]
        self._complain()
        self._spare()

    def finish(self) -> Iterator[Lines]:
        """The lines without an end: following stops here."""
        for one in self._all():
            yield from one.finish()

    def close(self) -> None:
        """Close all files."""
        for one in self._files.values():
            one.close()

    def _all(self) -> list[Growing | Piped]:
        return [*self._files.values(), *self._pipes]

    # --- which files

    def _look(self, now: float) -> set[Identity]:
        """Find what is there, and begin to follow what is new. Returns the files that still have a name."""
        if now >= self._next:
            began = time.monotonic()
            self._found = self._expand()
            self._next = now + max(_RESCAN, _SHARE * (time.monotonic() - began))
        here = set()
        room = _COUNTED
        for path, name in self._found.items():
            identity = self._identity(path, name)
            if identity is None or identity in self._apart:
                continue
            here.add(identity)
            if identity not in self._files and identity not in self._refused:
                room = self._open(path, name, identity, room)
        self._first = False
        return here

    def _expand(self) -> dict[Path, str]:
        """The files behind the paths, without those that an earlier rotation left."""
        found: dict[Path, str] = {}
        for given in self._paths:
            try:
                behind = inputs.expand([given])
            except Unusable as error:
                if self._first:
                    self._once(given, f"{error} (waiting for it)")
                behind = []
            found.update({one.path: one.name for one in behind if one.path and one.path not in found})
        if self._whole and self._first:
            return found
        named = {Path(path) for path in self._paths}
        return {path: name for path, name in found.items() if path in named or not _is_old(path, found)}

    def _identity(self, path: Path, name: str) -> Identity | None:
        """Which file stands under a name now; None for none."""
        try:
            status = path.stat()
        except OSError:
            return None
        if stat.S_ISREG(status.st_mode):
            identity = (status.st_dev, status.st_ino)
            if self._refused.get(identity, 0) > status.st_size:
                del self._refused[identity]
            return identity
        if stat.S_ISFIFO(status.st_mode) and path not in self._piped:
            self._piped.add(path)
            self._pipes.append(Piped(name, path))
        elif not stat.S_ISFIFO(status.st_mode):
            self._once(name, f"{name}: cannot be followed: it is neither a file nor a pipe")
        return None

    def _open(self, path: Path, name: str, identity: Identity, room: int) -> int:
        """Begin to follow a file. `room`: bytes that may be read to count lines; returns what is left of them."""
        try:
            file = Growing(name, path, at_end=self._first and not self._whole, place=self._gone.get(identity))
        except OSError as error:
            self._once(name, f"{name}: cannot be read: {error.strerror or error}")
            return room
        if file.identity != identity:  # replaced a moment ago: the next look finds it
            file.close()
            return room
        self._gone.pop(identity, None)
        self._said.pop(name, None)
        self._files[identity] = file
        return file.count_lines(room) if self._first else room

    def _refusal(self, one: Growing) -> str:
        """Why a file cannot be followed; asked as soon as something is in it."""
        head = one.head()
        one.begun = bool(head)
        return self._refuse(head) if head else ""

    def _through(self, pipe: Piped, now: float) -> Iterator[Lines]:
        for lines in pipe.read(now):
            why = "" if pipe.begun else self._refuse(lines.data[:BEGINNING])
            pipe.begun = True
            if why:
                self._once(pipe.name, f"{pipe.name}: cannot be followed: {why}")
                pipe.ended = True
                return
            yield lines

    def _drop(self, identity: Identity, one: Growing, why: str) -> None:
        if len(self._refused) > _REMEMBERED:
            self._refused.clear()
        self._refused[identity] = one.size
        one.close()
        del self._files[identity]
        self._once(one.name, f"{one.name}: cannot be followed: {why}")

    def _leave(self, identity: Identity, one: Growing, now: float) -> Iterator[Lines]:
        """A file that has no name any more: its writer may still have it open for a while."""
        if any(other.name == one.name and other is not one for other in self._files.values()):
            yield from one.finish()
        one.left = now if one.left is None else max(one.left, one.grown)
        if now - one.left > PATIENCE:
            yield from one.finish()
            self._gone[identity] = one.place
            if len(self._gone) > _REMEMBERED:
                self._gone.popitem(last=False)
            one.close()
            del self._files[identity]

    def _spare(self) -> None:
        """Let go of the handles of the quietest files where there are many."""
        held = [one for one in self._files.values() if one.is_open]
        if len(held) > _HANDLES:
            for one in sorted(held, key=lambda one: one.grown)[: len(held) - _HANDLES]:
                one.close()

    def _once(self, name: str, line: str) -> None:
        """Complain, unless that has been said."""
        if self._said.get(name) != line and len(self._said) < _REMEMBERED:
            self._said[name] = line
            self._complaints.append(line)

    def _complain(self) -> None:
        """Say what is new; of a folder full of archives not every name."""
        for line in self._complaints[:_MOST_SAID]:
            self._say(line)
        more = len(self._complaints) - _MOST_SAID
        if more > 0:
            self._say(f"{more:,} more files cannot be followed")
        self._complaints.clear()


def _is_old(path: Path, others: Container[Path]) -> bool:
    """Whether a file is what a rotation left of another one: bot.log.1, bot.log-20261121.gz beside bot.log."""
    base = _ROTATED.sub("", path.name)
    return base not in {"", path.name} and path.with_name(base) in others
