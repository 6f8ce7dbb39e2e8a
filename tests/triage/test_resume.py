"""A run that was killed goes on with the same command, and ends with the same result, byte for byte."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.triage import corpus
from tests.triage import starting

from keymedic.triage.checkpoint import NAME

SIZE = 250_000
"""Bytes of a piece: many checkpoints."""
FILES = {"incidents.jsonl", "unknowns.jsonl", "incidents.parquet", "report.html", "run.json"}
SAME = ("incidents.jsonl", "unknowns.jsonl", "incidents.parquet")

pytestmark = pytest.mark.usefixtures("knowledge")


class Unbroken:
    """A corpus, and what a run that nobody killed made of it."""

    def __init__(self, folder: Path, size: float) -> None:
        corpus.write(folder, size, 0.02)
        self.log, self.out = folder / "mixed.log", folder / "unbroken"
        start = time.monotonic()
        done = starting.run(SIZE, "triage", self.log, "--out", self.out, "--jobs", "2")
        self.seconds = time.monotonic() - start
        assert done.returncode == 0, done.stderr

    def results(self) -> dict[str, bytes]:
        return {name: (self.out / name).read_bytes() for name in SAME}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Unbroken:
    return Unbroken(tmp_path_factory.mktemp("small"), 1.5e7)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Unbroken:
    return Unbroken(tmp_path_factory.mktemp("large"), 8e7)


def killed(unbroken: Unbroken, out: Path, after: float, jobs: str = "2") -> bool:
    """Start the run and kill it some seconds later. Returns whether it was still going on."""
    with starting.started(SIZE, "triage", unbroken.log, "--out", out, "--jobs", jobs) as process:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            starting.kill(process)
            return True
        assert process.returncode == 0
        return False


def finished(unbroken: Unbroken, out: Path, jobs: str = "2") -> dict[str, Any]:
    """Run to the end and compare everything with the unbroken run. Returns the record of the run."""
    done = starting.run(SIZE, "triage", unbroken.log, "--out", out, "--jobs", jobs)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in out.iterdir()} == FILES
    assert {name: (out / name).read_bytes() for name in SAME} == unbroken.results()
    record: dict[str, Any] = json.loads((out / "run.json").read_bytes())
    whole = json.loads((unbroken.out / "run.json").read_bytes())
    for field in ("counts", "inputs", "packs", "options"):
        assert record[field] == whole[field], field
    return record


def moments(count: int, seconds: float) -> Iterator[float]:
    dice = random.Random(20_261_121)
    return (dice.uniform(0.05, seconds) for _ in range(count))


def test_killed_again_and_again(small: Unbroken, tmp_path: Path) -> None:
    """Each run is killed a little later than the one before, so that it comes further."""
    out = tmp_path / "out"
    kills = [killed(small, out, small.seconds * part / 6) for part in range(1, 6)]
    assert any(kills)
    assert finished(small, out)["inputs"]


@pytest.mark.slow
def test_killed_at_fifty_random_moments(large: Unbroken, tmp_path: Path) -> None:
    """Where a run came to its end before its moment, the next one begins anew."""
    kills = resumed = rounds = 0
    for after in moments(50, large.seconds):
        out = tmp_path / f"out{rounds}"
        if killed(large, out, after):
            kills += 1
            assert not (out / "incidents.jsonl").exists() or same_so_far(large, out)
        if kills % 5 == 4:
            resumed += finished(large, out)["resumed"]
            rounds += 1
    assert kills > 30
    finished(large, tmp_path / f"out{rounds}")
    assert resumed > 0


def same_so_far(unbroken: Unbroken, out: Path) -> bool:
    """Whether each result that is there is a whole one."""
    whole = unbroken.results()
    return all((out / name).read_bytes() == whole[name] for name in SAME if (out / name).exists())


def interrupted(unbroken: Unbroken, out: Path, records: int, *options: str) -> None:
    """Kill the run when so many bytes of results of pieces have been kept."""
    with starting.started(SIZE, "triage", unbroken.log, "--out", out, *options) as process:
        path = out / NAME
        while not path.exists() or path.stat().st_size < records:
            assert process.poll() is None, process.communicate()
            time.sleep(0.002)


def test_what_was_done_is_not_done_again(small: Unbroken, tmp_path: Path) -> None:
    out = tmp_path / "out"
    interrupted(small, out, 20_000)
    assert (out / NAME).exists()
    assert finished(small, out)["resumed"] > 3


def test_it_goes_on_with_another_number_of_processes(small: Unbroken, tmp_path: Path) -> None:
    out = tmp_path / "out"
    interrupted(small, out, 10_000, "--jobs", "3")
    assert finished(small, out, jobs="1")["resumed"] > 0


def test_other_options_begin_anew(small: Unbroken, tmp_path: Path) -> None:
    """What was kept for another question must not answer this one."""
    out = tmp_path / "out"
    interrupted(small, out, 10_000, "--timezone", "Asia/Tokyo")
    assert finished(small, out)["resumed"] == 0


def test_a_log_that_changed_in_the_meantime_is_read_anew_where_it_changed(small: Unbroken, tmp_path: Path) -> None:
    """What was kept of a piece counts only for the very same bytes."""
    out, log = tmp_path / "out", tmp_path / "mixed.log"
    data = small.log.read_bytes()
    log.write_bytes(data)
    expected = starting.run(SIZE, "triage", log, "--out", tmp_path / "expected")
    assert expected.returncode == 0, expected.stderr
    log.write_bytes(data.replace(b"Invalid API-key", b"Invalid API key"))
    changed = Unbroken.__new__(Unbroken)
    changed.log = log
    interrupted(changed, out, 20_000)
    log.write_bytes(data)
    done = starting.run(SIZE, "triage", log, "--out", out)
    assert done.returncode == 0, done.stderr
    assert {name: (out / name).read_bytes() for name in SAME} == {
        name: (tmp_path / "expected" / name).read_bytes() for name in SAME
    }
    assert json.loads((out / "run.json").read_bytes())["resumed"] > 0


def test_when_only_the_first_process_is_killed_the_others_end(small: Unbroken, tmp_path: Path) -> None:
    with starting.started(SIZE, "triage", small.log, "--out", tmp_path / "out", "--jobs", "2") as process:
        while len(starting.group(process)) < 3 or not (tmp_path / "out" / NAME).exists():
            assert process.poll() is None
            time.sleep(0.005)
        process.kill()
        process.wait()
        end = time.monotonic() + 10
        while starting.group(process) and time.monotonic() < end:
            time.sleep(0.05)
        assert starting.group(process) == []
    finished(small, tmp_path / "out")


def test_when_a_worker_is_killed_one_line_says_how_to_go_on(small: Unbroken, tmp_path: Path) -> None:
    with starting.started(SIZE, "triage", small.log, "--out", tmp_path / "out", "--jobs", "2") as process:
        while len(workers := [pid for pid in starting.group(process) if pid != process.pid]) < 2:
            assert process.poll() is None
            time.sleep(0.005)
        os.kill(workers[0], signal.SIGKILL)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    [line] = err.decode().splitlines()
    assert "run the same command again" in line
    finished(small, tmp_path / "out")


def test_interrupted_at_the_keyboard_it_goes_on_too(small: Unbroken, tmp_path: Path) -> None:
    with starting.started(SIZE, "triage", small.log, "--out", tmp_path / "out", "--jobs", "2") as process:
        while not (tmp_path / "out" / NAME).exists():
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == b""
    finished(small, tmp_path / "out")


def test_old_results_stay_until_the_new_ones_are_whole(small: Unbroken, tmp_path: Path) -> None:
    """A second run over a folder with results, killed: what was there before is there still, whole."""
    out = tmp_path / "out"
    finished(small, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    interrupted(small, out, 10_000)
    assert {name: (out / name).read_bytes() for name in FILES} == before
    finished(small, out)
