"""Typing errors: a word that no pack knows, one slip away from exactly one word that matters, is read as that word."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:  # reading YAML costs 20 ms, and a cached index needs none
    from keymedic.knowledge.load import Library

SHORTEST = 6
"""Letters of the shortest word that is corrected; shorter ones are too often other words."""
_LONG = 9
_WORDS = re.compile(r"[a-z]+")
_PLAIN = re.compile(r"[a-z]{5,}\Z")
_TOLD = frozenset(
    {"examples", "counterexamples", "title", "means", "text", "note", "fact", "label", "customer", "summary"}
)


class Spelling(msgspec.Struct, array_like=True, dict=True):
    """Words that stay as they are, and, for what is left of a word without one letter, the words it can be. Both as
    words with blanks between them, which decode in no time."""

    words: str
    near: dict[str, str]

    @functools.cached_property
    def known(self) -> frozenset[str]:
        """Words that stay as they are."""
        return frozenset(self.words.split())

    def corrected(self, word: str) -> str | None:
        """The word that was meant, in small letters; None when it is known, or means nothing or several things."""
        word = word.lower()
        if len(word) < SHORTEST or word in self.known:
            return None
        found = {
            target
            for stem in _stems(word)
            for target in self.near.get(stem, "").split()
            if target[0] == word[0] and _one_slip(word, target)
        }
        return found.pop() if len(found) == 1 else None


def learn(library: Library) -> Spelling:
    """What can be meant: words of the lexicon, of plain-language examples, names. Known: every word of every pack."""
    targets: set[str] = set()
    known: set[str] = set()
    for concept in library.concepts.values():
        targets.update(word for phrase in concept["words"] for word in _WORDS.findall(phrase.lower().rstrip("*")))
    for name, document in library.documents.items():
        known.update(_WORDS.findall(" ".join(_told(document.data)).lower()))
        if name == "base.language":
            targets.update(_examples(document.data))
    for pack in library.packs.values():
        seen = pack.recognise
        names = [word.lower() for word in (*seen.words, pack.name)]
        targets.update(word for word in names if _PLAIN.match(word))
        known.update(name.lower() for name in (*seen.aliases, *seen.ccxt, pack.id))
    targets = {word for word in targets if _PLAIN.match(word)}
    near: dict[str, list[str]] = {}
    for word in sorted(targets):
        for stem in _stems(word):
            near.setdefault(stem, []).append(word)
    return Spelling(" ".join(sorted(known | targets)), {stem: " ".join(words) for stem, words in near.items()})


def _examples(data: dict[str, Any]) -> Iterator[str]:
    for symptom in data.get("symptoms", ()):
        for text in symptom["examples"]:
            yield from _WORDS.findall(text.lower())


def _told(value: Any, *, counts: bool = False) -> Iterator[str]:
    """Every sentence of a pack."""
    if isinstance(value, str) and counts:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _told(item, counts=counts)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _told(item, counts=key in _TOLD)


def _stems(word: str) -> Iterable[str]:
    """The word, and the word without each of its letters."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter is missing or too many, or two neighbours are exchanged; in long words also one is wrong.

    Another ending makes another word (scheduler, scheduled), unless it only halves or doubles the last letter
    (addres); so does another letter (staging, staking).
    """
    if len(one) > len(other):
        one, other = other, one
    at = next((n for n, sign in enumerate(one) if sign != other[n]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :] and (at < len(one) or other[-1] == other[-2])
    if one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]:
        return True
    return one[at + 1 :] == other[at + 1 :] and len(one) >= _LONG and at < len(one) - 1
