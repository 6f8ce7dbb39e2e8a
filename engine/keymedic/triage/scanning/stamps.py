"""Time stamps of log lines -> milliseconds since 1970 in UTC, in the many ways in which logs write them."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_MONTHS = {name: number for number, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_MONTH = rb"[JFMASOND][a-z]{2}"
_ZONE = rb"Z|UTC|GMT|[+-]0\d(?::?[0134][05])?|\+1[0-4](?::?[0134][05])?|(?<!\s)-1[0-2](?::?00)?|-1[0-2]:?00(?=\])"
"""After a blank, -1021 and -2015 are codes, and -1100 is one too unless a bracket says otherwise."""
_REST = (
    rb"(?:[.,](\d{1,9}))?(?:\s?([AaPp])\.?[Mm]\b)?(?:\s?(" + _ZONE + rb")(?![\w:.-]))?"
    rb"(?:\s((?:19|20)\d\d)(?![\w.:-]))?"
)
_STAMP = re.compile(
    rb"(?=[\dA-Z])(?:(?P<iso>(?P<hour>(?P<y>(?:19|20)\d\d)[-/.](?P<mo>\d\d?)[-/.](?P<d>\d\d?)"
    rb"(?:[T _,]|, |  )(?P<h>\d\d?)):(?P<mi>\d\d)(?::(?P<s>\d\d))?)"
    rb"|(?P<clf>(?P<d2>\d\d?)[-/ ](?P<mo2>"
    + _MONTH
    + rb")[-/ ](?P<y2>(?:19|20)\d\d)[ :T](?P<h2>\d\d):(?P<mi2>\d\d):(?P<s2>\d\d))"
    rb"|(?P<num>(?P<a>\d\d?)(?P<sep>[-/.])(?P<b>\d\d?)[-/.](?P<y3>(?:19|20)\d\d)"
    rb"[ ,T]{1,2}(?P<h3>\d\d?):(?P<mi3>\d\d)(?::(?P<s3>\d\d))?)"
    rb"|(?P<bsd>(?P<mo4>" + _MONTH + rb")[a-z]{0,6}\.?\s{1,2}(?P<d4>\d\d?),?\s"
    rb"(?:(?P<y4>(?:19|20)\d\d),?\s)?(?P<h4>\d\d?):(?P<mi4>\d\d):(?P<s4>\d\d))"
    rb"|(?P<glog>(?<!\w)[IWEFD](?P<mo5>[01]\d)(?P<d5>[0-3]\d)\s(?P<h5>\d\d):(?P<mi5>\d\d):(?P<s5>\d\d))"
    rb"|(?<![\d.\w-])(?P<epoch>1[4-9]\d{8})(?P<more>\d{3}|\d{6}|\d{9})?(?![\d\w-]))"
)
_TAIL = re.compile(_REST)
_FRACTION = re.compile(rb"\.(\d+)")
_KEYS = (
    rb"timestamp|@timestamp|time|ts|datetime|date|asctime|eventTime|event_time|created_at|created|t|__REALTIME_TIMESTAMP"
    rb"|@t|Timestamp|Time|timeMillis|epochSecond|timestamp_ms|ts_ms|_time"
)
_KEYED = re.compile(
    rb"(?:\"(?:" + _KEYS + rb")\"\s*:\s*\"?|(?<![\w.\"\\-])(?:ts|time|timestamp|t)=\"?)"
    rb"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?=\d|" + _MONTH + rb" )"
)
_LEADS = re.compile(
    rb"(?:[\w./-]{1,64} *\| ?)?(?:\[[^\]]*\]|(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\b"
    rb"|(?:ts|time|timestamp)[=:]|[\s\[(<{\"'|,-])*+"
)
"""What may stand before a number that is a time: a number further on is an order, a price or an id."""
_NEAR = 100
"""Bytes from the beginning of a line in which its stamp begins."""
_WIDEST = 40
_LEAP = 8
"""Years from one 29th of February to the next at most."""
_CACHED = 100_000
_SEEN = 65_536
Bytes = bytes | bytearray


class Clock:
    """Reads stamps. `zone` is that of stamps which name none; `now` gives the year of those without one.

    day_first: whether 03/04/2026 means the third of April.
    """

    def __init__(self, zone: tzinfo, now: datetime, *, day_first: bool = False) -> None:
        self._zone = zone
        self._now = now
        self._day_first = day_first
        self._seconds: dict[bytes, int | None] = {}

    def read(self, line: Bytes, start: int, end: int) -> int | None:
        """The time of a line (`line[start:end]`), None when it names none."""
        near, at = min(end, start + _NEAR), start
        while hit := _STAMP.search(line, at, min(end, near + _WIDEST)):
            if hit.start() >= near:
                break
            if hit["epoch"] is None or _LEADS.fullmatch(line, start, hit.start()):
                time = self._at(hit, line, end)
                if time is not None:
                    return time
            at = hit.end()
        return None

    def keyed(self, line: Bytes, start: int, end: int) -> int | None:
        """The time of a line of JSON or of key=value pairs, None when it names none."""
        for key in _KEYED.finditer(line, start, end):
            hit = _STAMP.match(line, key.end(), end)
            if hit:
                time = self._at(hit, line, end)
                if time is not None:
                    return time
        return None

    def _at(self, hit: re.Match[bytes], line: Bytes, end: int) -> int | None:
        kind = hit.lastgroup
        if kind in {"epoch", "more"}:
            return _epoch(hit, line, end)
        tail = _TAIL.match(line, hit.end(), end)
        fraction, half, zone, year = tail.groups() if tail else (None, None, None, None)
        if kind == "iso" and not half:
            seconds = self._iso(hit, zone)
        else:
            year = year if kind == "bsd" and hit["y4"] is None else None
            known = b"|".join((hit[0], half or b"", zone or b"", year or b""))
            if known not in self._seconds:
                self._keep(known, self._absolute(hit, half, zone, int(year or 0)))
            seconds = self._seconds[known]
        if seconds is None:
            return None
        return seconds * 1000 + (int(fraction[:3].ljust(3, b"0")) if fraction else 0)

    def _iso(self, hit: re.Match[bytes], zone: bytes | None) -> int | None:
        """Seconds since 1970 of a stamp of the commonest form: hours are kept, minutes and seconds added."""
        hour, minute, second = hit.group("hour", "mi", "s")
        known = hour if zone is None else hour + b"|" + zone
        if known not in self._seconds:
            year, month, day, of_day = hit.group("y", "mo", "d", "h")
            try:
                start = self._utc(datetime(int(year), int(month), int(day), int(of_day)), zone)
            except (ValueError, OverflowError):
                start = None
            self._keep(known, start)
        start = self._seconds[known]
        if start is None or minute > b"59" or (second and second > b"60"):
            return None
        return start + int(minute) * 60 + (int(second) if second else 0)

    def _keep(self, known: bytes, seconds: int | None) -> None:
        if len(self._seconds) > _CACHED:
            self._seconds.clear()
        self._seconds[known] = seconds

    def _absolute(self, hit: re.Match[bytes], half: bytes | None, zone: bytes | None, named: int) -> int | None:
        """Seconds since 1970, None for a date that does not exist. `named`: a year that stands after the time, or 0."""
        found = hit.groupdict()
        try:
            year, month, day, hour, minute, second = self._parts(found)
            year = year or named
            if half:
                hour = hour % 12 + (12 if half.lower() == b"p" else 0)
            if year == 0:
                return self._recent((month, day, hour, minute, min(second, 59)), zone)
            return self._utc(datetime(year, month, day, hour, minute, min(second, 59)), zone)
        except (ValueError, OverflowError, KeyError):
            return None

    def _parts(self, found: dict[str, bytes | None]) -> tuple[int, int, int, int, int, int]:
        """Year (0 = not said), month, day, hour, minute, second."""

        def number(name: str) -> int:
            return int(found[name] or 0)

        if found["iso"]:  # with am or pm
            return number("y"), number("mo"), number("d"), number("h"), number("mi"), number("s")
        if found["clf"]:
            month = _MONTHS[(found["mo2"] or b"").lower()]
            return number("y2"), month, number("d2"), number("h2"), number("mi2"), number("s2")
        if found["num"]:
            first, second = number("a"), number("b")
            day_first = first > 12 or (second <= 12 and (self._day_first or found["sep"] != b"/"))
            day, month = (first, second) if day_first else (second, first)
            return number("y3"), month, day, number("h3"), number("mi3"), number("s3")
        if found["bsd"]:
            month = _MONTHS[(found["mo4"] or b"").lower()]
            return number("y4"), month, number("d4"), number("h4"), number("mi4"), number("s4")
        return 0, number("mo5"), number("d5"), number("h5"), number("mi5"), number("s5")

    def _utc(self, local: datetime, zone: bytes | None) -> int:
        if zone is None and self._zone is UTC:
            return calendar.timegm(local.timetuple())
        if zone in {None, b""}:
            return int(local.replace(tzinfo=self._zone).timestamp())
        seconds = calendar.timegm(local.timetuple())
        if zone in {b"Z", b"UTC", b"GMT"}:
            return seconds
        text = (zone or b"").decode().replace(":", "")
        offset = int(text[1:3]) * 3600 + int(text[3:5] or 0) * 60
        return seconds - offset if text[0] == "+" else seconds + offset

    def _recent(self, moment: tuple[int, int, int, int, int], zone: bytes | None) -> int:
        """Without a year: the latest such date that is not in the future."""
        month, day, hour, minute, second = moment
        latest = (self._now + timedelta(days=1)).timestamp()
        for year in range(self._now.year + 1, self._now.year - _LEAP - 1, -1):
            try:
                seconds = self._utc(datetime(year, month, day, hour, minute, second), zone)
            except ValueError:
                continue  # the 29th of February
            if seconds <= latest:
                return seconds
        raise ValueError("no such date")


def _epoch(hit: re.Match[bytes], line: Bytes, end: int) -> int:
    """Seconds, milliseconds, microseconds or nanoseconds since 1970, by the number of digits."""
    more = hit["more"] or b""
    time = int(hit["epoch"]) * 1000 + int(more[:3] or b"0")
    fraction = None if more else _FRACTION.match(line, hit.end(), end)
    return time + int(fraction[1][:3].ljust(3, b"0")) if fraction else time


def zone(name: str) -> tzinfo:
    """The zone with this name (Europe/Berlin, UTC, +02:00). Raises ValueError."""
    if name.upper() in {"UTC", "GMT", "Z"}:
        return UTC
    try:
        if name[:1] in "+-":
            found = datetime.strptime(name.replace(":", ""), "%z").tzinfo
            if found:
                return found
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise ValueError(f"there is no time zone {name!r}: write it as Europe/Berlin, UTC or +02:00") from None


def iso(time: int | None) -> str | None:
    """Milliseconds as ISO 8601 in UTC."""
    if time is None:
        return None
    seconds, milliseconds = divmod(time, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


def day_first(head: bytes) -> bool:
    """Whether a log writes the day before the month: some number in its stamps is too large for a month."""
    return any(int(hit["a"]) > 12 for hit in _STAMP.finditer(head[:_SEEN]) if hit["num"])
