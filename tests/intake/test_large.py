"""Large inputs: the telling line is found, memory stays bounded, and the report says that parts were left out."""

from __future__ import annotations

import subprocess
import sys

import pytest

import keymedic
from keymedic.intake.large import LARGE, shorten
from keymedic.knowledge.store import Knowledge

TELLING = '2026-11-20 11:11:11,111 - bot - ERROR - kucoin {"code":"400003","msg":"KC-API-KEY not exists"}'
PLAIN = "2026-11-20 10:00:00,123 - bot - INFO - order {:06} placed at {}.25, nothing else to say about it\n"


def log(size: int) -> str:
    """A log without trouble of about so many characters."""
    block = "".join(PLAIN.format(number, 51_000 + number) for number in range(1000))
    return block * (size // len(block) + 1)


def test_a_text_of_ordinary_size_is_left_as_it_is(knowledge: Knowledge) -> None:
    text = log(LARGE)[:LARGE]
    short = shorten(text, knowledge)
    assert (short.text, short.notices) == (text, ())


@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_one_telling_line_in_three_megabytes_is_found(place: float) -> None:
    plain = log(3_000_000)
    at = plain.rfind("\n", 0, int(len(plain) * place)) + 1
    text = plain[:at] + TELLING + "\n" + plain[at:]
    diagnosis = keymedic.diagnose(text)
    assert diagnosis.exchange is not None
    assert diagnosis.exchange.id == "kucoin"
    spans = [e.span for c in diagnosis.causes for e in c.evidence if e.symptom == "kucoin.400003" and e.span]
    assert spans
    assert all(at <= start < end <= at + len(TELLING) for start, end in spans)
    (notice,) = [notice for notice in diagnosis.notices if notice.kind == "shortened"]
    assert f"{len(text):,} characters were searched" in notice.text


def test_a_telling_word_across_the_border_of_two_pieces_is_found(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keymedic.intake.large._PIECE", 250_000)
    plain = log(300_000)
    for cut in (250_000 - 80, 250_000 - 20, 250_000 + 300):
        text = plain[:cut] + "\n" + TELLING + "\n" + plain[cut:]
        assert "KC-API-KEY not exists" in shorten(text, knowledge).text


def test_one_line_of_ten_megabytes_is_read(knowledge: Knowledge) -> None:
    text = "x=1 " * 1_250_000 + TELLING + " y=2" * 1_250_000
    short = shorten(text, knowledge)
    assert "KC-API-KEY not exists" in short.text
    assert len(short.text) < 400_000
    at = short.text.index("KC-API-KEY not exists")
    assert text[short.to_input(at) :].startswith("KC-API-KEY not exists")


def test_memory_does_not_grow_with_the_text() -> None:
    """Beyond the text itself, once as characters and once more a piece at a time."""
    program = (
        "import resource, sys, keymedic\n"
        "from keymedic.intake.large import shorten\n"
        "knowledge = keymedic.load()\n"
        "text = sys.argv[1] * (int(sys.argv[2]) // len(sys.argv[1]))\n"
        "shorten(text, knowledge)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)\n"
    )
    line = "2026-11-20 10:00:00,123 - bot - INFO - nothing new under the sun, all is well and goes on, and on, and on\n"
    small, large = (
        int(subprocess.run([sys.executable, "-c", program, line, size], check=True, capture_output=True).stdout)
        for size in ("4100000", "12100000")
    )
    assert large - small < 40_000_000


def test_every_character_that_was_kept_leads_back_to_itself(knowledge: Knowledge) -> None:
    text = "".join(f"Zeile {n} für 密钥: error {n % 7} invalid key\n" for n in range(20_000))
    short = shorten(text, knowledge)
    assert all(text[short.to_input(at)] == sign for at, sign in enumerate(short.text) if sign != "\n" and at % 97 < 3)


def test_a_large_text_that_says_nothing_is_still_answered() -> None:
    assert keymedic.diagnose("lorem ipsum dolor " * 20_000).verdict == "unknown"
