"""From whatever was pasted to masked events. Nothing downstream ever sees the original text."""

from __future__ import annotations

import msgspec

from keymedic.intake import events, har
from keymedic.intake.events import Event
from keymedic.intake.redaction import Masked, mask

# One character for another, so that offsets stay: what people's editors and phones make of plain quotes and dashes.
_PLAIN = str.maketrans(
    dict.fromkeys("‘’‚‛′´`", "'")
    | dict.fromkeys("“”„‟″", '"')
    | dict.fromkeys("‐‑‒–—−", "-")
    | dict.fromkeys("\u00a0\u2007\u202f\u3000", " ")
    | {"\x00": "\ufffd", "\ufeff": " "}
)


class Intake(msgspec.Struct, frozen=True):
    """What intake made of the input: the masked text and its events."""

    masked: Masked
    events: tuple[Event, ...]


def take(text: str) -> Intake:
    """Mask, then cut into events. Any string is accepted; lone surrogates become U+FFFD."""
    text = text.encode("utf-8", "replace").decode("utf-8") if _has_surrogates(text) else text
    masked = mask(text)
    plain = masked.text if masked.text.isascii() and "\x00" not in masked.text else masked.text.translate(_PLAIN)
    found = har.frame(masked.text)
    return Intake(masked, tuple(found if found is not None else events.frame(plain)))


def _has_surrogates(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
