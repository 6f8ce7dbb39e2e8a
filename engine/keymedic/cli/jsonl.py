"""`keymedic diagnose --jsonl`: one case a line in, one diagnosis a line out, in the same order."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import msgspec

from keymedic import case
from keymedic.cli import common
from keymedic.cli.diagnose import note_unknown_ids, parse_answers
from keymedic.diagnosis import Diagnosis
from keymedic.errors import Unusable
from keymedic.knowledge.store import Knowledge


class CaseLine(msgspec.Struct):
    """One line of input; see schema/case.schema.json. Keys that Keymedic does not know are passed over."""

    text: str
    id: str | int | None = None
    exchange: str | None = None
    source: str | None = None
    answers: dict[str, str] = {}


class BadLine(msgspec.Struct, omit_defaults=True):
    """What is written for a line that cannot be diagnosed, so that order and number of lines stay."""

    error: str
    id: Any = None


def run(arguments: argparse.Namespace) -> int:
    """Read cases from standard input, write diagnoses to standard output. 2 when a line was unusable.

    Empty lines are passed over. Each diagnosis is written at once, so that another program can wait for it.
    """
    if arguments.format not in (None, "json"):
        raise Unusable(f"--jsonl writes JSON lines: leave out --format {arguments.format}")
    if sys.stdin is None or common.at_keyboard():
        raise Unusable("--jsonl reads standard input: keymedic diagnose --jsonl < cases.jsonl")
    answers = parse_answers(arguments.answer)
    knowledge = common.knowledge(arguments)
    decoder, encoder = msgspec.json.Decoder(CaseLine), msgspec.json.Encoder()
    from keymedic.report.machine import encode

    bad = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            record = _diagnose(knowledge, decoder.decode(line), arguments, answers, number)
            out = encode(record, indent=0).encode()
        except (msgspec.MsgspecError, Unusable, UnicodeDecodeError, RecursionError) as error:
            bad += 1
            said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            print(f"keymedic: line {number}: {said}", file=sys.stderr)
            out = encoder.encode(BadLine(error=said, id=_id(line)))
        sys.stdout.buffer.write(out.rstrip(b"\n") + b"\n")
        sys.stdout.buffer.flush()
    return 2 if bad else 0


def _diagnose(
    knowledge: Knowledge, line: CaseLine, arguments: argparse.Namespace, answers: dict[str, str], number: int
) -> Diagnosis:
    diagnosis = case.diagnose(
        line.text,
        knowledge,
        exchange=line.exchange or arguments.exchange,
        source=line.source or arguments.source,
        answers={**answers, **line.answers},
        why=arguments.why,
    )
    note_unknown_ids(diagnosis, f"line {number}: ")
    return diagnosis if line.id is None else msgspec.structs.replace(diagnosis, id=str(line.id))


def _id(line: bytes) -> Any:
    try:
        data = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return data.get("id") if isinstance(data, dict) else None
