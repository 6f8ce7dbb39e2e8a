"""`keymedic packs list` and `keymedic packs show`."""

from __future__ import annotations

import argparse

from keymedic.cli import common


def add_list(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `list`."""
    common.add_rules(parser)
    parser.set_defaults(run=_list)


def add_show(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `show`."""
    parser.add_argument("names", nargs="+", metavar="NAME", help="id of a pack, symptom, cause or question")
    common.add_rules(parser)
    parser.set_defaults(run=_show)


def _list(arguments: argparse.Namespace) -> int:
    knowledge = common.knowledge(arguments)
    heads = sorted(knowledge.index.heads.values(), key=lambda head: (head.kind, head.id))
    width = max(len(head.id) for head in heads)
    for head in heads:
        count = f"{head.symptoms:4} {'symptom' if head.symptoms == 1 else 'symptoms':8}"
        state = f"{head.version:7}  {head.status:10}  {count}"
        print(f"{head.kind:8}  {head.id:{width}}  {state}  {head.name}")
    symptoms = sum(head.symptoms for head in heads)
    print(f"{len(heads)} packs, {symptoms} symptoms, {len(knowledge.causes)} causes")
    for line in knowledge.index.local:
        print(f"local: {line}")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from keymedic.cli.describe import describe

    knowledge = common.knowledge(arguments)
    for name in arguments.names:
        print(describe(knowledge, name))
    return 0
