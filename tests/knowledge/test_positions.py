"""YAML is read safely; every problem carries its place."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from keymedic.knowledge import positions
from keymedic.knowledge.problems import PackError, Problem


def refused(text: str) -> str:
    """The one line with which a text is refused."""
    with pytest.raises(PackError) as caught:
        positions.read(text, "p.yaml")
    (problem,) = caught.value.problems
    return str(problem)


def test_a_syntax_error_names_its_line_and_column() -> None:
    assert refused("a: 1\nb: [1, 2\nc: 3\n").startswith("p.yaml:3:2: no valid YAML (did not find expected ',' or ']')")


def test_a_tab_as_indentation_is_a_syntax_error() -> None:
    assert refused("a:\n\tb: 1").startswith("p.yaml:2:1: no valid YAML")


def test_a_key_that_stands_twice_is_refused_at_its_second_place() -> None:
    assert refused("a: 1\nb:\n  c: 1\n  c: 2\n") == "p.yaml:4:3: the key 'c' stands twice: keep one of them"


@pytest.mark.parametrize(
    "text",
    ["a: &x [1]\nb: *x\n", "a: &x word\nb: *x\n", "a: &x [*x]\n", "a: *nowhere\n", "a: &x {p: 1}\nb:\n  <<: *x\n"],
)
def test_anchors_and_aliases_are_refused(text: str) -> None:
    assert "anchors and aliases are not allowed: write the value out" in refused(text)


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    lines = ["a: &a [lol, lol]"] + [
        f"{b}: &{b} [*{a}, *{a}, *{a}]" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
    ]
    began = time.perf_counter()
    assert "anchors and aliases" in refused("\n".join(lines))
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("bomb", ["[" * 1_000_000, "- " * 1_000_000, "{a: " * 100_000, "[" * 40 + "]" * 40])
def test_deep_nesting_is_refused_at_once_and_does_not_crash(bomb: str) -> None:
    began = time.perf_counter()
    assert "nested deeper than 30 levels: flatten it" in refused(f"a:\n {bomb}")
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system [ls]", "!!binary aGk=", "!mine x", "!!str 5"])
def test_tags_are_refused(tag: str) -> None:
    assert "is not allowed: write the value without it" in refused(f"a: {tag}")


def test_a_file_of_more_than_four_megabytes_is_refused() -> None:
    assert refused("a: " + "x" * positions.MAX_BYTES) == "p.yaml:1:1: the file has more than 4 MB: split the pack"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("# nothing", "the file is empty"),
        ("a: 1\n---\nb: 2", "a second document begins here"),
        ("? [a, b]\n: 1", "a key must be a word"),
        ('a: "x\\0y"', "the character NUL is not allowed"),
        ("a: x\x07y", "no valid YAML"),
        ("a: \udc80", "no valid YAML"),
    ],
)
def test_what_is_no_pack_is_refused_in_one_line(text: str, what: str) -> None:
    line = refused(text)
    assert what in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "word",
    [
        "yes",
        "No",
        "on",
        "off",
        "2026-11-21",
        "12:30:45",
        "1_000",
        "0x1F",
        "0o17",
        ".inf",
        ".nan",
        "=",
        "1e3x",
        "0800",
        "1e5",
        "+.5",
    ],
)
def test_words_stay_words(word: str) -> None:
    assert positions.read(f"a: {word}", "p.yaml").data == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [("5", 5), ("-2015", -2015), ("0.5", 0.5), ("true", True), ("False", False), ("~", None), ("", None), ("'5'", "5")],
)
def test_numbers_and_truth_are_those_of_yaml_1_2(word: str, value: object) -> None:
    data = positions.read(f"a: {word}", "p.yaml").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


def test_a_problem_stands_at_the_key_or_at_its_nearest_known_parent() -> None:
    document = positions.read("a: 1\nb:\n  - c: 2\n", "p.yaml")
    assert str(document.problem(("b", 0, "c"), "wrong", "mend it")) == "p.yaml:3:5: wrong: mend it"
    assert str(document.problem(("b", 0, "gone", "deeper"), "wrong")) == "p.yaml:3:5: wrong"


_DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0")), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=50)
@given(_DATA)
def test_plain_data_survives_writing_and_reading(data: object) -> None:
    written = yaml.safe_dump({"data": data})
    if "&id" not in written:
        assert positions.read(written, "p.yaml").data == {"data": data}


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    problems: Sequence[Problem] = ()
    data: object = None
    try:
        data = positions.read(text, "p.yaml").data
    except PackError as error:
        problems = error.problems
        given_up = True
    else:
        given_up = False
    assert given_up == bool(problems)
    assert all(str(problem).startswith("p.yaml:") for problem in problems)
    assert data is None or isinstance(data, dict | list | str | int | float)
