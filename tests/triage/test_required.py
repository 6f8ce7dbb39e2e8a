"""What a pattern needs: in every text that it matches stands one of its words."""

from __future__ import annotations

import random
import re
import warnings
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keymedic.knowledge import required
from keymedic.knowledge.patterns import Pattern
from keymedic.knowledge.store import Knowledge


@pytest.mark.parametrize(
    ("regex", "ways"),
    [
        ("invalid api key", {"invalid api key"}),
        ("Invalid (?:key|sign)ature", {"invalid "}),
        ("(?:passphrase|signature) wrong", {"passphrase", "signature"}),
        (r"nonce\s+too small", {" too small"}),
        (r"\d+ requests", {" requests"}),
        (r"(?:api )?keys? expired", {" expired"}),
        (r"code[:=]\s*-2015", {"-2015"}),
        (r"(?:denied)+ for", {"denied"}),
    ],
)
def test_the_longest_certain_words_of_each_alternative(regex: str, ways: set[str]) -> None:
    found = required.of_regex(regex)
    assert found is not None
    assert required.weakest(found) >= min(map(len, map(str.strip, ways)))
    assert {way.strip() for way in found} == {way.strip() for way in ways}


@pytest.mark.parametrize("regex", [r"\d+", "a|b", "(?:denied)?", "(?:denied)*", "[Dd]enied|.*", "abc", "("])
def test_nothing_is_certain(regex: str) -> None:
    assert required.of_regex(regex) is None


def test_case_is_folded() -> None:
    assert required.of_pattern(Pattern("Invalid KEY")) == frozenset({"invalid key"})


ALPHABET = st.text(st.sampled_from("abcdefgh 12-_."), min_size=0, max_size=8).map(re.escape)
REGEXES = st.recursive(
    ALPHABET,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{0,3}"])).map(lambda p: f"(?:{p[0]}){p[1]}"),
        inner.map(lambda part: f"({part})"),
        inner.map(lambda part: rf"{part}\s*[xyz]\d?"),
        inner.map(lambda part: rf"\b{part}(?i:QQ)"),
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], max_examples=200)
@given(REGEXES, st.data())
def test_any_text_that_a_pattern_matches_holds_one_of_its_words(regex: str, data: st.DataObject) -> None:
    ways = required.of_regex(regex)
    if ways is None:
        return
    text = data.draw(st.from_regex(re.compile(regex), fullmatch=True))
    assert any(way in text.lower() for way in ways), (regex, text)


def regexes(knowledge: Knowledge) -> list[str]:
    return sorted({pattern.text for pattern in knowledge.index.patterns if not pattern.literal})


def test_the_patterns_of_the_packs_match_only_what_holds_one_of_their_words(knowledge: Knowledge) -> None:
    chosen = random.Random(1).sample(regexes(knowledge), 150)
    wrong: list[tuple[str, str]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on FutureWarning of sets within classes
        for regex in chosen:
            wrong += _wrong(regex)
    assert wrong == []


def _wrong(regex: str) -> list[tuple[str, str]]:
    """Texts that match but hold none of the words."""
    ways = required.of_regex(regex)
    if ways is None:
        return []
    found: list[tuple[str, str]] = []

    @settings(max_examples=6, database=None, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.from_regex(re.compile(regex, re.IGNORECASE), fullmatch=True, alphabet=_ascii()))
    def check(text: str) -> None:
        if not any(way in text.lower() for way in ways):
            found.append((regex, text))

    check()
    return found


def _ascii() -> Any:
    return st.characters(codec="ascii")


def test_most_patterns_of_the_packs_say_what_they_need(knowledge: Knowledge) -> None:
    """Were Python's parser to change, they would all say nothing, and the gate would know no word."""
    every = regexes(knowledge)
    telling = [regex for regex in every if required.of_regex(regex)]
    assert len(telling) > 0.8 * len(every)
