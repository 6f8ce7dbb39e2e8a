"""Whether the value after a label is the secret the label announces: how much it must prove, by label and separator."""

from __future__ import annotations

import re
from collections.abc import Callable

from keymedic.intake.secret_labels import Label
from keymedic.intake.secret_shapes import (
    is_address,
    is_jumbled,
    is_mixed,
    is_passlike,
    is_placeholder,
    is_random,
    is_sentence,
    is_term,
    is_unspoken,
    is_word,
)
from keymedic.intake.secret_spans import TOKEN, compiled

_TIGHT = frozenset({"assign", "colon", "pair", "tag", "arrow", "cell", "call"})
_LOOSE = frozenset({"table", "line", "is", "comma", "dash"})
# Twelve words and more, as wallets hand them out.
SEED = r"(?i)[a-z]{3,8}(?:[ ,]{1,2}[a-z]{3,8}){11,23}(?![ ]?[\w'])"
# One value, cut by blanks.
CUT = r"[A-Za-z0-9+/]{4,}+(?:[ ]{1,2}[A-Za-z0-9+/]{4,}+){1,15}={0,2}(?=[ \t]*(?:\r?\n|$))"
_UUID_LIKE = r"[\da-f]{8}(?:-[\da-f]{4}){3}-.*"


def accept(label: Label, separator: str, value: str, *, quoted: bool) -> bool:
    """Whether `value` is the secret that `label` announces rather than a word, a placeholder or a message."""
    if len(value) < 3 or is_placeholder(value) or is_word(value) or compiled(TOKEN).search(value):
        return False
    if compiled(r"(?i)[a-z]{2,6}://|[~.]?/\w+/").match(value) and label.kind != "token":
        return False
    typed = label.kind in {"passphrase", "password"}
    if label.text.lower().endswith("uid") and compiled(r"\d+|[\da-f-]{20,}").fullmatch(value):
        return False  # the id of a user or an order; a memo is typed by its owner
    tight = separator in _TIGHT or (separator in _LOOSE and label.strong and not typed)
    tight = tight or (typed and label.near and separator in {"table", "line"})
    return _RULES.get(label.kind, _machine)(label, value, tight, quoted, separator)


def _machine(label: Label, value: str, tight: bool, quoted: bool, separator: str) -> bool:
    machine = re.sub(r"\s+" if compiled(CUT).fullmatch(value) else r"\s*\n\s*", "", value)
    if separator == "comma":  # in a list, the next item is mostly no value
        return is_random(machine, 12, 0.6)
    if label.kind == "secret" and (said := _secret(label, value, tight, quoted, separator)) is not None:
        return said
    if _is_readable(label, machine):
        return False
    own = label.strong and label.kind in {"key", "secret", "token"}
    if own and separator == "space" and is_random(machine, 8, 0.4):
        return True
    if label.kind == "key" and (is_jumbled(machine) or (label.near and _is_short_key(machine, tight or quoted))):
        return True
    words = 0.8 if tight or label.strong or separator in {"table", "line"} else 0.6
    return is_random(machine, 8 if tight else 12, words, sure=own and (tight or quoted))


def _is_readable(label: Label, value: str) -> bool:
    """Whether the value is the client id of an order, or the address of a token's contract."""
    if label.text.lower().endswith("id") and "lient" in label.text:
        return compiled(_UUID_LIKE).fullmatch(value) is not None
    return label.kind == "token" and not label.strong and is_address(value)


def _secret(label: Label, value: str, tight: bool, quoted: bool, separator: str) -> bool | None:
    """What a secret's label says by itself; None when the value has to look made by a machine."""
    if compiled(SEED).fullmatch(value):
        return sum(map(is_word, value.split())) < 3
    if not (label.strong and tight) or is_sentence(value):
        return None
    if quoted:
        return len(value) >= 6 and not is_term(value)
    return True if len(value) >= 8 and separator in _TIGHT and is_passlike(value) else None


def _is_short_key(value: str, sure: bool) -> bool:
    return is_mixed(value, 0.9 if sure else 0.65) or (sure and is_unspoken(value, 0.9))


def _typed(label: Label, value: str, tight: bool, quoted: bool, separator: str) -> bool:
    if quoted and label.strong and (tight or " " not in value):
        return not is_sentence(value)
    if tight and label.strong:
        return True
    if not label.strong and separator == "space" and compiled(r"[a-z]+(?:_\w+|=.*)").fullmatch(value):
        return False  # "pass" as a verb
    return is_passlike(value, mixed_case=label.strong and separator == "is")


def _code(_label: Label, value: str, _tight: bool, _quoted: bool, _separator: str) -> bool:
    return compiled(r"\d{3}[ -]?\d{3}|\d{4,8}").fullmatch(value) is not None


_RULES: dict[str, Callable[[Label, str, bool, bool, str], bool]] = {
    "passphrase": _typed,
    "password": _typed,
    "otp": _code,
}
