"""The shape of masked credentials as evidence: swapped, cut off, with blanks, with escaped line breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keymedic.inference.facts import FactBase
from keymedic.intake.redaction import Mask

_PARTS = ("key", "secret")


def shape_facts(masks: Iterable[Mask], facts: FactBase) -> Iterator[tuple[str, Mask]]:
    """Names of facts (`credential.NAME`) that the masked values make true, with the mask that shows it.

    Compares with the shapes in the exchange's profile where they are documented.
    """
    masks = [mask for mask in masks if mask.kind in {"key", "secret", "passphrase", "pem"}]
    labels: dict[str, set[str]] = {}
    for mask in masks:
        shape = mask.shape
        if shape.leading_space or shape.trailing_space:
            yield "credential.blank", mask
        if shape.framing == "body":
            yield "credential.pem_body_only", mask
        if shape.framing == "whole" and shape.line_breaks == "escaped":
            yield "credential.escaped_line_breaks", mask
        if mask.kind in _PARTS:
            labels.setdefault(mask.token, set()).add(_role(mask))
            yield from _against_profile(mask, facts)
    for mask in masks:
        if {"key", "secret"} <= labels.get(mask.token, set()):
            yield "credential.same_value", mask


def _role(mask: Mask) -> str:
    """Key or secret, by the label that stood before the value."""
    label = mask.label.lower()
    return "secret" if "secret" in label or "sign" in label or "private" in label else "key" if label else "-"


def _against_profile(mask: Mask, facts: FactBase) -> Iterator[tuple[str, Mask]]:
    own, other = (mask.kind, "secret" if mask.kind == "key" else "key")
    mine, theirs = _documented(own, facts), _documented(other, facts)
    if not mine or mask.kind != _role(mask):
        return
    fits = _fits(mask, *mine)
    if not fits and theirs and theirs != mine and _fits(mask, *theirs):
        yield "credential.swapped", mask
    elif not fits and mine[1] and mask.shape.length < mine[1] and mask.shape.framing == "none":
        yield f"credential.{own}_too_short", mask
    elif not fits and mine[1] and mask.shape.length > mine[1] and mask.shape.framing == "none":
        yield f"credential.{own}_too_long", mask


def _documented(part: str, facts: FactBase) -> tuple[str, int] | None:
    """Alphabet and length that the exchange documents for a part; 0 = no fixed length."""
    alphabet = facts.first(f"exchange.credentials.{part}.alphabet")
    length = facts.first(f"exchange.credentials.{part}.length")
    return (str(alphabet or ""), int(length or 0)) if alphabet or length else None


def _fits(mask: Mask, alphabet: str, length: int) -> bool:
    narrow = {"hex": {"hex", "digits"}, "uuid": {"uuid"}, "digits": {"digits"}, "pem": {"pem"}}
    if alphabet in narrow and mask.shape.alphabet not in narrow[alphabet]:
        return False
    return not length or mask.shape.length == length
