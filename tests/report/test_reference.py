"""The knowledge reference: a page a pack, everything on it, the same bytes each time."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pytest
from tests.inference.mini import PACKS

from keymedic import paths
from keymedic.knowledge.load import library
from keymedic.report import reference

MINI = reference.pages(library([PACKS]))
REAL_LIBRARY = library([paths.rules()])
REAL = reference.pages(REAL_LIBRARY)
_LINK = re.compile(r"(?<!\\)\]\(([^)]+)\)")


def test_a_page_a_pack_and_one_for_what_packs_share() -> None:
    packs = {f"packs/{name}.md" for name in ("base.mini", "north", "northeu", "south", "tally")}
    assert MINI.keys() == {"README.md", "causes.md", "questions.md", "remedies.md"} | packs


def test_the_same_packs_give_the_same_bytes() -> None:
    assert reference.pages(library([PACKS])) == MINI


def test_the_first_page_counts() -> None:
    first = MINI["README.md"]
    assert reference.MARK in first
    assert "5 packs, 13 symptoms with 13 examples and 13 counterexamples" in first
    assert "9 [causes](causes.md), 3 [questions](questions.md), 5 [remedies](remedies.md)" in first
    assert "| [North](packs/north.md) `north` | 1.2.0 | tested | 2026-11-21 | 3 | 0 | 0 |" in first


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("causes.md", "| `key.deleted` | **key deleted** The key was deleted. | user | 0.1 | yes |"),
        ("questions.md", "## base.which_end"),
        ("questions.md", "| it worked | key.deleted 15, key.expired 15 | key.invalid 15 |"),
        ("remedies.md", "| `new-key` (base.mini) | Make a new key | key.deleted, key.expired |"),
        ("packs/north.md", "Pack `north` 1.2.0, tested, verified 2026-11-21."),
        (
            "packs/north.md",
            "| `north.4001` | **Address refused** | (code '4001' or text 'north refuses this address') |",
        ),
        ("packs/northeu.md", "extends [north](north.md)"),
        ("packs/base.mini.md", "### Start over (`source.start_over`)"),
        ("packs/base.mini.md", "- [base.worked](../questions.md)"),
        ("packs/tally.md", "- docs: <https://example.org/tally>"),
    ],
)
def test_what_the_packs_know_is_on_the_pages(page: str, said: str) -> None:
    assert said in re.sub(r"\*\* +\|", "** |", MINI[page])


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for page, text in REAL.items():
        for target in _LINK.findall(text):
            path = PurePosixPath(page).parent / target
            parts: list[str] = []
            for part in path.parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert "/".join(parts) in REAL, f"{page} links to {target}"


def test_every_symptom_question_remedy_and_cause_is_on_its_page() -> None:
    for pack in REAL_LIBRARY.packs.values():
        page = REAL[f"packs/{pack.id}.md"]
        assert all(f"| `{symptom.id}` |" in page for symptom in pack.symptoms)
        assert all(f"(`{name}`)" in page for name in pack.procedures)
        assert all(f"## {question.id}\n" in REAL["questions.md"] for question in pack.questions)
        assert all(f"| `{remedy.id}` ({pack.id}) |" in REAL["remedies.md"] for remedy in pack.remedies)
    assert all(f"| `{name}` |" in REAL["causes.md"] for name in REAL_LIBRARY.causes)


@pytest.mark.parametrize("page", REAL)
def test_tables_keep_their_columns(page: str) -> None:
    columns = 0
    for line in REAL[page].splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (columns and cells and cells != columns), line
        columns = cells


@pytest.mark.parametrize("page", REAL)
def test_pages_have_no_traces_of_templates(page: str) -> None:
    text = REAL[page]
    assert text.startswith("# ")
    assert text.endswith("\n")
    assert "\n\n\n" not in text
    assert "{%" not in text
    assert "{{" not in text
