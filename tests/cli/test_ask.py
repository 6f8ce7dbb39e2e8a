"""`keymedic ask` in a terminal: paste, answer, fix."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Iterator

import pytest
from tests.cli.program import PROGRAM, TICKET, UNCLEAR, lines, run

_ASKS = "Answer (number, or q to stop): "


class Talk:
    """A conversation with the program through a terminal."""

    def __init__(self, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        self.said = ""
        env = {**os.environ, "TERM": "dumb", "COLUMNS": "100"}
        self.running = subprocess.Popen(
            [PROGRAM, "ask", *arguments], stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        os.close(slave)

    def until(self, wanted: str, seconds: float = 20) -> str:
        """Read until something is said; return what was said since the last time."""
        end = time.monotonic() + seconds
        heard = ""
        while wanted not in heard:
            if not select.select([self.master], [], [], max(0.0, end - time.monotonic()))[0]:
                raise AssertionError(f"{wanted!r} was not said, but: {heard}")
            try:
                data = os.read(self.master, 65_536)
            except OSError as error:
                raise AssertionError(f"{wanted!r} was not said before the end, but: {heard}") from error
            heard += data.decode().replace("\r\n", "\n")
        self.said += heard
        return heard

    def say(self, text: str) -> None:
        os.write(self.master, text.encode())

    def rest(self) -> str:
        """What is said up to the end."""
        heard = ""
        while True:
            try:
                data = os.read(self.master, 65_536)
            except OSError:
                break
            if not data:
                break
            heard += data.decode().replace("\r\n", "\n")
        return heard

    def status(self) -> int:
        return self.running.wait(20)


@pytest.fixture
def talk(request: pytest.FixtureRequest) -> Iterator[Talk]:
    talking = Talk(*getattr(request, "param", ()))
    yield talking
    talking.running.kill()
    talking.running.wait()
    os.close(talking.master)


def best_question(text: str, *answers: str) -> tuple[str, list[str]]:
    """Text and outcomes of the question that `diagnose` puts first."""
    given = [part for answer in answers for part in ("--answer", answer)]
    found = json.loads(run("diagnose", text, "--format", "json", *given).stdout)
    question = found["questions"][0]
    return question["text"], [outcome["label"] for outcome in question["outcomes"]]


def test_it_asks_its_best_question_takes_the_answer_and_goes_on_from_there(talk: Talk) -> None:
    talk.until("end with an empty line:")
    talk.say(f"{UNCLEAR}\n\n")
    first = talk.until(_ASKS)
    text, outcomes = best_question(UNCLEAR)
    assert text in first
    for number, label in enumerate(outcomes, start=1):
        assert f"  {number}  {label}\n" in first
    assert outcomes[-1] == "not known"
    talk.say(f"{len(outcomes)}\n")
    second = talk.until(_ASKS)
    assert text not in second
    assert re.search(r"So far: .+ \d+ %", second)
    talk.say("q\n")
    assert "Fix" in talk.rest()
    assert talk.status() == 0


@pytest.mark.parametrize("talk", [[UNCLEAR]], indirect=True)
def test_it_stops_when_one_fix_is_enough(talk: Talk) -> None:
    for _ in range(9):
        heard = talk.until(_ASKS)
        if "still in the list" in heard:
            break
        talk.say("not known\n")
    talk.say("not there\n")
    end = talk.rest()
    assert _ASKS not in end
    assert "deleted or reset" in end
    assert talk.status() == 0


@pytest.mark.parametrize("talk", [[TICKET]], indirect=True)
def test_it_asks_nothing_when_the_fix_is_clear_from_the_start(talk: Talk) -> None:
    end = talk.rest()
    assert _ASKS not in end
    assert "Update API Key" in end
    assert talk.status() == 0


@pytest.mark.parametrize("talk", [[UNCLEAR]], indirect=True)
def test_nonsense_is_asked_again(talk: Talk) -> None:
    talk.until(_ASKS)
    for nonsense in ("banana\n", "\n", "99\n", "-1\n", "²\n", "\x1b[A\n"):
        talk.say(nonsense)
        assert "Please type a number from 1 to" in talk.until(_ASKS)
    talk.say("q\n")
    talk.rest()
    assert talk.status() == 0


@pytest.mark.parametrize("talk", [[UNCLEAR]], indirect=True)
def test_the_end_of_input_ends_the_questions_with_what_is_known(talk: Talk) -> None:
    talk.until(_ASKS)
    talk.say("\x04")
    end = talk.rest()
    assert "No more answers" in end
    assert "Bybit" in end
    assert talk.status() == 0


@pytest.mark.parametrize("talk", [[UNCLEAR]], indirect=True)
def test_an_interruption_ends_it_without_a_traceback(talk: Talk) -> None:
    talk.until(_ASKS)
    talk.running.send_signal(2)
    assert "Traceback" not in talk.rest()
    assert talk.status() == 130


def test_an_empty_line_within_a_paste_does_not_end_it(talk: Talk) -> None:
    talk.until("end with an empty line:")
    talk.say("Hello support,\n\nmy bot gets an API error\n\non bybit since yesterday.\n\nThanks\n\n")
    heard = talk.until(_ASKS)
    assert "Please type" not in heard
    talk.say("q\n")
    assert "Bybit" in talk.rest()


def test_nothing_pasted_is_said_in_one_line(talk: Talk) -> None:
    talk.until("end with an empty line:")
    talk.say("\n\n\x04")
    assert "keymedic: nothing to diagnose" in talk.rest()
    assert talk.status() == 2


class TestWithoutTerminal:
    def test_answers_may_come_from_a_pipe(self) -> None:
        done = run("ask", UNCLEAR, stdin=b"not known\n" * 3 + b"q\n")
        assert done.returncode == 0
        assert lines(done.stderr).count("") >= 3
        assert done.stdout.startswith(b"Bybit")

    def test_the_report_alone_goes_to_standard_output(self) -> None:
        done = run("ask", UNCLEAR, "--format", "reply", stdin=b"q\n")
        assert b"So far" not in done.stdout
        assert b"Answer (number" in done.stderr

    def test_a_text_from_a_pipe_is_read_to_its_end(self) -> None:
        done = run("ask", stdin=b"Hello\n\nmy bot gets an API error on bybit\n")
        assert done.returncode == 0
        assert done.stdout.startswith(b"Bybit")
        assert b"No more answers" in done.stderr

    def test_bytes_that_are_no_utf_8_are_no_harm(self) -> None:
        assert run("ask", stdin=b"bybit \xff\xfe API error\n").returncode == 0
        assert run("ask", UNCLEAR, stdin=b"\xff\xfe\n\xff\n").returncode == 0

    def test_an_unknown_exchange_is_noted_once(self) -> None:
        done = run("ask", UNCLEAR, "--exchange", "kucion", stdin=b"1\n1\n1\n")
        assert done.stderr.count(b"no pack knows the exchange 'kucion'") == 1
