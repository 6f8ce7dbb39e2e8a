"""Judged messages -> incidents."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.triage import same_events
from tests.triage.same_events import triaged

from keymedic.knowledge.store import Knowledge
from keymedic.triage.meaning import incidents
from keymedic.triage.scanning.chunk import Span
from keymedic.triage.tally import Extent

GAP = 3_600_000


@pytest.mark.parametrize(
    ("spans", "end", "state"),
    [
        ([], 10 * GAP, "undated"),
        ([(0, 10, 5)], None, "undated"),
        ([(0, 10 * GAP, 5)], 10 * GAP, "ongoing"),
        ([(0, 9 * GAP, 5)], 10 * GAP, "ongoing"),
        ([(0, 9 * GAP - 1, 5)], 10 * GAP, "ended"),
        ([(0, 10, 5), (5 * GAP, 6 * GAP, 2)], 10 * GAP, "ended"),
        ([(0, 10, 5), (5 * GAP, 10 * GAP, 2)], 10 * GAP, "returned"),
    ],
)
def test_the_state_is_seen_from_the_end_of_the_log(spans: list[Span], end: int | None, state: str) -> None:
    assert incidents.state(spans, end, GAP) == state


def test_rotated_parts_of_a_log_end_together() -> None:
    names = ["b.log.2.gz", "b.log.1", "b.log", "c.log", "d-2026-10-01.log", "e.log"]
    extents = {number: Extent(last=last) for number, last in enumerate((10, 20, 30, 5, 7, None))}
    assert incidents.ends(names, extents) == {0: 30, 1: 30, 2: 30, 3: 5, 4: 7, 5: None}


def log(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def at(minute: int, text: str) -> str:
    return f"2026-10-01 {6 + minute // 60:02}:{minute % 60:02}:00 ERROR {text}"


def test_one_worker_with_two_problems_has_two_incidents(tmp_path: Path, knowledge: Knowledge) -> None:
    path = log(
        tmp_path / "a.log",
        *(at(n, f"account=a-1 {same_events.BINANCE}") for n in range(3)),
        *(at(n, f"account=a-1 {same_events.KRAKEN}") for n in range(5)),
    )
    found = triaged(path, knowledge).incidents
    assert [(one.worker, one.count) for one in found] == [("a-1", 5), ("a-1", 3)]
    assert len({one.id for one in found}) == 2


def test_where_no_worker_is_named_it_is_the_file(tmp_path: Path, knowledge: Knowledge) -> None:
    for name in ("a", "b"):
        log(tmp_path / f"{name}.log", *(at(n, same_events.KUCOIN) for n in range(3)))
    found = triaged(tmp_path, knowledge).incidents
    assert {one.grouped_by["file"] for one in found} == {str(tmp_path / "a.log"), str(tmp_path / "b.log")}
    assert [one.worker for one in found] == ["", ""]


def test_a_worker_is_one_in_all_files(tmp_path: Path, knowledge: Knowledge) -> None:
    for name in ("a", "b"):
        log(tmp_path / f"{name}.log", *(at(n, f"account=a-1 {same_events.KUCOIN}") for n in range(3)))
    [one] = triaged(tmp_path, knowledge).incidents
    assert one.count == 6
    assert [(Path(file.file).name, file.count) for file in one.files] == [("a.log", 3), ("b.log", 3)]


def test_quiet_for_longer_than_the_gap_makes_two_windows(tmp_path: Path, knowledge: Knowledge) -> None:
    minutes = (0, 20, 80, 141, 300)
    path = log(tmp_path / "a.log", *(at(n, f"account=a-1 {same_events.KUCOIN}") for n in minutes))
    [one] = triaged(path, knowledge).incidents
    assert [(window.first[11:16], window.last[11:16], window.count) for window in one.windows] == [
        ("06:00", "07:20", 3),
        ("08:21", "08:21", 1),
        ("11:00", "11:00", 1),
    ]
    assert (one.state, one.count, one.first_seen, one.last_seen) == (
        "returned",
        5,
        one.windows[0].first,
        one.windows[-1].last,
    )


def test_what_ended_before_the_log_did_is_over(tmp_path: Path, knowledge: Knowledge) -> None:
    path = log(tmp_path / "a.log", at(0, f"account=a-1 {same_events.KUCOIN}"), at(200, "all is well again"))
    [one] = triaged(path, knowledge).incidents
    assert one.state == "ended"


def test_key_problems_come_first_then_what_goes_on_then_the_most_frequent(tmp_path: Path, knowledge: Knowledge) -> None:
    limits = 'binance {"code":-1003,"msg":"Too many requests; current limit is 1200 requests per minute."}'
    path = log(
        tmp_path / "a.log",
        *(at(n, f"account=over-1 {same_events.KUCOIN}") for n in range(30)),
        *(at(n, f"account=other-1 {limits}") for n in range(100, 160)),
        *(at(n, f"account=few-1 {same_events.KUCOIN}") for n in range(190, 192)),
        *(at(n, f"account=many-1 {same_events.KUCOIN}") for n in range(195, 200)),
    )
    found = triaged(path, knowledge).incidents
    assert [one.worker for one in found] == ["many-1", "few-1", "over-1", "other-1"]
    assert [one.key_problem for one in found] == [True, True, True, False]


def test_a_catch_all_at_the_same_time_is_the_same_incident(tmp_path: Path, knowledge: Knowledge) -> None:
    general = "ccxt.base.errors.AuthenticationError: kucoin GET https://api.kucoin.com/api/v1/accounts 401 Unauthorized"
    path = log(
        tmp_path / "a.log",
        *(at(n, f"account=a-1 {same_events.KUCOIN}") for n in range(5)),
        *(at(n, f"account=a-1 {general}") for n in range(5, 8)),
    )
    [one] = triaged(path, knowledge).incidents
    assert one.count == 8
    assert one.cause != "key.unknown"


def test_an_id_depends_on_what_is_grouped_and_not_on_what_happened(tmp_path: Path, knowledge: Knowledge) -> None:
    """So that the incident of yesterday's log is the one of today's."""
    short = log(tmp_path / "a.log", *(at(n, f"account=a-1 {same_events.KUCOIN}") for n in range(3)))
    long = log(tmp_path / "b.log", *(at(n, f"account=a-1 {same_events.KUCOIN}") for n in range(30, 90)))
    ids = [one.id for path in (short, long) for one in triaged(path, knowledge).incidents]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_each_says_why_and_what_to_do(tmp_path: Path, knowledge: Knowledge) -> None:
    path = log(tmp_path / "a.log", *(at(n, f"account=a-1 {same_events.OKX}") for n in range(3)))
    [one] = triaged(path, knowledge).incidents
    assert one.cause == one.causes[0].id == "ip.not_whitelisted"
    assert one.probability == one.causes[0].probability
    assert one.evidence
    assert one.remedy is not None
    assert one.remedy.steps
    assert one.grouped_by == {"worker": "a-1", "exchange": "okx", "cause": "ip.not_whitelisted"}


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["a-1", "b-2"])), min_size=1, max_size=25))
def test_no_event_is_lost_or_counted_twice(knowledge: Knowledge, told: list[tuple[int, str]]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = log(Path(folder) / "a.log", *(at(n, f"account={who} {same_events.KUCOIN}") for n, who in told))
        found = triaged(path, knowledge).incidents
    assert {one.worker: one.count for one in found} == {
        who: sum(other == who for _, other in told) for who in {who for _, who in told}
    }
    for one in found:
        assert sum(window.count for window in one.windows) == one.count
        assert one.samples[0].line == 1 + next(n for n, (_, who) in enumerate(told) if who == one.worker)
