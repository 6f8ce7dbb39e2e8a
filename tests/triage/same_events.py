"""The same events as every kind of log: plain, JSON lines, tables, Docker, journald, syslog, wrapped, encodings."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from keymedic.knowledge.store import Knowledge
from keymedic.triage import run
from keymedic.triage.conclude import Outcome
from keymedic.triage.options import Options
from keymedic.triage.records import Incident

BEGIN = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
BINANCE = 'binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}'
KUCOIN = 'kucoin {"code":"400003","msg":"KC-API-KEY not exists"}'
KRAKEN = 'kraken {"error":["EAPI:Invalid nonce"]}'
OKX = 'okx {"msg":"Your IP 203.0.113.9 is not included in your API key\'s IP whitelist.","code":"50110"}'
WORKERS = (("anna-1", BINANCE), ("bruno-2", KUCOIN), ("clara-3", KRAKEN), ("dora-4", OKX))
TRACE = """\
sync of account={worker} failed
Traceback (most recent call last):
  File "/srv/bots/sync.py", line 88, in refresh
    balance = await self.client.fetch_balance()
  File "/srv/bots/ccxt/base/exchange.py", line 5921, in handle_errors
    raise self.failure(feedback)
ccxt.base.errors.{kind}: {answer}"""
ORDINARY = (
    "heartbeat of account={worker}: all markets are up",
    "order 8{number:04} of account={worker} filled at 61250.5",
    "Währungen geladen für account={worker}: 412",
    "candles of BTC/USDT refreshed for account={worker} in 31 ms",
)


class Event(NamedTuple):
    """One record: when, how loud, and what it says in one line or several."""

    at: datetime
    level: str
    logger: str
    text: str


def events(count: int = 400) -> list[Event]:
    """Ordinary records with key problems of four workers among them, a few seconds apart."""
    made = []
    for number in range(count):
        at = BEGIN + timedelta(seconds=7 * number)
        worker, answer = WORKERS[number % len(WORKERS)]
        if number % 10 == 3:
            kind = "PermissionDenied" if answer is OKX else "AuthenticationError"
            text, level = TRACE.format(worker=worker, kind=kind, answer=answer), "ERROR"
        elif number % 10 == 6:
            text, level = f"fetch_balance for account={worker} refused: {answer}", "ERROR"
        else:
            text, level = ORDINARY[number % len(ORDINARY)].format(worker=worker, number=number), "INFO"
        made.append(Event(at, level, "bots.sync", text))
    return made


def plain(made: list[Event]) -> str:
    return "".join(f"{one.at:%Y-%m-%d %H:%M:%S},000 {one.level} {one.logger}: {one.text}\n" for one in made)


def json_lines(made: list[Event]) -> str:
    return _each(
        {"time": f"{one.at:%Y-%m-%dT%H:%M:%S}Z", "level": one.level, "logger": one.logger, "message": one.text}
        for one in made
    )


def table(made: list[Event]) -> str:
    """A table with a message column; the fields with tracebacks run over several lines."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["time", "level", "logger", "message"])
    writer.writerows([f"{one.at:%Y-%m-%dT%H:%M:%S}Z", one.level, one.logger, one.text] for one in made)
    return file.getvalue()


def docker(made: list[Event]) -> str:
    return _each(
        {"log": f"{line}\n", "stream": "stderr", "time": f"{one.at:%Y-%m-%dT%H:%M:%S}.000000000Z"}
        for one in made
        for line in f"{one.level} {one.logger}: {one.text}".split("\n")
    )


def journald(made: list[Event]) -> str:
    return _each(
        {
            "__REALTIME_TIMESTAMP": str(int(one.at.timestamp() * 1_000_000)),
            "_HOSTNAME": "fra1",
            "_SYSTEMD_UNIT": "bots.service",
            "_PID": "712",
            "MESSAGE": f"{one.level} {one.logger}: {one.text}",
        }
        for one in made
    )


def syslog(made: list[Event]) -> str:
    """RFC 3164 with ISO times: every line of a traceback is a record of its own."""
    return "".join(
        f"{one.at:%Y-%m-%dT%H:%M:%S}.000000+00:00 fra1 bots[712]: {line}\n"
        for one in made
        for line in f"{one.level} {one.logger}: {one.text}".split("\n")
    )


def wrapped(made: list[Event], width: int) -> str:
    """As a terminal of this width shows it, which cuts lines wherever they are full."""
    return "".join(
        f"{line[at : at + width]}\n" for line in plain(made).splitlines() for at in range(0, max(len(line), 1), width)
    )


LOGS: dict[str, Callable[[list[Event]], bytes]] = {
    "json lines": lambda made: json_lines(made).encode(),
    "table": lambda made: table(made).encode(),
    "table of Excel": lambda made: table(made).replace("\n", "\r\n").encode("utf-8-sig"),
    "docker": lambda made: docker(made).encode(),
    "journald": lambda made: journald(made).encode(),
    "syslog": lambda made: syslog(made).encode(),
    "utf-8 with a mark": lambda made: plain(made).encode("utf-8-sig"),
    "utf-16 with a mark": lambda made: plain(made).encode("utf-16"),
    "utf-16 big-endian, no mark": lambda made: plain(made).encode("utf-16-be"),
    "cp1252": lambda made: plain(made).encode("cp1252"),
    "windows line ends": lambda made: plain(made).replace("\n", "\r\n").encode(),
    "wrapped at 80": lambda made: wrapped(made, 80).encode(),
    "wrapped at 120": lambda made: wrapped(made, 120).encode(),
}
SAME_LINES = frozenset(
    {"utf-8 with a mark", "utf-16 with a mark", "utf-16 big-endian, no mark", "cp1252", "windows line ends"}
)
"""Logs whose lines are those of the plain one."""


def triaged(path: Path | str, knowledge: Knowledge, *, jobs: int = 1, **options: Any) -> Outcome:
    """A triage that writes nothing."""
    return run.triage([str(path)], None, knowledge, jobs=jobs, options=Options(**options))


def told(incidents: list[Incident]) -> list[tuple[Any, ...]]:
    """What incidents say, but for the names of files and for lines."""
    return sorted(
        (
            *(one.worker, one.exchange and one.exchange.id, one.source and one.source.id, one.cause),
            *(one.key_problem, one.state, one.first_seen, one.last_seen, one.count),
            tuple((window.first, window.last, window.count) for window in one.windows),
        )
        for one in incidents
    )


def lines(incidents: list[Incident]) -> list[tuple[Any, ...]]:
    """Where the samples of incidents stand."""
    return sorted((one.worker, one.cause, *(sample.line for sample in one.samples)) for one in incidents)


def _each(records: Iterator[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records)
