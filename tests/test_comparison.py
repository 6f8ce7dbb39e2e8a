"""The same cases before and after a change of the packs: what moves, and whether for the better."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.inference.mini import PACKS, mini

from keymedic.comparison import Moved, compare, report
from keymedic.errors import Unusable
from keymedic.evaluation import LabelledCase
from keymedic.knowledge.compile import compile_index
from keymedic.knowledge.load import library
from keymedic.knowledge.scanner import Scanner
from keymedic.knowledge.store import Knowledge

Changed = Callable[[Mapping[str, str]], Knowledge]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """The small world with some words of its packs replaced."""

    def change(words: Mapping[str, str]) -> Knowledge:
        for path in PACKS.glob("*.yaml"):
            text = path.read_text(encoding="utf-8")
            for old, new in words.items():
                text = text.replace(old, new)
            (tmp_path / path.name).write_text(text, encoding="utf-8")
        index = compile_index(library([tmp_path]))
        return Knowledge(index, Scanner(index.patterns))

    return change


UNKNOWN = LabelledCase("1", "unknown api key", ["key.invalid"])
REFUSED = LabelledCase("2", "code 4001", ["ip.not_whitelisted"], exchange="north")
TO_DELETED = {
    'match: {text: "unknown api key"}\n    indicates: {key.invalid: strong, key.deleted: moderate}': (
        'match: {text: "unknown api key"}\n    indicates: {key.deleted: certain}'
    )
}


def test_equal_packs_move_nothing(changed: Changed) -> None:
    assert compare(mini(), changed({}), [UNKNOWN, REFUSED]) == []


def test_only_the_cases_that_move_are_named_with_what_moved(changed: Changed) -> None:
    (moved,) = compare(mini(), changed(TO_DELETED), [UNKNOWN, REFUSED])
    assert moved.id == "1"
    assert any(what.startswith("first cause key.invalid 0.") for what in moved.what)
    assert "first remedy paste-again -> new-key" in moved.what


def test_better_and_worse_follow_the_labels(changed: Changed) -> None:
    other = changed(TO_DELETED)
    cases = [UNKNOWN, LabelledCase("3", UNKNOWN.text, ["key.deleted"]), LabelledCase("4", UNKNOWN.text, ["unknown"])]
    assert [moved.better for moved in compare(mini(), other, cases)] == [False, True, None]


def test_a_finer_cause_is_as_good_as_the_one_it_is_part_of(changed: Changed) -> None:
    finer = {
        "{id: key.deleted, ": "{id: key.deleted, part_of: key.invalid, ",
        **TO_DELETED,
    }
    (moved,) = compare(mini(), changed(finer), [UNKNOWN])
    assert moved.better is None


def test_a_probability_counts_from_a_tenth(changed: Changed) -> None:
    said = 'unknown api key"}\n    indicates: {key.invalid: strong, key.deleted: '
    (moved,) = compare(mini(), changed({f"{said}moderate": f"{said}strong"}), [UNKNOWN])
    assert any(what.startswith("key.invalid 0.") for what in moved.what)
    assert moved.better is None
    assert compare(mini(), changed({"{key.expired: strong}": "{key.expired: certain}"}), [UNKNOWN]) == []


def test_a_case_without_text_is_named() -> None:
    with pytest.raises(Unusable, match="case 7: the text is empty"):
        compare(mini(), mini(), [LabelledCase("7", " ", ["unknown"])])


def test_the_report_has_every_case_and_the_sum() -> None:
    moved = [Moved("1", ("verdict a -> b", "c"), True), Moved("2", ("d",), False), Moved("3", ("e",), None)]
    assert list(report(moved, 9)) == [
        "case 1 (better): verdict a -> b; c",
        "case 2 (worse): d",
        "case 3 (other): e",
        "3 of 9 diagnoses change: 1 better, 1 worse, 1 other",
    ]
    assert list(report([], 9)) == ["0 of 9 diagnoses change: 0 better, 0 worse, 0 other"]
