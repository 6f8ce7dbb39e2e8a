"""What all chunks together hold."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymedic.triage import tally
from keymedic.triage.scanning.chunk import Found, Group, Message, Span, add_time, joined
from keymedic.triage.tally import Tallies

GAP = 1_000


def found(*groups: Group, messages: dict[int, str] | None = None, **values: int) -> Found:
    said = {number: Message(text) for number, text in (messages or {}).items()}
    return Found(b"h" * 16, values.get("size", 100), values.get("lines", 10), len(groups), list(groups), said)


def test_the_first_event_is_the_sample_and_its_line_counts_from_one() -> None:
    every = Tallies(GAP)
    assert every.add(0, found(Group(7, "a", 2, 3, [(5, 9, 2)], "first"), messages={7: "said"}), 0) == [7]
    assert every.add(0, found(Group(7, "a", 1, 0, [(20, 20, 1)], "second")), 10) == []
    [one] = every.tallies.values()
    assert (one.count, one.line, one.sample, one.spans) == (3, 4, "first", [(5, 20, 3)])


def test_workers_and_inputs_are_told_apart() -> None:
    every = Tallies(GAP)
    every.add(0, found(Group(7, "a", 1, 0, []), Group(7, "b", 1, 1, []), messages={7: "said"}), 0)
    every.add(1, found(Group(7, "a", 1, 0, [])), 0)
    assert list(every.tallies) == [(7, "a", 0), (7, "b", 0), (7, "a", 1)]


def test_of_too_many_messages_the_events_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_MESSAGES", 2)
    every = Tallies(GAP)
    new = every.add(0, found(*(Group(n, "", 4, n, []) for n in range(5)), messages=dict.fromkeys(range(5), "x")), 0)
    assert new == [0, 1]
    assert every.uncounted == 12
    assert len(every.tallies) == 2


def test_of_too_many_workers_the_events_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_TALLIES", 2)
    every = Tallies(GAP)
    every.add(0, found(*(Group(1, f"w{n}", 4, n, []) for n in range(5)), messages={1: "x"}), 0)
    assert {key[1]: one.count for key, one in every.tallies.items()} == {"w0": 4, "w1": 4, "(others)": 12}


def test_the_extent_of_an_input_grows_with_its_chunks() -> None:
    """From its first to its last event, and to those that count; where a chunk begins or ends says nothing."""
    every = Tallies(GAP)
    for first, last in ((50, 60), (None, None), (10, 90)):
        part = found(Group(7, "a", 1, 0, [(40, 70, 2)]), messages={7: "said"}, size=100, lines=10)
        part.first, part.last = first, last
        every.add(0, part, 0)
        every.extend(0, part)
    every.close(0)
    one = every.extents[0]
    assert (one.size, one.lines, one.first, one.last, len(one.hashes)) == (300, 30, 40, 90, 3)


TIMES = st.lists(st.integers(0, 50_000), max_size=60)


@given(TIMES, st.integers(1, 5_000))
def test_times_in_any_order_make_the_same_spans(times: list[int], gap: int) -> None:
    def spans(order: list[int]) -> list[Span]:
        result: list[Span] = []
        for time in order:
            add_time(result, time, gap)
        return joined(result, gap)

    made = spans(times)
    assert made == spans(sorted(times)) == joined([(time, time, 1) for time in times], gap)
    assert sum(count for _, _, count in made) == len(times)
    assert all(b[0] - a[1] > gap for a, b in itertools.pairwise(made))


@given(TIMES, st.integers(1, 5_000), st.integers(0, 60))
def test_spans_of_two_chunks_are_those_of_all_times(times: list[int], gap: int, cut: int) -> None:
    parts: list[Span] = []
    for part in (times[:cut], times[cut:]):
        spans: list[Span] = []
        for time in part:
            add_time(spans, time, gap)
        parts += spans
    assert joined(parts, gap) == joined([(time, time, 1) for time in times], gap)
