"""Who it happened to: the worker, account or bot that a log line names."""

from __future__ import annotations

import re
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from keymedic.intake.redaction import mask

_KIND = "account|acct|sub_?account|bot|worker|user|customer|tenant|client|instance|trader|deployment"
_LABEL = rf"\b(?i:{_KIND})(?i:[_-]?(?:id|name|uid|label))?"
_QUOTED = r"(?:[^\"\\\n]|\\+u[0-9a-fA-F]{4})+"
_SAID = r"[\w.@+-]+"
_SIGNED = rf"(?:\\*\"\s*:\s*\\*\"(?P<quoted>{_QUOTED})|(?:\\*\"\s*:\s*|=\\*\"?|#)(?P<named>{_SAID}))"
_TOLD = r"(?:[A-Za-z_][A-Za-z_.-]*\d[\w.@+-]*|\d+[A-Za-z-][\w.@+-]*|(?:\d{1,2}|[1-36-9]\d\d|\d{4,})\b)"
"""A name after a colon, where prose may follow: it has a digit, and is no status."""
_TAGGED = "acc|cust|dca|grid|strategy|runner|agent|sub"
_TAG = rf"(?i:{_KIND}|{_TAGGED})(?:[-:#][\w.@-]+|[ _][\w.@-]*\d[\w.@-]*)"
"""In brackets; behind a blank or an underscore words without a digit say what went wrong."""
_ADDRESS = r"(?:\d{1,3}\.){3}\d{1,3}"
_NAMED = rf"{_LABEL}(?:{_SIGNED}|: ?\"?(?P<told>{_ADDRESS}|{_TOLD}))|[\[(](?P<tag>{_TAG})[\])]"
_TIME = r"(?:[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)"
_CARRIED = (
    r"^(?:\d+\|)?(?P<compose>[\w./-]*[A-Za-z][\w./-]*) *\| "
    rf"|^(?:<\d+>)?(?:\d )?{_TIME} (?P<host>[\w.:-]+) (?:\w+\.\w+ )?[\w./()@-]+(?:\[\d+\]:|: | \S+ \S+ [-\[])"
    r"|\"(?:hostname|host|container_name|service|_SYSTEMD_UNIT|CONTAINER_NAME)\"\s*:\s*\"(?P<field>[^\"]+)\""
)
_WAYS = (_NAMED, _CARRIED)
"""What a line says itself counts before what its transport put in front of it."""
NAMES = (
    rf"{_LABEL}(?:\\*\"\s*:\s*\\*\"{_QUOTED}|(?:\\*\"\s*:\s*|=\\*\"?|#){_SAID}|: ?\"?{_TOLD})|[\[(]{_TAG}[\])]"
    rf"|\b(?i:{_KIND}|acc|cust)[-_#]\d+"
)
PREFIX = (
    r"(?m:^)(?:(?:\d+\|)?[\w./-]+ *\| "
    rf"|(?:<\d+>)?(?:\d )?{_TIME} [\w.:-]+ (?:\w+\.\w+ )?[\w./()@-]+(?:\[\d+\]:|: | \S+ \S+ [-\[]))"
)
_AGAIN = re.compile(_NAMED.encode())
_ESCAPED = re.compile(r"\\+u((?!d[89a-f])[0-9a-f]{4})", re.IGNORECASE)
_LONGEST = 64
_NOBODY = frozenset(
    b"null none nil nan true false undefined unknown not is has was the a an no error exception info data mode type"
    b" abnormal disabled suspended locked banned frozen invalid missing expired spot margin future futures swap funding"
    b" trade isolated cross unified contract trace debug notice warn warning critical fatal stdout stderr".split()
)
_NO_NAME = re.compile(
    rb"[45]\d\d|(?:\d{1,3}\.){3}\d{1,3}|-\d+|(?:api|fapi|ws|www)\.[\w.-]+|.*[ _-](?:not|is|was|has)[ _-].*", re.DOTALL
)
"""A status, an address, a code, an exchange's host, or prose."""


def who(events: pa.Array) -> list[bytes]:
    """The name that each event gives, as it stands there; empty where it gives none."""
    names: list[bytes] = [b""] * len(events)
    for way in _WAYS:
        found = pc.extract_regex(events, way)
        for column in found.flatten():
            if column.null_count < len(column):
                for number, name in enumerate(column.to_pylist()):
                    if name and not names[number]:
                        names[number] = _name(name) or (_next(events[number].as_py()) if way is _NAMED else b"")
        if all(names):
            break
    return names


def _name(raw: bytes) -> bytes:
    """What was found, as a name; empty when it is none."""
    name = raw[:_LONGEST].strip(b" .-")
    return b"" if name.lower() in _NOBODY or _NO_NAME.fullmatch(name) else name


def _next(event: bytes) -> bytes:
    """The first name of an event whose first was none."""
    for hit in _AGAIN.finditer(event):
        name = _name(hit[hit.lastgroup or 0])
        if name:
            return name
    return b""


def shown(name: bytes) -> str:
    """The name as it may be shown: a secret or an e-mail address becomes a short mark that stays the same."""
    text = _ESCAPED.sub(lambda hit: chr(int(hit[1], 16)), name.decode("utf-8", "replace"))
    if "@" not in text and mask(f"account {text}").text.endswith(text):
        return text
    kind = "email" if "@" in text else "masked"
    return f"<{kind} {blake2b(name, digest_size=3).hexdigest()}>"
