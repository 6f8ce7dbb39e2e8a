"""What a triage is asked for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import msgspec

from keymedic.errors import Unusable
from keymedic.triage.scanning.chunk import GAP
from keymedic.triage.scanning.stamps import iso, zone

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(s|sec|m|min|h|d)\Z")
_SECONDS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Options that change the result. Times in milliseconds since 1970."""

    format: str = ""
    zone: str = "UTC"
    gap: int = GAP
    """Quiet after which an incident counts as over."""
    since: int | None = None
    until: int | None = None
    exchange: str = ""
    cause: str = ""
    min_probability: float = 0.0

    def told(self) -> dict[str, str]:
        """Those that were set, and what always counts, for people."""
        told = {
            "log format": self.format,
            "time zone": self.zone,
            "gap": f"{self.gap / 60_000:g} min",
            "since": iso(self.since) or "",
            "until": iso(self.until) or "",
            "exchange": self.exchange,
            "cause": self.cause,
            "probability from": f"{self.min_probability:g}" if self.min_probability else "",
        }
        return {name: value for name, value in told.items() if value}


def length(text: str) -> int:
    """Milliseconds of a length of time: 30m, 2h, 1d. Raises Unusable."""
    hit = _LENGTH.match(text.strip())
    if not hit or not float(hit[1]):
        raise Unusable(f"{text!r} is no length of time: write it as 30m, 2h or 1d")
    return round(float(hit[1]) * _SECONDS[hit[2]] * 1000)


def time(text: str, zone_name: str, now: float) -> int:
    """A point in time: 2026-11-21, 2026-11-21T10:00, with or without zone, or a length before now such as 2h.

    Raises Unusable.
    """
    if _LENGTH.match(text.strip()):
        return round((now - length(text) / 1000) * 1000)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Unusable(
            f"{text!r} is no time: write it as 2026-11-21T10:00, 2026-11-21, or 2h for two hours ago"
        ) from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone(zone_name))
    return round((found - datetime(1970, 1, 1, tzinfo=zone("UTC"))) / timedelta(milliseconds=1))
