"""Framing: which lines of a log make up one event."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymedic.triage.reading.formats import Format
from keymedic.triage.scanning.frame import Framing, framing

STAMPED = framing(Format("plain", "", stamped=True))
UNSTAMPED = framing(Format("plain", ""))
SYSLOG = framing(Format("syslog", "", stamped=True))
DOCKER = framing(Format("docker", ""))
JOURNALD = framing(Format("journald", ""))
STAMP = "2026-10-01 00:00:00,123 ERROR "

PYTHON = """\
Traceback (most recent call last):
  File "/app/ccxt/async_support/base/exchange.py", line 220, in fetch
    self.handle_errors(status, reason, url, method, headers, body)
    ^^^^^^^^^^^^^^^^^^
  File "/app/ccxt/binance.py", line 12004, in handle_errors
    raise AuthenticationError(feedback)
ccxt.base.errors.AuthenticationError: binance {"code":-2014,"msg":"API-key format invalid."}

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/freqtrade/exchange.py", line 1690, in get_balances
    raise TemporaryError(
freqtrade.exceptions.TemporaryError: Could not get balance due to AuthenticationError

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/freqtrade/worker.py", line 7, in run
    self.process()
freqtrade.exceptions.OperationalException
"""
NODE = """\
AuthenticationError: binance {"code":-2014,"msg":"API-key format invalid."}
    at binance.throwExactlyMatchedException (/srv/node_modules/ccxt/dist/cjs/src/base/Exchange.js:3190:19)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at async Dca.tick (/srv/dca/dist/tick.js:44:21) {
  code: -2014
}
"""
JAVA = """\
java.lang.RuntimeException: sync failed
\tat com.example.Sync.run(Sync.java:12)
Caused by: com.example.BinanceApiException: Invalid API-key, IP, or permissions for action.
\tat com.example.Client.call(Client.java:88)
\t... 12 more
"""
GO = """\
goroutine 1 [running]:
main.(*Bot).fetch(0xc0000b2000, {0x7b1f60, 0x1})
\t/app/main.go:12 +0x1d
main.main()
\t/app/main.go:7 +0x2a
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3285 +0x4b4
exit status 2
"""
RUST = """\
called `Result::unwrap()` on an `Err` value: Api("-2015")
stack backtrace:
   0: rust_begin_unwind
             at /rustc/9fc6b431/library/std/src/panicking.rs:652:5
note: run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""
PRETTY = """\
{
  "code": -2015,
  "msg": "Invalid API-key, IP, or permissions for action."
}
"""
TRACES = {"python": PYTHON, "node": NODE, "java": JAVA, "go": GO, "rust": RUST}


def events(how: Framing, text: str) -> list[str]:
    """The events of a log."""
    data = text.encode()
    found: list[bytes] = []
    at, before = 0, -1
    for line in data.splitlines(keepends=True):
        if not found or how.begins(data, at, before):
            found.append(b"")
        found[-1] += line
        at, before = at + len(line), at
    return [event.decode() for event in found]


def prefixed(text: str, prefix: str) -> str:
    return "".join(prefix + line for line in text.splitlines(keepends=True))


def docker(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(
        json.dumps({"log": line, "stream": "stderr", "time": "2026-10-01T00:00:00Z"}) + "\n" for line in lines
    )


def journald(text: str, pid: int = 7) -> str:
    return "".join(
        json.dumps({"__REALTIME_TIMESTAMP": "1", "MESSAGE": line, "_HOSTNAME": "h", "_PID": str(pid)}) + "\n"
        for line in text.splitlines()
    )


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
class TestATracebackBelongsToItsRecord:
    def test_in_a_log_with_stamps(self, trace: str) -> None:
        log = [f"{STAMP}tick 1 failed\n{trace}", f"{STAMP}tick 2 failed\n{trace}", f"{STAMP}bye\n"]
        assert events(STAMPED, "".join(log)) == log

    def test_with_the_line_ends_of_windows(self, trace: str) -> None:
        log = [f"{STAMP}tick 1 failed\n{trace}".replace("\n", "\r\n"), f"{STAMP}bye\r\n"]
        assert events(STAMPED, "".join(log)) == log

    def test_in_a_log_of_docker_compose(self, trace: str) -> None:
        log = [prefixed(f"{STAMP}tick {n} failed\n{trace}", "bot_1  | ") for n in range(2)]
        assert events(STAMPED, "".join(log)) == log

    def test_where_blank_ends_of_lines_were_cut(self, trace: str) -> None:
        log = [prefixed(f"{STAMP}tick {n} failed\n{trace}", "bot_1  | ").replace("| \n", "|\n") for n in range(2)]
        assert events(STAMPED, "".join(log)) == log

    def test_in_a_log_of_pm2(self, trace: str) -> None:
        log = [prefixed(f"{STAMP}tick {n} failed\n{trace}", "0|bot-7  | ") for n in range(2)]
        assert events(STAMPED, "".join(log)) == log

    @pytest.mark.parametrize(
        "prefix",
        [
            "2026-10-01T00:00:00.020Z hb-tyo-155 hummingbot[25376]: ",
            "Oct  1 00:00:00 hb-tyo-155 hummingbot[25376]: ",
            "<11>Oct  1 00:00:00 hb-tyo-155 hummingbot: ",
            "<34>1 2026-10-01T00:00:00.020Z hb-tyo-155 hummingbot 25376 - - ",
            '<34>1 2026-10-01T00:00:00.020Z hb-tyo-155 hummingbot 25376 ID47 [a@1 b="c"] ',
        ],
    )
    @pytest.mark.parametrize("how", [SYSLOG, STAMPED, UNSTAMPED], ids=["syslog", "stamped", "unstamped"])
    def test_behind_the_prefix_of_syslog(self, how: Framing, prefix: str, trace: str) -> None:
        log = [prefixed(f"{STAMP}tick {n} failed\n{trace}", prefix) for n in range(2)]
        assert events(how, "".join(log)) == log

    def test_inside_docker_records(self, trace: str) -> None:
        log = [docker(f"{STAMP}tick {n} failed\n{trace}") for n in range(2)]
        assert events(DOCKER, "".join(log)) == log

    def test_inside_journal_records(self, trace: str) -> None:
        log = [journald(f"{STAMP}tick {n} failed\n{trace}") for n in range(2)]
        assert events(JOURNALD, "".join(log)) == log

    def test_after_a_line_without_a_stamp(self, trace: str) -> None:
        opening = (
            "panic: api\n\n"
            if trace is GO
            else ""
            if trace in (PYTHON, NODE, JAVA)
            else "thread 'main' panicked at src/main.rs:1:5:\n"
        )
        log = [opening + trace] * 3
        assert events(UNSTAMPED, "".join(log)) == log


def test_a_node_program_that_ends() -> None:
    log = ["/app/exchange.js:12\n        throw new AuthenticationError(x)\n        ^\n\n" + NODE, "Node.js v20.11.0\n"]
    assert events(UNSTAMPED, "".join(log)) == log


def test_every_error_of_a_line_is_an_event_of_its_own() -> None:
    line = 'ccxt.base.errors.AuthenticationError: binance {"code":-2014}\n'
    assert events(UNSTAMPED, line * 3) == [line] * 3
    carried = "Oct  1 00:00:00 h bot[1]: " + line
    for how in (SYSLOG, STAMPED, UNSTAMPED):
        assert events(how, carried * 3) == [carried] * 3
    assert events(DOCKER, docker(line * 3)) == [docker(line)] * 3


def test_lines_of_a_log_without_stamps_are_events() -> None:
    log = ["starting\n", "fetching balance\n  again\n", "Invalid API-key\n\n"]
    assert events(UNSTAMPED, "".join(log)) == log


def test_lines_without_a_stamp_belong_to_a_line_with_one() -> None:
    log = [f"{STAMP}answer was:\n<html>\n<body>\n\n  403\n</body>\n", "[WARN] slow\n", "E1001 00:00:00.1 1 x.go:1] x\n"]
    assert events(STAMPED, "".join(log)) == log


def test_pretty_printed_json_belongs_to_the_line_before_it() -> None:
    log = [f"{STAMP}answer was:\n{PRETTY}", f"{STAMP}answer was: {PRETTY}", f"{STAMP}bye\n"]
    assert events(STAMPED, "".join(log)) == log
    assert events(UNSTAMPED, PRETTY * 2) == [PRETTY] * 2
    composed = [prefixed(f"{STAMP}answer was:\n{PRETTY}", "bot | "), f"bot | {STAMP}bye\n"]
    assert events(STAMPED, "".join(composed)) == composed


@pytest.mark.parametrize("how", [STAMPED, UNSTAMPED], ids=["stamped", "unstamped"])
def test_a_line_of_json_is_an_event(how: Framing) -> None:
    line = '{"level":50,"time":1790812968919,"msg":"boom"}\n'
    log = [f"{STAMP}boom\n", line, line, f"bot | {line}", f"bot | {line}", f"{STAMP}boom\n"]
    assert events(how, "".join(log)) == log


@pytest.mark.parametrize("how", [STAMPED, UNSTAMPED], ids=["stamped", "unstamped"])
def test_a_line_of_an_access_log_is_an_event(how: Framing) -> None:
    line = '10.0.3.169 - u1818 [01/Oct/2026:00:01:16 +0000] "GET /api/v2/balances HTTP/2.0" 401 98 "-" "x"\n'
    log = [f"{STAMP}boom\n", line, line, "2026/10/01 00:00:18 [warn] 25376#0: *57 buffered\n", line]
    assert events(how, "".join(log)) == log


def test_services_that_write_at_the_same_time_are_kept_apart() -> None:
    log = [f"a_1  | {STAMP}one\n", f"b_1  | {STAMP}two\n", f"a_1  | {STAMP}three\na_1  |   more\n", "b_1  |   of two\n"]
    assert events(STAMPED, "".join(log)) == log


@pytest.mark.parametrize("how", [SYSLOG, STAMPED], ids=["syslog", "stamped"])
def test_hosts_and_processes_are_kept_apart(how: Framing) -> None:
    log = [
        f"Oct  1 00:00:00 {who}: {said}\n" for who in ("h bot[1]", "h bot[2]", "i bot[2]") for said in ("one", "two")
    ]
    assert events(how, "".join(log)) == log
    other = ["Oct  1 00:00:00 h bot[1]: one\n", "Oct  1 00:00:00 h bot[2]:   File x\n", "Oct  1 00:00:00 i bot[2]: \n"]
    assert events(how, "".join(other)) == other


def test_processes_of_a_journal_are_kept_apart() -> None:
    log = [journald("one", 1), journald("  File x", 2)]
    assert events(JOURNALD, "".join(log)) == log


def test_a_level_is_no_host() -> None:
    log = ["2026-10-01T00:00:00Z ERROR bot:  padded message\n"] * 2
    assert events(STAMPED, "".join(log)) == log


def whole(how: Framing, text: str) -> str:
    data = bytearray(text.encode())
    return bytes(how.text(data, 0, len(data))).decode()


@pytest.mark.parametrize(
    ("how", "text", "said"),
    [
        (STAMPED, "bot_1  | one\nbot_1  |   two\nbot_1  |\n", "one\n  two\n\n"),
        (
            STAMPED,
            "Oct  1 00:00:00 h b[1]: one\nOct  1 00:00:01 h b[1]:   two\n",
            "Oct  1 00:00:00 h b[1]: one\n  two\n",
        ),
        (STAMPED, "Oct  1 00:00:00 h b[1]: one\n", "Oct  1 00:00:00 h b[1]: one\n"),
        (STAMPED, f"{STAMP}one\n  two\n", f"{STAMP}one\n  two\n"),
        (SYSLOG, "Oct  1 00:00:00 h b[1]: one\nOct  1 00:00:01 h b[1]:   two\n", "one\n  two"),
        (SYSLOG, "<34>1 2026-10-01T00:00:00Z h b 1 - - \ufeffone", "one"),
        (SYSLOG, "Oct  1 00:00:00 router daemon.info dnsmasq[1]: one", "one"),
        (SYSLOG, "not like syslog", "not like syslog"),
        (DOCKER, docker("one\n  two\n"), "one\n  two"),
        (DOCKER, '{"log":7}\n{"log":"cut', '7\n{"log":"cut'),
        (JOURNALD, journald("one\n  two\n"), "one\n  two"),
        (JOURNALD, '{"MESSAGE":[104,105,255,-1,999,"x"],"_PID":"1"}', "hi\ufffd"),
        (JOURNALD, '{"MESSAGE":null}', ""),
    ],
)
def test_what_an_event_says(how: Framing, text: str, said: str) -> None:
    assert whole(how, text) == said


LINES = st.sampled_from(
    [*"".join(TRACES.values()).splitlines(), *PRETTY.splitlines(), STAMP, "Oct  1 00:00:00 h b[1]:   x", "bot | x",
     "", "x", "bot | ", "Oct  1 00:00:00 h b[1]: ", '{"log":"x\\n"}', '{"MESSAGE":[1]}', "{" * 3000, "[" * 3000]
)  # fmt: skip


@given(
    st.lists(LINES | st.text(max_size=40).map(lambda t: t.replace("\n", "")), min_size=1),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_line_begins_an_event_for_sure_only_where_it_does_after_any_line(lines: Sequence[str], end: str) -> None:
    data = bytearray(end.join(lines).encode() + b"\n" + b"\0" * 16)
    for how in (STAMPED, UNSTAMPED, SYSLOG, DOCKER, JOURNALD):
        at, before = 0, -1
        while at < len(data) - 17:
            known = how.begins(data, at, before)
            assert known or not how.begins(data, at, -1)
            at, before = data.find(b"\n", at) + 1, at
        how.text(data, 0, len(data) - 17)


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_framed(line: bytes) -> None:
    data = bytearray(line + b"\n")
    for how in (STAMPED, UNSTAMPED, SYSLOG, DOCKER, JOURNALD):
        assert how.begins(data, 0, -1) in {True, False}
        assert isinstance(how.text(data, 0, len(data)), bytes)


@pytest.mark.parametrize("part", ["Order", "a.", "x" * 10, "  ", "[a]", "main.", "0x", "{", "[", "|"])
def test_a_hostile_line_takes_no_longer(part: str) -> None:
    data = bytearray((part * 200_000).encode() + b"\n")
    for how in (STAMPED, UNSTAMPED, SYSLOG, DOCKER, JOURNALD):
        started = time.process_time()
        how.begins(data, 0, -1)
        assert time.process_time() - started < 1, how
