"""Matchers of packs -> patterns of the scanner: linear-time, any case, white space folded, whole words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WEAK = re.compile(
    r"(?:errors?|fail(?:ed|ure)|invalid|unauthorized|forbidden|denied|rejected|keys?|api|apikey|secret|permissions?|"
    r"signature|timestamp|nonce|expired|(?:dis)?connected|disabled|wallet|account|order|balance|trade|update|resolve|"
    r"refresh|connect|status|unknown|warning|message)\Z"
)


class Pattern(NamedTuple):
    """One thing to look for. `text` is a literal (white space folded) or a linear-time pattern.

    `left` and `right` say what must stand beside a literal: "word" = no letter or digit, "host" = the beginning of a
    host name or of one of its parts, "rest" = the word goes on to its end, "" = anything.
    """

    text: str
    literal: bool = True
    exact: bool = False
    left: str = ""
    right: str = ""


@lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    plain = unicodedata.normalize("NFKC", sign).lower()
    return plain if len(plain) == 1 else sign


def plain(text: str) -> str:
    """Letters beyond ASCII in small and ordinary form (full-width and capital letters), each where it was: the
    scanner folds the case of ASCII only. As long as the text."""
    if text.isascii():
        return text
    return text.translate({ord(sign): _plain_sign(sign) for sign in set(text) if not sign.isascii()})


def fixed(text: str, *, exact: bool = False) -> Pattern:
    """A fixed text, on word boundaries where it begins or ends with a word."""
    text = plain(" ".join(text.split()))
    return Pattern(text, True, exact, _edge(text[:1]), _edge(text[-1:]))


def word(text: str) -> Pattern:
    """A word or phrase of the lexicon; a trailing * stands for any ending."""
    if text.endswith("*"):
        return fixed(text[:-1])._replace(right="rest")
    return fixed(text)


def host(name: str) -> Pattern:
    """A host name, alone or below a sub-domain."""
    return Pattern(name, left="host", right="word")


def prefix(text: str) -> Pattern:
    """The beginning of a header name."""
    return Pattern(text, left="word")


def regex(pattern: str) -> Pattern:
    """A linear-time pattern, any case."""
    return Pattern(plain(pattern), literal=False)


def _edge(sign: str) -> str:
    return "word" if sign.isascii() and (sign.isalnum() or sign == "_") else ""


def weakness(text: str) -> str:
    """Why a text is too weak to mean anything by itself; empty when it is not."""
    if not text.isascii():
        return "" if len(text.strip()) >= 3 else "shorter than three characters"
    letters = re.sub(r"[^A-Za-z0-9]", "", text)
    if len(letters) < 5:
        return "fewer than five letters or digits"
    words = re.findall(r"[A-Za-z0-9]+", text.lower())
    if len(words) == 1 and _WEAK.match(words[0]):
        return "an everyday word"
    return ""
