"""The first look at gigabytes lets through whatever a pack calls a key problem."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymedic import paths
from keymedic.knowledge import load
from keymedic.knowledge.scanner import PADDING
from keymedic.knowledge.store import Knowledge
from keymedic.triage.scanning.gate import Buffer, Gate, literals

WORTH = 15.0
SPOKEN = frozenset({"base.language", "base.languages", "base.stories"})
"""Packs of what people write, which no program logs."""
PROSE = frozenset(
    (
        *("altrady.resolve", "bitsgap.expires_soon", "bitsgap.invalid", "bitsgap.no_trusted_ips", "coinrule.error"),
        *("finandy.out_of_step", "insilico.keys_gone", "insilico.sync_wanted", "tealstreet.one_key_on_binance"),
        *("blockpit.no_auto_sync", "coinpanda.sync_error_bybit", "cointracker.gate_apiv2", "divly.bybit_key_lapsed"),
        *("finbooks.api_alert", "hash_data.excess", "koinx.api_error", "ledgible.gemini_prefix", "unblinked.error"),
        *("waltio.disabled_mode", "waltio.no_report"),
    )
)
"""What people say of the screens of a tool; no program logs it."""
MOST_PROSE, MOST_MISSED = 0.03, 0.015


@pytest.fixture(scope="module")
def gate(knowledge: Knowledge) -> Gate:
    return Gate(knowledge)


def passes(gate: Gate, text: str) -> bool:
    buffer = Buffer(1 << 12)
    buffer.put(f"2026-10-01 06:00:00 ERROR bots: {text}\n".encode())
    return bool(gate.ends(buffer))


def examples(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Examples of messages that say by themselves that a key may be the problem, with the symptom's id."""
    packs = load.library([paths.rules()])
    for name, pack in packs.packs.items():
        texts = {one["id"]: one.get("examples", ()) for one in packs.documents[name].data.get("symptoms", ())}
        for symptom in pack.symptoms if name not in SPOKEN else ():
            weights = (weight for cause, weight in symptom.indicates.items() if knowledge.causes[cause].key_problem)
            if symptom.aspect == "message" and max(weights, default=0) >= WORTH:
                yield from ((symptom.id, text) for text in texts[symptom.id])


def test_examples_of_key_problems_pass(gate: Gate, knowledge: Knowledge) -> None:
    """All but the few that are prose, and some that are a code or a class name without any word about keys."""
    every = list(examples(knowledge))
    missed = [one for one in every if not passes(gate, one[1])]
    prose = [one for one in missed if one[0] in PROSE]
    assert len(every) > 1_000
    assert len(prose) <= MOST_PROSE * len(every), prose
    assert len(missed) - len(prose) <= MOST_MISSED * len(every), [one for one in missed if one[0] not in PROSE]


def test_ordinary_lines_seldom_pass(gate: Gate) -> None:
    lines = [f"order {n} of BTC/USDT filled at {n}.5, {n} ms, status code 200" for n in range(400, 420)]
    lines += ["heartbeat, state RUNNING", "candles refreshed", "rate limit almost reached, slowing down"]
    assert [line for line in lines if passes(gate, line)] == []


@pytest.mark.parametrize("line", ["HTTP 401", "status: 403 ", 'code":-2015,', "errno=50111 "])
def test_a_status_or_a_code_passes_beside_its_name(line: str, gate: Gate) -> None:
    assert passes(gate, line)


def test_any_case_passes(gate: Gate) -> None:
    assert passes(gate, "INVALID API KEY")
    assert passes(gate, "invalid api key")


def test_words_are_few_and_none_holds_another(knowledge: Knowledge) -> None:
    """The speed of the first look hangs on their number."""
    words = literals(knowledge)
    assert len(words) < 1_500
    assert len(set(words)) >= len(words) - 1
    assert all(word == word.lower() for word in words)


@given(st.lists(st.binary(max_size=200), max_size=8), st.integers(0, 8))
def test_a_word_is_found_wherever_it_stands(gate: Gate, parts: list[bytes], place: int) -> None:
    buffer = Buffer(64)
    before, after = b"".join(parts[:place]), b"".join(parts[place:])
    buffer.put(before + b"invalid api-key" + after)
    found = gate.ends(buffer)
    assert found == sorted(found)
    assert any(len(before) < end <= len(before) + 15 for end in found)
    assert all(end <= buffer.size for end in found)


def test_what_stood_in_the_buffer_before_is_not_found(gate: Gate) -> None:
    buffer = Buffer(64)
    buffer.put(b"all is well, and then: invalid api-key")
    buffer.put(b"all is well")
    assert gate.ends(buffer) == []
    assert buffer.data[buffer.size : buffer.size + 1 + len(PADDING)] == b"\n" + PADDING
