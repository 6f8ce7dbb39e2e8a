"""The line of a log event that tells what is wrong, and what of it varies from one repetition to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from keymedic.intake.fields import is_code
from keymedic.triage.scanning.who import NAMES, PREFIX

LONGEST = 500
"""Characters of a telling line that are kept."""
ANY = "<*>"
"""Stands for what varies."""

STEM = re.compile(
    r"api[ _-]?(?:keys?|sign|secret|credential)|secret[ _-]?key"
    r"|access[ _-]?(?:key|sign|id\b|token|den[iy]|passphrase|timestamp)"
    r"|signature|passphrase|credential|\bnonce\b"
    r"|un-?authori[sz]ed|not authori[sz]ed|authenticat|authori[sz]ation|forbidden|permission|privilege|denied"
    r"|\b(?:2fa|t?otp|mfa)\b|two[- ]factor|one[- ]time|google auth"
    r"|\bips?\b[^\n]{0,40}(?:white|allow|trust|restrict|bound|binding|\blist)"
    r"|(?:white-?list|allow-?list|trusted)[^\n]{0,40}\bips?\b"
    r"|(?:in)?valid[ _-]?(?:sign\b|key\b|secret|scope)"
    r"|\bkey (?:is |was |has |does )?(?:not|in|un|expired|revoked|deleted)"
    r"|\bjwt\b|recv[_ ]?window"
    r"|\b(?:account|user) (?:is |was |has been )?(?:not activ|frozen|suspended|locked|disabled|banned|restricted)"
    r"|密钥|签名|权限|白名单|口令|認証|署名|권한|서명",
    re.IGNORECASE,
)
"""What an error about a key, a signature, a permission, an address or an account speaks of."""

_CLASS = (
    r"(?:[\w$]+\.)*[A-Z][\w$]*(?:Error|Exception|Denied|Suspended|Enabled|Nonce|Required|Exceeded|Protection|Timeout"
    r"|Available|Failed|Failure|Interrupt|Funds)"
)
CLASS = re.compile(rf"{_CLASS}(?::|\b(?=\s*$))")
"""The name of an exception class before its message."""
_RAISED = re.compile(rf"(?:Caused by: |panic: )?{_CLASS}\s*(?::|$)")
_LEVEL = r"(?:TRACE|DEBUG?|INFO|NOTICE|WARN(?:ING)?|ERROR?|FATAL|CRIT(?:ICAL)?|SEVERE|PANIC)"
_HEAD = re.compile(
    rf"[\s|:]+|[-–]+(?=\s)|\d{{1,6}}(?= ---)|{PREFIX}"
    r"|[\[(]?\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T ,_]+\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?)?"
    r"(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?[\])]?"
    r"|\d\d?[-/.](?:\d\d?|[A-Z][a-z]{2})[-/.]\d{4}[ T,:]+\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?"
    r"|[\[(]?\d\d:\d\d:\d\d(?:[.,]\d+)?[\])]?|[A-Z][a-z]{2} +\d\d? \d\d:\d\d:\d\d|1\d{9}(?:\.\d+|\d{3})?\b"
    r"|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w.]+:\d+\]"
    rf"|{_LEVEL}(?::[\w.]+(?=:)|(?=[\s:|-]|$))|[\[(<](?i:{_LEVEL})[\])>]"
    rf"|[\w@./$-]{{1,60}}(?=\s+(?:[-|]\s+)?[\[(]?{_LEVEL}\b)"
    r"|\[(?!\d{3}\])[^\]\[\s]{1,40}\]"
    r"|[\w./-]{1,80}\.(?:go|py|js|ts|java|rs|cpp|cs):\d+:?"
    rf"|(?!{_CLASS})[\w$-]{{1,60}}(?:\.[\w$-]{{1,60}})+(?::\d+)?(?=\s+[-–|:]\s|:\s)"
)
"""What stands before the message: time, level, thread, logger, place in the code, worker."""
_REACH = 240
_PAIR = re.compile(r"(?:^|\s)(?:err|error|msg|message)=\"((?:[^\"\\]|\\.)*)\"")
_WAYS = (
    *(("err", "message"), ("error", "message"), ("exception", "message"), ("exc", "message"), ("error",), ("err",)),
    *(("exception",), ("exc_info",), ("message",), ("msg",), ("@message",), ("event",), ("text",), ("log",)),
)
_USUAL = (("message",), ("msg",))
_OWN = frozenset(
    {"level", "lvl", "severity", "levelname", "time", "ts", "timestamp", "@timestamp", "logger", "asctime"}
)
"""Keys by which a record of a log is told from an exchange's answer."""

_LABELS = (
    "order|trade|user|account|uid|id|line|pid|port|attempt|retry|request|req|trace|span|session|message|after|count"
)
_QUOTES = "USDT|USDC|BUSD|FDUSD|TUSD|USD|EUR|GBP|TRY|BRL|JPY|KRW|BTC|ETH|BNB"
_VARIES = re.compile(
    r"<[a-z][a-z -]{0,30} [0-9a-f]+>|https?://[^\s\"'<>)\]}]+"
    rf"|{NAMES}"
    rf"|\b(?:{_LABELS})(?:[_-]?id)?\\*\"?\s?[:=#]\s?\\*\"?\d+\b"
    r"|0x[0-9a-fA-F]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]+|\b[0-9a-fA-F]{12,}\b|\b(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}\b"
    r"|\b(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{18,}=*"
    rf"|\b[A-Z0-9]{{2,10}}[/_-]?(?:{_QUOTES})(?::[A-Z]{{3,5}})?\b"
    r"|\d+(?:[.,:/T-]\d+)+|\d{7,}|\b\d{1,2}\b|\b\d+(?:ms|s|kB|MB)\b"
)
"""What differs between repetitions of one message; codes and statuses, of three to six digits, stay."""
_REPEATED = re.compile(r"<\*>(?:[\s,;/:.-]{0,3}<\*>)+")
_TOKEN = re.compile(r"<\*>| |\w[\w'-]*(?:\.\w[\w'-]*)*|.")
_CODE = re.compile(r"(?<![\w.])-?\d{3,6}(?![\w%]|\.\d)", re.ASCII)
_STATUS = re.compile(r"[1-5]\d\d|20{5}")


def telling(text: str) -> str:
    """The message of an event, as one line without what a logger puts before it; at most LONGEST characters.

    The last exception of a traceback, the message of a JSON record or of key=value pairs, else the first line.
    """
    line = _record(text) or _line(text)
    line = _clean(line[: 4 * LONGEST])
    return (_body(line) or line)[:LONGEST].strip()


def generalised(line: str) -> str:
    """A telling line with what varies replaced by ANY."""
    return _REPEATED.sub(ANY, _VARIES.sub(ANY, line))


def tokens(line: str) -> tuple[str, ...]:
    """The words, signs and blanks of a generalised line; joined they are the line again."""
    return tuple(_TOKEN.findall(line))


def is_word(token: str) -> bool:
    """Whether a token says something: no blank, no punctuation, nothing that varies."""
    return token[0].isalnum() or token[0] == "_"


def codes(line: str) -> tuple[str, ...]:
    """The numbers of three to six digits that stand where error codes stand; HTTP statuses are none."""
    hits = (hit for hit in _CODE.finditer(line) if not _STATUS.fullmatch(hit[0]))
    return tuple(dict.fromkeys(hit[0] for hit in hits if is_code(line, hit.start(), hit.end())))


def _line(text: str) -> str:
    """The line that tells: the last exception that speaks of keys, else the last one, else the first line."""
    lines = [line for line in text.splitlines() if line.strip()]
    raised = [line for line in lines[1:] if _RAISED.match(line)]
    for chosen in (raised[::-1], [line for line in lines if not line[0].isspace()], lines):
        for line in chosen:
            if STEM.search(line[: 4 * LONGEST]):
                return line
        if chosen is not lines and raised:
            return raised[-1]
    return lines[0] if lines else ""


def _record(text: str) -> str:
    """What a record of JSON or of key=value pairs says; empty for other text and for an exchange's bare answer."""
    said: list[str] = []
    if text.lstrip()[:1] == "{":
        said = list(_said(_decoded(text)))
    elif "level=" in text or "lvl=" in text:
        said = [hit[1].replace('\\"', '"') for hit in _PAIR.finditer(text.partition("\n")[0])]
    return next((_line(one) for one in said if STEM.search(one)), _line(said[-1]) if said else "")


def _decoded(text: str) -> dict[str, Any]:
    for part in (text, text.lstrip().partition("\n")[0]):
        try:
            found = msgspec.json.decode(part)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            continue
        return found if isinstance(found, dict) else {}
    return {}


def _said(record: dict[str, Any]) -> Iterator[str]:
    """The texts of a record, the usual message last: it speaks when no other text speaks of keys."""
    if not _OWN & record.keys():
        return
    for way in (*_WAYS, *_USUAL[::-1]):
        value: Any = record
        for key in way:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str) and value.strip():
            yield value


def _body(line: str) -> str:
    at = 0
    while at < _REACH and (hit := _HEAD.match(line, at)) and hit.end() > at:
        at = hit.end()
    return line[at:]


def _clean(line: str) -> str:
    """Blanks folded; what cannot be shown is a blank."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in line).split())
