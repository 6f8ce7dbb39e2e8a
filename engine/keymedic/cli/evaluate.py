"""`keymedic evaluate`: how good the packs are on labelled cases."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from keymedic.cli import common
from keymedic.errors import Unusable

if TYPE_CHECKING:
    from keymedic.evaluation import LabelledCase
    from keymedic.knowledge.store import Knowledge

EXAMPLES = """\
  keymedic evaluate cases.jsonl                     table: overall, per exchange, per kind, misses
  keymedic evaluate cases.jsonl --format json       the same for machines
  keymedic evaluate cases.jsonl --only binance,okx  cases of these exchanges or sources only
  keymedic evaluate cases.jsonl --ask               how many questions until the true cause leads"""


def configure(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "evaluate", "Measure diagnoses on labelled cases.", EXAMPLES)
    parser.add_argument("cases", metavar="CASES.jsonl", help="one labelled case a line (schema/case.schema.json)")
    parser.add_argument("--format", choices=("term", "json"), default="term", help="how to print (default: term)")
    parser.add_argument("--only", default="", metavar="IDS", help="exchanges and sources, separated by commas")
    parser.add_argument("--ask", action="store_true", help="also play the asking: how many questions it takes")
    common.add_rules(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Diagnose every case and compare."""
    import msgspec

    from keymedic import asking, evaluation

    knowledge = common.knowledge(arguments)
    cases = evaluation.read(common.read_file(arguments.cases), arguments.cases)
    _note_unknown_causes(knowledge, cases)
    only = frozenset(name for name in arguments.only.split(",") if name)
    chosen = evaluation.select(knowledge, cases, only)
    if not chosen:
        raise Unusable(f"{arguments.cases}: no case is of {arguments.only}")
    judged = evaluation.judge(knowledge, chosen)
    summary = evaluation.summarise(judged)
    asked = asking.simulate(knowledge, chosen) if arguments.ask else None
    if arguments.format == "json":
        told = {**msgspec.to_builtins(summary), **({"asking": msgspec.to_builtins(asked)} if asked else {})}
        print(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    else:
        print("\n".join(evaluation.table(summary)))
        if asked:
            print("", *asking.table(asked), sep="\n")
    return 0


def _note_unknown_causes(knowledge: Knowledge, cases: Sequence[LabelledCase]) -> None:
    """Labels that no cause bears, one line each on stderr: such a case can never be right."""
    import difflib

    from keymedic.evaluation import is_one_of

    labels = {label: case.id for case in reversed(cases) for label in (*case.accept, case.resolved) if label}
    for label, case in sorted(labels.items()):
        if not any(is_one_of(cause, [label]) for cause in knowledge.causes):
            close = difflib.get_close_matches(label, list(knowledge.causes), n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            print(f"keymedic: case {case}: no cause is called {label!r}{hint}", file=sys.stderr)
