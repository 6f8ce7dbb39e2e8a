"""`keymedic evaluate` and `keymedic calibrate` on a file of cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keymedic.cli.main import main
from keymedic.knowledge.store import Knowledge

CASES: list[dict[str, Any]] = [
    {
        "id": "k1",
        "text": '{"code":"400003","msg":"KC-API-KEY not exists"}',
        "accept": ["key.deleted", "key.invalid", "key.wrong_environment"],
        "resolved": "key.deleted",
        "exchange": "kucoin",
        "kind": "log",
    },
    {
        "id": "b1",
        "text": "binance -1021 Timestamp for this request is outside of the recvWindow",
        "accept": ["clock.skew"],
        "resolved": "clock.skew",
        "exchange": "binance",
        "kind": "log",
    },
    {
        "id": "c1",
        "text": "CoinTracker shows no transactions for my wallet",
        "accept": ["network.edge_block"],
        "exchange": "kraken",
        "platform": "cointracker",
        "kind": "ticket",
    },
]


@pytest.fixture
def cases(tmp_path: Path) -> str:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(json.dumps(case) + "\n" for case in CASES), encoding="utf-8")
    return str(path)


def test_evaluate_prints_the_measures_and_the_misses(cases: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", cases]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["cases", "top1", "resolved", "first", "in", "3", "harmless", "clean", "calib."]
    assert out[1].split()[:4] == ["overall", "3", "0.67", "2"]
    assert {line.split("  ")[0] for line in out[2:7]} == {
        "exchange binance",
        "exchange kraken",
        "exchange kucoin",
        "kind log",
        "kind ticket",
    }
    assert "1 misses" in out
    assert any(line.startswith("c1 kraken: found ") for line in out)


def test_evaluate_for_machines(cases: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", cases, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["overall"]["cases"] == 3
    assert found["overall"]["top1"] == pytest.approx(2 / 3, abs=1e-4)
    assert [miss["id"] for miss in found["misses"]] == ["c1"]


def test_evaluate_also_plays_the_asking(cases: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", cases, "--ask", "--only", "binance"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "1 resolved cases, 10 plays: median 0 questions, 90th percentile 0",
        "1.00 of the plays end with the true cause and its remedy first",
    ]
    assert main(["evaluate", cases, "--ask", "--only", "binance", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["asking"]
    assert (found["cases"], found["plays"], found["median"], found["done"]) == (1, 10, 0, 1)


def test_evaluate_some_only(cases: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", cases, "--only", "binance,cointracker", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["cases"] == 2
    assert main(["evaluate", cases, "--only", "okx"]) == 2
    assert capsys.readouterr().err == f"keymedic: {cases}: no case is of okx\n"


def test_evaluate_notes_labels_that_no_cause_bears(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps({**CASES[0], "accept": ["key.deletd"], "resolved": "not_key"}), encoding="utf-8")
    assert main(["evaluate", str(path)]) == 0
    assert capsys.readouterr().err == "keymedic: case k1: no cause is called 'key.deletd'; did you mean key.deleted?\n"


def test_calibrate_prints_old_and_new_priors(
    cases: str, knowledge: Knowledge, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", cases]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("2 closed cases.")
    assert len(out) == 3 + len(knowledge.causes)
    rows = {line.split()[0]: (float(line.split()[1]), float(line.split()[3])) for line in out[3:]}
    old, new = rows["clock.skew"]
    assert new > old
    assert rows["unknown"][0] == rows["unknown"][1]


def test_calibrate_for_machines(cases: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", cases, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["cases"] == 2
    assert sum(found["priors"].values()) == pytest.approx(1)


@pytest.mark.parametrize("command", ["evaluate", "calibrate"])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "there are no cases in it"),
        (b'{"id": "1"}', ":1: no labelled case: Object missing required field `text`"),
        (b"\x00\x01\x02\x03", "this is binary data"),
    ],
)
def test_a_file_without_cases(
    command: str, data: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(data)
    assert main([command, str(path)]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_calibrate_without_closed_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(json.dumps(CASES[2]), encoding="utf-8")
    assert main(["calibrate", str(path)]) == 2
    assert "close some cases first" in capsys.readouterr().err
