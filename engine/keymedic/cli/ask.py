"""`keymedic ask`: paste, answer, fix; in a terminal, one question at a time."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from keymedic.cli import common
from keymedic.cli.diagnose import FORMATS, note_unknown_ids
from keymedic.errors import Unusable

if TYPE_CHECKING:
    from keymedic.diagnosis import Ask, Diagnosis

EXAMPLES = """\
  keymedic ask                                    paste the message, end with an empty line
  keymedic ask "invalid api key" --source altrady
  keymedic ask -f ticket.txt --exchange kraken --format reply"""
MOST_QUESTIONS = 8
_STOP = ("q", "quit", "stop")
_OPEN = ("ambiguous", "unknown")
_PAUSE = 0.3
"""Seconds without further lines after which an empty line ends what was pasted."""


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
    parser.add_argument("--format", choices=FORMATS, default="term", help="how to print the end (default: term)")
    common.add_rules(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask until the verdict stands, nothing is left to ask, or the person stops."""
    from keymedic import case

    knowledge = common.knowledge(arguments)  # first, so that nothing comes between the message and the question
    text = _text(arguments)
    answers: dict[str, str] = {}
    while True:
        diagnosis = case.diagnose(
            text, knowledge, exchange=arguments.exchange, source=arguments.source, answers=answers
        )
        if not answers:
            note_unknown_ids(diagnosis)
        if not _open_questions(diagnosis) or len(answers) >= MOST_QUESTIONS:
            break
        _say(f"\n{_so_far(diagnosis)}")
        value = _put(diagnosis.questions[0])
        if value is None:
            break
        answers[diagnosis.questions[0].id] = value
    _say()
    common.show(diagnosis, arguments.format)
    return 0


def _open_questions(diagnosis: Diagnosis) -> bool:
    """Whether another answer could still change what to do."""
    return bool(diagnosis.questions) and diagnosis.verdict in _OPEN


def _say(line: str = "", end: str = "\n") -> None:
    """The conversation goes to stderr, so that the report alone can be sent into a file or a pipe."""
    print(line, end=end, file=sys.stderr, flush=True)


def _text(arguments: argparse.Namespace) -> str:
    if arguments.file:
        return common.read_file(arguments.file)
    if arguments.text is not None and arguments.text != "-":
        return common.decode(os.fsencode(arguments.text), "the argument")
    return _paste() if common.at_keyboard() else common.read_stdin()


def _paste() -> str:
    """The message, typed or pasted; ends with the end of input or an empty line with nothing right behind it."""
    _say("Paste the message, the log or the customer's words; end with an empty line:")
    lines: list[str] = []
    for line in sys.stdin:
        if not line.strip() and lines and not _more_comes():
            break
        if line.strip() or lines:
            lines.append(line)
    if not lines:
        raise Unusable("nothing to diagnose: paste the message, or give it as an argument")
    return "".join(lines)


def _more_comes() -> bool:
    """Whether further lines wait: an empty line in the middle of a paste does not end it."""
    try:
        import select

        return bool(select.select([sys.stdin], [], [], _PAUSE)[0])
    except OSError:  # Windows selects sockets only: the first empty line ends the message
        return False


def _so_far(diagnosis: Diagnosis) -> str:
    if diagnosis.causes[0].id == "unknown":
        return "So far: nothing is clear yet"
    likely = [f"{cause.title} {round(cause.probability * 100)} %" for cause in diagnosis.causes[:3]]
    return f"So far: {', '.join(likely)}"


def _put(question: Ask) -> str | None:
    """Ask one question. Returns the outcome's id, or None when the person stops."""
    _say(f"\n{question.text}")
    for number, outcome in enumerate(question.outcomes, start=1):
        _say(f"  {number}  {outcome.label}")
    choices = {outcome.label.lower(): outcome.id for outcome in question.outcomes}
    choices |= {outcome.id.lower(): outcome.id for outcome in question.outcomes}
    choices |= {str(number): outcome.id for number, outcome in enumerate(question.outcomes, start=1)}
    while True:
        _say("Answer (number, or q to stop): ", end="")
        given = sys.stdin.readline() if sys.stdin else ""
        if not given or given.strip().lower() in _STOP:
            _say("" if given else "\nNo more answers; this is what is known:")
            return None
        chosen = choices.get(given.strip().lower())
        if chosen is not None:
            return chosen
        _say(f"Please type a number from 1 to {len(question.outcomes)}.")
