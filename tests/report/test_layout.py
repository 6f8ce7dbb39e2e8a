"""Layout in cells, and the table of characters that are never printed as they are."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.cases import CASES

from keymedic.report import layout, render
from keymedic.report.sanitize import UNSAFE, oneline, safe

LETTERS = st.text(st.sampled_from("ab é界한🙂 "), max_size=80)


@given(text=LETTERS, width=st.integers(2, 40))
def test_no_line_is_wider_than_asked(text: str, width: int) -> None:
    broken = layout.lines(text, width)
    assert all(layout.cells(line) <= width for line in broken)
    assert "".join(broken).replace(" ", "") == "".join(text.split())


@given(text=LETTERS, width=st.integers(1, 40))
def test_a_clipped_text_fits(text: str, width: int) -> None:
    assert layout.cells(layout.clip(text, width)) <= max(width, 1)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("case", sorted(set(CASES) - {"operator", "diagnosed"}))
def test_the_terminal_report_keeps_to_its_width(case: str, width: int) -> None:
    shown = render(CASES[case], "term", why=True, width=width)
    assert not [line for line in shown.splitlines() if layout.cells(line) > width]
    assert not [line for line in shown.splitlines() if line != line.rstrip()]


def test_commands_are_never_broken() -> None:
    shown = render(CASES["operator"], "term", width=40)
    assert "hollaex server --reset_activation_code\n" in shown


def test_every_hidden_character_of_unicode_is_covered() -> None:
    unsafe = re.compile(f"[{UNSAFE}\n\t]")
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    missed = [code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in hidden]
    assert not [hex(code) for code in missed if not unsafe.match(chr(code))]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, née, 界 🙂", "plain text, née, 界 🙂"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u202eabc", "\\u202eabc"),
        ("a\r\nb\tc\rd", "a\nb    c\\x0dd"),
        ("warning ⚠\ufe0f", "warning ⚠\ufe0f"),
        ("a\ufe0fb\U000e0041", "a\\ufe0fb\\U000e0041"),
    ],
)
def test_safe_shows_what_hides(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_oneline_folds_white_space() -> None:
    assert oneline(" a\n\n b\tc ") == "a b c"
