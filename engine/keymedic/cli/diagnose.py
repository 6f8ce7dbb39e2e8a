"""`keymedic diagnose`: one text, or one case a line with --jsonl."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from keymedic.cli import common
from keymedic.errors import Unusable

if TYPE_CHECKING:
    from keymedic.diagnosis import Diagnosis

FORMATS = ("term", "md", "html", "json", "reply", "note")
EXAMPLES = """\
  keymedic diagnose 'kucoin {"code":"400003","msg":"KC-API-KEY not exists"}'
  keymedic diagnose -f bot.log --exchange binance --source freqtrade
  pbpaste | keymedic diagnose - --format reply
  keymedic diagnose "wallet stopped syncing" --source cointracker --answer base.changed_login=yes
  keymedic diagnose --jsonl < cases.jsonl > diagnoses.jsonl"""


def configure(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "diagnose", "Find the cause in a message, log, traceback or ticket, and the fix.", EXAMPLES
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("text", nargs="?", metavar="TEXT", help="the message itself; - reads standard input")
    what.add_argument("-f", "--file", metavar="FILE", help="a text, log or HAR file")
    what.add_argument(
        "--jsonl", action="store_true", help="standard input: one case a line; output: one diagnosis a line"
    )
    parser.add_argument("--exchange", metavar="ID", help="the exchange (ccxt's id); recognised in the text otherwise")
    parser.add_argument("--source", metavar="ID", help="the tool or operator that uses the key")
    parser.add_argument(
        "--answer", action="append", default=[], metavar="ID=VALUE", help="answer to a question (may be repeated)"
    )
    parser.add_argument("--format", choices=FORMATS, help="how to print (default: term, with --jsonl json)")
    parser.add_argument("--why", action="store_true", help="all evidence, near misses, what would change the verdict")
    common.add_rules(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Diagnose and print."""
    if arguments.jsonl:
        from keymedic.cli import jsonl

        return jsonl.run(arguments)
    text = _input(arguments)
    answers = parse_answers(arguments.answer)
    knowledge = common.knowledge(arguments)
    from keymedic import case

    diagnosis = case.diagnose(
        text, knowledge, exchange=arguments.exchange, source=arguments.source, answers=answers, why=arguments.why
    )
    note_unknown_ids(diagnosis)
    common.show(diagnosis, arguments.format or "term", why=arguments.why)
    return 0


def note_unknown_ids(diagnosis: Diagnosis, prefix: str = "") -> None:
    """Ids that no pack knows, one line each on stderr."""
    for notice in diagnosis.notices:
        if notice.kind == "unknown_id":
            print(f"keymedic: {prefix}{notice.text}", file=sys.stderr)


def parse_answers(given: list[str]) -> dict[str, str]:
    """ID=VALUE arguments as a dict. Raises Unusable for one without an equals sign."""
    answers = {}
    for item in given:
        name, sign, value = item.partition("=")
        if not sign:
            raise Unusable(f"answer {item!r}: write it as ID=VALUE, for example base.changed_login=yes")
        answers[name.strip()] = value.strip()
    return answers


def _input(arguments: argparse.Namespace) -> str:
    if arguments.file:
        return common.read_file(arguments.file)
    if arguments.text is not None and arguments.text != "-":
        return common.decode(os.fsencode(arguments.text), "the argument")
    if arguments.text is None and common.at_keyboard():
        raise Unusable("nothing to diagnose: give the message as an argument, -f FILE, or - and paste it")
    return common.read_stdin()
