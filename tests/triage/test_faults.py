"""Logs that are broken, too long, in motion or not logs at all; disks that are full: nothing is lost in silence."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import string
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import zstandard
from benchmarks.triage import running
from tests.cli import program
from tests.triage import same_events, starting
from tests.triage.same_events import WORKERS, plain, triaged

from keymedic.knowledge.store import Knowledge
from keymedic.triage import run
from keymedic.triage.conclude import Outcome
from keymedic.triage.reading import pieces
from keymedic.triage.reading.pieces import Opened, Piece
from keymedic.triage.records import Incident, InputRecord
from keymedic.triage.showing import report

LIMIT = 400
"""MB that all processes of a triage may take together."""


@pytest.fixture(scope="module")
def log() -> bytes:
    return plain(same_events.events()).encode()


def error(worker: str, second: int = 0, answer: str = same_events.BINANCE) -> str:
    return f"2026-10-01 07:{second // 60:02}:{second % 60:02} ERROR account={worker} {answer}\n"


def record(found: Outcome, name: str) -> InputRecord:
    [one] = [each for each in found.run.inputs if each.name.endswith(name)]
    return one


def workers(incidents: list[Incident]) -> set[str]:
    return {one.worker for one in incidents}


# --- damaged and unreadable


def test_of_a_cut_archive_all_is_read_up_to_the_cut(log: bytes, tmp_path: Path, knowledge: Knowledge) -> None:
    packed = gzip.compress(log)
    (tmp_path / "cut.log.gz").write_bytes(packed[: len(packed) * 2 // 3])
    (tmp_path / "whole.log").write_text(error("zoe-9"))
    found = triaged(tmp_path, knowledge)
    cut = record(found, "cut.log.gz")
    assert len(log) / 3 < cut.read < len(log)
    assert "the gzip data" in cut.problems[0]
    assert {worker for worker, _ in WORKERS} | {"zoe-9"} == workers(found.incidents)


def test_of_a_damaged_archive_all_is_read_up_to_the_damage(tmp_path: Path, knowledge: Knowledge) -> None:
    log = plain(same_events.events(20_000)).encode()
    packed = bytearray(zstandard.ZstdCompressor(level=1, write_checksum=True).compress(log))
    packed[len(packed) * 3 // 4 : len(packed) * 3 // 4 + 40] = b"\xaa" * 40
    (tmp_path / "damaged.log.zst").write_bytes(packed)
    found = triaged(tmp_path, knowledge)
    damaged = record(found, "damaged.log.zst")
    assert 0 < damaged.read <= len(log)
    assert "zstd" in damaged.problems[0]
    assert workers(found.incidents) == {worker for worker, _ in WORKERS}


def test_what_went_wrong_is_said_in_the_summary_the_record_and_the_report(log: bytes, tmp_path: Path) -> None:
    packed = gzip.compress(log)
    (tmp_path / "cut.log.gz").write_bytes(packed[:-2_000])
    out = tmp_path / "out"
    done = program.run("triage", str(tmp_path / "cut.log.gz"), "--out", str(out))
    assert done.returncode == 0
    [written] = json.loads((out / "run.json").read_bytes())["inputs"]
    assert written["problems"]
    assert "cut.log.gz" in done.stdout.decode()
    assert written["problems"][0] in " ".join(done.stdout.decode().split())
    assert written["problems"][0] in (out / "report.html").read_text("utf-8")


def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_read(log: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(log)
    (tmp_path / "b.log").symlink_to(tmp_path / "gone")
    (tmp_path / "c.log").write_text(error("zoe-9"))
    done = program.run("triage", str(tmp_path), "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {one["worker"] for one in found["incidents"]} == {"zoe-9", *(worker for worker, _ in WORKERS)}
    [problem] = [one["problems"] for one in found["run"]["inputs"] if one["name"].endswith("b.log")]
    assert problem[0].startswith("cannot be read")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs another user to become")
def test_a_file_that_belongs_to_somebody_else_is_reported(log: bytes, knowledge: Knowledge) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "a.log").write_bytes(log)
        (folder / "secret.log").write_bytes(log)
        (folder / "secret.log").chmod(0)
        os.seteuid(65534)
        try:
            found = triaged(folder, knowledge)
        finally:
            os.seteuid(0)
    assert record(found, "secret.log").problems[0].startswith("cannot be read")
    assert len(found.incidents) == len(WORKERS)


# --- in motion


class Meddler:
    """Does something to a log after its first pieces were handed out."""

    def __init__(self, patch: pytest.MonkeyPatch, what: Any, size: int = 5_000, after: int = 3) -> None:
        original = Opened.pieces

        def meddling(opened: Opened, number: int) -> Iterator[Piece]:
            for count, piece in enumerate(original(opened, number)):
                if count == after:
                    what()
                yield piece

        patch.setattr(pieces, "SIZE", size)
        patch.setattr(Opened, "pieces", meddling)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_grows_is_read_as_far_as_it_went_at_first(
    jobs: int, log: bytes, tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bots.log"
    path.write_bytes(log)

    def grow() -> None:
        with path.open("a") as file:
            file.write(error("zoe-9") * 3)

    before = triaged(path, knowledge, jobs=jobs)
    with monkeypatch.context() as patch:
        Meddler(patch, grow)
        during = triaged(path, knowledge, jobs=jobs)
    assert during.incidents == before.incidents
    assert f"{3 * len(error('zoe-9')):,} bytes were added" in during.run.inputs[0].problems[0]
    assert "zoe-9" in workers(triaged(path, knowledge, jobs=jobs).incidents)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_is_emptied_while_it_is_read(
    jobs: int, log: bytes, tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bots.log"
    path.write_bytes(log)
    (tmp_path / "later.log").write_text(error("zoe-9"))
    Meddler(monkeypatch, lambda: path.open("w").close())
    found = triaged(tmp_path, knowledge, jobs=jobs)
    assert "were taken away while it was read" in record(found, "bots.log").problems[0]
    assert record(found, "bots.log").read < len(log)
    assert "zoe-9" in workers(found.incidents)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_is_deleted_while_it_is_read(
    jobs: int, log: bytes, tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bots.log"
    path.write_bytes(log)
    (tmp_path / "later.log").write_text(error("zoe-9"))
    Meddler(monkeypatch, path.unlink)
    found = triaged(tmp_path, knowledge, jobs=jobs)
    assert record(found, "bots.log").problems
    assert "zoe-9" in workers(found.incidents)


def test_a_file_that_is_deleted_once_it_was_opened(
    log: bytes, tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bots.log"
    path.write_bytes(log)
    (tmp_path / "later.log").write_text(error("zoe-9"))
    original = Opened.beginning

    def meddling(opened: Opened) -> bytes:
        path.unlink(missing_ok=True)
        return original(opened)

    monkeypatch.setattr(Opened, "beginning", meddling)
    found = triaged(tmp_path, knowledge)
    assert record(found, "bots.log").problems
    assert "zoe-9" in workers(found.incidents)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_log_that_is_rotated_while_it_is_read_is_not_taken_for_the_new_one(
    jobs: int, log: bytes, tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bots.log"
    path.write_bytes(log)

    def rotate() -> None:
        path.rename(tmp_path / "bots.log.1")
        path.write_text(error("zoe-9") * 2_000)

    Meddler(monkeypatch, rotate)
    found = triaged(path, knowledge, jobs=jobs)
    assert "zoe-9" not in workers(found.incidents)
    if record(found, "bots.log").read < len(log):
        assert record(found, "bots.log").problems


def test_a_pipe_that_is_written_slowly_is_read_to_its_end(log: bytes, knowledge: Knowledge) -> None:
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as file:
            for at in range(0, len(log), 7_001):
                file.write(log[at : at + 7_001])
                file.flush()

    thread = threading.Thread(target=write)
    thread.start()
    with os.fdopen(reading, "rb") as file:
        found = run.triage(["-"], None, knowledge, stdin=file)
    thread.join()
    assert found.run.inputs[0].read == len(log)
    assert len(found.incidents) == len(WORKERS)


# --- odd content


def test_a_line_that_is_longer_than_memory_allows_for(tmp_path: Path) -> None:
    """Two hundred megabytes without a line end; what stands in the middle of them, and around them, is found."""
    path, dice = tmp_path / "long.log", random.Random(1)
    block = ("".join(dice.choices(string.ascii_lowercase + "  ", k=1 << 16)) + " ").encode()
    with path.open("wb") as file:
        file.write(error("first-1").encode())
        file.write(b"2026-10-01 07:00:30 INFO dump of everything: ")
        for number in range(200 * (1 << 20) // len(block)):
            file.write(block)
            if number in {9, 1_600, 3_195}:
                file.write(f" account=middle-{number} {same_events.KUCOIN} ".encode())
        file.write(b"\n")
        file.write("".join(error("last-2", second) for second in range(60, 100)).encode())
    out = tmp_path / "out"
    argv = [str(program.PROGRAM), "triage", str(path), "--out", str(out), "--jobs", "2"]
    peak = running.run(argv, dict(os.environ), watch=True).peak
    assert peak <= LIMIT
    found = {one["worker"]: one for one in map(json.loads, (out / "incidents.jsonl").read_bytes().splitlines())}
    assert {"first-1", "middle-9", "middle-1600", "middle-3195", "last-2"} <= found.keys()
    assert found["last-2"]["count"] == 40
    assert found["last-2"]["samples"][0]["line"] == 3


@pytest.mark.parametrize("length", [70_000, 5_000_000])
@pytest.mark.parametrize("size", [100_000, 1 << 20])
def test_what_stands_before_in_and_after_a_long_line_is_counted(
    length: int, size: int, tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "SIZE", size)
    path = tmp_path / "long.log"
    before = "".join(error("first-1", second) for second in range(30))
    filler = "all is well " * (length // 24)
    long = f"2026-10-01 07:00:30 INFO {filler} account=middle-5 {same_events.KUCOIN} {filler}\n"
    after = "".join(error("last-2", second) for second in range(60, 90))
    path.write_text(before + long + after, encoding="utf-8")
    found = {one.worker: one for one in triaged(path, knowledge).incidents}
    assert {name: one.count for name, one in found.items()} == {"first-1": 30, "middle-5": 1, "last-2": 30}
    assert found["last-2"].samples[0].line == 32


def test_memory_is_bounded_for_a_pipe_too(log: bytes, tmp_path: Path) -> None:
    """What comes through a pipe goes from process to process, where pieces of a file are read by each."""
    (tmp_path / "part.log").write_bytes(log * 1_500)
    cat = " ".join(["cat", *["part.log"] * 4])
    script = f"cd {tmp_path} && {cat} | {program.PROGRAM} triage - --jobs 2"
    assert running.run(["sh", "-c", script], dict(os.environ), watch=True).peak <= LIMIT


def test_zero_bytes_and_broken_utf8_hide_nothing(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "bots.log"
    lines = [error("anna-1", 1).encode(), b"\0" * 5_000, b"\n", error("bruno-2", 2).encode()]
    lines += [b"2026-10-01 07:00:03 INFO \xff\xfe\xc3( \xed\xa0\x80\0 na\xefve\n", error("clara-3", 3).encode()]
    lines += [b"2026-10-01 07:00:04 ERROR account=dora-4 \xc3\x28 ", same_events.OKX.encode(), b"\n"]
    path.write_bytes(b"".join(lines) + plain(same_events.events(40)).encode())
    found = triaged(path, knowledge)
    assert {"anna-1", "bruno-2", "clara-3", "dora-4"} == workers(found.incidents)
    assert not found.run.inputs[0].skipped


def test_an_empty_file_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    done = program.run("triage", str(tmp_path / "empty.log"), "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["incidents"] == []
    assert found["run"]["inputs"][0]["problems"] == []


def test_files_that_are_no_logs_are_skipped_and_said_so(log: bytes, tmp_path: Path, knowledge: Knowledge) -> None:
    (tmp_path / "bots.log").write_bytes(log)
    (tmp_path / "data.bin").write_bytes(random.Random(2).randbytes(300_000))
    (tmp_path / "state.sqlite").write_bytes(b"SQLite format 3\0" + bytes(4_000))
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(9_000))
    shutil.make_archive(str(tmp_path / "old"), "zip", tmp_path, "bots.log")
    found = triaged(tmp_path, knowledge)
    assert len(found.incidents) == len(WORKERS)
    for name in ("data.bin", "state.sqlite", "logo.png", "old.zip"):
        skipped = record(found, name)
        assert sum(skipped.skipped.values()) == (tmp_path / name).stat().st_size
        assert skipped.problems[0].startswith("skipped: ")
    assert found.run.counts["bytes"] == len(log)


def test_a_log_without_any_time_has_incidents_without(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "bots.log"
    path.write_text(f"ERROR account=anna-1 {same_events.BINANCE}\n" * 3 + "INFO all is well\n" * 3)
    [one] = triaged(path, knowledge).incidents
    assert (one.count, one.state, one.first_seen, one.last_seen, one.windows) == (3, "undated", None, None, ())


def test_times_to_come_are_taken_as_they_are(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "bots.log"
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    path.write_text(f"{later:%Y-%m-%d %H:%M:%S} ERROR account=anna-1 {same_events.BINANCE}\n")
    [one] = triaged(path, knowledge).incidents
    assert one.first_seen == f"{later:%Y-%m-%dT%H:%M:%S}.000Z"
    assert one.state == "ongoing"


def test_stamps_without_a_year_are_not_later_than_now(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "bots.log"
    now = datetime.now(UTC)
    later = now + timedelta(days=3)
    path.write_text(
        f"{later:%b} {later.day:2} {later:%H:%M:%S} fra1 bots[7]: ERROR account=anna-1 {same_events.BINANCE}\n"
    )
    [one] = triaged(path, knowledge).incidents
    assert one.first_seen is not None
    assert datetime.fromisoformat(one.first_seen) < now + timedelta(days=2)


# --- disks


class Disk:
    """A disk of one megabyte, with so much of it taken that few kilobytes are left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, left: int) -> None:
        self.clear()
        status = os.statvfs(self.folder)
        self._filler.write_bytes(bytes(max(0, status.f_bavail * status.f_frsize - left)))

    def clear(self) -> None:
        self._filler.unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("left", [0, 4_096, 16_384, 28_672, 40_960])
def test_a_full_disk_is_one_line_and_leaves_what_was_there(left: int, disk: Disk, log: bytes, tmp_path: Path) -> None:
    path, out = tmp_path / "bots.log", disk.folder / "out"
    path.write_bytes(log)
    first = starting.run(5_000, "triage", path, "--out", out)
    assert first.returncode == 0, first.stderr
    before = {each.name: each.read_bytes() for each in out.iterdir()}
    path.write_bytes(log.replace(b"anna-1", b"anna-2") * 3)
    disk.fill(left)
    full = starting.run(5_000, "triage", path, "--out", out)
    assert full.returncode == 2, full.stdout
    [line] = full.stderr.decode().splitlines()
    assert line.startswith("keymedic: ")
    assert "No space left on device" in line
    for name, old in before.items():
        if (out / name).read_bytes() != old:
            whole(out / name)
    disk.clear()
    again = starting.run(5_000, "triage", path, "--out", out)
    assert again.returncode == 0, again.stderr
    assert {each.name for each in out.iterdir()} == before.keys()
    assert "anna-2" in (out / "incidents.jsonl").read_text("utf-8")


def whole(path: Path) -> None:
    """Raises for a file that is not whole."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        pq.read_table(path)
    elif path.suffix == ".html":
        assert path.read_text("utf-8").rstrip().endswith("</html>")
    else:
        text = path.read_text("utf-8")
        for line in text.splitlines() if path.suffix == ".jsonl" else [text]:
            json.loads(line)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_when_the_disk_fills_up_the_next_run_goes_on(jobs: str, disk: Disk, log: bytes, tmp_path: Path) -> None:
    path, out = tmp_path / "bots.log", disk.folder / "out"
    path.write_bytes(log * 20)
    disk.fill(12_288)
    full = starting.run(5_000, "triage", path, "--out", out, "--jobs", jobs)
    assert full.returncode == 2, full.stderr
    disk.clear()
    again = starting.run(5_000, "triage", path, "--out", out, "--jobs", jobs)
    assert again.returncode == 0, again.stderr
    assert json.loads((out / "run.json").read_bytes())["resumed"] > 0


@pytest.mark.parametrize("name", ["a-file", "a-file/below"])
def test_a_folder_that_cannot_be_made_is_one_line(name: str, log: bytes, tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    (tmp_path / "bots.log").write_bytes(log)
    done = program.run("triage", str(tmp_path / "bots.log"), "--out", str(tmp_path / name))
    assert done.returncode == 2
    [line] = program.lines(done.stderr)
    assert "a-file" in line


def test_a_folder_that_may_not_be_written_to_is_one_line(log: bytes, tmp_path: Path) -> None:
    (tmp_path / "bots.log").write_bytes(log)
    done = program.run("triage", str(tmp_path / "bots.log"), "--out", "/proc/keymedic")
    assert done.returncode == 2
    [line] = program.lines(done.stderr)
    assert "/proc/keymedic" in line


def test_the_summary_names_problems_of_many_files_without_flooding(
    log: bytes, tmp_path: Path, knowledge: Knowledge
) -> None:
    for number in range(40):
        (tmp_path / f"{number}.log.gz").write_bytes(gzip.compress(log)[:-100])
    found = triaged(tmp_path, knowledge)
    text = report.term(found.run, found.incidents, found.unknowns, colour=False, width=100, out="")
    assert text.count("gzip data") < 20
    assert sum(bool(one.problems) for one in found.run.inputs) == 40
