"""`keymedic evaluate`: how good the packs are on labelled cases."""

from __future__ import annotations

import argparse
from typing import Any

from keymedic.cli import common

EXAMPLES = """\
  keymedic evaluate cases.jsonl                     table: overall, per exchange, per kind, misses
  keymedic evaluate cases.jsonl --format json       the same for machines
  keymedic evaluate cases.jsonl --only binance,okx  cases of these exchanges or sources only"""


def configure(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "evaluate", "Measure diagnoses on labelled cases.", EXAMPLES)
    parser.add_argument("cases", metavar="CASES.jsonl", help="one labelled case a line (schema/case.schema.json)")
    parser.add_argument("--format", choices=("term", "json"), default="term", help="how to print (default: term)")
    parser.add_argument("--only", default="", metavar="IDS", help="exchanges and sources, separated by commas")
    common.add_rules(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Diagnose every case and compare."""
    import msgspec

    from keymedic import evaluation

    knowledge = common.knowledge(arguments)
    cases = evaluation.read(common.read_file(arguments.cases), arguments.cases)
    only = frozenset(name for name in arguments.only.split(",") if name)
    judged = evaluation.judge(knowledge, evaluation.select(knowledge, cases, only))
    summary = evaluation.summarise(judged)
    if arguments.format == "json":
        print(msgspec.json.format(msgspec.json.encode(summary), indent=2).decode())
    else:
        print("\n".join(evaluation.table(summary)))
    return 0
