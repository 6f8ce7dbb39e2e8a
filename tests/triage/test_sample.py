"""Samples: whatever the length of an event, what it says about a key is kept, and nothing of a secret."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keymedic.knowledge.store import Knowledge
from keymedic.triage.meaning.judge import judge
from keymedic.triage.scanning.gate import Gate
from keymedic.triage.scanning.sample import LENGTH, sample
from keymedic.triage.scanning.source import telling

ERROR = 'kucoin {"code":"400003","msg":"KC-API-KEY not exists"}'
FRAMES = "".join(
    f'  File "/srv/aiohttp/client_{n}.py", line {n}, in step_{n}\n    await self._step_{n}()\n' for n in range(120)
)
TRACEBACK = (
    f"2026-11-20 08:00:01 ERROR failed\nTraceback (most recent call last):\n{FRAMES}ccxt.AuthenticationError: {ERROR}"
)
RECORD = json.dumps({"level": "error", "before": "x y z " * 2_000, "err": ERROR, "after": "a b c " * 2_000})


@pytest.fixture(scope="module")
def gate(knowledge: Knowledge) -> Gate:
    return Gate(knowledge)


@pytest.mark.parametrize("text", [TRACEBACK, RECORD], ids=["at the end of a traceback", "in the middle of a record"])
def test_what_a_long_event_says_is_kept(knowledge: Knowledge, gate: Gate, text: str) -> None:
    kept = sample(text, gate)
    assert len(kept.encode()) <= LENGTH
    assert "KC-API-KEY not exists" in kept
    assert kept.startswith(text[:100])
    assert judge(knowledge, kept, "", "").cause == "key.invalid"


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 9_000))
def test_a_secret_is_never_cut_in_two(gate: Gate, before: int) -> None:
    secret = "9f8e7d6c5b4a39281706f5e4d3c2b1a0ffeeddccbbaa99887766554433221100"
    text = "ERROR invalid api key " + "word " * (before // 5) + f"\nsecret: {secret}\n" + "more " * 1_500
    kept = sample(text, gate)
    assert not any(secret[at : at + 8] in kept for at in range(len(secret) - 7))


def test_errors_in_the_middle_of_long_events_tell_them_apart() -> None:
    def told(error: str) -> bytes:
        data = bytearray(f"2026-11-20 ERROR failed\n{FRAMES}{error}\n{FRAMES}raise\n".encode())
        hit = data.find(error.encode()) + len(error)
        return telling(data, 0, len(data), (hit, hit))

    assert told("-2014 API-key format invalid.") != told("-2015 Invalid API-key.")
    assert told("-2015 Invalid API-key.").count(b"File") < FRAMES.count("File")
