"""Masking secrets, and keeping their shape as evidence.

`mask` is pure and deterministic, masks every kind in `KINDS`, leaves ids, hashes and addresses readable, and changes
nothing when run on its own output.
"""

from __future__ import annotations

import msgspec

from keymedic.intake.secret_finders import find
from keymedic.intake.secret_shapes import Shape, shape_of
from keymedic.intake.secret_spans import KINDS, TOKEN, Span, compiled, merge

__all__ = ["KINDS", "Mask", "Masked", "Shape", "mask"]

_ROUNDS = 4


class Mask(msgspec.Struct, frozen=True):
    """One masked value: its token, where it stood in the original, where the token stands in the masked text."""

    token: str
    kind: str
    label: str
    start: int
    end: int
    out_start: int
    out_end: int
    shape: Shape


class Masked(msgspec.Struct, frozen=True):
    """The masked text and its masks in order of appearance."""

    text: str
    masks: tuple[Mask, ...] = ()

    @property
    def kinds(self) -> dict[str, int]:
        """How many distinct values of each kind were masked."""
        tokens = {mask.token: mask.kind for mask in self.masks}
        return {kind: n for kind in KINDS if (n := sum(k == kind for k in tokens.values()))}

    @property
    def count(self) -> int:
        """How many distinct values were masked."""
        return len({mask.token for mask in self.masks})

    def to_original(self, offset: int) -> int:
        """The offset in the original of an offset in the masked text; inside a token, where its value starts."""
        shift = 0
        for mask in self.masks:
            if offset < mask.out_start:
                break
            if offset < mask.out_end:
                return mask.start
            shift = mask.end - mask.out_end
        return offset + shift


def mask(text: str) -> Masked:
    """Mask every secret in `text`; see the module for what that means. Never raises on any string."""
    spans = merge(find(text))
    if not spans:
        return Masked(text)
    masked = _render(text, spans)
    for _ in range(_ROUNDS):
        # A masked value is evidence for its neighbours: look again until nothing new shows.
        more = merge(find(masked.text))
        if not more:
            break
        spans = merge([*spans, *(_to_original(span, masked) for span in more)])
        masked = _render(text, spans)
    return masked


def _to_original(span: Span, masked: Masked) -> Span:
    end = masked.to_original(span.end - 1) + 1
    for inner in masked.masks:
        if inner.out_start < span.end <= inner.out_end:
            end = inner.end
    return span._replace(start=masked.to_original(span.start), end=end)


def _render(text: str, spans: list[Span]) -> Masked:
    tokens: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for found in compiled(TOKEN).finditer(text):
        kind = found[0][1 : found[0].index(" ")]
        numbers[kind] = max(numbers.get(kind, 0), int(found[1][:9]))
    parts: list[str] = []
    masks: list[Mask] = []
    position = length = 0
    for span in spans:
        value = text[span.start : span.end]
        if value not in tokens:
            numbers[span.kind] = numbers.get(span.kind, 0) + 1
            tokens[value] = f"<{span.kind} {numbers[span.kind]}>"
        token = tokens[value]
        length += span.start - position
        parts += text[position : span.start], token
        kind = token[1 : token.index(" ")]
        out_start, length = length, length + len(token)
        masks.append(Mask(token, kind, span.label, span.start, span.end, out_start, length, _shape(text, span)))
        position = span.end
    parts.append(text[position:])
    return Masked("".join(parts), tuple(masks))


def _shape(text: str, span: Span) -> Shape:
    before, after = text[max(0, span.start - 12) : span.start], text[span.end : span.end + 12]
    opened, closed = before.rstrip(" \t"), after.lstrip(" \t")
    quoted = opened[-1:] in tuple("\"'`“”„‘’«") and closed[:1] in tuple("\"'`“”’»\\")
    leading = before != opened and (quoted or opened.endswith("="))
    trailing = after != closed and (quoted or closed[:1] in ("\n", "\r", ""))
    return shape_of(text[span.start : span.end], quoted=quoted, leading=leading, trailing=trailing)
