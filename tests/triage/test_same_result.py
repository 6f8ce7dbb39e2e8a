"""However a log is stored, packed or piped, and however it is divided among processes: the incidents are the same."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zstandard
from tests.triage import same_events
from tests.triage.same_events import LOGS, SAME_LINES, WORKERS, Event, lines, plain, told, triaged

from keymedic.knowledge.store import Knowledge
from keymedic.triage import run
from keymedic.triage.reading import pieces
from keymedic.triage.reading.formats import HEAD
from keymedic.triage.records import Incident

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "zst": lambda data: zstandard.ZstdCompressor().compress(data),
    "xz": lzma.compress,
    "bz2": bz2.compress,
}
SMALL = 6_000
"""Bytes of a piece, so that a small log has many."""


@pytest.fixture(scope="module")
def made() -> list[Event]:
    return same_events.events()


@pytest.fixture(scope="module")
def log(made: list[Event], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("same") / "bots.log"
    path.write_text(plain(made), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def expected(log: Path, knowledge: Knowledge) -> list[Incident]:
    return triaged(log, knowledge).incidents


def named_alike(incidents: list[Incident], name: str) -> bytes:
    """Everything that incidents say, with the name of the file left out; ids come from it where no worker is named."""
    return msgspec.json.encode(incidents).replace(name.encode(), b"LOG")


def test_the_plain_log_has_one_incident_for_each_worker(expected: list[Incident], made: list[Event]) -> None:
    assert sorted(one.worker for one in expected) == [worker for worker, _ in WORKERS]
    assert sum(one.count for one in expected) == sum(one.level == "ERROR" for one in made)
    assert {one.exchange.id for one in expected if one.exchange} == {"binance", "kucoin", "kraken", "okx"}


def test_a_sample_names_the_line_where_its_event_begins(expected: list[Incident], log: Path) -> None:
    written = log.read_text(encoding="utf-8").splitlines()
    for one in expected:
        for sample in one.samples:
            assert sample.text.splitlines()[0] == written[sample.line - 1]
            assert f"account={one.worker}" in sample.text


@pytest.mark.parametrize("kind", LOGS)
def test_every_kind_of_log_tells_the_same(
    kind: str, made: list[Event], expected: list[Incident], tmp_path: Path, knowledge: Knowledge
) -> None:
    path = tmp_path / "bots.txt"
    path.write_bytes(LOGS[kind](made))
    found = triaged(path, knowledge)
    assert told(found.incidents) == told(expected), found.run.inputs[0].reason
    if kind in SAME_LINES:
        assert lines(found.incidents) == lines(expected)


@pytest.mark.parametrize("kind", ["table", "table of Excel"])
def test_a_sample_of_a_table_names_the_line_where_its_record_begins(
    kind: str, made: list[Event], tmp_path: Path, knowledge: Knowledge
) -> None:
    path = tmp_path / "bots.csv"
    path.write_bytes(LOGS[kind](made))
    written = path.read_text(encoding="utf-8-sig").splitlines()
    found = triaged(path, knowledge).incidents
    assert len(found) == len(WORKERS)
    for one in found:
        for sample in one.samples:
            line = written[sample.line - 1]
            assert line.startswith("2026-10-01T")
            assert f"account={one.worker}" in line


@pytest.mark.parametrize("size", [1_500, SMALL, 40_000])
@pytest.mark.parametrize("kind", ["plain", *LOGS])
def test_where_a_log_is_cut_into_pieces_makes_no_difference(
    kind: str, size: int, made: list[Event], tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bots.txt"
    path.write_bytes(LOGS[kind](made) if kind in LOGS else plain(made).encode())
    whole = triaged(path, knowledge)
    monkeypatch.setattr(pieces, "SIZE", size)
    cut = triaged(path, knowledge)
    assert len(cut.incidents) == len(WORKERS)
    assert named_alike(cut.incidents, str(path)) == named_alike(whole.incidents, str(path))
    for count in ("bytes", "lines", "candidates", "templates"):
        assert cut.run.counts[count] == whole.run.counts[count], count


@pytest.mark.parametrize("size", [1_500, SMALL, 40_000])
def test_where_a_log_out_of_order_is_cut_makes_no_difference(
    size: int, made: list[Event], tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bots.log"
    half = len(made) // 2
    path.write_text(plain(made[half:]) + plain(made[:half]), encoding="utf-8")
    whole = triaged(path, knowledge)
    monkeypatch.setattr(pieces, "SIZE", size)
    cut = triaged(path, knowledge)
    assert msgspec.json.encode(cut.incidents) == msgspec.json.encode(whole.incidents)
    assert cut.run.inputs[0].last_seen == whole.run.inputs[0].last_seen


@pytest.mark.parametrize("kind", PACKERS)
def test_packed_as_plain(
    kind: str,
    log: Path,
    expected: list[Incident],
    tmp_path: Path,
    knowledge: Knowledge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pieces, "SIZE", SMALL)
    path = tmp_path / f"bots.log.{kind}"
    path.write_bytes(PACKERS[kind](log.read_bytes()))
    found = triaged(path, knowledge)
    assert named_alike(found.incidents, str(path)) == named_alike(expected, str(log))
    assert found.run.inputs[0].compression == kind
    assert found.run.inputs[0].hash == triaged(log, knowledge).run.inputs[0].hash


@pytest.mark.parametrize("kind", ["gz", "xz"])
def test_packed_as_plain_where_it_is_larger_than_what_the_format_is_told_by(
    kind: str, tmp_path: Path, knowledge: Knowledge
) -> None:
    log, packed = tmp_path / "bots.log", tmp_path / f"bots.log.{kind}"
    log.write_text(plain(same_events.events(8_000)), encoding="utf-8")
    packed.write_bytes(PACKERS[kind](log.read_bytes()))
    assert log.stat().st_size > 2 * HEAD
    expected, found = triaged(log, knowledge), triaged(packed, knowledge)
    assert named_alike(found.incidents, str(packed)) == named_alike(expected.incidents, str(log))
    assert found.run.inputs[0].hash == expected.run.inputs[0].hash


@pytest.mark.parametrize("kind", ["plain", *PACKERS])
def test_a_pipe_as_the_file(kind: str, log: Path, expected: list[Incident], knowledge: Knowledge) -> None:
    data = log.read_bytes()
    pipe = io.BufferedReader(io.BytesIO(PACKERS[kind](data) if kind in PACKERS else data))
    found = run.triage(["-"], None, knowledge, stdin=pipe)
    assert named_alike(found.incidents, "standard input") == named_alike(expected, str(log))


@pytest.mark.parametrize("jobs", [2, 3])
def test_several_processes_as_one(
    jobs: int, log: Path, expected: list[Incident], knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "SIZE", SMALL)
    found = triaged(log, knowledge, jobs=jobs)
    assert msgspec.json.encode(found.incidents) == msgspec.json.encode(expected)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_the_same_messages_in_many_files(
    jobs: int, made: list[Event], tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which process reads a file must not decide which event becomes its sample."""
    for number in range(6):
        (tmp_path / f"bots-{number}.log").write_text(plain(made[number * 60 : number * 60 + 90]), encoding="utf-8")
    whole = triaged(tmp_path, knowledge)
    monkeypatch.setattr(pieces, "SIZE", SMALL)
    found = triaged(tmp_path, knowledge, jobs=jobs)
    assert msgspec.json.encode(found.incidents) == msgspec.json.encode(whole.incidents)
    for one in found.incidents:
        for sample in one.samples:
            written = Path(sample.file).read_text(encoding="utf-8").splitlines()
            assert sample.text.splitlines()[0] == written[sample.line - 1]


def test_a_message_that_is_first_seen_where_two_pieces_meet_is_counted(
    tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands at the end of a piece, and again within the next ones, which may be scanned before it."""
    told = [f"2026-10-01 06:00:{n:02} ERROR account=anna-1 {same_events.BINANCE}\n" for n in range(40)]
    before = [f"2026-10-01 05:59:{n:02} INFO {'all is well ' * 8}\n" for n in range(5)]
    path = tmp_path / "bots.log"
    path.write_text("".join(before + told), encoding="utf-8")
    monkeypatch.setattr(pieces, "SIZE", len("".join(before + told[:1])) + 1)
    found = triaged(path, knowledge)
    [one] = found.incidents
    assert (one.count, one.samples[0].line) == (len(told), len(before) + 1)
    assert one.samples[0].text == told[0].strip()
    assert not [note for note in found.run.notes if "not judged" in note]


def test_two_runs_write_the_same_bytes(log: Path, tmp_path: Path, knowledge: Knowledge) -> None:
    outputs = []
    for number in (1, 2):
        out = tmp_path / f"out{number}"
        run.triage([str(log)], out, knowledge, jobs=number)
        outputs.append(
            [(out / name).read_bytes() for name in ("incidents.jsonl", "unknowns.jsonl", "incidents.parquet")]
        )
    assert outputs[0] == outputs[1]
