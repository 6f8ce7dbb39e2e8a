"""Secrets known by the company they keep: two bare lines, `key:secret`, a short key beside a signature."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from keymedic.intake.secret_context import is_harmless
from keymedic.intake.secret_labels import classify
from keymedic.intake.secret_shapes import is_credential, is_jumbled, is_mixed, is_passlike, is_random, is_unspoken
from keymedic.intake.secret_spans import Span, between, compiled

_JOINTS = frozenset({"", "and", "with", "und", "mit", "y", "con", "et", "avec", "plus", "+", "\\n"})


def neighbours(text: str, spans: list[Span], machine: list[Span]) -> Iterator[Span]:
    """Credential-like values right beside a secret or beside each other: two bare lines, `key:secret`."""
    row = sorted([*spans, *machine])
    for left, right in pairwise(row):
        between = text[left.end : right.start]
        between = between.strip(" \t\r\n,;:/|\"'`>*_-")
        if right.start - left.end > 12 or left.end > right.start or between.lower() not in _JOINTS:
            continue
        if left.kind or right.kind or _pair(text[left.start : left.end], text[right.start : right.end]):
            for span, kind in ((left, "key"), (right, "secret")):
                # Without a label, the key comes first.
                known = span.kind if span.label or span.rank < 6 else kind
                yield Span(span.start, span.end, known, "", 5)


def _pair(first: str, second: str) -> bool:
    # Two ids of one system have one shape; a key and its secret mostly differ, except for 32 hex digits.
    return len(first) != len(second) or len(first) == 32


def owned(text: str, machine: list[Span]) -> Iterator[Span]:
    """A private key right after its wallet's address."""
    address = compiled(r"0x[0-9a-fA-F]{40}[\"'`]?(?::|\s{1,3})[\"'`]?$")
    for span in machine:
        if span.end - span.start in (64, 66) and address.search(text, max(0, span.start - 48), span.start):
            yield Span(span.start, span.end, "secret", "", 6)


_LEFT = (
    r"(?:^|[\n\"'` ])([\w-]{8,15})(?::|[ ]?[/|,;][ ]?|[ \t]+|[\"'`]?[ \t]*\r?\n\s{0,3}|"
    r"[ \t]+(?:with|and|und|mit|y|con|et|avec)[ \t]+)[-_+/]?$"
)
_RIGHT_MARKED = r"(?:\\n)?(?:[ ]*[/|,;:\t][ \t]*|[ ]{2,})([^\s\"'`<>]{5,64})[ \t]*(?=\r?\n|$)"
_RIGHT = r"[\"'`]?[ \t]*(?:\r?\n){1,2}[ \t>*-]*(\S{5,64})[ \t]*(?=\r?\n|$)"


def beside(text: str, spans: list[Span]) -> Iterator[Span]:
    """A short key before an unlabelled secret, a passphrase on the line after one."""
    for span in spans:
        left = compiled(_LEFT).search(text, max(0, span.start - 28), span.start)
        if left and _is_key_beside(left[1], text[left.end(1) : span.start].strip(" \t\r\n\"'`_+-")):
            yield Span(*left.span(1), "key", "", 6)
        bare = compiled(r"(?:^|\n)[\s>*\"'-]*$").search(text, max(0, span.start - 12), span.start)
        right = compiled(_RIGHT_MARKED).match(text, span.end)
        right = right or (compiled(_RIGHT).match(text, span.end) if bare else None)
        if right and is_passlike(right[1]) and not is_credential(right[1]):
            yield Span(*right.span(1), "passphrase", "", 8)


def _is_key_beside(value: str, joint: str) -> bool:
    joined = joint[-1:] in tuple(":/|,;") and joint != ""
    words = 0.9 if joined else 0.8
    return is_random(value, 8, words) or is_mixed(value, words) or (joined and is_unspoken(value, 0.5))


def short(text: str, spans: list[Span]) -> Iterator[Span]:
    """Short keys (8 to 15 characters of three kinds) on the line of a secret or signature."""
    seen = -1
    for span in sorted(spans):
        if (span.kind in {"secret", "signature"} or not span.label) and span.kind != "email" and span.start > seen:
            begin, seen = max(seen, span.start - 160), span.end + 80
            begin = max(begin, text.rfind("\n", max(0, begin), span.start))
            words = compiled(r"(?<![\w./:+-])[\w-]{8,15}(?![\w/:+-]|\.\w)")
            for word in words.finditer(text, max(0, begin), span.start):
                if is_random(word[0], 16, 0.6) or is_jumbled(word[0]):
                    yield Span(word.start(), word.end(), "key", "", 6)


def strays(text: str, machine: list[Span], company: list[int]) -> Iterator[Span]:
    """Values in the form of a credential on the line of a masked secret, or on the line before or after it.

    `company` are the places of the masked secrets.
    """
    for span in machine:
        first, last = _lines_around(text, span)
        if span.kind or not between(company, first, last):
            continue
        after = compiled(r"[^\W_][\w.-]*").findall(text[span.end : span.end + 40].split("\n", 1)[0])
        if not any(map(is_harmless, after[:4])):
            yield Span(span.start, span.end, "key", "", 8)


_NEAR = 400  # characters


def _lines_around(text: str, span: Span) -> tuple[int, int]:
    begin, end = max(0, span.start - _NEAR), min(len(text), span.end + _NEAR)
    above = text.rfind("\n", begin, span.start)
    below = text.find("\n", span.end, end)
    first = text.rfind("\n", begin, above) + 1 if above >= 0 else begin
    last = text.find("\n", below + 1, end) if below >= 0 else end
    return max(first, begin), last if last >= 0 else end


_IDENTIFIED = (
    r"(?i)(?<!\w)id[\"'`]?[ \t]*[:=][ \t]*[\"'`]?([\w-]{8,64})[\"'`]?[,;]?\s{1,20}"
    r"[\"'`]?([A-Za-z][\w -]{2,24})[\"'`]?[ \t]*[:=][ \t]*[\"'`]?<(?:secret|pem) \d+>"
)


def identified(text: str) -> Iterator[Span]:
    """The id of a key, straight before its masked secret: `"id": "...", "privateKey": "<secret 1>"`."""
    for found in compiled(_IDENTIFIED).finditer(text):
        said = classify(found[2])
        if said and said[0] == "secret" and is_random(found[1], 8):
            yield Span(*found.span(1), "key", "", 6)
