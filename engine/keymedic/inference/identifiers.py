"""Identifiers as words: INVALID_API_KEY, "invalid-permission", ErrApiKeyRevoked and invalid "signature" say what
sentences say."""

from __future__ import annotations

import functools
import re

_LONGEST_TEXT = 20_000
_MOST = 40
_CONSTANT = r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b"
_VALUE = r"(?<=[\"'])[a-z][a-z0-9]*(?:[_-][a-z0-9]+)+(?=[\"'](?!\s*:))"
_CAMEL = (
    r"\b(?:[Ee]rr(?:or)?|[Ii]nvalid|[Mm]issing|[Ii]nsufficient|[Ii]ncorrect|[Ww]rong|[Ee]xpired|[Bb]ad|[Nn]o|[Nn]ot|[Uu]nknown"
    r"|[Uu]nauthori[sz]ed|[Ff]orbidden|[Aa]pi|[Aa]uthentication|[Pp]ermission|[Ss]ignature|[Nn]once|[Tt]imestamp|[Aa]ccount)"
    r"[A-Z][A-Za-z]{2,60}\b"
)
_QUOTED = (
    r"\b(?:[Ii]nvalid|[Ii]ncorrect|[Ww]rong|[Bb]ad|[Mm]issing|[Uu]nknown|[Ee]xpired|[Nn]o) "
    r"[\"'`\u201c\u2018][\w ./-]{3,40}[\"'`\u201d\u2019]"
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS = re.compile(r"[_.\"'`\u201c\u201d\u2018\u2019-]+ ?")
_NUMBERED = re.compile(r"\d{3}")
_NOISE = re.compile(r"^(?:err|error) |(?: error| exception)$")


@functools.cache
def _compiled(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts))


def _kinds(text: str) -> list[str]:
    """The kinds of identifiers that can be in a text: patterns are compiled only where they are needed."""
    quoted = any(sign in text for sign in "\"'`\u201c\u2018")
    kinds = [_QUOTED] if quoted else []
    kinds += [_CONSTANT] if "_" in text else []
    kinds += [_VALUE] if quoted else []
    return [*kinds, _CAMEL] if _HUMP.search(text) else kinds


def spelled_out(text: str) -> str | None:
    """The identifiers of a text as words, each where it stands, blanks elsewhere; None when there are none.

    The result is as long as the text, so that spans hold in both; words of a camel's humps may begin a little early.
    """
    if len(text) > _LONGEST_TEXT or not (kinds := _kinds(text)):
        return None
    line = [" "] * len(text)
    seen: set[str] = set()
    for found in _compiled(*kinds).finditer(text):
        name = found[0]
        if name in seen or _NUMBERED.search(name):
            continue
        seen.add(name)
        words = _NOISE.sub("", _HUMP.sub(" ", _SIGNS.sub(" ", name).strip()).lower())
        start = min(found.start(), len(text) - len(words))
        if start >= 0:
            line[start : start + len(words)] = words
        if len(seen) >= _MOST:
            break
    return "".join(line) if seen else None
