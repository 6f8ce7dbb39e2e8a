"""`keymedic`: parses the arguments, runs one command, turns errors into one line and an exit status."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence

import keymedic
from keymedic.cli import commands, common
from keymedic.errors import Unusable

DONE, UNUSABLE, BUG, INTERRUPTED = 0, 2, 3, 130
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = common.Parser(
        prog="keymedic",
        description="Finds out why a crypto-exchange API key does not work, and says what to do about it.",
        epilog="keymedic COMMAND --help shows examples of each command.",
    )
    top.add_argument("--version", action="version", version=f"keymedic {keymedic.__version__}")
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands.ALL:
        command.configure(subparsers)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line. Returns 0 when done, 2 for unusable input or arguments, 3 for a bug."""
    _utf8()
    try:
        arguments = parser().parse_args(argv)
        status = int(arguments.run(arguments) or DONE)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except Unusable as error:
        print(f"keymedic: {error}", file=sys.stderr)
        return UNUSABLE
    except BrokenPipeError:  # the reader of our output went away: nothing is wrong
        _drop_output()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            _drop_output()
            print(f"keymedic: the output cannot be written: {error.strerror}", file=sys.stderr)
            return UNUSABLE
        from keymedic.cli import crash

        return crash.report(error) or BUG


def _drop_output() -> None:
    """Send what is still waiting to be written nowhere, so that leaving does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _utf8() -> None:
    """Windows consoles and bare locales: read and write UTF-8, and never fail on a character."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
