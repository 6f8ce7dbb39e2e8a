"""On a Spark cluster the results are those of a local run, whatever the splits, and when an executor dies half-way."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest
from benchmarks.triage import corpus
from tests.triage import same_events
from tests.triage.same_events import LOGS

from keymedic.knowledge.store import Knowledge
from keymedic.triage import run
from keymedic.triage.cluster.spark_inputs import Source, keyed, sources
from keymedic.triage.records import Run

CLUSTER = "local-cluster[2,1,1024]"
RESULTS = ("incidents.jsonl", "unknowns.jsonl")
SETTINGS = """\
spark.ui.enabled false
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
spark.sql.files.maxPartitionBytes {splits}
"""


def no_spark() -> str:
    """Why there is no Spark here; "" where there is."""
    if not find_spec("pyspark") or not find_spec("pandas"):
        return "PySpark is not installed: pip install 'keymedic[spark]'"
    java = shutil.which("java")
    if not java:
        return "there is no Java"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60).stderr
    found = re.search(r'version "(\d+)', said)
    return "" if found and int(found[1]) >= 17 else "Java is older than 17"


needs_spark = [pytest.mark.slow, pytest.mark.skipif(bool(no_spark()), reason=no_spark() or "there is Spark")]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs of every kind, among them a large one, a packed one, and one whose last line has no end."""
    folder = tmp_path_factory.mktemp("logs")
    for name, size, share in (("sparse", 20e6, 0.01), ("dense", 3e6, 1.0), ("packed", 4e6, 0.05)):
        corpus.write(folder / name, size, share, seed=len(name))
        (folder / name / "truth.json").unlink()
    packed = folder / "packed" / "mixed.log"
    packed.with_suffix(".log.gz").write_bytes(gzip.compress(packed.read_bytes()))
    packed.unlink()
    dense = folder / "dense" / "mixed.log"
    dense.write_bytes(dense.read_bytes().rstrip(b"\n"))
    made = same_events.events()
    for number, kind in enumerate(LOGS):
        (folder / f"kind {number} [100%].txt").write_bytes(LOGS[kind](made))
    (folder / "nothing.log").touch()
    (folder / "header.csv").write_text("time,level,message\n", encoding="utf-8")
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    return folder


@pytest.fixture(scope="module")
def expected(logs: Path, knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("local")
    run.triage([str(logs)], out, knowledge, jobs=2)
    return out


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Spark as it is installed, with a folder for its workers that the test may look into."""
    spec = find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    folder = tmp_path / "spark"
    folder.mkdir()
    for entry in Path(spec.origin).parent.iterdir():
        if entry.name != "work":
            (folder / entry.name).symlink_to(entry)
    return folder


def environment(home: Path, splits: str) -> Mapping[str, str]:
    settings = home / "settings"
    settings.mkdir()
    (settings / "spark-defaults.conf").write_text(SETTINGS.format(splits=splits), encoding="utf-8")
    return os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_CONF_DIR": str(settings),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
    }


def command(logs: Path, out: Path, master: str) -> list[str]:
    return [sys.executable, "-m", "keymedic", "triage", str(logs), "--spark", master, "--out", str(out)]


def assert_same(out: Path, expected: Path) -> None:
    for name in RESULTS:
        assert (out / name).read_bytes() == (expected / name).read_bytes(), name
    found, wanted = (msgspec.json.decode((folder / "run.json").read_bytes(), type=Run) for folder in (out, expected))
    assert found.counts == wanted.counts
    for one, other in zip(found.inputs, wanted.inputs, strict=True):
        # Spark takes the byte order mark away before anybody sees it.
        assert one == msgspec.structs.replace(other, hash="", encoding=one.encoding)
        assert one.encoding == other.encoding.removesuffix("-sig")


@pytest.mark.parametrize("splits", ["300k", "2m"])
class TestSplits:
    pytestmark = needs_spark

    def test_a_cluster_finds_what_a_local_run_does(self, splits: str, logs: Path, expected: Path, home: Path) -> None:
        out = home / "found"
        subprocess.run(command(logs, out, CLUSTER), env=environment(home, splits), check=True, timeout=280)
        assert_same(out, expected)


class TestLoss:
    pytestmark = needs_spark

    def test_the_loss_of_an_executor_changes_nothing(self, logs: Path, expected: Path, home: Path) -> None:
        out = home / "found"
        with subprocess.Popen(command(logs, out, CLUSTER), env=environment(home, "150k")) as process:
            try:
                victim = busy_executor(home / "work", process)
                os.kill(victim, signal.SIGKILL)
                assert process.wait(280) == 0
            finally:
                process.kill()
        assert len(list((home / "work").glob("app-*/[0-9]*"))) > 2, "no executor took the place of the one killed"
        assert_same(out, expected)


def busy_executor(work: Path, process: subprocess.Popen[bytes]) -> int:
    """The process of an executor that has finished some tasks of the scan and is at the next."""
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        for log in work.glob("app-*/[0-9]*/stderr"):
            if len(re.findall(r"Finished task \S+ in stage 1\.0", log.read_text(encoding="utf-8"))) >= 3:
                return next(pid for pid in descendants(process.pid) if is_executor(pid, log.parent.name))
        time.sleep(0.02)
    raise AssertionError("no executor was seen at work")


def descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text(encoding="utf-8").split()):
            yield child
            yield from descendants(child)


def is_executor(pid: int, number: str) -> bool:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return any("CoarseGrainedExecutorBackend" in word for word in words) and f"--executor-id {number}" in " ".join(
        words
    )


class TestPaths:
    def test_local_files_have_the_names_of_a_local_run(self, tmp_path: Path) -> None:
        for name in ("b.log", "a [1].log", "_c.log"):
            (tmp_path / name).touch()
        found = sources([f"file://{tmp_path}"], no_files, local=False)
        assert [each.name for each in found] == [f"{tmp_path}/{name}" for name in ("_c.log", "a [1].log", "b.log")]
        assert found[1].path == f"file://{tmp_path}/a \\[1\\].log"
        assert "begin with _" in found[0].problem
        assert sources([str(tmp_path)], no_files, local=True) == found

    def test_what_spark_lists_is_in_the_order_of_age(self) -> None:
        listed = ["s3a://b/x/bot.log", "s3a://b/x/bot.log.2.gz", "s3a://b/x/bot.log.10.gz", "s3a://b/x/bot%20a.log"]
        found = sources(["s3a://b/x"], lambda _: listed, local=True)
        assert [each.key for each in found] == [keyed(listed[number]) for number in (2, 1, 0, 3)]
        oldest = "s3a://b/x/bot.log.10.gz"
        assert found[0] == Source(oldest, oldest, oldest, "gz")


def no_files(_: object) -> list[str]:
    raise AssertionError("nothing to ask Spark for")
