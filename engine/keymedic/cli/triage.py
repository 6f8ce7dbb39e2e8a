"""`keymedic triage`: logs in, incidents out."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keymedic.cli import common
from keymedic.errors import Unusable

if TYPE_CHECKING:
    from keymedic.knowledge.store import Knowledge
    from keymedic.triage.conclude import Outcome
    from keymedic.triage.options import Options

FOUND = 10
"""Exit status with --fail-on-incident when there is a key problem."""
FORMATS = ("term", "json")
LOGS = ("plain", "jsonl", "csv", "docker", "journald", "syslog")
EXAMPLES = """\
  keymedic triage bot.log --out found
  keymedic triage /var/log/bots '*.log.gz' --out found --since 2026-11-20
  journalctl -o json | keymedic triage - --format json | jq '.incidents[].title'
  keymedic triage /var/log/bots/*.log --follow
  keymedic triage --out found --merge i-1f2e3d4c5b i-0a1b2c3d4e"""


def configure(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "triage", "Read gigabytes of logs: which worker has which key problem, since when.", EXAMPLES
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files, folders, globs; - reads standard input")
    parser.add_argument(
        "--out", metavar="DIR", help="write report.html, incidents and unknown messages into this folder"
    )
    parser.add_argument("--format", choices=FORMATS, default="term", help="how to print (default: term)")
    parser.add_argument("--log-format", choices=LOGS, default="", help="read all inputs so, whatever they look like")
    parser.add_argument("--jobs", type=int, metavar="N", help="worker processes (default: one for each core)")
    parser.add_argument("--since", metavar="TIME", help="leave out what happened before: 2026-11-20T10:00, or 2h")
    parser.add_argument("--until", metavar="TIME", help="leave out what happened after")
    parser.add_argument(
        "--timezone", metavar="ZONE", default="UTC", help="zone of stamps that name none (default: UTC)"
    )
    parser.add_argument(
        "--gap", metavar="TIME", default="1h", help="quiet after which an incident is over (default: 1h)"
    )
    parser.add_argument("--exchange", metavar="ID", default="", help="only incidents at this exchange")
    parser.add_argument("--cause", metavar="ID", default="", help="only incidents with this cause")
    parser.add_argument("--min-probability", type=float, metavar="P", default=0.0, help="only from this probability on")
    parser.add_argument(
        "--fail-on-incident", action="store_true", help=f"exit with {FOUND} when there is a key problem"
    )
    parser.add_argument("--follow", action="store_true", help="go on reading what is added, like tail -F")
    parser.add_argument("--spark", metavar="MASTER", help="scan on a Spark cluster (needs keymedic[spark])")
    parser.add_argument("--merge", nargs="+", metavar="ID", help="with --out: from now on these incidents are one")
    parser.add_argument(
        "--split", nargs=2, metavar=("ID", "FIELD"), help="with --out: tell an incident apart by a field"
    )
    common.add_rules(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Triage and print."""
    out = Path(arguments.out) if arguments.out else None
    if arguments.merge or arguments.split:
        return _regroup(arguments, out)
    if not arguments.paths:
        raise Unusable("nothing to read: name files or folders with logs, or - for standard input")
    options = _options(arguments)
    knowledge = common.knowledge(arguments)
    options = _known(options, knowledge)
    if arguments.follow:
        from keymedic.triage.following import follow

        if out or arguments.spark:
            raise Unusable("--follow prints what it finds: leave out --out and --spark")
        found = FOUND if arguments.fail_on_incident else 0
        return follow.run(arguments.paths, knowledge, options, arguments.format, found=found)
    outcome = _triage(arguments, out, knowledge, options)
    _show(arguments, outcome, out)
    return FOUND if arguments.fail_on_incident and any(one.key_problem for one in outcome.incidents) else 0


def _triage(arguments: argparse.Namespace, out: Path | None, knowledge: Knowledge, options: Options) -> Outcome:
    if arguments.spark:
        from keymedic.triage.cluster import spark

        return spark.triage(arguments.paths, out, knowledge, master=arguments.spark, options=options)
    from keymedic.triage import run as local

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    bar = _Bar() if sys.stderr is not None and sys.stderr.isatty() else None
    try:
        return local.triage(
            arguments.paths, out, knowledge, jobs=arguments.jobs or cores, options=options,
            progress=bar, stdin=stdin,
        )  # fmt: skip
    except OSError as error:  # what cannot be read is a problem of its input and no error
        if out is None:
            raise
        raise Unusable(f"{out}: the results cannot be written: {error.strerror or error}") from None
    finally:
        if bar:
            bar.clear()


def _known(options: Options, knowledge: Knowledge) -> Options:
    """The options with an exchange's id for its alias. An id that no pack knows is noted on stderr."""
    import difflib

    import msgspec

    exchange = knowledge.resolve("exchange", options.exchange) if options.exchange else ""
    if exchange is None:
        _note("exchange", options.exchange, knowledge.suggest("exchange", options.exchange))
    if options.cause and options.cause not in knowledge.causes:
        _note("cause", options.cause, difflib.get_close_matches(options.cause, list(knowledge.causes), n=2))
    return msgspec.structs.replace(options, exchange=exchange or options.exchange)


def _note(kind: str, name: str, close: list[str]) -> None:
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    print(f"keymedic: no pack knows the {kind} {name!r}{hint}", file=sys.stderr)


def _options(arguments: argparse.Namespace) -> Options:
    """The options of a run. Raises Unusable."""
    from keymedic.triage import options
    from keymedic.triage.scanning.stamps import zone

    try:
        zone(arguments.timezone)
    except ValueError as error:
        raise Unusable(str(error)) from None
    now = time.time()
    if not 0 <= arguments.min_probability <= 1:
        raise Unusable("--min-probability: give a number from 0 to 1")
    if arguments.jobs is not None and arguments.jobs < 1:
        raise Unusable("--jobs: give a number from 1 on")
    since = options.time(arguments.since, arguments.timezone, now) if arguments.since else None
    until = options.time(arguments.until, arguments.timezone, now) if arguments.until else None
    if since is not None and until is not None and since > until:
        raise Unusable("--since is later than --until: nothing can lie between them")
    return options.Options(
        format=arguments.log_format,
        zone=arguments.timezone,
        gap=options.length(arguments.gap),
        since=since,
        until=until,
        exchange=arguments.exchange,
        cause=arguments.cause,
        min_probability=arguments.min_probability,
    )


def _show(arguments: argparse.Namespace, outcome: Outcome, out: Path | None) -> None:
    if arguments.format == "json":
        import msgspec

        found = {"run": outcome.run, "incidents": outcome.incidents, "unknowns": outcome.unknowns}
        print(msgspec.json.encode(found).decode())
        return
    from keymedic.triage.showing import report

    print(
        report.term(
            outcome.run, outcome.incidents, outcome.unknowns, colour=common.colour(), width=common.width(),
            out=str(out) if out else "",
        ),
        end="",
    )  # fmt: skip


def _regroup(arguments: argparse.Namespace, out: Path | None) -> int:
    """Keep a rule for the next run."""
    from keymedic.triage.meaning import regroup

    if out is None or arguments.paths:
        raise Unusable("--merge and --split change the grouping of an earlier run: give --out DIR and no logs")
    done = regroup.merge(out, arguments.merge) if arguments.merge else regroup.split(out, *arguments.split)
    print(f"{done} {out / regroup.NAME}; that counts from the next run on")
    return 0


class _Bar:
    """One line on the terminal: how much is read, how fast, how long it will take."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._said = 0.0

    def __call__(self, done: int, total: int | None) -> None:
        """Say how far it is."""
        now = time.monotonic()
        if now - self._said < 0.2:
            return
        self._said = now
        rate = done / max(now - self._began, 0.001)
        line = f"{done / 1e6:,.0f} MB read, {rate / 1e6:,.0f} MB/s"
        if total and done < total:
            left = (total - done) / max(rate, 1)
            line = f"{line}, {done / total:.0%}, {left // 60:.0f}:{left % 60:02.0f} left"
        print(f"\r{line:<60}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away."""
        print(f"\r{'':<60}\r", end="", file=sys.stderr, flush=True)
