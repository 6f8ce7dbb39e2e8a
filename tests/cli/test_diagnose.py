"""`keymedic diagnose`: where the text may come from, and how the answer is printed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from tests.cli.program import TICKET, UNCLEAR, lines, run
from tests.inference.mini import PACKS

from keymedic import paths
from keymedic.cli.main import main

SCHEMA = json.loads((paths.schema() / "diagnosis.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def ticket(tmp_path: Path) -> str:
    path = tmp_path / "ticket.txt"
    path.write_text(TICKET, encoding="utf-8")
    return str(path)


def test_the_same_text_as_argument_file_or_standard_input_gives_the_same_answer(ticket: str) -> None:
    answers = [run("diagnose", TICKET), run("diagnose", "-f", ticket), run("diagnose", "-", stdin=TICKET.encode())]
    answers.append(run("diagnose", stdin=TICKET.encode()))
    assert {answer.returncode for answer in answers} == {0}
    assert len({answer.stdout for answer in answers}) == 1
    assert {answer.stderr for answer in answers} == {b""}
    assert answers[0].stdout.startswith(b"KuCoin in CoinTracker")


@pytest.mark.parametrize("fmt", ["term", "md", "html", "json", "reply", "note"])
def test_every_format(fmt: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", TICKET, "--format", fmt]) == 0
    out = capsys.readouterr().out
    assert "KuCoin" in out
    assert out.endswith("\n")
    assert not out.endswith("\n\n")
    assert "\x1b" not in out


def test_json_keeps_to_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    for extra in ([], ["--why"]):
        main(["diagnose", TICKET, "--format", "json", *extra])
        found = json.loads(capsys.readouterr().out)
        jsonschema.Draft7Validator(SCHEMA).validate(found)
        assert ("explanation" in found) == bool(extra)


def test_a_reply_to_a_customer_has_no_figures_and_no_ids(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", TICKET, "--format", "reply"])
    out = capsys.readouterr().out
    assert "%" not in out
    assert "key.deleted" not in out


def test_why_tells_what_was_deduced_and_what_would_change_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", TICKET])
    short = capsys.readouterr().out
    main(["diagnose", TICKET, "--why"])
    full = capsys.readouterr().out
    assert "Deduced" not in short
    for part in ("Deduced", "Would change the verdict", "Known", "https://"):
        assert part in full


def test_exchange_and_source_can_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", "invalid API key", "--exchange", "kucoin", "--source", "cointracker"])
    assert capsys.readouterr().out.startswith("KuCoin in CoinTracker")


def test_an_answer_counts(capsys: pytest.CaptureFixture[str]) -> None:
    main(["diagnose", UNCLEAR, "--format", "json", "--answer", "base.key_in_list=gone"])
    found = json.loads(capsys.readouterr().out)
    assert found["answers"] == {"base.key_in_list": "gone"}
    assert found["causes"][0]["id"] == "key.deleted"
    title = found["causes"][0]["evidence"][0]["title"]
    assert title == '"not there": Is the key still in the list of API keys on Bybit, and shown as active?'


def test_several_answers_count_together(capsys: pytest.CaptureFixture[str]) -> None:
    answers = ["--answer", "base.key_in_list = gone", "--answer", "base.worked_before=unknown"]
    assert main(["diagnose", UNCLEAR, "--format", "json", *answers]) == 0
    assert len(json.loads(capsys.readouterr().out)["answers"]) == 2


def test_an_unknown_exchange_is_noted_and_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", "invalid API key", "--exchange", "kucion"]) == 0
    said = capsys.readouterr()
    assert said.err == "keymedic: no pack knows the exchange 'kucion'; did you mean kucoin?\n"
    assert said.out


def test_a_secret_is_not_printed_in_any_format(capsys: pytest.CaptureFixture[str]) -> None:
    secret = "a8Kd93jfLq02mZx71Bv5Tn64Wc"
    for fmt in ("term", "md", "html", "json", "reply", "note"):
        assert main(["diagnose", f"{TICKET} apiSecret={secret}", "--format", fmt, "--why"]) == 0
        said = capsys.readouterr()
        assert not any(secret[at : at + 8] in said.out + said.err for at in range(len(secret) - 7))


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"\xef\xbb\xbf" + TICKET.encode(), "KuCoin"),
        (TICKET.encode("utf-16"), "KuCoin"),
        ("Gültig war er, jetzt: kucoin invalid API key – müßte gehen".encode("cp1252"), "KuCoin"),
        (b"kucoin \xff\xfe invalid API key", "KuCoin"),
        (b"kucoin invalid API key\r\nbye\r\n", "KuCoin"),
    ],
    ids=["mark", "utf-16", "windows", "broken", "crlf"],
)
def test_a_file_in_any_usual_encoding(data: bytes, shown: str, tmp_path: Path) -> None:
    path = tmp_path / "ticket"
    path.write_bytes(data)
    done = run("diagnose", "-f", str(path))
    assert done.returncode == 0
    assert lines(done.stdout)[0].startswith(shown)


def test_an_argument_that_is_no_utf_8_is_read_as_well_as_can_be() -> None:
    done = run("diagnose", b"kucoin \xff invalid API key")
    assert done.returncode == 0
    assert done.stdout.startswith(b"KuCoin")


@pytest.mark.parametrize("text", ["-1021", "-1021 Timestamp for this request", "--- binance error -1021", "-2015: no"])
def test_a_text_may_begin_with_a_dash(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diagnose", text, "--exchange", "binance"]) == 0
    assert capsys.readouterr().out.startswith("Binance")


def test_further_packs_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("built-in", "own"):
        (tmp_path / name).mkdir()
    for path in PACKS.glob("*.yaml"):  # a small world stands in for the built-in packs: it is compiled at once
        shutil.copy(path, tmp_path / ("own" if path.stem == "south" else "built-in"))
    monkeypatch.setattr("keymedic.paths.rules", lambda: tmp_path / "built-in")
    command = ["diagnose", "southern systems are resting"]
    assert main(command) == 0
    assert capsys.readouterr().out.startswith("Exchange and tool not known")
    assert main([*command, "--rules", str(tmp_path / "own")]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("South (?): outage")
    assert said.err == "keymedic: Preparing the rule packs (once after each change) ...\n"
