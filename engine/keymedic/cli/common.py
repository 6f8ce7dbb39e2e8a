"""What several commands share: loading knowledge with a progress line, reading input, printing in colour or not."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from keymedic import paths
from keymedic.errors import Unusable

if TYPE_CHECKING:
    from keymedic.diagnosis import Diagnosis
    from keymedic.knowledge.store import Knowledge

MAX_BYTES = 256_000_000
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b\x08\x0b")


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line, as all others, and that takes no abbreviated options."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        """Raise Unusable."""
        hint = "put a text of several words in quotes, or " if message.startswith("unrecognized") else ""
        raise Unusable(f"{' '.join(message.split())}: {hint}see `{self.prog} --help`")


def command(subparsers: Any, name: str, summary: str, examples: str) -> argparse.ArgumentParser:
    """A sub-command whose --help ends with examples."""
    added: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return added


def add_rules(parser: argparse.ArgumentParser) -> None:
    """--rules, for commands that read packs."""
    parser.add_argument(
        "--rules", action="append", default=[], metavar="DIR", help="a folder with further packs (may be repeated)"
    )


def knowledge(arguments: argparse.Namespace) -> Knowledge:
    """The packs, with a line on stderr when they have to be compiled. Raises Unusable with every problem."""
    from keymedic.knowledge import store
    from keymedic.knowledge.problems import PackError

    try:
        return store.load(folders(arguments), progress=progress)
    except PackError as error:
        raise Unusable("the packs cannot be used:\n" + str(error)) from None


def folders(arguments: argparse.Namespace) -> list[Path]:
    """The user's own folder of packs and those of --rules. Raises Unusable for one that does not exist."""
    own = paths.user_rules()
    if own and not own.is_dir():
        raise Unusable(f"KEYMEDIC_RULES_DIR: there is no folder {own}")
    chosen = [Path(folder) for folder in arguments.rules]
    for folder in chosen:
        if not folder.is_dir():
            raise Unusable(f"--rules {folder}: there is no such folder")
    return [own, *chosen] if own else chosen


def progress(line: str) -> None:
    """A line about what takes long, on stderr."""
    print(f"keymedic: {line}", file=sys.stderr, flush=True)


def at_keyboard() -> bool:
    """Whether a person types the input."""
    return sys.stdin is not None and sys.stdin.isatty()


def colour(stream: Any = None) -> bool:
    """Whether to print in colour: a terminal, and neither NO_COLOR nor TERM=dumb says no."""
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream is not None and stream.isatty())


def width() -> int:
    """Columns to print in: those of the terminal, 100 where there is none, never more than 120."""
    import shutil

    return max(40, min(120, shutil.get_terminal_size((100, 24)).columns))


def show(diagnosis: Diagnosis, fmt: str, *, why: bool = False) -> None:
    """Print a diagnosis in a format."""
    from keymedic.report import render

    print(render(diagnosis, fmt, why=why, colour=fmt == "term" and colour(), width=width()), end="")


def read_file(name: str) -> str:
    """The text of a file. Raises Unusable when it cannot be read, is too large or is no text."""
    path = Path(name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unusable(f"{name}: the file has more than {MAX_BYTES // 1_000_000} MB: cut out the part in question")
        return decode(path.read_bytes(), name)
    except OSError as error:
        raise Unusable(f"{name}: cannot be read: {error.strerror or error}") from None


def write_file(path: Path, text: str) -> None:
    """Write a file, with the folders that it needs. Raises Unusable when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unusable(f"{path}: cannot be written: {error.strerror or error}") from None


def read_stdin() -> str:
    """All of standard input. Raises Unusable when there is none, when it is too large or no text."""
    if sys.stdin is None:
        raise Unusable("standard input is closed: give the message as an argument or with -f FILE")
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Unusable(f"standard input has more than {MAX_BYTES // 1_000_000} MB: cut out the part in question")
    return decode(data, "standard input")


def decode(data: bytes, name: str) -> str:
    """Bytes -> text: by byte order mark, else UTF-8, else Windows-1252 with U+FFFD for what fits nothing.

    Raises Unusable for binary data.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    head = data[:65_536]
    utf8 = _mostly_utf8(head)
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    if controls * (10 if utf8 else 50) > len(head):
        raise Unusable(f"{name}: this is binary data: give the log, the message or the ticket as text")
    return data.decode("utf-8" if utf8 else "cp1252", "replace")


def _mostly_utf8(head: bytes) -> bool:
    """Broken UTF-8 is still UTF-8 when at least as many multi-byte sequences fit as do not."""
    text = head.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(ord(sign) > 127 for sign in text) - broken >= broken
