"""`keymedic`: parses the arguments, runs one command, turns errors into one line and an exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import keymedic
from keymedic.cli import commands
from keymedic.errors import Unusable

DONE, UNUSABLE, BUG = 0, 2, 3


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
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
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or DONE)
    except Unusable as error:
        print(f"keymedic: {error}", file=sys.stderr)
        return UNUSABLE
    except BrokenPipeError:  # the reader of our output went away: nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from keymedic.cli import crash

        return crash.report(error) or BUG


def _utf8() -> None:
    """Windows consoles and bare locales: write UTF-8, and never fail on a character."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
