"""`keymedic packs`: list, show, check and test the rule packs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keymedic.cli import common
from keymedic.errors import Unusable
from keymedic.knowledge.problems import Problem

EXAMPLES = """\
  keymedic packs list                     every pack with version and size
  keymedic packs show kucoin              what a pack knows
  keymedic packs show key.expired         what a cause, symptom or question means
  keymedic packs check                    all packs: form, names, patterns
  keymedic packs check my/pack.yaml       one file against all others
  keymedic packs test                     all examples and counterexamples
  keymedic packs test kucoin              those of one pack"""


def configure(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "packs", "List, show, check and test the rule packs.", EXAMPLES)
    actions = parser.add_subparsers(dest="action", metavar="list|show|check|test", required=True)
    for name, run, summary in (
        ("list", _list, "Every pack with version, status and number of symptoms."),
        ("show", _show, "What a pack, symptom, cause or question says."),
        ("check", _check, "Form, names, patterns; every problem as file:line:col."),
        ("test", _test, "Run the packs' own examples and counterexamples."),
    ):
        action = common.command(actions, name, summary, _examples(name))
        common.add_rules(action)
        if name != "list":
            many = "NAME" if name != "check" else "FILE"
            action.add_argument("names", nargs="+" if name == "show" else "*", metavar=many)
        action.set_defaults(run=run)


def _examples(action: str) -> str:
    return "\n".join(line for line in EXAMPLES.splitlines() if f" packs {action} " in line)


def _list(arguments: argparse.Namespace) -> int:
    knowledge = common.knowledge(arguments)
    heads = sorted(knowledge.index.heads.values(), key=lambda head: (head.kind, head.id))
    width = max(len(head.id) for head in heads)
    for head in heads:
        state = f"{head.version:7}  {head.status:8}  {head.symptoms:4} symptoms"
        print(f"{head.kind:8}  {head.id:{width}}  {state}  {head.name}")
    symptoms = sum(head.symptoms for head in heads)
    print(f"{len(heads)} packs, {symptoms} symptoms, {len(knowledge.causes)} causes")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from keymedic.cli.describe import describe

    knowledge = common.knowledge(arguments)
    for name in arguments.names:
        print(describe(knowledge, name))
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from keymedic import paths
    from keymedic.knowledge import lint
    from keymedic.knowledge.load import Library, files, read_all

    folders = [paths.rules(), *common.folders(arguments)]
    extra = [Path(name) for name in arguments.names]
    for path in extra:
        if not path.exists():
            raise Unusable(f"{path}: there is no such file")
    every = [*files(folders), *(p for p in extra if not any(p.resolve().is_relative_to(f.resolve()) for f in folders))]
    documents, problems = read_all(every, folders)
    if not problems or extra:
        problems += lint.check(Library(documents))
    if extra:
        wanted = {str(path.resolve()) for path in extra}
        problems = [p for p in problems if str(Path(p.file).resolve()) in wanted]
    return _report(problems, f"{len(extra) or len(every)} files checked")


def _test(arguments: argparse.Namespace) -> int:
    from keymedic import paths
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


def _report(problems: Sequence[Problem], said: str) -> int:
    for problem in sorted(problems):
        print(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    print(f"{said}: {errors or 'no'} error{'s' * (errors != 1)}", file=sys.stderr)
    return 2 if errors else 0
