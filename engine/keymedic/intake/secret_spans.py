"""Where a secret stands in a text, and the tokens that take its place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

KINDS = ("key", "secret", "passphrase", "password", "signature", "token", "jwt", "pem", "cookie", "email", "otp")
TOKEN = rf"<(?:{'|'.join(KINDS)}) (\d+)>"


class Span(NamedTuple):
    """A value to mask; where spans overlap, the lowest `rank` names the kind. No kind: made by a machine, no proof."""

    start: int
    end: int
    kind: str
    label: str = ""
    rank: int = 5


@cache
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """The compiled pattern. Compiled at first use: importing these modules must cost nothing."""
    return re.compile(pattern, flags)


def between(places: list[int], first: int, last: int) -> bool:
    """Whether one of the sorted `places` lies in `first`..`last`."""
    at = bisect_left(places, first)
    return at < len(places) and places[at] < last


def merge(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, overlapping ones joined."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            first, other = (span, last) if span.rank < last.rank else (last, span)
            merged[-1] = Span(last.start, max(last.end, span.end), first.kind, first.label or other.label, first.rank)
        else:
            merged.append(span)
    return merged
