"""`keymedic triage`: its arguments, what it prints, its exit status."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.cli import program
from tests.triage import same_events
from tests.triage.same_events import WORKERS, plain

from keymedic import paths

SCHEMA: dict[str, Any] = json.loads((paths.schema() / "incident.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "bots.log"
    path.write_text(plain(same_events.events()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "calm.log"
    path.write_text("2026-10-01 06:00:00 INFO all is well\n" * 20, encoding="utf-8")
    return path


def found(*arguments: str | Path, stdin: bytes = b"") -> dict[str, Any]:
    """What --format json prints: one document."""
    done = program.run("triage", *map(str, arguments), "--format", "json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def refused(*arguments: str | Path) -> str:
    """The one line that says what is wrong with the arguments."""
    done = program.run("triage", *map(str, arguments))
    assert done.returncode == 2, done.stdout
    assert done.stdout == b""
    [line] = program.lines(done.stderr)
    assert line.startswith("keymedic: ")
    return line


def workers(document: dict[str, Any]) -> list[str]:
    return sorted(one["worker"] for one in document["incidents"])


# --- what it prints


def test_the_summary_names_workers_exchanges_and_what_to_do(log: Path) -> None:
    done = program.run("triage", str(log))
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    for worker, _ in WORKERS:
        assert worker in text
    for exchange in ("Binance", "KuCoin", "Kraken", "OKX"):
        assert exchange in text
    assert done.stderr == b""


def test_json_is_one_document_and_its_incidents_keep_to_the_schema(log: Path) -> None:
    document = found(log)
    assert document.keys() == {"run", "incidents", "unknowns"}
    assert workers(document) == [worker for worker, _ in WORKERS]
    for one in document["incidents"]:
        jsonschema.Draft7Validator(SCHEMA).validate(one)


def test_a_pipe_tells_the_same_as_the_file(log: Path) -> None:
    def told(document: dict[str, Any]) -> str:
        return json.dumps(document["incidents"]).replace(str(log), "-").replace("standard input", "-")

    assert told(found("-", stdin=log.read_bytes())) == told(found(log))


def test_a_pipe_from_another_program(log: Path) -> None:
    with subprocess.Popen(["cat", log], stdout=subprocess.PIPE) as cat:
        argv = [str(program.PROGRAM), "triage", "-", "--format", "json"]
        done = subprocess.run(argv, stdin=cat.stdout, capture_output=True, timeout=60, check=True)
    assert workers(json.loads(done.stdout)) == [worker for worker, _ in WORKERS]


def test_a_reader_that_goes_away_is_no_error(log: Path) -> None:
    with subprocess.Popen(
        [str(program.PROGRAM), "triage", str(log), "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_with_out_the_summary_says_where_the_files_are(log: Path, tmp_path: Path) -> None:
    done = program.run("triage", str(log), "--out", str(tmp_path / "found"))
    assert str(tmp_path / "found") in "".join(done.stdout.decode().split())
    assert (tmp_path / "found" / "report.html").exists()


def test_without_out_nothing_is_written(log: Path, tmp_path: Path) -> None:
    subprocess.run(
        [str(program.PROGRAM), "triage", str(log)], cwd=tmp_path, capture_output=True, timeout=60, check=True
    )
    assert list(tmp_path.iterdir()) == []


# --- exit status


def test_incidents_are_no_failure_unless_asked_for(log: Path, calm: Path) -> None:
    assert program.run("triage", str(log)).returncode == 0
    assert program.run("triage", str(log), "--fail-on-incident").returncode == 10
    assert program.run("triage", str(log), "--fail-on-incident", "--format", "json").returncode == 10
    assert program.run("triage", str(calm), "--fail-on-incident").returncode == 0


def test_what_the_filters_leave_out_is_no_failure(log: Path) -> None:
    assert program.run("triage", str(log), "--fail-on-incident", "--exchange", "gemini").returncode == 0


def test_a_problem_that_is_none_of_the_key_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "bots.log"
    path.write_text(
        '2026-10-01 06:00:00 ERROR account=a-1 binance {"code":-1003,"msg":"Too many requests; limit is 1200."}\n'
    )
    assert program.run("triage", str(path), "--fail-on-incident").returncode == 0


# --- arguments that make no sense


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to read"),
        (("no-such.log",), "no-such.log"),
        (("*.nothing",), "no file matches"),
        (("",), "the path is empty"),
        (("LOG", "--jobs", "0"), "--jobs"),
        (("LOG", "--jobs", "-3"), "--jobs"),
        (("LOG", "--jobs", "many"), "--jobs"),
        (("LOG", "--min-probability", "2"), "--min-probability"),
        (("LOG", "--min-probability", "nan"), "--min-probability"),
        (("LOG", "--min-probability", "likely"), "--min-probability"),
        (("LOG", "--since", "yesterday-ish"), "yesterday-ish"),
        (("LOG", "--until", "2026-13-45"), "2026-13-45"),
        (("LOG", "--since", "2026-10-02", "--until", "2026-10-01"), "--since"),
        (("LOG", "--gap", "0h"), "0h"),
        (("LOG", "--gap", "soon"), "soon"),
        (("LOG", "--timezone", "Mars/Olympus"), "Mars/Olympus"),
        (("LOG", "--timezone", "../../etc/passwd"), "time zone"),
        (("LOG", "--log-format", "xml"), "xml"),
        (("LOG", "--format", "yaml"), "yaml"),
        (("LOG", "--rules", "no-such-folder"), "no-such-folder"),
        (("LOG", "--merge", "i-1", "i-2"), "--merge"),
        (("--merge", "i-1", "i-2"), "--out"),
        (("--out", "EMPTY", "--merge", "i-1", "i-2"), "run the triage"),
        (("--out", "EMPTY", "--split", "i-1", "file"), "run the triage"),
        (("LOG", "--colour"), "--colour"),
    ],
)
def test_one_line_says_what_is_wrong(arguments: tuple[str, ...], said: str, log: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    places = {"LOG": str(log), "EMPTY": str(tmp_path / "empty")}
    assert said in refused(*(places.get(one, one) for one in arguments))


def test_a_folder_without_files_is_one_line(tmp_path: Path) -> None:
    assert "holds no files" in refused(tmp_path)


def test_an_exchange_that_no_pack_knows_is_noted(log: Path) -> None:
    done = program.run("triage", str(log), "--exchange", "binanse", "--format", "json")
    assert done.returncode == 0
    [line] = program.lines(done.stderr)
    assert line.startswith("keymedic: no pack knows the exchange 'binanse'; did you mean binance")
    assert json.loads(done.stdout)["incidents"] == []


def test_a_cause_that_no_pack_knows_is_noted(log: Path) -> None:
    done = program.run("triage", str(log), "--cause", "ip.not_whitelist")
    assert done.returncode == 0
    assert "did you mean ip.not_whitelisted" in done.stderr.decode()


def test_an_alias_stands_for_its_exchange(tmp_path: Path) -> None:
    path = tmp_path / "bots.log"
    path.write_text(
        '2026-10-01 06:00:00 ERROR account=a-1 gateio {"label":"INVALID_KEY","message":"Invalid key provided"}\n'
    )
    assert workers(found(path, "--exchange", "gateio")) == workers(found(path, "--exchange", "gate")) == ["a-1"]


# --- options


def test_since_and_until_with_and_without_a_zone(log: Path) -> None:
    def events(*arguments: str) -> int:
        return sum(one["count"] for one in found(log, *arguments)["incidents"])

    every = events()
    middle = "2026-10-01T06:20:00"
    assert events("--since", middle) + events("--until", "2026-10-01T06:19:59.999") == every
    assert events("--since", f"{middle}+00:00") == events("--since", middle)
    assert events("--since", "2026-10-01T08:20:00+02:00") == events("--since", middle)
    assert events("--since", "2026-10-01T08:20:00", "--timezone", "UTC") == 0
    assert events("--since", "2026-10-01") == every
    assert events("--since", "2026-10-02") == 0


def test_since_a_length_of_time_ago(tmp_path: Path) -> None:
    path, now = tmp_path / "bots.log", datetime.now(UTC)
    lines = [
        f"{now - timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}Z ERROR account=a-1 {same_events.BINANCE}\n"
        for hours in (30, 5, 1)
    ]
    path.write_text("".join(lines))
    counts = [
        sum(one["count"] for one in found(path, "--since", ago)["incidents"]) for ago in ("2d", "6h", "90m", "60s")
    ]
    assert counts == [3, 2, 1, 0]


def test_a_zone_and_a_gap(log: Path) -> None:
    [one] = found(log, "--timezone", "Europe/Berlin", "--gap", "30s", "--exchange", "kraken")["incidents"]
    assert one["first_seen"].startswith("2026-10-01T04:00")
    assert len(one["windows"]) == one["count"]


def test_only_some(log: Path) -> None:
    assert workers(found(log, "--exchange", "okx")) == ["dora-4"]
    assert workers(found(log, "--cause", "nonce.conflict")) == ["clara-3"]
    assert 0 < len(workers(found(log, "--min-probability", "0.9"))) < len(WORKERS)


def test_a_format_and_a_number_of_processes(log: Path) -> None:
    document = found(log, "--log-format", "plain", "--jobs", "3")
    assert document["run"]["inputs"][0]["reason"] == "forced by --log-format"
    assert document["incidents"] == found(log, "--jobs", "1")["incidents"]


# --- merging and splitting


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Two workers with the same problem in two files, triaged."""
    for number in (1, 2):
        lines = [f"2026-10-01 06:0{number}:0{n} ERROR account=bot-{number} {same_events.BINANCE}\n" for n in range(3)]
        (tmp_path / f"{number}.log").write_text("".join(lines))
    out = tmp_path / "found"
    assert program.run("triage", str(tmp_path / "*.log"), "--out", str(out)).returncode == 0
    return tmp_path / "*.log", out


def read(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "incidents.jsonl").read_bytes().splitlines()]


def again(logs: Path, out: Path) -> list[dict[str, Any]]:
    assert program.run("triage", str(logs), "--out", str(out)).returncode == 0
    return read(out)


def test_merged_incidents_are_one_from_the_next_run_on(two: tuple[Path, Path]) -> None:
    logs, out = two
    before = read(out)
    assert [one["count"] for one in before] == [3, 3]
    done = program.run("triage", "--out", str(out), "--merge", *(one["id"] for one in before))
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().startswith("merge-1: kept in ")
    [one] = again(logs, out)
    assert (one["count"], one["rule"], one["grouped_by"]["worker"]) == (6, "merge-1", "bot-1 or bot-2")
    assert again(logs, out) == [one]


def test_splitting_what_was_merged_undoes_it(two: tuple[Path, Path]) -> None:
    logs, out = two
    before = read(out)
    program.run("triage", "--out", str(out), "--merge", *(one["id"] for one in before))
    [one] = again(logs, out)
    done = program.run("triage", "--out", str(out), "--split", one["id"], "worker")
    assert done.returncode == 0, done.stderr
    assert again(logs, out) == before


def test_an_incident_that_is_split_by_file(tmp_path: Path) -> None:
    for number in (1, 2):
        line = f"2026-10-01 06:0{number}:00 ERROR account=bot-1 {same_events.BINANCE}\n"
        (tmp_path / f"{number}.log").write_text(line * number)
    logs, out = tmp_path / "*.log", tmp_path / "found"
    [one] = again(logs, out)
    assert one["count"] == 3
    assert program.run("triage", "--out", str(out), "--split", one["id"], "file").returncode == 0
    parts = again(logs, out)
    assert sorted(part["count"] for part in parts) == [1, 2]
    assert {Path(part["grouped_by"]["file"]).name for part in parts} == {"1.log", "2.log"}
    assert yaml.safe_load((out / "grouping.yaml").read_text("utf-8"))["rules"][0]["by"] == "file"


def test_ids_and_fields_that_do_not_exist(two: tuple[Path, Path]) -> None:
    _, out = two
    [one, _] = read(out)
    assert "has no such incident" in refused("--out", out, "--merge", one["id"], "i-0000000000")
    assert "two incidents or more" in refused("--out", out, "--merge", one["id"])
    assert "is none of" in refused("--out", out, "--split", one["id"], "colour")
    assert not (out / "grouping.yaml").exists()


def test_an_incident_merged_with_itself_is_refused(two: tuple[Path, Path]) -> None:
    _, out = two
    [one, _] = read(out)
    assert "two incidents or more" in refused("--out", out, "--merge", one["id"], one["id"])


def test_rules_that_somebody_broke_are_one_line(two: tuple[Path, Path]) -> None:
    logs, out = two
    (out / "grouping.yaml").write_text("schema: keymedic/grouping/1\nrules: [{id: x, merge: {colour: [red]}}]\n")
    assert "grouping.yaml" in refused(logs, "--out", out)
    (out / "grouping.yaml").write_text("{")
    assert "mend or remove it" in refused(logs, "--out", out)
