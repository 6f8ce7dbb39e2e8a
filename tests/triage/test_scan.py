"""Scanning: however a log is cut into chunks, the same is found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keymedic.knowledge.store import Knowledge
from keymedic.triage.merge import Merger
from keymedic.triage.reading.formats import Format
from keymedic.triage.scanning.chunk import GAP
from keymedic.triage.scanning.gate import Buffer, Gate
from keymedic.triage.scanning.scan import Scanner
from keymedic.triage.scanning.source import Reading
from keymedic.triage.tally import Tallies

FORMATS = (Format("plain", "", stamped=True), Format("plain", ""), Format("syslog", "", stamped=True))
NOW = 1_795_000_000.0
ERROR = 'ccxt.base.errors.AuthenticationError: binance {"code":-2015,"msg":"Invalid API-key, IP, or permissions."}'
TRACE = f'Traceback (most recent call last):\n  File "x.py", line 7, in f\n    g()\n{ERROR}\n'
CHAIN = "\nDuring handling of the above exception, another exception occurred:\n\n"
STAMP = "2026-10-01 00:00:03,237"
SYSLOG = "2026-10-01T00:00:00.020Z hb-tyo-155 hummingbot[7]: "
EVENTS = (
    f"{STAMP} [bot-7] INFO heartbeat\n",
    f"{STAMP} [bot-7] ERROR tick failed\n{TRACE}",
    f"{STAMP} [bot-8] ERROR fetch_balance failed: {ERROR}\n",
    f"{STAMP} [bot-8] ERROR tick failed\n{TRACE}{CHAIN}{TRACE}",
    "".join(f"freqtrade-a  | {line}\n" for line in f"{STAMP} ERROR tick failed\n{TRACE}".splitlines()),
    "".join(f"{SYSLOG}{line}\n" for line in f"{STAMP} ERROR tick failed\n{TRACE}".splitlines()),
    f"{SYSLOG}{STAMP} INFO heartbeat\n",
    '{"time":1790812968919,"worker":"w-145","err":"kucoin 400003 KC-API-KEY not exists"}\n',
    f'{STAMP} [bot-9] ERROR answer was:\n{{\n  "code": -2015,\n  "msg": "Invalid API-key"\n}}\n',
    f"{TRACE}",
    f"{ERROR}\n    at binance.handleErrors (/x.js:1:2)\n",
    '10.0.3.169 - u1818 [01/Oct/2026:00:01:16 +0000] "GET /api/v2/balances HTTP/2.0" 401 98\n',
    "\n",
    "Invalid API-key\r\n",
)
Counts = Counter[tuple[int, str]]


@pytest.fixture(scope="module")
def gate(knowledge: Knowledge) -> Gate:
    return Gate(knowledge)


def counted(gate: Gate, found_as: Format, chunks: Sequence[bytes]) -> Counts:
    """What is found in chunks and in the seams between them."""
    reading, tallies, buffer = Reading(found_as, "UTC", NOW), Tallies(GAP), Buffer(1)
    scanner, merger = Scanner(gate), Merger(tallies, Scanner(gate), {0: reading})
    scanner.learn(0, reading)
    for chunk in chunks:
        buffer.put(chunk)
        merger.add(0, scanner.scan(0, buffer))
    merger.end()
    counts: Counts = Counter()
    for (message, worker, _), tally in tallies.tallies.items():
        counts[message, worker] += tally.count
    return counts


@pytest.mark.parametrize("found_as", FORMATS, ids=["stamped", "unstamped", "syslog"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(data=st.data())
def test_chunks_and_seams_hold_what_the_whole_holds(gate: Gate, found_as: Format, data: st.DataObject) -> None:
    events = data.draw(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=10))
    lines = "".join(events).encode().splitlines(keepends=True)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(lines) - 1)), max_size=4)))
    chunks = [b"".join(lines[a:b]) for a, b in zip([0, *cuts], [*cuts, len(lines)], strict=True)]
    chunks = [chunk for chunk in chunks if chunk]
    assert counted(gate, found_as, chunks) == counted(gate, found_as, [b"".join(lines)])


def test_every_event_counts_once(gate: Gate) -> None:
    content = (EVENTS[1] + EVENTS[0]) * 3 + EVENTS[2]
    found = counted(gate, FORMATS[0], [content.encode()])
    assert sorted((worker, count) for (_, worker), count in found.items()) == [("bot-7", 3), ("bot-8", 1)]


def test_a_chunk_in_which_no_event_begins_belongs_to_the_event_before(gate: Gate) -> None:
    first, rest = EVENTS[1].encode().split(b"\n", 1)
    assert counted(gate, FORMATS[0], [first + b"\n", rest]) == counted(gate, FORMATS[0], [first + b"\n" + rest])
