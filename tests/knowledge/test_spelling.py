"""A mistyped word is read as the word that was meant; a word that somebody knows is never touched."""

from __future__ import annotations

import string

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.inference.mini import PACKS

from keymedic import paths
from keymedic.knowledge import load, spelling
from keymedic.knowledge.spelling import Spelling

BUILT_IN = spelling.learn(load.library([paths.rules()]))
TARGETS = sorted({word for words in BUILT_IN.near.values() for word in words.split()})
WORDS = st.one_of(st.text(string.ascii_lowercase, max_size=14), st.sampled_from(TARGETS))
PLACES = st.integers(0, 20)


def one_slip(word: str, target: str) -> bool:
    """Whether one letter was left out, added, exchanged with its neighbour or replaced."""
    swapped = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)}
    shorter = {word[:n] + word[n + 1 :] for n in range(len(word))}
    longer = {target[:n] + target[n + 1 :] for n in range(len(target))}
    return target in swapped or target in shorter or word in longer or bool(shorter & longer)


@given(st.sampled_from(sorted(BUILT_IN.known)))
def test_a_known_word_is_never_changed(word: str) -> None:
    assert BUILT_IN.corrected(word) is None
    assert BUILT_IN.corrected(word.upper()) is None


@given(WORDS, PLACES, st.sampled_from(string.ascii_lowercase), st.sampled_from(["leave out", "add", "replace"]))
def test_a_corrected_word_is_one_slip_away_from_one_that_is_meant(word: str, at: int, letter: str, how: str) -> None:
    rest = word[at:] if how == "add" else word[at + 1 :]
    typed = word[:at] + ("" if how == "leave out" else letter) + rest
    meant = BUILT_IN.corrected(typed)
    if meant is not None:
        assert meant in TARGETS
        assert meant[0] == typed[0]
        assert one_slip(typed, meant)


@given(st.sampled_from([word for word in TARGETS if len(word) >= 8]), PLACES)
def test_a_letter_left_out_inside_is_put_back(word: str, at: int) -> None:
    assume(0 < at < len(word) - 1)
    typed = word[:at] + word[at + 1 :]
    meant = BUILT_IN.corrected(typed)
    others = [other for other in TARGETS if other != word and one_slip(typed, other)]
    assert meant == word or typed in BUILT_IN.known or others


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(st.sampled_from([word for word in TARGETS if len(word) >= 6]), PLACES)
def test_two_neighbours_exchanged_are_put_back(word: str, at: int) -> None:
    assume(0 < at < len(word) - 1 and word[at] != word[at + 1])
    typed = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    others = [other for other in TARGETS if other != word and one_slip(typed, other)]
    assert BUILT_IN.corrected(typed) == word or typed in BUILT_IN.known or others


@given(st.text(max_size=30))
def test_no_text_makes_it_stumble(word: str) -> None:
    corrected = BUILT_IN.corrected(word)
    assert corrected is None or corrected in TARGETS


def mini(*targets: str, known: tuple[str, ...] = ()) -> Spelling:
    """A spelling of these words."""
    near: dict[str, list[str]] = {}
    for word in targets:
        for stem in spelling._stems(word):
            near.setdefault(stem, []).append(word)
    return Spelling(" ".join((*targets, *known)), {stem: " ".join(words) for stem, words in near.items()})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pasphrase", "passphrase"),
        ("passphrrase", "passphrase"),
        ("passphrsae", "passphrase"),
        ("passphrose", "passphrase"),
        ("Passphrse", "passphrase"),
        ("withdrawl", "withdrawal"),
        ("addres", "address"),
        ("addresss", "address"),
    ],
)
def test_one_slip_is_mended(typed: str, meant: str) -> None:
    assert mini("passphrase", "withdrawal", "address").corrected(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["passphrases", "passphras", "passphrasd", "assphrase", "xassphrase", "pssphrse", "adress", "vualt", "staging"],
    ids=["ending", "no ending", "another ending", "beginning", "first letter", "two slips", "known", "short", "other"],
)
def test_what_may_be_another_word_is_left_alone(typed: str) -> None:
    assert mini("passphrase", "address", "vault", "staking", known=("adress",)).corrected(typed) is None


def test_a_slip_that_can_mean_two_words_is_left_alone() -> None:
    assert mini("sending", "spending").corrected("sendding") == "sending"
    assert mini("trading", "tradings").corrected("tradng") == "trading"
    assert mini("caring", "curing").corrected("cring") is None
    assert mini("caring", "curing").corrected("cuuring") == "curing"
    assert mini("staring", "storing").corrected("string") is None


def test_words_of_the_lexicon_and_names_are_meant_other_words_are_only_known() -> None:
    learned = spelling.learn(load.library([PACKS]))
    assert learned.corrected("keystor") is None  # another ending
    assert learned.corrected("keysotre") == "keystore"
    assert learned.corrected("norhtex") == "northex"
    assert "rejected" in learned.known
    assert learned.corrected("rejceted") is None
