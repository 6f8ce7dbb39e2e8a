"""`keymedic ask`: paste, answer, fix; in a terminal, one question at a time."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from keymedic.cli import common
from keymedic.errors import Unusable

if TYPE_CHECKING:
    from keymedic.diagnosis import Ask, Diagnosis

EXAMPLES = """\
  keymedic ask                                    paste the message, end with an empty line
  keymedic ask "invalid api key" --source altrady
  keymedic ask -f ticket.txt --exchange kraken"""
MOST_QUESTIONS = 8
_STOP = ("q", "quit", "stop")
_OPEN = ("ambiguous", "unknown")


def configure(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "ask", "Interactive: it asks its best question until one fix is enough.", EXAMPLES
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("text", nargs="?", metavar="TEXT", help="the message; asked for when it is left out")
    what.add_argument("-f", "--file", metavar="FILE", help="a text, log or HAR file")
    parser.add_argument("--exchange", metavar="ID", help="the exchange")
    parser.add_argument("--source", metavar="ID", help="the tool or operator that uses the key")
    common.add_rules(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask until the verdict stands, nothing is left to ask, or the person stops."""
    from keymedic import case

    text = common.read_file(arguments.file) if arguments.file else arguments.text or _paste()
    knowledge = common.knowledge(arguments)
    answers: dict[str, str] = {}
    while True:
        diagnosis = case.diagnose(
            text, knowledge, exchange=arguments.exchange, source=arguments.source, answers=answers
        )
        if not _open_questions(diagnosis) or len(answers) >= MOST_QUESTIONS:
            break
        _so_far(diagnosis)
        value = _put(diagnosis.questions[0])
        if value is None:
            break
        answers[diagnosis.questions[0].id] = value
    common.show(diagnosis, "term")
    return 0


def _open_questions(diagnosis: Diagnosis) -> bool:
    """Whether another answer could still change what to do."""
    return bool(diagnosis.questions) and diagnosis.verdict in _OPEN


def _paste() -> str:
    """The message, typed or pasted; ends with an empty line or the end of input."""
    if sys.stdin.isatty():
        print("Paste the message, the log or the customer's words; end with an empty line:")
    lines: list[str] = []
    for line in sys.stdin:
        if not line.strip() and lines:
            break
        lines.append(line)
    if not "".join(lines).strip():
        raise Unusable("nothing to diagnose: paste the message, or give it as an argument")
    return "".join(lines)


def _so_far(diagnosis: Diagnosis) -> None:
    likely = [f"{cause.title} {cause.probability:.0%}" for cause in diagnosis.causes[:3] if cause.id != "unknown"]
    if likely:
        print(f"\nSo far: {', '.join(likely)}")


def _put(question: Ask) -> str | None:
    """Ask one question. Returns the outcome's id, or None when the person stops."""
    print(f"\n{question.text}")
    for number, outcome in enumerate(question.outcomes, start=1):
        print(f"  {number}  {outcome.label}")
    choices = {str(number): outcome.id for number, outcome in enumerate(question.outcomes, start=1)}
    choices |= {outcome.id.lower(): outcome.id for outcome in question.outcomes}
    choices |= {outcome.label.lower(): outcome.id for outcome in question.outcomes}
    while True:
        print("Answer (number, or q to stop): ", end="", flush=True)
        given = sys.stdin.readline()
        if not given or given.strip().lower() in _STOP:
            print()
            return None
        chosen = choices.get(given.strip().lower())
        if chosen is not None:
            return chosen
        print(f"Please type a number from 1 to {len(question.outcomes)}.")
