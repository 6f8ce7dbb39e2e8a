"""Fields of an event: HTTP status, exception classes, codes with their positions, host, path, method, header names."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

Span = tuple[int, int]

_REASONS = (
    "Error|Client Error|Server Error|Unauthorized|Forbidden|Bad Request|Not Found|Too Many Requests|Bad Gateway|"
    "Service Unavailable|Gateway Time-?out|Internal Server Error|Unavailable For Legal Reasons|Payment Required|"
    "Method Not Allowed|Not Acceptable|Proxy Authentication Required|Conflict|I'm a teapot|Request Timeout"
)
_THREE = re.compile(r"(?<![\w.])[1-5]\d\d(?![\w%]|[.,]\d)")
_STATUS_BEFORE = re.compile(
    r"(?:\bHTTP/\d(?:\.\d)?\"?[ \t]+|\bHTTP[_ -]?(?:error|status|code|response)?[ \t:=#]*(?:code|status)?[ \t:=#]*"
    r"|\b(?:response[_ ]?)?(?:http[_ ]?)?status(?:[_ ]?code)?\\?[\"']?\s*[:=(\[ ]\s*\\?[\"']?"
    r"|\b(?:returned|returns|responded|response|replied|answers?|answered|got|gets?|gives?|giving|ends? in|with|codes?|errors?)"
    r"(?: with)?(?: an?)?(?: HTTP)?(?: error)?(?: status)?(?: code)?[ \t]*[:=(\[]?[ \t]*|[\[(]\s*)$",
    re.IGNORECASE,
)
_STATUS_AFTER = re.compile(rf"[ \t:,-]+(?:{_REASONS})\b", re.IGNORECASE)
_LINE_START, _LINE_END = re.compile(r"(?:^|\n)[ \t]*$"), re.compile(r"[ \t]*(?:$|[\n:-])")
_NUMBER = re.compile(r"(?<![\w.])-?\d{1,9}(?![\w%]|\.\d)")
_CODE_BEFORE = re.compile(
    r"(?:\b[\w-]*(?:code|errno|status|retcode|label|sCode|resultCode)\\?[\"']?\s*[:=(\[]?\s*\\?[\"']?"
    r"|\b(?:error|err|exception|failed|rejected|errors?|reason)\b\\?[\"']?\s*[:=#(\[<]*\s*\\?[\"']?"
    r"|\w(?:Error|Exception)\b\\?[\"']?\s*[:=#(\[<]*\s*\\?[\"']?)$",
    re.IGNORECASE,
)
_CODE_AFTER = re.compile(r"\\?[\"']?\s*[:,-]\s*\\?[\"']?(?:[A-Za-z{\[\"'(]|[^\x00-\x7f])|[ \t]+(?:error|code)\b|[\])>]")
_STARTS = re.compile(r"(?:^|[\n\[({<|>:'\"`;,])\s*$")
_NOT_CODE = re.compile(
    r"(?:(?:\b|[_-])(?:order|client|user|trade|request|req|trace|server|update|transact|event|recv|account|sub|thread)*"
    r"[_-]?(?:ids?|time|timestamp|ts|price|amount|qty|quantity|size|nonce|uid|port|line|window|balance|total|expires|"
    r"volume|limit|weight|count|updated|created)\\?[\"']?\s*[:=#]?\s*\\?[\"']?|[:/.,\d-])$",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][a-z]+[A-Za-z0-9]*[A-Z][A-Za-z0-9]*\b|\b[A-Z]{2,}[a-z]+[A-Za-z0-9]*\b")
_URL = re.compile(r"\b(?:https?|wss?)://([^/\s\"'<>?#\\]+)([^\s\"'<>?#\\]*)", re.IGNORECASE)
_REQUEST = re.compile(r"\b(GET|POST|PUT|DELETE|PATCH)\b[ \t,'\"]+(?:(?:https?://[^/\s]+)?(/[^\s\"'?#]*))?")
_BARE_PATH = re.compile(r"(?<![\w/.:])/(?:api|v\d|fapi|dapi|sapi|papi|0|spot|futures|linear|private)[\w/.-]*")


class Fields(msgspec.Struct, frozen=True):
    """What intake pulled out of one event. Spans are offsets into the event's text."""

    statuses: dict[int, Span]
    exceptions: dict[str, Span]
    values: dict[str, tuple[tuple[str, Span], ...]]
    """Field name -> (lower-case value, span): host, path, method."""


def extract(text: str, known: dict[str, tuple[str, ...]]) -> Fields:
    """The fields of an event's text; `known` adds fields that framing found (HAR)."""
    statuses: dict[int, Span] = {}
    for hit in _THREE.finditer(text):
        if int(hit[0]) not in statuses and _is_status(text, hit.start(), hit.end()):
            statuses[int(hit[0])] = hit.span()
    exceptions: dict[str, Span] = {}
    for hit in _NAME.finditer(text):
        exceptions.setdefault(hit[0], hit.span())
    values: dict[str, list[tuple[str, Span]]] = {}
    for hit in _URL.finditer(text):
        values.setdefault("host", []).append((hit[1].lower(), hit.span(1)))
        if hit[2]:
            values.setdefault("path", []).append((hit[2].lower(), hit.span(2)))
    for hit in _REQUEST.finditer(text):
        values.setdefault("method", []).append((hit[1].lower(), hit.span(1)))
        if hit[2]:
            values.setdefault("path", []).append((hit[2].lower(), hit.span(2)))
    for hit in _BARE_PATH.finditer(text):
        values.setdefault("path", []).append((hit[0].lower(), hit.span()))
    for name, added in known.items():
        if name == "status":
            statuses.update({int(value): (0, 0) for value in added})
        else:
            values.setdefault(name, []).extend((value.lower(), (0, 0)) for value in added)
    return Fields(statuses, exceptions, {name: tuple(found) for name, found in values.items()})


def codes(text: str, tables: Iterable[dict[str, int]]) -> dict[int, Span]:
    """Atoms of the numeric codes of these tables that stand in a code's place in the text."""
    tables = [table for table in tables if table]
    found: dict[int, Span] = {}
    if not tables:
        return found
    for hit in _NUMBER.finditer(text):
        atoms = [table[hit[0]] for table in tables if hit[0] in table]
        if atoms and _is_code(text, hit.start(), hit.end()):
            for atom in atoms:
                found.setdefault(atom, hit.span())
    return found


def _is_status(text: str, start: int, end: int) -> bool:
    """Whether a three-digit number stands where HTTP statuses stand."""
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    if _STATUS_BEFORE.search(before):
        return True
    if int(text[start]) >= 4 and _STATUS_AFTER.match(after):
        return True
    return bool(_LINE_START.search(before) and _LINE_END.match(after))


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether a number stands where error codes stand, and not where ids, prices and times do."""
    before, after, number = text[max(0, start - 40) : start], text[end : end + 12], text[start:end]
    if _CODE_BEFORE.search(before):
        return True
    if _STARTS.search(before) and _CODE_AFTER.match(after):
        return True
    distinctive = len(number) >= 5 or (number.startswith("-") and len(number) >= 4)
    return distinctive and not _NOT_CODE.search(before)
