"""What stands around a value: words that make it harmless, and what may stand between a label and its value."""

from __future__ import annotations

from functools import lru_cache

from keymedic.intake.secret_labels import classify, words_of
from keymedic.intake.secret_shapes import is_jumbled
from keymedic.intake.secret_spans import compiled

# Words before a value that make it harmless, unless a label stands nearer.
_HARMLESS = (
    r"(?:^|[_ ])(?:orders?|oid|trades?|txs?|txns?|hash\w*|transactions?|blocks?|block\w*|commits?|revisions?|rev|"
    r"requests?|req|trace|tracing|span|ray|correlation|ids?|uuids?|guids?|address(?:es)?|addr|wallets?|deposit(?:s|ed)?|"
    r"withdraw\w*|transfers?|containers?|docker|images?|sha\d*|md5|checksum|digest|etag|builds?|version|idempotency|"
    r"events?|jobs?|tasks?|threads?|messages?|msg|ref\w*|tickets?|cases?|invoices?|device|fingerprint|contract|"
    r"subaccount|positions?|fills?|executions?|pods?|nodes?|instance|integrity|symbol|url|path|file|nonce|timestamp|"
    r"merkle|root|branch|tag|head|clientoid|coid|clordid|orderid|txid|txhash|reqid|requestid|traceid|cid|qid|link|memo|"
    r"destination|sent|recipient|receiver|sender|cursor|continuation|next|prev(?:ious)?|"
    r"auftrag|pedido|ordre|base64)(?: |$)"
)

# Digits within letters: part of a value, not a word; but "sha256sum", "md5sum".
_RANDOM_RUN = r"[A-Za-z]\d+[a-zA-Z]*[A-Z]|[A-Za-z]\d+[A-Za-z]+\d"

# What may stand between a label and its value; the name of the first that fits says how much the value must prove.
_FENCE = r"(?:\r?\n[ \t]*(?:```\w*|~~~|>)?[ \t]*){1,4}(?:[>*•-][ \t]+)?"
_BLOCK = rf"(?:[|>][+-]?[ \t]*)?{_FENCE}"
_CLOSE = r"(?:\\*[\"'`’”]|&quot;|%22|\\u0022|[\])*_]){0,8}+(?:[ \t]*[(（][^()\n（）]{0,40}[)）])?"
_DECODER = r"[\w.]{1,40}\.\w{0,12}(?:decode|from|hex|bytes|quote|string)\w{0,8}"
_OPENER = rf"(?:[\[({{]|(?:\w{{1,20}}|{_DECODER})\((?=\\*[\"'])|[bru](?=\\*[\"'])){{0,3}}"
_SEPARATORS: tuple[tuple[str, str], ...] = (
    ("pair", r"\s*(?:,?|[:=]?\s*\{)\s*\\*[\"']?(?:value|val|content|default|secret_value)\\*[\"']?\s*[:=]\s*"),
    ("call", r"\(\s{0,8}(?=\\*[\"'])"),
    ("tag", r"(?: [\w:]{1,20}=\"[^\"<>\n]{0,40}\"){0,3}>\s*"),
    ("cell", r"\s*</\w{1,20}>\s*(?:<\w[^<>\n]{0,80}>\s*){1,3}"),
    ("assign", r"[ \t]{0,40}(?:=>|:=|=(?!=)|%3D)[ \t]*"),
    ("colon", r"[ \t]*(?:\*\*|</\w{1,20}>)?(?:[:：]|%3A)(?:\*\*|[ \t]|_(?=\S{1,200}_(?:\s|$)))*"),
    ("arrow", r"[ \t]*(?:-+>|—>|[→⇒»➡⇨▶👉]\ufe0f?|\.{3,})[ \t]*"),
    ("dash", r"[ \t]*(?:[-–—](?=[ \t])|>+|/(?=[ \t]))[ \t]*"),
    ("table", r"[ \t]*(?:\t|(?<=[ \t])\||\|(?=[ \t])|[ ]{2,}(?=[^\s:=]))[\t |]*"),
    ("comma", r"\s*,\s*(?=\\*[\"'])"),
    ("line", r"[ \t]*" + _FENCE),
    ("is", r"(?:[ \t]+(?:is|are|was|were|as|it'?s|ist|war|lautet|es|est|son|sont|here|below|this|following|"
           r"to|would be|being|i (?:use|used|have|entered|set)|(?:for|on|of|at|in|from) (?:my |the )?[\w.-]+)\b){1,3}+"
           r"[ \t]*[:=]?[ \t]+"),
    ("space", r"[ \t]+"),
)  # fmt: skip
_SEPARATOR = rf"(?i){_CLOSE}(?:{'|'.join(f'(?P<{name}>{pattern})' for name, pattern in _SEPARATORS)}){_OPENER}"
# What stands between a value and the label behind it: "XYZ is my api key", "XYZ (secret)".
_BACKWARD = (
    r"(?i)[\"'`”]?(?:[ \t]*[?.,;!][ \t]+(?:it|this|that|which))?[ \t]*"
    r"(?:is|was|as|ist|es|est|<-+|←|=|\(|goes (?:in|into)|for)[ \t]*"
    r"(?:(?:the|my|our|your|its|a|mein|der|das|mi|ma)[ \t]+)?$"
)
_DETERMINERS = frozenset({"the", "my", "our", "your", "its", "a", "mein", "der", "das", "mi", "ma"})
_LINKS = ("is", "was", "as", "ist", "es", "est", "-", "←", "=", "(", "in", "into", "for")


@lru_cache(maxsize=4096)
def is_harmless(word: str) -> bool:
    """True for a word that announces an order, a transaction, a request id and the like."""
    if compiled(_RANDOM_RUN).search(word):
        return False
    words = words_of(word)
    found = compiled(_HARMLESS).search(words)
    # "tx" inside letters at random is no word.
    return found is not None and (found.end() == len(words) or not is_jumbled(word))


def after_label(text: str, position: int) -> tuple[str, int] | None:
    """The kind of separator that follows a label at `position`, and where the value starts; None when there is none."""
    match = compiled(_SEPARATOR).match(text, position)
    if match is None:
        return None
    name = match.lastgroup or "space"
    if name == "is" and any(map(is_harmless, match["is"].split())):
        return None
    if name in {"assign", "colon", "arrow", "is"} and (line := compiled(_BLOCK).match(text, match.end())):
        return "line", line.end()
    return name, match.end()


def before_label(text: str, start: int) -> int | None:
    """Where a value ends that stands before the label at `start` ("XYZ is my api key"); None when none does."""
    words = text[max(0, start - 24) : start].lower().split()
    if words and words[-1] in _DETERMINERS:
        del words[-1]
    if not words or not words[-1].endswith(_LINKS):
        return None
    found = compiled(_BACKWARD).search(text, max(0, start - 24), start)
    return found.start() if found else None


def announced(text: str, position: int, reach: int) -> str | None:
    """What up to `reach` words before `position`, on its line, say of a value there: a kind, "harmless", or None.

    When the line starts with the value, the line before is read if it ends with a colon.
    """
    begin = max(0, position - 100)
    before = text[begin:position]
    line = before[before.rfind("\n") + 1 :]
    if not line.strip(" \t\"'`>*-") and before.rstrip(" \t\r\n\"'`>*-").endswith(":"):
        line = before.rstrip(" \t\r\n\"'`>*-")[-40:]
    words = compiled(r"[^\W_][\w.\-#]*").findall(line)
    for index in range(len(words) - 1, max(-1, len(words) - 1 - reach), -1):
        if len(words[index]) > 24:
            continue
        found = classify(f"{words[index - 1]} {words[index]}") if index else None
        found = found or classify(words[index])
        if words[index].lower().endswith(("clientid", "client_id", "client-id", "uid")):
            return "harmless"
        if found and words[index].lower() != "api":
            return found[0]
        if words[index].lower() in {"auth", "login", "creds", "credentials"}:
            return "key"
        if is_harmless(words[index]):
            return "harmless"
    return None
