"""An operator's rules: what belongs together and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from keymedic.errors import Unusable
from keymedic.triage.meaning.grouping import NAME, Rule, grouped, keep, load

FIELDS = {"worker": "bot-1", "file": "a.log", "exchange": "kucoin", "source": "", "cause": "ip.not_whitelisted"}
BASE = ("worker", "exchange", "source", "cause")
MERGE = Rule("merge-1", merge={"worker": ["bot-1", "bot-2"], "cause": ["ip.not_whitelisted"]})
SPLIT = Rule("split-1", split={"worker": ["bot-1"], "exchange": ["kucoin"]}, by="file")


def test_without_a_rule_events_are_grouped_by_what_is_known() -> None:
    by = {"worker": "bot-1", "exchange": "kucoin", "cause": "ip.not_whitelisted"}
    assert grouped([], FIELDS, BASE) == (by, "")


def test_what_a_merge_names_becomes_one() -> None:
    one = grouped([MERGE], FIELDS, BASE)
    assert one == ({"cause": "ip.not_whitelisted", "worker": "bot-1 or bot-2"}, "merge-1")
    assert grouped([MERGE], {**FIELDS, "worker": "bot-2", "exchange": "okx"}, BASE) == one


def test_a_merge_leaves_others_alone() -> None:
    assert grouped([MERGE], {**FIELDS, "worker": "bot-3"}, BASE)[1] == ""
    assert grouped([MERGE], {**FIELDS, "cause": "key.invalid"}, BASE)[1] == ""


def test_a_split_tells_apart_by_one_field_more() -> None:
    by, rule = grouped([SPLIT], FIELDS, BASE)
    assert (by["file"], rule) == ("a.log", "split-1")
    assert grouped([SPLIT], {**FIELDS, "file": "b.log"}, BASE)[0]["file"] == "b.log"


def test_the_first_rule_that_fits_counts() -> None:
    assert grouped([SPLIT, MERGE], FIELDS, BASE)[1] == "split-1"
    assert grouped([MERGE, SPLIT], FIELDS, BASE)[1] == "merge-1"


def test_rules_come_back_as_they_were_kept(tmp_path: Path) -> None:
    odd = Rule("merge-2", merge={"worker": ["no", "2026-10-01", "null", "a: b", "- x", "#", "ключ", "{", "'", '"']})
    keep(tmp_path, [MERGE, SPLIT, odd])
    assert load(tmp_path) == [MERGE, SPLIT, odd]
    assert (tmp_path / NAME).read_text("utf-8").startswith("# Which incidents belong together.")
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_no_rules_are_left_as_none(tmp_path: Path) -> None:
    keep(tmp_path, [])
    assert load(tmp_path) == []


def test_no_file_is_no_rule(tmp_path: Path) -> None:
    assert load(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "schema: keymedic/grouping/1\nrules: [{id: a}]",
        "schema: keymedic/grouping/1\nrules: [{id: a, merge: {colour: [red]}}]",
        "schema: keymedic/grouping/1\nrules: [{id: a, split: {worker: [x]}}]",
        "schema: keymedic/grouping/1\nrules: [{id: a, split: {worker: [x]}, by: colour}]",
        "schema: keymedic/grouping/1\nrules: [{id: a, merge: {worker: [x]}, split: {worker: [x]}, by: file}]",
        "schema: keymedic/grouping/1\nrules: [{id: a, merge: {worker: x}}]",
        "schema: keymedic/grouping/1\nrules: [{id: a, merge: {worker: [x]}, colour: red}]",
        "schema: keymedic/grouping/2\nrules: []",
        "rules: !!python/object/apply:os.system [true]",
    ],
)
def test_a_broken_file_is_named_in_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(Unusable, match=NAME) as error:
        load(tmp_path)
    assert "\n" not in str(error.value)
