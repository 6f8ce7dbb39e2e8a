"""`keymedic packs check` and `keymedic packs test`."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

from keymedic import paths
from keymedic.cli import common
from keymedic.errors import Unusable
from keymedic.knowledge.problems import Problem


def add_check(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `check`."""
    parser.add_argument("names", nargs="*", metavar="FILE", help="only these files, against all packs")
    parser.add_argument("--strict", action="store_true", help="warnings count as errors")
    common.add_rules(parser)
    parser.set_defaults(run=_check)


def add_test(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `test`."""
    parser.add_argument("names", nargs="*", metavar="PACK", help="only the examples of these packs")
    common.add_rules(parser)
    parser.set_defaults(run=_test)


def _check(arguments: argparse.Namespace) -> int:
    from keymedic.knowledge import advice, lint
    from keymedic.knowledge.load import Library, files, read_all

    folders = [paths.rules(), *common.folders(arguments)]
    extra = [Path(name) for name in arguments.names]
    for path in extra:
        if not path.exists():
            raise Unusable(f"{path}: there is no such file")
    every = [*files(folders), *(p for p in extra if not any(p.resolve().is_relative_to(f.resolve()) for f in folders))]
    read = read_all(every, folders)
    problems = list(read.problems)
    if not problems or extra:
        library = Library(read)
        problems += lint.check(library) + advice.advise(library, datetime.date.today())
    if extra:
        wanted = {str(path.resolve()) for path in extra}
        problems = [p for p in problems if str(Path(p.file).resolve()) in wanted]
    return _report(problems, f"{len(extra) or len(every)} files checked", strict=arguments.strict)


def _test(arguments: argparse.Namespace) -> int:
    from keymedic.knowledge import examples
    from keymedic.knowledge.load import library

    knowledge = common.knowledge(arguments)
    for name in arguments.names:
        if name not in knowledge.index.heads:
            raise Unusable(f"there is no pack {name!r}: see `keymedic packs list`")
    packs = library([paths.rules(), *common.folders(arguments)])
    names = arguments.names or list(packs.documents)
    tally = examples.test(knowledge, packs, names)
    said = f"{len(names)} packs, {tally.examples} examples, {tally.counterexamples} counterexamples"
    return _report(tally.problems, said)


def _report(problems: Sequence[Problem], said: str, *, strict: bool = False) -> int:
    for problem in sorted(problems):
        print(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    told = f"{errors or 'no'} error{'s' * (errors != 1)}"
    if warnings:
        told += f", {warnings} warning{'s' * (warnings != 1)}"
    print(f"{said}: {told}", file=sys.stderr)
    return 2 if errors or (strict and warnings) else 0
