"""`keymedic diagnose --jsonl`: one case a line in, one diagnosis a line out, whatever the lines hold."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import jsonschema
import pytest
from tests.cli.program import PROGRAM, TICKET, lines, run
from tests.cli.test_diagnose import SCHEMA


def feed(*cases: Any, arguments: tuple[str, ...] = ()) -> tuple[int, list[dict[str, Any]], list[str]]:
    """Exit status, lines of output, lines of complaint."""
    data = [case if isinstance(case, bytes) else json.dumps(case).encode() for case in cases]
    done = run("diagnose", "--jsonl", *arguments, stdin=b"\n".join(data) + b"\n")
    return done.returncode, [json.loads(line) for line in lines(done.stdout)], lines(done.stderr)


def test_the_order_stays_and_every_line_is_a_diagnosis() -> None:
    cases = [{"id": f"c{n}", "text": f"kucoin says invalid API key, attempt {n}"} for n in range(20)]
    status, found, said = feed(*cases)
    assert (status, said) == (0, [])
    assert [item["id"] for item in found] == [case["id"] for case in cases]
    for item in found:
        jsonschema.Draft7Validator(SCHEMA).validate(item)


def test_a_line_says_what_it_knows() -> None:
    case = {
        "text": "invalid API key",
        "exchange": "kucoin",
        "source": "cointracker",
        "answers": {"base.everyone": "one"},
    }
    _, [found], _ = feed(case)
    assert (found["exchange"]["id"], found["source"]["id"]) == ("kucoin", "cointracker")
    assert found["answers"] == {"base.everyone": "one"}


def test_options_stand_in_where_a_line_says_nothing() -> None:
    options = ("--exchange", "kraken", "--answer", "base.everyone=one")
    cases = [
        {"text": "invalid API key"},
        {"text": "invalid API key", "exchange": "kucoin", "answers": {"base.everyone": "all"}},
    ]
    _, found, _ = feed(*cases, arguments=options)
    assert [item["exchange"]["id"] for item in found] == ["kraken", "kucoin"]
    assert [item["answers"]["base.everyone"] for item in found] == ["one", "all"]


def test_an_id_may_be_a_number_or_absent_and_further_keys_are_passed_over() -> None:
    _, found, _ = feed(
        {"id": 7, "text": TICKET}, {"text": TICKET, "ticket": {"subject": "x"}}, {"id": None, "text": TICKET}
    )
    assert found[0]["id"] == "7"
    assert found[1]["id"] == found[2]["id"]
    assert len(found[1]["id"]) == 8


def test_bad_lines_keep_their_place_and_the_rest_is_done() -> None:
    status, found, said = feed(
        {"id": "a", "text": TICKET},
        b"no json",
        {"id": "c", "text": "  "},
        {"id": "d"},
        b"[1]",
        b"\xff\xfe",
        {"id": "g", "text": TICKET, "answers": {"base.wrong": "yes"}},
        {"id": "h", "text": TICKET},
    )
    assert status == 2
    assert ["error" in item for item in found] == [False, True, True, True, True, True, True, False]
    assert [item.get("id") for item in found] == ["a", None, "c", "d", None, None, "g", "h"]
    assert [line.split(":")[1].strip() for line in said] == [f"line {n}" for n in range(2, 8)]


def test_empty_lines_are_passed_over_and_nothing_in_is_nothing_out() -> None:
    assert feed(b"", {"text": TICKET}, b"   ", b"")[1][0]["verdict"]
    assert feed() == (0, [], [])


def test_unknown_ids_are_noted_with_their_line() -> None:
    status, [found], said = feed({"text": "invalid API key", "exchange": "bittrex"})
    assert status == 0
    assert found["exchange"] is None
    assert said[0].startswith("keymedic: line 1: no pack knows the exchange 'bittrex'")


def test_why_adds_the_explanation() -> None:
    _, [found], _ = feed({"text": TICKET}, arguments=("--why",))
    assert found["explanation"]["derived"]


@pytest.mark.parametrize("option", [("--format", "term"), ("--format", "html"), ("-f", "x"), ("text",)])
def test_options_that_make_no_sense_with_it_are_refused(option: tuple[str, ...]) -> None:
    done = run("diagnose", "--jsonl", *option)
    assert done.returncode == 2
    assert len(lines(done.stderr)) == 1


def test_each_diagnosis_is_written_at_once() -> None:
    with subprocess.Popen(
        [PROGRAM, "diagnose", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ}
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for n in range(3):
            running.stdin.write(json.dumps({"id": n, "text": TICKET}).encode() + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == str(n)
        running.stdin.close()
        assert running.wait(30) == 0
