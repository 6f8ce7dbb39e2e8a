"""Hostile, broken and huge input: a diagnosis or one clear line, in bounded time and memory, and nothing lost.

The inputs and their bounds are in benchmarks/bad_input.py; `python -m benchmarks bad` prints them as a table.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# The benchmarks are no part of the package.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import bad_input
from benchmarks.bad_input import PACKS, PLANTED, TEXTS, UNUSABLE
from benchmarks.child import Run, execute
from benchmarks.child import keymedic as script

import keymedic
from keymedic import case
from keymedic.errors import Unusable
from keymedic.inference.scan import look
from keymedic.intake import events, har
from keymedic.intake.fields import extract
from keymedic.intake.redaction import mask
from keymedic.report import FORMATS, render


@pytest.fixture(scope="module")
def env() -> Iterator[dict[str, str]]:
    with bad_input.prepared() as prepared:
        yield prepared


def on_stdin(data: bytes, env: dict[str, str], folder: Path, *arguments: str) -> Run:
    (folder / "stdin").write_bytes(data)
    return execute([script(), "diagnose", *arguments], env, stdin=folder / "stdin")


# --- through the command line


@pytest.mark.parametrize("name", TEXTS)
def test_text(name: str, env: dict[str, str]) -> None:
    bad = TEXTS[name]
    done = bad_input.measure(bad, env)
    assert bad_input.problem(done, bad) == ""
    assert done.seconds <= bad.seconds * (1 + bad_input.NOISE)
    assert done.peak <= bad.peak


@pytest.mark.parametrize("name", PACKS)
def test_pack(name: str, env: dict[str, str]) -> None:
    bad = PACKS[name]
    done = bad_input.measure(bad, env)
    assert bad_input.problem(done, bad) == ""
    assert done.seconds <= bad.seconds * (1 + bad_input.NOISE)
    assert done.peak <= bad.peak


@pytest.mark.parametrize("name", ["empty", "blank", "binary", "broken UTF-8", "UTF-16 with mark"])
def test_standard_input_is_read_like_a_file(name: str, env: dict[str, str], tmp_path: Path) -> None:
    bad = TEXTS[name]
    assert bad_input.problem(on_stdin(bad.make(), env, tmp_path, "-", "--format", "json"), bad) == ""


def test_more_than_the_limit_is_refused_before_it_is_read(env: dict[str, str], tmp_path: Path) -> None:
    with (tmp_path / "huge.log").open("wb") as file:
        file.truncate(100_000_000_000)
    done = execute([script(), "diagnose", "-f", str(tmp_path / "huge.log")], env)
    assert done.status == UNUSABLE
    assert b"MB" in done.err
    assert bad_input.clear_line(done.err)
    assert done.seconds < 2
    assert done.peak < bad_input.SMALL_MB


@pytest.mark.parametrize("name", [".", "absent.log", "absent/absent.log"])
def test_what_is_no_file_is_named(name: str, env: dict[str, str], tmp_path: Path) -> None:
    done = execute([script(), "diagnose", "-f", str(tmp_path / name)], env)
    assert done.status == UNUSABLE
    assert name.encode() in done.err or str(tmp_path).encode() in done.err
    assert bad_input.clear_line(done.err)


def test_a_bad_line_of_jsonl_costs_no_other_line(env: dict[str, str], tmp_path: Path) -> None:
    good = json.dumps({"text": PLANTED}).encode()
    lines = [
        good,
        b"{",
        b'{"text": 1}',
        b'{"text": ""}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"text":"\\ud800"}',
        b"null",
        good,
    ]
    done = on_stdin(b"\n".join(lines), env, tmp_path, "--jsonl")
    answers = done.out.splitlines()
    assert done.status == UNUSABLE
    assert len(answers) == len(lines)
    assert bad_input.found(answers[0])
    assert bad_input.found(answers[-1])
    assert bad_input.clear_line(done.err)


@pytest.mark.parametrize("fmt", [fmt for fmt in FORMATS if fmt != "json"])
@pytest.mark.parametrize("name", ["ANSI colours", "control characters", "bidi and invisible characters", "NUL bytes"])
def test_nothing_unprintable_reaches_the_reader(name: str, fmt: str, env: dict[str, str]) -> None:
    done = bad_input.diagnose(TEXTS[name], env, fmt)
    text = done.out.decode()
    assert done.status == bad_input.DONE
    assert not {sign for sign in text if not sign.isprintable() and sign not in "\n\t"}


# --- through the API


@pytest.mark.parametrize(
    "text",
    [
        f"\ud800{PLANTED}\udfff",
        PLANTED.replace("bot", "b\udc80t"),
        "\udce4" * 1000 + PLANTED,
        f"\U0010ffff\ufffe\uffff{PLANTED}",
        PLANTED.replace(" ", "\u2028"),
        PLANTED + "\x00" * 1000,
    ],
)
def test_any_string_is_accepted(text: str) -> None:
    diagnosis = keymedic.diagnose(text)
    assert diagnosis.causes[0].id == bad_input.CAUSE
    for fmt in FORMATS:
        render(diagnosis, fmt, why=True).encode()


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\v\f", "\u00a0\u2003\u3000"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(Unusable, match="empty"):
        keymedic.diagnose(text)


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(Unusable, match="limit"):
        keymedic.diagnose("x" * (case.MAX_CHARACTERS + 1))


# --- nothing is lost in a large text

INFO = "".join(
    f"2025-03-01 12:{i % 60:02}:00,000 - worker - INFO - request {i} took {i % 97} ms\n" for i in range(12_000)
)


def quoted(text: str, **given: str) -> dict[str, str]:
    """Symptom -> what its span shows in the text that was given."""
    diagnosis = keymedic.diagnose(text, **given)  # type: ignore[arg-type]
    evidence = [item for cause in diagnosis.causes for item in cause.evidence if item.span]
    return {item.symptom: text[slice(*item.span)] for item in evidence if item.span}


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_planted_error_is_found_and_its_span_shows_it(place: str) -> None:
    text = {"first": PLANTED + INFO, "middle": INFO + PLANTED + INFO, "last": INFO + PLANTED}[place]
    assert "400004" in quoted(text)[bad_input.SYMPTOM]


def test_spans_hold_behind_letters_of_several_bytes() -> None:
    assert "400004" in quoted(INFO.replace("took", "заняло \U0001f600") + PLANTED + INFO)[bad_input.SYMPTOM]


def test_the_exchange_named_once_at_the_start_counts() -> None:
    text = f'2025-03-01 12:00:00 INFO Using exchange kucoin\n{INFO}ERROR {{"code":"400004","msg":"x"}}\n{INFO}'
    assert bad_input.SYMPTOM in quoted(text)


def test_a_bare_code_beside_its_exchange_is_found() -> None:
    assert bad_input.SYMPTOM in quoted(f"{INFO}kucoin error 400004\n{INFO}")


def test_a_bare_code_of_the_exchange_that_was_given_is_found() -> None:
    assert bad_input.SYMPTOM in quoted(f"{INFO}came back with 400004\n{INFO}", exchange="kucoin")


def test_many_equal_hits_do_not_hide_a_rare_one() -> None:
    flood = "2025-03-01 12:00:00 ERROR request timed out, connection reset, 503 Service Unavailable\n" * 25_000
    assert bad_input.SYMPTOM in quoted(flood + PLANTED + INFO)


def test_many_different_hits_do_not_hide_a_rare_one() -> None:
    chance = random.Random(5)
    flood = "".join(
        f"2025-03-01 12:00:00 ERROR {''.join(chance.choices('abcdefgh', k=8))} request timed out: invalid symbol "
        f"{''.join(chance.choices('ijklmnop', k=8))}\n"
        for _ in range(12_000)
    )
    assert bad_input.SYMPTOM in quoted(flood + PLANTED + flood)


# --- time grows with length only

SMALL, LARGE, LONGEST = 20_000, 80_000, 160_000
DOUBLED = 3.0
"""Doubling the input may take three times as long, no more; measured over two doublings."""


def _fresh(form: str) -> Callable[[int], str]:
    """A text of different lines: `form` with random words and hex numbers."""

    def make(size: int) -> str:
        chance = random.Random(9)
        parts: list[str] = []
        length = 0
        while length < size:
            word = "".join(chance.choices("abcdefghijklmnop", k=7))
            parts.append(form.format(word=word, hex=f"{chance.getrandbits(160):040x}", number=chance.randrange(10**6)))
            length += len(parts[-1])
        return "".join(parts)[:size]

    return make


def _same(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def _recording(size: int, solidus: str = "/") -> str:
    entries = [
        {
            "request": {
                "method": "GET",
                "url": f"https://api.kucoin.com/api/v1/{i}",
                "headers": [{"name": "KC-API-KEY"}],
            },
            "response": {"status": 401, "content": {"text": '{"code":"400003","msg":"KC-API-KEY not exists"}'}},
        }
        for i in range(size // 220)
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).replace("/", solidus)


UNITS: dict[str, Callable[[int], str]] = {
    repr(unit): _same(unit)
    for unit in (
        *("A", '"', "{", "[", "=", "\\", "<", "|", "-", "_", "é", "x\r", "x\n\n", "7", "%22", "base64,", "eyJ"),
        *("api_key=", "api key ", "is my api key ", "password: ", 'password="', "secret\n", "token ", "..key"),
        *("http://", "https://a.b/?apiKey=", "Authorization: ", "Cookie: a=b; ", "-----BEGIN PRIVATE KEY-----\n"),
        *("-2015 ", "401 ", "code: 400004 ", '"code":"1",', "<key 1>", "not invalid key ", "not invalid key. "),
        *("(api_key, secret) VALUES ('a','b'),", "name\tapi key\tx\n", "\x1b[31mred\x1b[0m ", "\u202e\u200b"),
    )
}
TEXT_OF: dict[str, Callable[[int], str]] = {
    **UNITS,
    "records": _fresh("2025-01-01 00:00:00,123 - {word} - ERROR - {word} {hex} 401 Unauthorized invalid api key\n"),
    "tracebacks": _fresh(
        "Traceback (most recent call last):\n  File \"/x/{word}.py\", line 3, in {word}\nKeyError: 'a'\n"
    ),
    "secrets": _fresh("api_secret={hex}\n"),
    "inserts": _fresh("(api_key, secret) VALUES ('{word}','{hex}'),"),
    "table": _fresh("{word}\t{hex}\tapi key\t{number}\n"),
    "addresses": _fresh("{word}@{word}.com "),
    "urls": _fresh("https://{word}.com/api/v1/{word}?signature={hex}&apiKey={hex} "),
    "one url": _fresh("&{word}={hex}"),
    "hex": _fresh("{hex}"),
    "words": _fresh("{word} "),
    "numbers": _fresh("{number} "),
    "JSON": _fresh('{{"{word}":{{"code":{number},"msg":"{word}"}}}}'),
    "Cyrillic": _fresh("ключ {word} не работает 401\n"),
    "HAR": _recording,
    "HAR, escaped": lambda size: _recording(size, "\\/"),
}


def grows(work: Callable[[str], object], make: Callable[[int], str]) -> float:
    """How many times as long twice the text takes: the factor of two doublings, spread over both.

    Measured again, up to three times, when a busy machine may have been the reason.
    """
    small, large = make(SMALL), make(LARGE)
    work(small)
    factor = DOUBLED
    for _ in range(3):
        factor = min(factor, ((_best(work, large) + 1e-3) / (_best(work, small) + 1e-3)) ** 0.5)
        if factor < DOUBLED:
            break
    return factor


def _best(work: Callable[[str], object], text: str) -> float:
    """Seconds, the better of two."""
    taken = []
    for _ in range(2):
        start = time.perf_counter()
        work(text)
        taken.append(time.perf_counter() - start)
    return min(taken)


def _events(text: str) -> list[events.Event]:
    found = har.frame(text)
    return events.frame(text) if found is None else found


def _scan(text: str) -> object:
    return look(keymedic.load(), _events(text))


STAGES: dict[str, Callable[[str], object]] = {
    "masking": mask,
    "framing": _events,
    "fields": lambda text: extract(text, {}),
    "scan": _scan,
    "diagnosis": lambda text: keymedic.diagnose(f"kucoin {text}", why=True),
}


@pytest.mark.parametrize("name", TEXT_OF)
@pytest.mark.parametrize("stage", STAGES)
def test_time_grows_with_length_only(stage: str, name: str) -> None:
    assert grows(STAGES[stage], TEXT_OF[name]) < DOUBLED


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("name", ["records", "secrets", "Cyrillic", "'\"'", "'{'"])
def test_a_report_is_written_in_time_that_grows_with_length_only(fmt: str, name: str) -> None:
    made = {size: keymedic.diagnose(PLANTED + TEXT_OF[name](size), why=True) for size in (SMALL, LARGE)}

    def write(size: str) -> None:
        render(made[int(size)], fmt, why=True)

    assert grows(write, str) < DOUBLED


@pytest.mark.parametrize("name", TEXT_OF)
def test_no_text_of_this_size_takes_longer_than_ten_seconds(name: str) -> None:
    text = PLANTED + TEXT_OF[name](LONGEST)
    start = time.perf_counter()
    keymedic.diagnose(text)
    assert time.perf_counter() - start < 10
