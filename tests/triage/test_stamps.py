"""Stamps: the time that a line of a log names, in the ways in which logs write times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymedic.triage.scanning.stamps import Clock, iso, zone

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MS = "2026-11-20T10:00:00.123Z"
SECOND = "2026-11-20T10:00:00.000Z"
BERLIN = ZoneInfo("Europe/Berlin")


def read(line: str, clock: Clock | None = None) -> str | None:
    """The time of a plain line that stands somewhere in a chunk."""
    data = f"before\n{line}\nafter 2020-01-01 00:00:00".encode()
    return iso((clock or Clock(UTC, NOW)).read(data, 7, 7 + len(line.encode())))


def keyed(line: str) -> str | None:
    """The time of a line of JSON or of key=value pairs."""
    data = f"before\n{line}\nafter".encode()
    return iso(Clock(UTC, NOW).keyed(data, 7, 7 + len(line.encode())))


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("2026-11-20T10:00:00.123Z boom", MS),
        ("2026-11-20T10:00:00.123456789Z stderr F boom", MS),
        ("2026-11-20 10:00:00,123 - bot - ERROR - boom", MS),
        ("2026-11-20 10:00:00.123 boom", MS),
        ("2026-11-20 10:00:00.1 boom", "2026-11-20T10:00:00.100Z"),
        ("2026-11-20 10:00:00 boom", SECOND),
        ("2026-11-20 10:00 boom", SECOND),
        ("2026-11-20_10:00:00 boom", SECOND),
        ("2026/11/20 10:00:00 [error] 12#0: boom", SECOND),
        ("2026.11.20 10:00:00 boom", SECOND),
        ("[2026-11-20T10:00:00.123Z] [dca-1] error: boom", MS),
        ("bot_1  | 2026-11-20 10:00:00,123 ERROR boom", MS),
        ("ERROR 2026-11-20 10:00:00,123 boom", MS),
        ("2026-11-20T12:00:00.123+02:00 boom", MS),
        ("2026-11-20T12:00:00.123+0200 boom", MS),
        ("2026-11-20 12:00:00.123+02 boom", MS),
        ("2026-11-20 12:00:00,123 +0200 boom", MS),
        ("2026-11-20T05:00:00.123-05:00 boom", MS),
        ("2026-11-20T15:30:00.123+05:30 boom", MS),
        ("2026-11-20T00:00:00.123-10:00 boom", MS),
        ("2026-11-20 10:00:00.123 UTC [63] ERROR: boom", MS),
        ('10.0.0.1 - u [20/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 401 3', SECOND),
        ('10.0.0.1 - u [20/Nov/2026:05:00:00 -0500] "GET / HTTP/1.1" 401 3', SECOND),
        ('10.0.0.1 - u [19/Nov/2026:23:00:00 -1100] "GET / HTTP/1.1" 401 3', SECOND),
        ("20-Nov-2026 10:00:00.123 SEVERE [main] boom", MS),
        ("Fri, 20 Nov 2026 10:00:00 GMT boom", SECOND),
        ("Nov 20 10:00:00 host bot[12]: boom", SECOND),
        ("<13>Nov 20 10:00:00 host bot[12]: boom", SECOND),
        ("Nov  2 10:00:00 host bot[12]: boom", "2026-11-02T10:00:00.000Z"),
        ("Nov 20 10:00:00.123 host bot[12]: boom", MS),
        ("Nov 20 2026 10:00:00 host bot[12]: boom", SECOND),
        ("Nov 20, 2025, 10:00:00 AM boom", "2025-11-20T10:00:00.000Z"),
        ("Fri Nov 20 10:00:00 2020 boom", "2020-11-20T10:00:00.000Z"),
        ("[Fri Nov 20 10:00:00.123456 2020] [error] boom", "2020-11-20T10:00:00.123Z"),
        ("Fri Nov 20 10:00:00 UTC 2020 boom", "2020-11-20T10:00:00.000Z"),
        ("<34>1 2026-11-20T10:00:00.123Z host app 12 ID47 - boom", MS),
        ("E1120 10:00:00.123456    17 main.go:12] boom", MS),
        ("20.11.2026 10:00:00 boom", SECOND),
        ("20.11.2026, 10:00:00 boom", SECOND),
        ("11/20/2026 10:00:00 AM boom", SECOND),
        ("11/20/2026, 10:00:00 AM boom", SECOND),
        ("11/20/2026 10:00:00 PM boom", "2026-11-20T22:00:00.000Z"),
        ("11/20/2026 12:00:00 AM boom", "2026-11-20T00:00:00.000Z"),
        ("2026-11-20 12:00:00 PM boom", "2026-11-20T12:00:00.000Z"),
        ("1795168800 boom", SECOND),
        ("1795168800.123 boom", MS),
        ("1795168800123 boom", MS),
        ("1795168800123456 boom", MS),
        ("1795168800123456789 boom", MS),
        ("[1795168800123] ERROR boom", MS),
        ("INFO [bot-7] 1795168800123 boom", MS),
        ("bot_1  | 1795168800.123 boom", MS),
    ],
)
def test_times_of_plain_lines(line: str, time: str) -> None:
    assert read(line) == time


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ('{"level":50,"time":1795168800123,"pid":4,"msg":"boom"}', MS),
        ('{"name":"bot","hostname":"h","level":50,"msg":"boom","time":"2026-11-20T10:00:00.123Z","v":0}', MS),
        ('{"level":"error","ts":1795168800.123456,"caller":"main.go:7","msg":"boom"}', MS),
        ('{"asctime": "2026-11-20 10:00:00,123", "message": "boom"}', MS),
        ('{"__CURSOR":"s=1;i=2","__REALTIME_TIMESTAMP":"1795168800123456","MESSAGE":"boom"}', MS),
        ('{"log":"boom {\\"time\\":1}\\n","stream":"stderr","time":"2026-11-20T10:00:00.123456789Z"}', MS),
        ('{"@timestamp":"2026-11-20T10:00:00.123Z","message":"boom"}', MS),
        ('{"@t":"2026-11-20T10:00:00.1230000Z","@m":"boom"}', MS),
        ('{"version":"1.1","short_message":"boom","timestamp":1795168800.123}', MS),
        ('{"text":"boom","record":{"time":{"repr":"x","timestamp":1795168800.123}}}', MS),
        ('{"timeMillis":1795168800123,"message":"boom"}', MS),
        ('{"time":"20/Nov/2026:10:00:00 +0000","status":401}', SECOND),
        ('{"time":"Fri, 20 Nov 2026 10:00:00 GMT"}', SECOND),
        ('{"time":"Nov 20 10:00:00"}', SECOND),
        ('{"code":-2015,"orderId":1795168800999,"more":"' + "x" * 200 + '","time":1795168800123}', MS),
        ("time=2026-11-20T10:00:00.123Z level=error msg=boom", MS),
        ('level=error time="2026-11-20 10:00:00.123" msg=boom', MS),
        ("ts=1795168800.123 level=error", MS),
        ("level=error msg=" + "x" * 200 + " ts=1795168800123", MS),
    ],
)
def test_times_with_a_name(line: str, time: str) -> None:
    assert keyed(line) == time


@pytest.mark.parametrize(
    "line",
    [
        "",
        "boom",
        "10:00:00 boom",
        "2026-11-20 boom",
        "2026-13-01 10:00:00 boom",
        "2026-02-30 10:00:00 boom",
        "2026-11-20 25:00:00 boom",
        "2026-11-20 10:61:00 boom",
        "2026-11-20 10:00:61 boom",
        "31/Feb/2026:10:00:00 +0000 boom",
        "E1320 10:00:00 boom",
        "Order 12 10:00:00 boom",
        "Feb 30 10:00:00 host bot: boom",
        "order 1795168800123 refused",
        "order 55693285054123 refused",
        "Trade(id=1795168800, amount=1.5)",
        "order_id=1795168800123456789",
        "bought 1795168800.12 at 1500000000.5",
        "1234567890 is an order of long ago",
        "17951688001 has a digit too many",
        "1795168800-x",
        "0x1795168800",
        "a" * 100 + " 2026-11-20 10:00:00",
    ],
)
def test_no_time(line: str) -> None:
    assert read(line) is None


@pytest.mark.parametrize(
    "line",
    ['{"time":null}', '{"time":"soon"}', '{"lifetime":1795168800}', '{"time":12.5}', '{"orderId":1795168800123}',
     "uptime=1795168800", "x.ts=1795168800", '{"time":{"a":1}}', ""]
)  # fmt: skip
def test_no_time_with_a_name(line: str) -> None:
    assert keyed(line) is None


def test_what_is_no_time_does_not_hide_the_time_after_it() -> None:
    assert read("Attempt 3 10:00:00 2026-99-99 10:00:00 E9999 2026-11-20 10:00:00.123") == MS
    assert read("order 1795160000 refused at 2026-11-20 10:00:00.123") == MS
    assert keyed('{"time":"2026-99-20 10:00:00","ts":1795168800123}') == MS


def test_a_stamp_that_begins_near_the_limit_is_read_whole() -> None:
    assert read("a" * 90 + " 2026-11-20 10:00:59.123Z") == "2026-11-20T10:00:59.123Z"


@pytest.mark.parametrize("code", ["-2015", "-1021", "-1100", "-2014", "-1022", "-1003"])
def test_a_code_after_the_stamp_is_no_zone(code: str) -> None:
    assert read(f"2026-11-20 10:00:00 {code} Invalid API-key") == SECOND


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("2026-03-29 01:59:59 boom", "2026-03-29T00:59:59.000Z"),
        ("2026-03-29 03:00:00 boom", "2026-03-29T01:00:00.000Z"),
        ("2026-07-01 12:00:00 boom", "2026-07-01T10:00:00.000Z"),
        ("2026-10-25 03:00:00 boom", "2026-10-25T02:00:00.000Z"),
        ("2026-11-20 11:00:00 boom", SECOND),
        ("2026-11-20 10:00:00Z boom", SECOND),
        ("Nov 20 11:00:00 host bot: boom", SECOND),
        ("20.11.2026 11:00:00 boom", SECOND),
        ("1795168800 boom", SECOND),
    ],
)
def test_a_given_zone_counts_where_the_stamp_names_none(line: str, time: str) -> None:
    assert read(line, Clock(BERLIN, NOW)) == time


@pytest.mark.parametrize(
    ("now", "line", "time"),
    [
        ("2026-01-01T00:10:00", "Dec 31 23:59:00 h b: x", "2025-12-31T23:59:00.000Z"),
        ("2025-12-31T23:59:00", "Jan  1 00:30:00 h b: x", "2026-01-01T00:30:00.000Z"),
        ("2026-11-20T12:00:00", "Nov 20 11:59:00 h b: x", "2026-11-20T11:59:00.000Z"),
        ("2026-11-20T12:00:00", "Nov 22 11:59:00 h b: x", "2025-11-22T11:59:00.000Z"),
        ("2026-11-20T12:00:00", "Feb 29 10:00:00 h b: x", "2024-02-29T10:00:00.000Z"),
        ("2025-11-20T12:00:00", "Feb 29 10:00:00 h b: x", "2024-02-29T10:00:00.000Z"),
        ("2028-03-01T12:00:00", "Feb 29 10:00:00 h b: x", "2028-02-29T10:00:00.000Z"),
        ("2103-01-01T12:00:00", "Feb 29 10:00:00 h b: x", "2096-02-29T10:00:00.000Z"),
        ("2026-01-01T00:10:00", "E1231 23:59:00.000 1 x.go:1] x", "2025-12-31T23:59:00.000Z"),
    ],
)
def test_without_a_year_it_is_the_latest_that_is_not_to_come(now: str, line: str, time: str) -> None:
    assert read(line, Clock(UTC, datetime.fromisoformat(now).replace(tzinfo=UTC))) == time


@pytest.mark.parametrize(
    ("line", "day_first", "time"),
    [
        ("03/04/2026 10:00:00 x", False, "2026-03-04T10:00:00.000Z"),
        ("03/04/2026 10:00:00 x", True, "2026-04-03T10:00:00.000Z"),
        ("20/11/2026 10:00:00 x", False, SECOND),
        ("11/20/2026 10:00:00 x", True, SECOND),
        ("03.04.2026 10:00:00 x", False, "2026-04-03T10:00:00.000Z"),
        ("03-04-2026 10:00:00 x", False, "2026-04-03T10:00:00.000Z"),
    ],
)
def test_day_or_month_first(line: str, day_first: bool, time: str) -> None:
    assert read(line, Clock(UTC, NOW, day_first=day_first)) == time


@pytest.mark.parametrize(
    ("name", "offset"), [("UTC", 0), ("gmt", 0), ("+02:00", 120), ("-0530", -330), ("Europe/Berlin", 60), ("Z", 0)]
)
def test_zones_by_name(name: str, offset: int) -> None:
    assert NOW.astimezone(zone(name)).utcoffset() == timedelta(minutes=offset)


@pytest.mark.parametrize("name", ["", "Nowhere/Here", "+99:99", "../etc/passwd", "+", "\0", "x" * 5000])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="there is no time zone"):
        zone(name)


FORMS: list[tuple[Callable[[datetime], str], int]] = [
    (lambda t: f"{t:%Y-%m-%d %H:%M:%S},{t.microsecond // 1000:03d} x", 1),
    (lambda t: f"[{t:%Y-%m-%dT%H:%M:%S}.{t.microsecond:06d}Z] x", 1),
    (lambda t: f"{t.astimezone(timezone(timedelta(hours=5, minutes=45))).isoformat(timespec='milliseconds')} x", 1),
    (lambda t: f"{t.astimezone(timezone(-timedelta(hours=3))):%Y-%m-%d %H:%M:%S%z} x", 1000),
    (lambda t: f"1.2.3.4 - - [{t:%d/%b/%Y:%H:%M:%S} +0000] x", 1000),
    (lambda t: f"{t:%d.%m.%Y %H:%M:%S}.{t.microsecond // 1000:03d} x", 1),
    (lambda t: f"{t:%m/%d/%Y %I:%M:%S %p} x", 1000),
    (lambda t: f"{t:%a %b %d %H:%M:%S %Y} x", 1000),
    (lambda t: f"{int(t.timestamp())} x", 1000),
    (lambda t: f"{int(t.timestamp())}.{t.microsecond:06d} x", 1),
    (lambda t: f"{int(t.timestamp())}{t.microsecond // 1000:03d} x", 1),
    (lambda t: f"{int(t.timestamp())}{t.microsecond:06d} x", 1),
    (lambda t: f"{int(t.timestamp())}{t.microsecond:06d}000 x", 1),
]


@given(
    time=st.datetimes(datetime(2015, 1, 1), datetime(2033, 1, 1), timezones=st.just(UTC)), form=st.sampled_from(FORMS)
)
def test_what_is_written_is_read_back(time: datetime, form: tuple[Callable[[datetime], str], int]) -> None:
    write, unit = form
    milliseconds = int(time.timestamp()) * 1000 + time.microsecond // 1000
    assert read(write(time)) == iso(milliseconds // unit * unit)


@given(time=st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 20), timezones=st.just(UTC)))
def test_what_is_written_without_a_year_is_read_back(time: datetime) -> None:
    assert read(f"{time:%b %d %H:%M:%S} h b: x") == iso(int(time.timestamp()) * 1000)


@given(time=st.datetimes(datetime(2015, 1, 1), datetime(2033, 1, 1)).filter(lambda t: t.hour > 3))
def test_a_local_time_is_read_back(time: datetime) -> None:
    there = time.replace(tzinfo=BERLIN, microsecond=0)
    assert read(f"{time:%Y-%m-%d %H:%M:%S} x", Clock(BERLIN, NOW)) == iso(int(there.timestamp()) * 1000)


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read(line: bytes, day_first: bool) -> None:
    clock = Clock(BERLIN, NOW, day_first=day_first)
    for data in (line, bytearray(line)):
        for time in (clock.read(data, 0, len(data)), clock.keyed(data, 0, len(data))):
            assert time is None or iso(time)


@given(st.from_regex(r"\A[0-9/.:, TZ+\-JanFebE]{8,60}\Z"))
def test_anything_like_a_stamp_is_a_time_or_none(line: str) -> None:
    found = read(line)
    assert found is None or datetime.fromisoformat(found).tzinfo is not None
