"""Folding: messages that differ in numbers, ids, pairs, times and names only are one message."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from keymedic.triage.scanning.who import NAMES, PREFIX

_QUOTES = "USDT|USDC|BUSD|FDUSD|TUSD|USD|EUR|GBP|BRL|JPY|KRW|BTC|ETH|BNB"
_UNIT = r" ?(?:ms|s|sec|secs|seconds?|min|minutes?|[kMG]?B|bytes)\b"
_SIGN = r"\\*\"?\s?[:=#]\s?\\*\"?"
_COUNTED = (
    rf"\b(?i:(?:req|request|trace|span|order|trade|user|message|session|lot|job)[_-]?id)(?:{_SIGN}|\s)\d+"
    rf"|\b(?i:req|request|session){_SIGN}\d+"
    r"|\b(?i:order|trade|user|lot|job|line|pid|port|count|size|qty|quantity|amount|price|balance|volume|cost|total|remaining"
    r"|attempt|retry|took|duration(?:_ms)?|elapsed(?:_ms)?|latency(?:_ms)?|weight|seq|tick|page|nonce)"
    rf"\\*\"?\s?[:=#]?\s?\\*\"?\d+(?:\.\d+)?(?:{_UNIT})?"
)
_VARIES = "|".join(
    (
        NAMES,
        _COUNTED,
        r"0x[0-9a-fA-F]+",
        r"[0-9a-fA-F]{8}-[0-9a-fA-F-]+",
        r"[0-9a-fA-F]{12,}",
        r"\b(?:[A-Za-z]{0,11}\d+[A-Za-z]+\d[A-Za-z0-9]{8,}|\d+[A-Za-z][A-Za-z0-9]{18,}|[A-Za-z]{12,}\d+[A-Za-z]+\d[A-Za-z0-9]*)=*",
        rf"\b[A-Z0-9]{{2,10}}(?:[/_-]?(?:{_QUOTES})M?|[/_-]TRY)(?::[A-Z]{{3,5}}|[_-](?:SWAP|PERP|\d{{6,8}}))?\b",
        r"\b[a-z0-9]{2,8}[/_-]?usd[tc]\b",
        rf"\b\d+(?:\.\d+)?{_UNIT}",
        r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: +\d{1,2})?)\b",
        r"\d+(?:[.,:/T-]+\d+)+(?:[eE][-+]?\d+)?(?: ?[AaPp][Mm]\b)?",
        r"\d{7,}",
        r"\b\d{1,2}\b",
    )
)
"""What differs between repetitions of one message; codes and statuses, of three to six digits, stay."""

_BEGINNING = PREFIX.replace("(?m:^)", "^", 1)


def fold(events: pa.Array) -> pa.Array:
    """The events (binary) with everything that varies replaced by 0."""
    return pc.replace_substring_regex(_bare(events), _VARIES, "0")


def _bare(events: pa.Array) -> pa.Array:
    """The events without what their transport put in front of their lines. Few have that: the others are only looked
    at where they begin."""
    begun = pc.replace_substring_regex(events, _BEGINNING, "", max_replacements=1)
    carried = pc.not_equal(pc.binary_length(events), pc.binary_length(begun))
    if not pc.any(carried).as_py():
        return events
    return pc.replace_with_mask(events, carried, pc.replace_substring_regex(events.filter(carried), PREFIX, ""))
