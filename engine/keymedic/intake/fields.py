"""Fields of an event: HTTP status, exception classes, codes with their positions, host, path, method, header names."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

Span = tuple[int, int]

_REASONS = (
    "Client Error|Server Error|Unauthorized|Forbidden|Bad Request|Not Found|Too Many Requests|Bad Gateway|"
    "Service Unavailable|Gateway Time-?out|Internal Server Error|Unavailable For Legal Reasons|Payment Required|"
    "Method Not Allowed|Not Acceptable|Proxy Authentication Required|Conflict|I'm a teapot|Request Timeout"
)
_ASCII_WORD = "0-9A-Za-z_"
_THREE = re.compile(rf"(?<![{_ASCII_WORD}.])[1-5]\d\d(?![{_ASCII_WORD}%]|[.,/]\d)")
_STATUS_BEFORE = re.compile(
    r"(?:\bHTTP/\d(?:\.\d)?\"?[ \t]+"
    r"|\bHTTP[_ -]?(?:error|fehler|status|code|response)?[ \t:=#]*(?:code|status)?[ \t:=#]*"
    r"|\b(?:response[_ ]?)?(?:http[_ ]?)?status(?:[_ ]?code)?\\*[\"']?\s*(?:[:=(\[ ]|==)\s*\\*[\"']?"
    r"|\bResponse \[|状态码?\s*[:=：]?\s*)$",
    re.IGNORECASE,
)
_STATUS_SAID = re.compile(
    r"(?:\b(?:return(?:ed|s)|responded|response|replie[sd]|answer(?:s|ed)?|got|gets?|gives?|giving|throw[sn]|threw"
    r"|ends? in|with|codes?|errors?|err|reason|failed|failure|Fehler(?:code)?|Antwort|erreur|erro"
    r"|c[óo]digo|код|ошибк[аи])"
    r"(?: with)?(?: an?)?(?: HTTP)?(?: error)?(?: status)?(?: code)?[ \t]*[:=(\[]?[ \t]*"
    r"|\b(?:an?|only)[ \t]+|错误(?:代?码)?\s*[:=：]?\s*|(?:\(|(?<!\w)\[)\s*)$",
    re.IGNORECASE,
)
_REASON = re.compile(rf"[ \t:,-]+\(?(?:{_REASONS})\b", re.IGNORECASE)
_STATUS_AFTER = re.compile(r"[ \t-]+(?:errors?|responses?|status|code|again|from|when|on every)\b", re.IGNORECASE)
_STAMPED = re.compile(r"\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[A-Z]{3,5}| ?[+-]\d\d(?::?\d\d)?)? \[$")
_RECORD = re.compile(r"\] (?:LOG|DETAIL|HINT|CONTEXT|STATEMENT|PANIC|FATAL|ERROR|WARN(?:ING)?|NOTICE|INFO|DEBUG\d?)\b")
"""Before and after the process id of a log record."""
_LINE_START, _LINE_END = re.compile(r"(?:^|\n)[ \t]*$"), re.compile(r"[ \t]*(?:$|[\n:-])")
_NUMBER = re.compile(rf"(?<![{_ASCII_WORD}.])-?\d{{1,9}}(?![{_ASCII_WORD}%]|\.\d)")
_CODE_NAME = re.compile(
    r"(?:\b[\w-]*(?:code|errno|status|retcode|label|sCode|resultCode)\b|错误码|代码|код)\\*[\"']?\s*[:=：(\[«]*\s*\\*[\"']?$",
    re.IGNORECASE,
)
_CODE_SAID = re.compile(
    r"\b(?:error|err|exception|failed|rejected|errors?|reason|Fehler|\w+(?:Error|Exception))\b\\*[\"']?"
    r"\s*[:=#(\[<]*\s*\\*[\"']?$",
    re.IGNORECASE,
)
_CODE_AFTER = re.compile(
    r"\\*[\"']?\s*[:,-]\s*(?:\\*[\"'])?(?:[A-Za-z({]|[^\x00-\x7f])|\\*[\"']?:\s*\[|[ \t]+(?:error|code)\b",
    re.IGNORECASE,
)
_STARTS = re.compile(r"(?:^|[\n\[({<|>:'\"`;,])\s*$")
_BRACKETS = {"[": "]", "(": ")", "<": ">"}
_LIST_BEFORE, _LIST_AFTER = re.compile(r"\d[\"']?\s*,\s*[\"']?$"), re.compile(r"[\"']?\s*,\s*[\"']?-?\d|[/:]|-\d")
_COUNTED = re.compile(
    r"(?:\w*[_-])?(?:client|server|recv|sub|request|transact|update)?[_-]?(?:order|user|trade|req|request|trace|event"
    r"|account|thread|message|chat|session|ticket|case|position|deal|bot|pid|process)?[_-]?(?:ids?|number|no|time"
    r"|timestamp|ts|price|amount|qty|quantity|size|nonce|uid|port|line|window|balance|total|expires|expiry|volume|limit"
    r"|weight|count|updated|created|timeout|version|offset|cursor|page|height|block|level|min|max|minimum|maximum|seq"
    r"|sequence|rate|fee|cost|capital|deposit|entry|stop|target|profit|loss|gain|pnl|roi|change|delta|worth|zip|sold"
    r"|bought|pays|paid|received|order|user|trade|req|request|account|thread|message|chat|session|ticket|case|position"
    r"|deal|pid|process)",
    re.IGNORECASE,
)
"""A word before a number that says that it counts or names something."""
_PAIR = re.compile(r"\b[A-Z]{2,6}/[A-Z]{3,5}\s$")
_KEYED = re.compile(r"(?<!msg)(?<!message)(?<!ret)(?<!result)(?<!detail)\\*[\"']\s*:\s*\\*[\"']?$")
"""Before a number: a key of JSON that names no code."""
_WITHIN = re.compile(r"[:/.,\d-]$")
_PERHAPS = re.compile(r"\b(?:have|had|has|of|at|over|under|about|around|than|to|for)[ \t]+$", re.IGNORECASE)
"""Before a number: an amount more often than a code."""
_AMOUNT = re.compile(
    r"\s?(?:%|[$€£¥]|ms\b|s\b|(?!(?:API|ERR|HTTP|KEY|OKX|HTX|MEXC|GATE|INFO|WARN|NOT|BAD|AUTH|SIGN|CODE|MSG|JSON|POST|GET"
    r"|PUT|AND|ERROR)\b)[A-Z]{3,5}\b)|\s+(?i:usd\w?|eur|btc|eth|sats?|satoshis|coins?|tokens?|dollars?|euros?|bucks|units?"
    r"|orders?|trades?|lines|rows|candles|records|requests|calls|messages|items|points|users|days|hours|minutes|min"
    r"|seconds?|secs?|bytes|shares|contracts|lots|times|k|million)\b"
)
_TROUBLE = re.compile(
    r"error|code|fail|came back|reject|refus|denied|deny|invalid|exception|return|says?\b|said|\bg[eo]ts?\b|answer"
    r"|respon|permission|signature|unauthori|forbidden|expired|illegal",
    re.IGNORECASE,
)
_SHORT = 120
"""Characters up to which a bare number is likely all that the person copied of the message."""
_NAME = re.compile(r"\b[A-Z][a-z]+[A-Za-z0-9]*[A-Z][A-Za-z0-9]*\b|\b[A-Z]{2,}[a-z]+[A-Za-z0-9]*\b")
_URL = re.compile(r"\b(?:https?|wss?)://([^/\s\"'<>?#\\]+)([^\s\"'<>?#\\]*)", re.IGNORECASE)
_METHOD = re.compile(r"GET|POST|PUT|DELETE|PATCH")
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
    for hit in _URL.finditer(text) if "://" in text else ():
        values.setdefault("host", []).append((hit[1].lower(), hit.span(1)))
        if hit[2]:
            values.setdefault("path", []).append((hit[2].lower(), hit.span(2)))
    for hit in _REQUEST.finditer(text) if _METHOD.search(text) else ():
        values.setdefault("method", []).append((hit[1].lower(), hit.span(1)))
        if hit[2]:
            values.setdefault("path", []).append((hit[2].lower(), hit.span(2)))
    for hit in _BARE_PATH.finditer(text) if "/" in text else ():
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
        if atoms and is_code(text, hit.start(), hit.end()):
            for atom in atoms:
                found.setdefault(atom, hit.span())
    return found


def _is_status(text: str, start: int, end: int) -> bool:
    """Whether a three-digit number stands where HTTP statuses stand."""
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    if _STATUS_BEFORE.search(before) or (text[start] >= "4" and _REASON.match(after)):
        return True
    if _AMOUNT.match(after) or _counts(before) or (_STAMPED.search(before) and _RECORD.match(after)):
        return False
    if text[start] >= "4" and (_STATUS_SAID.search(before) or _STATUS_AFTER.match(after)):
        return True
    return bool(_LINE_START.search(before) and _LINE_END.match(after))


def _counts(before: str) -> bool:
    """Whether what stands before a number says that it is an amount, an id, a time or the like."""
    bare = before.rstrip("\\\"' \t:=#([.")
    if bare.endswith((" of", " is", " was", " at")):
        bare = bare.rpartition(" ")[0].rstrip()
    begin = len(bare)
    while begin and (bare[begin - 1].isalpha() or bare[begin - 1] in "_-"):
        begin -= 1
    if begin < len(bare) and _COUNTED.fullmatch(bare, begin):
        return True
    return bare.endswith(("$", "€", "£", "¥")) or ("/" in before[-14:] and _PAIR.search(before) is not None)


def is_code(text: str, start: int, end: int) -> bool:
    """Whether a number stands where error codes stand, and not where ids, prices, amounts and times do."""
    before, after, number = text[max(0, start - 40) : start], text[end : end + 40], text[start:end]
    if _CODE_NAME.search(before):
        return True
    if _AMOUNT.match(after) or _CODE_SAID.search(before):
        return not _AMOUNT.match(after)
    if len(number) < 3 or _LIST_BEFORE.search(before) or _KEYED.search(before):
        return False
    if _STARTS.search(before) and (_CODE_AFTER.match(after) or _BRACKETS.get(before[-1:]) == after[:1] != ""):
        return True
    return (len(number) >= 5 or (number[0] == "-" and len(number) >= 4)) and _is_bare_code(text, before, after)


def _is_bare_code(text: str, before: str, after: str) -> bool:
    """Whether a long number in running text is more likely a code than anything else."""
    if _counts(before) or _WITHIN.search(before) or _LIST_AFTER.match(after):
        return False
    if _TROUBLE.search(before) or _TROUBLE.search(after):
        return True
    return len(text) <= _SHORT and not _PERHAPS.search(before)
