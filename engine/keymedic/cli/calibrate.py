"""`keymedic calibrate`: priors re-estimated from closed cases, to be copied into rules/base/causes.yaml."""

from __future__ import annotations

import argparse
from typing import Any

from keymedic.cli import common

EXAMPLES = """\
  keymedic calibrate closed.jsonl                 old and new prior of every cause
  keymedic calibrate closed.jsonl --format json   the same for machines"""


def configure(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "calibrate", "Re-estimate the causes' priors from closed cases.", EXAMPLES)
    parser.add_argument("cases", metavar="CASES.jsonl", help="labelled cases; those with `resolved` count")
    parser.add_argument("--format", choices=("term", "json"), default="term", help="how to print (default: term)")
    common.add_rules(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the priors; files are never changed."""
    import msgspec

    from keymedic import calibration, evaluation

    knowledge = common.knowledge(arguments)
    cases = evaluation.read(common.read_file(arguments.cases), arguments.cases)
    result = calibration.calibrate(knowledge, cases)
    if arguments.format == "json":
        print(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
        return 0
    print(f"{result.cases} closed cases. Bits of surprise per left-out case (five-fold; less is better):")
    print(f"{result.loss_before:.2f} with the present priors, {result.loss_after:.2f} with re-estimated ones.")
    better = result.loss_after < result.loss_before
    print("Worth putting into rules/base/causes.yaml:" if better else "No better: keep the present ones.")
    for cause in sorted(result.priors, key=lambda name: -result.priors[name]):
        print(f"  {cause:34} {result.before[cause]:.4f} -> {result.priors[cause]:.4f}")
    return 0
