"""A whole triage: what is in its files, what is never in them, and what its options do."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pyarrow.parquet as pq
import pytest
from tests.cli import program
from tests.triage import same_events, starting
from tests.triage.same_events import BEGIN, WORKERS, plain, triaged

from keymedic import paths
from keymedic.knowledge.store import Knowledge
from keymedic.triage import run
from keymedic.triage.checkpoint import NAME
from keymedic.triage.options import Options
from keymedic.triage.reading import pieces
from keymedic.triage.records import Incident
from keymedic.triage.showing import output

SCHEMA: dict[str, Any] = json.loads((paths.schema() / "incident.schema.json").read_text("utf-8"))
KEY = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
SECRETS = (KEY, SECRET, JWT, "correct-horse-7-battery", "anna.meyer@example.org", "5d41402abc4b2a76b9719d911017c592aa")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "bots.log"
    path.write_text(plain(same_events.events()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def out(log: Path, knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    run.triage([str(log)], folder, knowledge)
    return folder


def incidents(out: Path) -> list[Incident]:
    return msgspec.json.Decoder(Incident).decode_lines((out / output.INCIDENTS).read_bytes())


# --- files


def test_the_folder_holds_the_promised_files_and_nothing_else(out: Path) -> None:
    assert {path.name for path in out.iterdir()} == {
        *("incidents.parquet", "incidents.jsonl", "unknowns.jsonl", "report.html", "run.json")
    }


def test_every_line_of_incidents_keeps_to_the_schema(out: Path) -> None:
    written = (out / output.INCIDENTS).read_text("utf-8").splitlines()
    assert len(written) == len(WORKERS)
    for line in written:
        jsonschema.Draft7Validator(SCHEMA).validate(json.loads(line))


def test_the_table_says_what_the_lines_say(out: Path) -> None:
    rows = pq.read_table(out / output.TABLE).to_pylist()
    for row, one in zip(rows, incidents(out), strict=True):
        assert (row["id"], row["worker"], row["cause"], row["title"]) == (one.id, one.worker, one.cause, one.title)
        assert (row["count"], row["state"], row["verdict"]) == (one.count, one.state, one.verdict)
        assert (row["exchange"], row["source"]) == (one.exchange and one.exchange.id, one.source and one.source.id)
        assert row["probability"] == one.probability
        assert row["first_seen"] == moment(one.first_seen)
        assert row["last_seen"] == moment(one.last_seen)
        assert [(w["first"], w["last"], w["count"]) for w in row["windows"]] == [
            (moment(w.first), moment(w.last), w.count) for w in one.windows
        ]
        assert [(c["id"], c["probability"]) for c in row["causes"]] == [(c.id, c.probability) for c in one.causes]
        assert (row["file"], row["line"], row["sample"]) == (
            one.samples[0].file,
            one.samples[0].line,
            one.samples[0].text,
        )
        assert row["remedy"] == (one.remedy.title if one.remedy else None)


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def test_a_run_without_incidents_writes_files_that_can_be_read(tmp_path: Path, knowledge: Knowledge) -> None:
    (tmp_path / "calm.log").write_text("2026-10-01 06:00:00 INFO all is well\n" * 20)
    run.triage([str(tmp_path / "calm.log")], tmp_path / "out", knowledge)
    assert pq.read_table(tmp_path / "out" / output.TABLE).num_rows == 0
    assert incidents(tmp_path / "out") == []
    assert (tmp_path / "out" / output.REPORT).read_text("utf-8").rstrip().endswith("</html>")


def test_the_record_of_the_run_says_what_was_read_with_what(out: Path, log: Path, knowledge: Knowledge) -> None:
    record = json.loads((out / output.RUN).read_bytes())
    [read] = record["inputs"]
    assert read["name"] == str(log)
    assert read["size"] == read["read"] == log.stat().st_size == record["counts"]["bytes"]
    assert re.fullmatch("[0-9a-f]{32}", read["hash"])
    assert read["lines"] == record["counts"]["lines"] == log.read_bytes().count(b"\n")
    assert (read["first_seen"], read["last_seen"]) == ("2026-10-01T06:00:00.000Z", "2026-10-01T06:46:33.000Z")
    assert record["packs"] == {head.id: head.version for head in knowledge.index.heads.values()}
    assert record["counts"]["incidents"] == len(WORKERS)
    assert record["counts"]["incident_events"] == sum(one.count for one in incidents(out))
    assert {"start", "scan", "incidents", "write"} <= record["stages"].keys()
    assert sum(record["stages"].values()) == pytest.approx(record["seconds"], abs=0.1)


def test_the_hash_tells_one_content_from_another(log: Path, tmp_path: Path, knowledge: Knowledge) -> None:
    other = tmp_path / "other.log"
    other.write_bytes(log.read_bytes().replace(b"31 ms", b"32 ms", 1))
    hashes = {triaged(path, knowledge).run.inputs[0].hash for path in (log, log, other)}
    assert len(hashes) == 2


def test_what_a_killed_run_left_half_written_is_gone(log: Path, tmp_path: Path, knowledge: Knowledge) -> None:
    (tmp_path / f".{output.INCIDENTS}.new").write_text('{"schema": "keymed')
    run.triage([str(log)], tmp_path, knowledge)
    assert not list(tmp_path.glob(".*"))


# --- no secret


def leaky(number: int) -> str:
    """Records with a secret each, in the way in which programs let them slip into their logs."""
    at = f"2026-10-01 06:{number // 60 % 60:02}:{number % 60:02} ERROR account=anna-1"
    ways = (
        f"{at} {same_events.BINANCE} headers={{'X-MBX-APIKEY': '{KEY}'}}",
        f"{at} request failed apiKey={KEY} secret={SECRET} {same_events.BINANCE}",
        f'{at} {same_events.KUCOIN} config={{"apiKey": "{KEY}", "secret": "{SECRET}", "password": "{SECRETS[3]}"}}',
        f"{at} {same_events.OKX} OK-ACCESS-PASSPHRASE: {SECRETS[3]}",
        f"{at} Authorization: Bearer {JWT} was refused: {same_events.KRAKEN}",
        f"{at} login of {SECRETS[4]} refused: {same_events.KRAKEN}",
        f"{at} GET https://api.binance.com/api/v3/account?timestamp=1&signature={SECRETS[5]} {same_events.BINANCE}",
        f"2026-10-01 06:00:00 ERROR account={SECRETS[4]} {same_events.BINANCE}",
        f"2026-10-01 06:00:00 ERROR bot={KEY} {same_events.BINANCE}",
        f'{at} failed\nTraceback (most recent call last):\n  File "a.py", line 1, in f\n'
        f"    exchange = ccxt.kucoin({{'apiKey': '{KEY}', 'secret': '{SECRET}', 'password': '{SECRETS[3]}'}})\n"
        f"ccxt.base.errors.AuthenticationError: {same_events.KUCOIN}",
        f"{at} unknown trouble with api key {KEY} and signature {SECRET}: gremlins",
    )
    return ways[number % len(ways)] + "\n"


def leaked(data: bytes) -> list[str]:
    return [secret for secret in SECRETS if secret.encode() in data or secret[:24].encode() in data]


@pytest.mark.parametrize("size", [700, 1_000, 2_345, 16 << 20])
def test_no_secret_is_in_any_result_wherever_the_log_is_cut(
    size: int, tmp_path: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "leaky.log", tmp_path / "out"
    path.write_text("".join(map(leaky, range(300))), encoding="utf-8")
    monkeypatch.setattr(pieces, "SIZE", size)
    found = run.triage([str(path)], out, knowledge)
    assert found.run.counts["candidates"] > 200
    assert leaked(msgspec.json.encode([found.run, found.incidents, found.unknowns])) == []
    for file in out.iterdir():
        assert leaked(file.read_bytes()) == [], file.name


def test_no_secret_is_on_the_disk_or_on_the_screen_at_any_moment(tmp_path: Path) -> None:
    path, out = tmp_path / "leaky.log", tmp_path / "out"
    path.write_text("".join(map(leaky, range(6_000))), encoding="utf-8")
    seen = 0
    for moment in (20_000, 100_000, 300_000):
        with starting.started(5_000, "triage", path, "--out", out, "--jobs", "2") as process:
            while process.poll() is None:
                kept = (out / NAME).read_bytes() if (out / NAME).exists() else b""
                assert leaked(kept) == []
                seen = max(seen, len(kept))
                if len(kept) > moment:
                    break
                time.sleep(0.01)
        for file in out.iterdir():
            assert leaked(file.read_bytes()) == [], file.name
    assert seen > 20_000
    done = starting.run(5_000, "triage", path, "--out", out)
    assert done.returncode == 0, done.stderr
    assert leaked(done.stdout + done.stderr) == []
    for fmt in ("term", "json"):
        shown = program.run("triage", str(path), "--format", fmt)
        assert leaked(shown.stdout + shown.stderr) == []


@pytest.mark.parametrize("before", range(680, 860, 7))
def test_a_secret_at_the_edge_of_what_is_kept_of_a_long_line_is_not_shown(
    before: int, tmp_path: Path, knowledge: Knowledge
) -> None:
    """Only the surroundings of a hit are kept: a cut through a secret must leave no part of it."""
    line = f'"apiKey": "{KEY}", "secret": "{SECRET}", "note": "{"x " * (before // 2)}" {same_events.BINANCE} '
    after = f'{"y " * (before // 2)} "apiKey": "{KEY}", "secret": "{SECRET}"'
    path = tmp_path / "long.log"
    path.write_text(f"2026-10-01 06:00:00 INFO {'all is well ' * 9_000} {line}{after} {'all is well ' * 9_000}\n")
    found = triaged(path, knowledge)
    data = msgspec.json.encode([found.incidents, found.unknowns])
    assert found.incidents
    parts = [secret[at : at + 16] for secret in (KEY, SECRET) for at in range(0, 48)]
    assert [part for part in parts if part.encode() in data] == []


# --- options


def at(minutes: float) -> int:
    return round((BEGIN.timestamp() + 60 * minutes) * 1000)


def test_since_and_until_leave_out_what_lies_outside(log: Path, knowledge: Knowledge) -> None:
    every = triaged(log, knowledge).incidents
    some = triaged(log, knowledge, since=at(10), until=at(20)).incidents
    assert 0 < sum(one.count for one in some) < sum(one.count for one in every)
    for one in some:
        assert str(one.first_seen) >= "2026-10-01T06:10"
        assert str(one.last_seen) <= "2026-10-01T06:20:00.001"
    halves = ((None, at(10) - 1), (at(10), None))
    parts = [triaged(log, knowledge, since=since, until=until).incidents for since, until in halves]
    assert sum(one.count for part in parts for one in part) == sum(one.count for one in every)


def test_events_without_a_time_are_in_every_stretch_of_time(tmp_path: Path, knowledge: Knowledge) -> None:
    path = tmp_path / "bots.log"
    path.write_text(f"ERROR account=anna-1 {same_events.BINANCE}\n" * 3)
    [one] = triaged(path, knowledge, since=at(0)).incidents
    assert one.count == 3


def test_a_zone_moves_stamps_that_name_none(log: Path, tmp_path: Path, knowledge: Knowledge) -> None:
    [utc] = [one for one in triaged(log, knowledge).incidents if one.worker == "anna-1"]
    [berlin] = [one for one in triaged(log, knowledge, zone="Europe/Berlin").incidents if one.worker == "anna-1"]
    assert datetime.fromisoformat(str(utc.first_seen)).timestamp() - datetime.fromisoformat(
        str(berlin.first_seen)
    ).timestamp() == pytest.approx(2 * 3600)
    zoned = tmp_path / "zoned.log"
    zoned.write_text(plain(same_events.events()).replace(",000 ", ",000Z "), encoding="utf-8")
    [same] = [one for one in triaged(zoned, knowledge, zone="Europe/Berlin").incidents if one.worker == "anna-1"]
    assert same.first_seen == utc.first_seen


def test_a_shorter_gap_makes_more_windows(log: Path, knowledge: Knowledge) -> None:
    [one] = [one for one in triaged(log, knowledge, gap=60_000).incidents if one.worker == "anna-1"]
    assert len(one.windows) == one.count > 10
    assert one.state == "returned"
    [whole] = [one for one in triaged(log, knowledge).incidents if one.worker == "anna-1"]
    assert (len(whole.windows), whole.count, whole.state) == (1, one.count, "ongoing")


def test_filters_leave_out_incidents_and_say_how_many(log: Path, knowledge: Knowledge) -> None:
    every = triaged(log, knowledge).incidents
    kraken = triaged(log, knowledge, exchange="kraken")
    assert [one.worker for one in kraken.incidents] == ["clara-3"]
    assert kraken.run.counts["filtered"] == len(every) - 1
    listed = triaged(log, knowledge, cause="ip.not_whitelisted").incidents
    assert listed == [one for one in every if one.cause == "ip.not_whitelisted"]
    sure = triaged(log, knowledge, min_probability=0.9).incidents
    assert sure == [one for one in every if one.probability >= 0.9]
    assert 0 < len(sure) < len(every)


@pytest.mark.parametrize("kind", ["jsonl", "syslog", "docker", "journald"])
def test_a_format_can_be_forced_upon_any_log(kind: str, log: Path, knowledge: Knowledge) -> None:
    found = triaged(log, knowledge, format=kind)
    assert found.run.inputs[0].format == kind
    assert found.run.inputs[0].reason == "forced by --log-format"
    assert {one.worker for one in found.incidents} == {worker for worker, _ in WORKERS}


def test_a_forced_format_is_one_that_exists(log: Path, knowledge: Knowledge) -> None:
    with pytest.raises(Exception, match="there is no such format"):
        run.triage([str(log)], None, knowledge, options=Options(format="xml"))


def test_rotated_parts_of_a_log_are_one_story(tmp_path: Path, knowledge: Knowledge) -> None:
    made = same_events.events()
    (tmp_path / "bots.log.2").write_text(plain(made[:150]), encoding="utf-8")
    (tmp_path / "bots.log.1").write_text(plain(made[150:300]), encoding="utf-8")
    (tmp_path / "bots.log").write_text(plain(made[300:]), encoding="utf-8")
    found = triaged(tmp_path, knowledge)
    whole = tmp_path / "whole" / "bots.log"
    whole.parent.mkdir()
    whole.write_text(plain(made), encoding="utf-8")
    assert same_events.told(found.incidents) == same_events.told(triaged(whole, knowledge).incidents)
    assert [Path(one.name).name for one in found.run.inputs] == ["bots.log.2", "bots.log.1", "bots.log"]


def test_progress_ends_at_all_bytes(log: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "SIZE", 5_000)
    said: list[tuple[int, int | None]] = []
    run.triage([str(log)], None, knowledge, progress=lambda done, total: said.append((done, total)))
    assert [done for done, _ in said] == sorted(done for done, _ in said)
    assert said[-1] == (log.stat().st_size, log.stat().st_size)


def test_what_was_not_judged_is_said(log: Path, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keymedic.triage.tally.MOST_MESSAGES", 2)
    found = triaged(log, knowledge)
    assert any("events were not judged" in note for note in found.run.notes)
    assert len(found.incidents) == 2
