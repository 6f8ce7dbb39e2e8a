"""What is kept of an event to be judged and shown: masked, and of a long one the parts that say something."""

from __future__ import annotations

from keymedic.intake.redaction import mask
from keymedic.triage.scanning.gate import Buffer, Gate

LENGTH = 4_096
"""Bytes of a sample."""
_HEAD, _TAIL = 1_200, 800
_BEFORE, _AFTER = 300, 200
_HITS = 2
"""How many of the first, and of the last, hits of a long event are kept with what stands around them."""
_LEFT_OUT = b"\n...\n"


def sample(text: str, gate: Gate) -> str:
    """An event, masked as a whole before anything is cut off it."""
    masked = mask(text).text.strip()
    data = masked.encode("utf-8", "replace")
    if len(data) <= LENGTH:
        return masked
    buffer = Buffer(len(data))
    buffer.put(data)
    hits = gate.ends(buffer)
    parts = [(hit - _BEFORE, hit + _AFTER) for hit in (*hits[:_HITS], *hits[_HITS:][-_HITS:])]
    return _LEFT_OUT.join(_cut(data, [(0, _HEAD), *parts, (len(data) - _TAIL, len(data))])).decode("utf-8", "ignore")


def _cut(data: bytes, parts: list[tuple[int, int]]) -> list[bytes]:
    """These parts of a text (begin, end) in their order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(parts):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((max(start, 0), stop))
    return [data[start:stop] for start, stop in joined]
