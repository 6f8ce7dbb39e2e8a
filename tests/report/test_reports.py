"""The reports as their readers see them. Read a changed snapshot as an agent, a customer or an operator would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion
from tests.report.cases import AMBIGUOUS, CASES, CLOSED, DANGER, OPERATOR, SAME_FIX, SECRETS, UNKNOWN

from keymedic.report import FORMATS, render
from keymedic.report.machine import encode


@pytest.mark.parametrize("case", ["same_fix", "ambiguous", "danger_avoided", "closed"])
def test_term(case: str, snapshot: SnapshotAssertion) -> None:
    assert render(CASES[case], "term") == snapshot


def test_term_why(snapshot: SnapshotAssertion) -> None:
    assert render(SAME_FIX, "term", why=True) == snapshot


def test_term_narrow(snapshot: SnapshotAssertion) -> None:
    assert render(OPERATOR, "term", width=60) == snapshot


@pytest.mark.parametrize("case", ["same_fix", "secrets", "unknown", "operator", "not_a_key"])
def test_reply(case: str, snapshot: SnapshotAssertion) -> None:
    assert render(CASES[case], "reply") == snapshot


def test_note(snapshot: SnapshotAssertion) -> None:
    assert render(AMBIGUOUS, "note") == snapshot


def test_md(snapshot: SnapshotAssertion) -> None:
    assert render(OPERATOR, "md") == snapshot


def test_html(snapshot: SnapshotAssertion) -> None:
    page = render(DANGER, "html")
    assert page[page.index("<body>") :] == snapshot


def test_causes_beyond_five_and_below_three_percent_are_summed_up() -> None:
    many = tuple(msgspec.structs.replace(SAME_FIX.causes[1], id=f"key.n{n}", probability=0.12) for n in range(8))
    diagnosis = msgspec.structs.replace(SAME_FIX, causes=many)
    short, full = render(diagnosis, "term"), render(diagnosis, "term", why=True)
    assert short.count(" expired ") == 5
    assert "  40 %  others" in short
    assert full.count(" expired ") == 8


def test_evidence_beyond_three_reasons_is_counted() -> None:
    cause = SAME_FIX.causes[0]
    cause = msgspec.structs.replace(cause, evidence=cause.evidence * 3)
    diagnosis = msgspec.structs.replace(SAME_FIX, causes=(cause,))
    assert "and 3 more (--why)" in render(diagnosis, "term")
    assert "more (--why)" not in render(diagnosis, "term", why=True)


def test_markdown_commands_are_code() -> None:
    tokens = MarkdownIt("commonmark").parse(render(OPERATOR, "md"))
    commands = [step.command for step in OPERATOR.remedies[0].steps if step.command]
    assert [token.content.rstrip("\n") for token in tokens if token.type == "fence"] == commands
    assert [token.attrs.get("start", 1) for token in tokens if token.type == "ordered_list_open"] == [1, 2]


def test_html_is_one_readable_file() -> None:
    page = render(OPERATOR, "html")
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert all(f"<{tag}" in page for tag in ("header", "main", "section", "footer", "title"))
    assert '<pre tabindex="0"><code>hollaex server --restart</code></pre>' in page


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("why", [False, True])
def test_every_report_of_every_case_ends_with_one_line_feed(fmt: str, case: str, why: bool) -> None:
    shown = render(CASES[case], fmt, why=why)
    assert shown == shown.rstrip("\n") + "\n"
    assert shown == render(CASES[case], fmt, why=why)


@pytest.mark.parametrize("fmt", ["term", "md", "html", "note", "reply"])
def test_an_empty_record_is_no_reason_to_fail(fmt: str) -> None:
    empty = msgspec.structs.replace(UNKNOWN, causes=(), questions=(), packs=())
    assert render(empty, fmt, why=True)


def test_notices_come_first() -> None:
    assert render(CLOSED, "term").startswith("! Bittrex has been closed")
    assert "masked: 1 API key, 1 secret, 1 passphrase" in render(SECRETS, "term", width=140)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown format 'pdf': use term, md"):
        render(SAME_FIX, "pdf")


def test_plain_text_never_loads_rich(tmp_path: Path) -> None:
    record = tmp_path / "diagnosis.json"
    record.write_text(encode(SAME_FIX), "utf-8")
    program = (
        "import sys, pathlib, msgspec, keymedic.report as report\n"
        "from keymedic.diagnosis import Diagnosis\n"
        f"record = msgspec.json.decode(pathlib.Path({str(record)!r}).read_bytes(), type=Diagnosis)\n"
        "report.render(record, 'term')\n"
        "sys.exit('rich' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_templates_are_rendered_where_nothing_can_be_cached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("KEYMEDIC_CACHE_DIR", str(blocked / "below"))
    assert render(SAME_FIX, "term")
