"""Framing: one event an utterance, whatever wrote the log; offsets lead back to the same character."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keymedic.intake import take
from keymedic.intake.events import Event, frame

TRACES = {
    "python": (
        "2026-11-20 10:00:00,123 - bot - ERROR - failed\nTraceback (most recent call last):\n"
        '  File "/app/x.py", line 3, in f\n    raise E\nccxt.base.errors.AuthenticationError: acme\n\n'
        "During handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n"
        '  File "a.py", line 1, in <module>\nValueError: x\n2026-11-20 10:00:01,123 - bot - INFO - next'
    ),
    "java": (
        "2026-11-20 10:00:00.123 ERROR 1 --- [main] c.x.Foo : failed\ncom.acme.ApiException: API-key format invalid.\n"
        "\tat com.acme.A.b(A.java:10)\n\t... 12 more\nCaused by: java.io.IOException: x\n\tat a.b(C.java:1)\n"
        "2026-11-20 10:00:01.123  INFO 1 --- [main] c.x.Foo : ok"
    ),
    ".net": (
        "fail: Bot.Service[0]\n      Order failed\n      System.Net.Http.HttpRequestException: 401 (Unauthorized).\n"
        "         at System.Net.Http.X()\n      --- End of stack trace ---\ninfo: Bot.Service[0]\n      Heartbeat"
    ),
    "node": (
        '[2026-11-20T10:00:00.000Z] error: boom\nAuthenticationError: acme {"code":-2015}\n'
        "    at Acme.handleErrors (/app/acme.js:1:2)\n    at async x\n[2026-11-20T10:00:01.000Z] info: fine"
    ),
    "go": (
        "2026/11/20 10:00:00 panic: <APIError> code=-2015\ngoroutine 1 [running]:\nmain.main()\n"
        "\t/app/main.go:10 +0x1d\n2026/11/20 10:00:01 next"
    ),
}


@pytest.mark.parametrize("language", TRACES)
def test_a_traceback_belongs_to_its_record(language: str) -> None:
    first, second = frame(TRACES[language])
    assert f"{first.text}\n{second.text}" == TRACES[language]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("bot_1  | 2026-11-20 10:00:00,1 ERROR failed", "db_1   | 2026-11-20 10:00:01 LOG ok"),
        ("0|bot  | 2026-11-20 10:00:00: error a", "0|bot  | 2026-11-20 10:00:01: info b"),
        ("Nov 20 10:00:00 host bot[12]: ERROR a b", "Nov 20 10:00:01 host bot[12]: next thing"),
        ("<34>1 2026-11-20T10:00:00Z host app - - - one", "<34>1 2026-11-20T10:00:01Z host app - - - two"),
        ("1763632800 ERROR one thing", "1763632801123 ok other"),
        ("1763632800.123 ERROR one thing", "1763632801.123 ok other"),
        ("2026-11-20T10:00:00.123456789Z stderr F error a", "2026-11-20T10:00:01.123456789Z stderr F info b"),
        ('{"level":"error","time":1763632800123,"msg":"a"}', '{"level":"info","time":1763632801123,"msg":"b"}'),
        ('{"time":"2026-11-20","level":"error","msg":"a"}', '{"time":"2026-11-20","level":"info","msg":"b"}'),
        ('time=2026-11-20T10:00:00Z level=error msg="a"', 'time=2026-11-20T10:00:01Z level=info msg="b"'),
        ("E1120 10:00:00.123456       1 main.go:10] bad", "I1120 10:00:01.123456       1 main.go:11] good"),
        ("11/20/2026 10:00:00 AM error a", "11/20/2026 10:00:01 AM info b"),
        ("20.11.2026 10:00:00 Fehler a", "20.11.2026 10:00:01 info b"),
        ("20-Nov-2026 10:00:00 error a", "20-Nov-2026 10:00:01 info b"),
        ("\x1b[32m2026-11-20 10:00:00\x1b[0m ERROR a", "\x1b[32m2026-11-20 10:00:01\x1b[0m INFO b"),
        ("[10:00:00] error a", "[10:00:01] fine b"),
        ("10:00:00.123 [main] ERROR a", "10:00:01.123 [main] INFO  b"),
        ("ERROR: one", "INFO: two"),
        ("[ERROR] one", "[INFO] two"),
    ],
)
def test_every_kind_of_record_begins_an_event(first: str, second: str) -> None:
    assert [event.text for event in frame(f"{first}\n{second}\n")] == [first, second]
    assert [event.text for event in frame(f"{first}\r\n{second}\r\n")] == [first, second]


@pytest.mark.parametrize(
    "text",
    [
        "My bot stopped.\nIt says invalid key.\n\nWhat now?",
        'GET https://api.acme.com/v1\nx-simulated-trading: 1\n{"msg":"no","code":"50101"}',
        'HTTP/1.1 401\ncontent-type: x\n\n{"timestamp":"2026","status":401,"error":"Unauthorized"}',
        "| key | value |\n| a | b |",
        "Info about my key\nError text below",
    ],
)
def test_what_is_no_log_is_one_event(text: str) -> None:
    assert len(frame(text)) == 1


LONG = (
    "2026-11-20 10:00:00,123 - freqtrade.exchange.common - WARNING - _load_async_markets() returned exception: "
    '"Error in reload_markets due to ExchangeNotAvailable. Message: acme GET https://api.acme.com/api/v3/exchangeInfo '
    'AuthenticationError {"code":"400003","msg":"KC-API-KEY not exists"}". Retrying still for 3 times.'
)


@pytest.mark.parametrize("width", [80, 120])
def test_hard_wrapped_lines_are_rejoined_even_within_a_word(width: int) -> None:
    wrapped = "\n".join(LONG[at : at + width] for at in range(0, len(LONG), width))
    (event,) = frame(wrapped)
    assert event.text == LONG
    check_offsets(event, wrapped)


def test_lines_of_prose_are_not_joined() -> None:
    (event,) = frame("My key does not work.\nIt worked before.")
    assert "\n" in event.text


def test_repetitions_fold_into_one_event_that_counts_them() -> None:
    line = "2026-11-20 10:00:{:02},{:03} - bot - ERROR - order {} failed at {}.5 after {} ms: code=-2015"
    (event,) = frame("\n".join(line.format(n, n * 7, 100_000 + n, 51_000 + n, 300 + n) for n in range(50)))
    assert event.repeats == 50
    assert event.text.startswith("2026-11-20 10:00:00,000")


@pytest.mark.parametrize(("one", "other"), [("code=-2015", "code=-2014"), ("HTTP 401", "HTTP 403"), ("50111", "50113")])
def test_another_code_is_another_event(one: str, other: str) -> None:
    events = frame(f"2026-11-20 10:00:00,123 ERROR {one}\n2026-11-20 10:00:01,456 ERROR {other}\n")
    assert [event.text[-len(one) :] for event in events] == [one, other]


def test_numbers_count_events() -> None:
    assert [event.number for event in frame("\n".join(f"ERROR: {word}" for word in ("a", "b", "a", "c")))] == [0, 1, 2]


def check_offsets(event: Event, source: str) -> None:
    for at, sign in enumerate(event.text):
        if sign != "\n":
            assert source[event.to_masked(at)] == sign


LINES = st.lists(
    st.sampled_from([LONG[:80], LONG[80:160], "2026-11-20 10:00:00 ERROR x", "  at foo", "word", "", "\x85", "Ünï 密"])
    | st.text(max_size=30),
    max_size=8,
)


@settings(max_examples=150)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r", "\u2028", "\v"]))
def test_every_character_of_an_event_leads_back_to_itself(lines: list[str], end: str) -> None:
    text = end.join(lines)
    for event in frame(text):
        check_offsets(event, text)


def test_typographic_signs_become_plain_without_moving_anything() -> None:
    text = "the “key” – isn’t\u00a0valid"
    (event,) = take(text).events
    assert event.text == 'the "key" - isn\'t valid'
    assert event.to_masked(len(event.text) - 1) == len(text) - 1


def test_nothing_gives_no_event() -> None:
    assert frame("") == frame(" \n\r\n\t") == []
