"""Following logs: incidents as they open, close and come back."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest
from jsonschema import Draft7Validator

from keymedic import paths
from keymedic.knowledge.store import Knowledge
from keymedic.triage.following import follow
from keymedic.triage.following.follow import Clock, Follower, Printer
from keymedic.triage.following.listener import refusal
from keymedic.triage.following.tail import Tail
from keymedic.triage.options import Options
from keymedic.triage.run import triage

IP = '[{who}] kucoin {{"code":"400006","msg":"The requested ip address is not in the api whitelist"}}'
SECRET = "5f1e2d3c-aaaa-4bbb-8ccc-0123456789ab"
START = datetime(2026, 11, 21, 10, tzinfo=UTC).timestamp()
MINUTE = 60


def said(clock: FakeClock, text: str, who: str = "bot-7", after: float = 0) -> str:
    moment = datetime.fromtimestamp(clock.wall() + after, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S},000 - freqtrade.worker - ERROR - {text.format(who=who)}\n"


class FakeClock(Clock):
    """Time that only passes when it is told to."""

    def __init__(self) -> None:
        self.time = START

    def steady(self) -> float:
        return self.time

    def wall(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


class Desk:
    """A follower of one log, and what it printed."""

    def __init__(self, knowledge: Knowledge, log: Path, fmt: str = "term", **options: Any) -> None:
        self.clock, self.log = FakeClock(), log
        self.out, self.notes = io.StringIO(), io.StringIO()
        asked = Options(**options)
        printer = Printer(fmt, asked.zone, self.out, self.notes)
        self.tail = Tail([str(log)], refusal, printer.say, whole=asked.since is not None)
        self.follower = Follower(self.tail, knowledge, asked, printer, self.clock)
        self.first = self.wait(0)

    def write(self, *lines: str) -> None:
        with self.log.open("a", encoding="utf-8", newline="") as file:
            file.write("".join(lines))

    def wait(self, seconds: float) -> list[str]:
        """Let time pass; returns what was printed meanwhile."""
        self.clock.time += seconds
        self.follower.poll()
        return self.printed()

    def tell(self, text: str, who: str = "bot-7") -> list[str]:
        """Write an event; returns what is printed once it is whole."""
        self.write(said(self.clock, text, who))
        return self.wait(0.3) + self.wait(1.1)

    def printed(self) -> list[str]:
        lines = self.out.getvalue().splitlines()
        self.out.seek(0)
        self.out.truncate()
        return lines


@pytest.fixture
def desk(knowledge: Knowledge, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    log = tmp_path / "bot.log"
    desks: list[Desk] = []

    def begin(fmt: str = "term", **options: Any) -> Desk:
        if not log.exists():
            log.write_text("2026-11-21 09:00:00,000 - freqtrade.worker - INFO - started\n")
        desks.append(Desk(knowledge, log, fmt, **options))
        return desks[-1]

    yield begin
    for one in desks:
        one.tail.close()


def events(lines: list[str]) -> list[str]:
    return [line[21:28].strip() for line in lines]


def test_an_incident_opens_in_one_line(desk: Callable[..., Desk]) -> None:
    (line,) = desk().tell(IP)
    assert line.startswith(
        "2026-11-21 10:00:00  OPEN     bot-7  KuCoin in Freqtrade  address not on the key's list 99 %"
    )
    assert '"400006","msg":"The requested ip address is not in the api whitelist"' in line
    assert "  do: In Freqtrade: " in line


def test_repeated_events_are_counted_not_printed(desk: Callable[..., Desk]) -> None:
    one = desk()
    one.tell(IP)
    assert [one.tell(IP) for _ in range(20)] == [[]] * 20
    one.write(*[said(one.clock, IP)] * 100)
    assert events(one.wait(0.3) + one.wait(1.1)) == ["STILL"]


def test_it_closes_after_quiet_and_comes_back(desk: Callable[..., Desk]) -> None:
    one = desk()
    one.tell(IP)
    one.clock.time += 10 * MINUTE
    one.tell(IP)
    assert one.wait(59 * MINUTE) == []
    (closed,) = one.wait(2 * MINUTE)
    assert events([closed]) == ["CLOSED"]
    assert closed.endswith("2 events in 10 min 1 s")
    assert events(one.tell(IP)) == ["BACK"]


def test_quiet_is_measured_in_the_log_too(desk: Callable[..., Desk]) -> None:
    one = desk()
    one.write(
        said(one.clock, IP),
        said(one.clock, IP, after=30 * MINUTE),
        said(one.clock, "all is well", after=100 * MINUTE),
        said(one.clock, IP, after=101 * MINUTE),
    )
    found = one.wait(0.3) + one.wait(1.1)
    assert events(found) == ["OPEN", "CLOSED", "BACK"]
    assert found[1].endswith("2 events in 30 min 0 s")


def test_a_stamp_far_ahead_does_not_end_everything_for_ever(desk: Callable[..., Desk]) -> None:
    one = desk()
    one.tell(IP)
    one.write(said(one.clock, "clock gone wild", after=10**8))
    assert events(one.wait(0.3)) == ["CLOSED"]
    assert events(one.tell(IP) + one.tell(IP) + one.tell(IP)) == ["BACK"]
    assert events(one.wait(61 * MINUTE)) == ["CLOSED"]


def test_workers_are_told_apart(desk: Callable[..., Desk]) -> None:
    one = desk()
    assert "bot-7" in one.tell(IP)[0]
    assert "bot-8" in one.tell(IP, "bot-8")[0]


def test_a_traceback_written_slowly_is_one_event(desk: Callable[..., Desk]) -> None:
    one = desk("json")
    lines = [
        said(one.clock, "[{who}] Could not load markets"),
        "Traceback (most recent call last):\n",
        '  File "exchange.py", line 12, in fetch\n',
        'ccxt.base.errors.PermissionDenied: kucoin {"code":"400006","msg":"The requested ip address is not in the api '
        'whitelist"}\n',
    ]
    for line in lines:
        one.write(line)
        assert one.wait(0.8) == []
    (printed,) = one.wait(1.1)
    incident = json.loads(printed)["incident"]
    assert incident["worker"] == "bot-7"
    assert incident["samples"][0]["line"] == 2
    assert "Traceback" in incident["samples"][0]["text"]


def test_an_event_ends_where_the_next_begins(desk: Callable[..., Desk]) -> None:
    one = desk()
    one.write(said(one.clock, IP), said(one.clock, "next"))
    assert events(one.wait(0.3)) == ["OPEN"]


def test_a_rotated_log_goes_on(desk: Callable[..., Desk]) -> None:
    one = desk("json")
    one.tell(IP)
    one.log.rename(one.log.with_name("bot.log.1"))
    one.write(said(one.clock, IP, "bot-8"))
    (printed,) = one.wait(1.1) + one.wait(1.1)
    assert json.loads(printed)["incident"]["samples"][0] | {"text": ""} == {"file": str(one.log), "line": 1, "text": ""}


def test_json_lines_keep_to_the_schema_and_to_the_ids_of_a_whole_run(
    desk: Callable[..., Desk], knowledge: Knowledge
) -> None:
    one = desk("json")
    (printed,) = one.tell(IP)
    told = json.loads(printed)
    schema = json.loads((paths.schema() / "incident.schema.json").read_text())
    Draft7Validator(schema).validate(told["incident"])
    assert (told["event"], told["incident"]["state"]) == ("open", "ongoing")
    (whole,) = triage([str(one.log)], None, knowledge).incidents
    assert told["incident"]["id"] == whole.id
    assert told["incident"]["samples"][0]["line"] == whole.samples[0].line
    closed = json.loads(one.wait(61 * MINUTE)[0])
    assert (closed["event"], closed["incident"]["state"]) == ("closed", "ended")
    back = json.loads(one.tell(IP)[0])
    assert (back["event"], back["incident"]["state"], back["incident"]["count"]) == ("back", "returned", 2)
    Draft7Validator(schema).validate(back["incident"])


CSV = (
    '2026-11-21T10:00:0{n}Z,ERROR,bot-{n},"kucoin {{""code"":""400006"",""msg"":""The requested ip address is not in '
    'the api whitelist""}}"\n'
)
DOCKER = (
    '{{"log":"ERROR [bot-{n}] kucoin 400006 The requested ip address is not in the api whitelist\\n",'
    '"stream":"stderr","time":"2026-11-21T10:00:0{n}.1Z"}}\n'
)


@pytest.mark.parametrize(("head", "line"), [("time,level,worker,message\n", CSV), ("", DOCKER)], ids=["csv", "docker"])
@pytest.mark.parametrize("new", [True, False], ids=["new", "old"])
def test_tables_and_wrapped_logs(desk: Callable[..., Desk], tmp_path: Path, head: str, line: str, new: bool) -> None:
    before = head + ("" if new else line.format(n=1) * 5_000)
    (tmp_path / "bot.log").write_text("" if new else before)
    one = desk("json")
    one.write(before if new else "", line.format(n=2))
    printed = one.wait(0.3)
    one.write(line.format(n=3))
    printed += one.wait(0.3) + one.wait(1.1)
    found = [json.loads(each)["incident"] for each in printed]
    assert [incident["worker"] for incident in found] == ["bot-2", "bot-3"]
    lines = before.count("\n")
    assert [incident["samples"][0]["line"] for incident in found] == [lines + 1, lines + 2]


def test_unknown_messages_are_told_once(desk: Callable[..., Desk]) -> None:
    one = desk()
    strange = "[{who}] frobnicate 77: API key fingerprint drifted, request failed"
    assert events(one.tell(strange) + one.tell(strange) + one.tell(strange.replace("77", "78"))) == ["UNKNOWN"]


def test_a_catch_all_yields_to_what_is_said_precisely(desk: Callable[..., Desk]) -> None:
    one = desk()
    general = "[{who}] ccxt.base.errors.AuthenticationError: kucoin 401 Unauthorized"
    one.write(said(one.clock, general), said(one.clock, IP))
    found = one.wait(0.3) + one.wait(1.1) + one.wait(3)
    assert events(found) == ["OPEN"]
    assert "address not on the key's list" in found[0]
    assert one.tell(general) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"exchange": "kucoin"}, True),
        ({"exchange": "binance"}, False),
        ({"cause": "ip.not_whitelisted"}, True),
        ({"cause": "key.expired"}, False),
        ({"min_probability": 0.5}, True),
        ({"min_probability": 0.999}, False),
        ({"until": 1000}, False),
    ],
)
def test_filters(desk: Callable[..., Desk], options: dict[str, Any], told: bool) -> None:
    assert bool(desk(**options).tell(IP)) == told


def test_since_reads_what_is_there_already(desk: Callable[..., Desk], tmp_path: Path) -> None:
    clock = FakeClock()
    (tmp_path / "bot.log").write_text(
        said(clock, IP, "bot-1", after=-7200) + said(clock, IP, "bot-2", after=-600) + said(clock, "x")
    )
    one = desk(since=round((START - 3600) * 1000))
    assert one.follower.found
    (line,) = one.first
    assert "bot-2" in line


def test_times_are_those_of_the_zone(desk: Callable[..., Desk]) -> None:
    one = desk(zone="Asia/Tokyo")
    one.write("2026-11-21 19:00:05,000 - freqtrade.worker - ERROR - " + IP.format(who="bot-7") + "\n")
    assert (one.wait(0.3) + one.wait(1.1))[0].startswith("2026-11-21 19:00:05  OPEN")


def test_hostile_text_and_secrets_do_not_reach_the_terminal(desk: Callable[..., Desk]) -> None:
    one = desk()
    bad = f"[{{who}}] kucoin apiKey={SECRET.replace('-', '')} \x1b[31m\u202e invalid signature API key rejected"
    text = "\n".join([*one.tell(bad), *one.tell("[b\x1b[2Jot-9] " + IP[6:])])
    assert text
    assert SECRET.replace("-", "") not in text
    assert not {"\x1b", "\u202e"} & set(text)


def test_any_number_of_workers_stays_bounded(desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    from keymedic.triage.following import board as follow_board

    monkeypatch.setattr(follow_board, "MOST", 20)
    one = desk("json")
    one.write(*(said(one.clock, IP, f"bot-{number}") for number in range(60)))
    workers = [json.loads(line)["incident"]["worker"] for line in one.wait(0.3) + one.wait(1.1)]
    assert len(workers) == 21
    assert workers[-1] == "(others)"


def test_standard_input_to_its_end(knowledge: Knowledge, capsys: pytest.CaptureFixture[str]) -> None:
    clock = FakeClock()
    data = (said(clock, IP) + said(clock, IP, "bot-8")).encode()

    class Quick(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            time.sleep(0.01)

    status = follow.run(["-"], knowledge, Options(), "term", found=10, clock=Quick(), stdin=io.BytesIO(data))
    lines = capsys.readouterr().out.splitlines()
    assert status == 10
    assert sorted(events(lines[:-1])) == ["OPEN", "OPEN", "STILL", "STILL"]
    assert lines[-1] == "2 incidents opened, 0 closed, 2 still open; 2 events in 2 lines"


class Program:
    """The installed program, following."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "keymedic", "triage", "--follow", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdout
        assert self.process.stderr
        self.out, self.notes = self.process.stdout, self.process.stderr

    def until(self, stream: IO[str], text: str, seconds: float = 30) -> str:
        """The first line that holds a text."""
        end = time.monotonic() + seconds
        os.set_blocking(stream.fileno(), False)
        found = b""
        while time.monotonic() < end:
            found += os.read(stream.fileno(), 65_536) if _ready(stream) else b""
            for line in found.decode("utf-8", "replace").splitlines():
                if text in line and found.endswith(b"\n"):
                    return line
            time.sleep(0.05)
        raise AssertionError(f"no {text!r} in {found!r}")

    def end(self, number: int) -> tuple[int, str]:
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=30)
        return self.process.returncode, out


def _ready(stream: IO[str]) -> bool:
    import select

    return bool(select.select([stream], [], [], 0)[0])


@pytest.fixture
def program() -> Iterator[Callable[..., Program]]:
    begun: list[Program] = []

    def begin(*arguments: str) -> Program:
        begun.append(Program(*arguments))
        return begun[-1]

    yield begin
    for one in begun:
        one.process.kill()
        one.process.wait(10)
        one.out.close()
        one.notes.close()


def test_the_program(tmp_path: Path, program: Callable[..., Program]) -> None:
    log, clock = tmp_path / "bot.log", FakeClock()
    log.write_text(said(clock, IP, "bot-1"))
    one = program(str(tmp_path), str(tmp_path / "missing.log"))
    assert "following 1 log, times in UTC" in one.until(one.notes, "following")
    with log.open("a") as file:
        file.write(said(clock, IP, "bot-2"))
    assert "OPEN     bot-2" in one.until(one.out, "bot-2")
    log.rename(tmp_path / "bot.log.1")
    log.write_text(said(clock, IP, "bot-3"))
    (tmp_path / "missing.log").write_text(said(clock, IP, "bot-4"))
    one.until(one.out, "bot-4")
    status, out = one.end(signal.SIGINT)
    assert status == 0
    assert [line.split("  ")[1].strip() for line in out.splitlines()[:-1]] == ["STILL"] * 3
    assert out.splitlines()[-1].startswith("3 incidents opened, 0 closed, 3 still open; 3 events in 3 lines")


def test_the_program_ends_on_sigterm(tmp_path: Path, program: Callable[..., Program]) -> None:
    one = program(str(tmp_path), "--format", "json")
    one.until(one.notes, "following")
    assert one.end(signal.SIGTERM) == (0, "")


def test_the_program_does_not_follow_its_own_output(tmp_path: Path) -> None:
    log, clock, out = tmp_path / "bot.log", FakeClock(), tmp_path / "out.txt"
    log.write_text("")
    with out.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "keymedic", "triage", "--follow", str(tmp_path), "--format", "json"],
            stdout=file,
            stderr=subprocess.DEVNULL,
        )
    try:
        end = time.monotonic() + 30
        while b"bot-2" not in out.read_bytes() and time.monotonic() < end:
            with log.open("a") as file_of_bot:
                file_of_bot.write(said(clock, IP, "bot-2"))
            time.sleep(0.3)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait(10)
    assert {json.loads(line)["event"] for line in out.read_text().splitlines()} == {"open", "still_open"}
    assert {json.loads(line)["incident"]["worker"] for line in out.read_text().splitlines()} == {"bot-2"}
