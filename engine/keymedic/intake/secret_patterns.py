"""What stands around a secret: labels that announce one, words that announce something harmless, separators.

The tables are data; the functions below are their only readers.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple


class Label(NamedTuple):
    """A label in the text: what it announces, how sure its words are, and where it stands."""

    kind: str
    strong: bool
    text: str
    start: int
    end: int


# Kind ("" = announces nothing secret), sure without further evidence, the last words of the label in lower case.
_LABELS: tuple[tuple[str, bool, tuple[str, ...]], ...] = (
    ("", True, (
        r"(?:cache|primary|foreign|sort|partition|idempotency|idempotent|object|storage|routing|group|hash|hot) keys?",
        r"(?:dedup|json|dict|map|translation|i18n|registry|config|index|lookup|cursor|error|message|market) keys?",
        r"(?:symbol|licen[cs]e|host|row|unique|redis|composite|metric|feature|label) keys?",
        r"(?:page|next|prev\w*|continuation|base|quote|erc ?20|deposit|native|sync|cancel\w*|sell|buy|fee) tokens?",
        r"\w*order client id", r"new client id",
        r"(?:get|load|read|fetch|has|is|requires?|required|check|validate|missing|rotate|delete|list|no|invalid|bad|wrong)"
        r"(?: \w+)* (?:keys?|apikeys?|secrets?|pass\w*|tokens?|sign\w*)",
    )),
    ("cookie", True, (r"(?:set )?cookies?",)),
    ("auth", True, (r"(?:proxy )?authorization", r"x auth", r"auth(?:orization)? header")),
    ("otp", True, (
        r"(?:otp|totp|2 ?fa|pin)(?: code)?", r"codigo 2fa",
        r"(?:one ?time|verification|authenticator|authentication|auth|sms|security|google|login|confirmation|"
        r"e ?mail|2 ?fa)(?: auth\w*)? (?:code|password|pin)",
    )),
    ("token", True, (
        r"\w*(?:api|access|auth|refresh|bearer|session|csrf|xsrf|id|bot|web|security|oauth|user) ?tokens?",
        r"session(?: ?id| key)", r"php ?sess ?id", r"j ?session ?id", r"listen ?keys?", r"jwt", r"bearer",
    )),
    ("token", False, (r"tokens?", r"session")),
    ("signature", True, (
        r"(?:\w*(?:api|access|auth|request|bapi|bfx|gemini|payload) ?)?sign(?:ature)?",
        r"sig", r"authent", r"\w+signature", r"firma", r"signatur",
    )),
    ("secret", True, (
        r"\w*(?:secret|priv(?:ate)?)(?: access)?(?: ?(?:keys?|phrase|value|part|token))?(?: \d)?",
        r"(?:api )?(?:sec|sk)", r"(?:signing|hmac|priv\w*) ?key",
        r"seed(?: ?phrase| words)?", r"mnemonic(?: phrase)?", r"recovery (?:phrase|words)",
        r"\w*geheim\w*(?: schl(?:ü|ue)ssel)?", r"secret[oa]", r"clave (?:secreta|privada)",
        r"cl[ée] (?:secr[èe]te|priv[ée]e)",
        r"секрет\w*(?: ключ)?", r"\w*シークレット\w*", r"\w*비밀(?: ?키)?", r"\w*(?:私钥|私鑰)",
    )),
    ("passphrase", True, (
        r"\w*pass ?phrase", r"(?:api|trading|trade|fund\w*|key) ?(?:pass\w*|pw|pwd)", r"(?:api|bitmart) memo",
        r"phrase secr[èe]te", r"frase de \w+",
    )),
    ("passphrase", False, (r"memo", r"uid", r"phrase")),
    ("password", True, (
        r"\w*(?:password|passwd|passwort|kennwort|contraseña|pwd|mot de passe|пароль|パスワード|密码|密碼|비밀번호)",
    )),
    ("password", False, (r"pass", r"pw")),
    ("key", True, (
        r"\w*(?:api|access|app|application|consumer|client|public|pub|trad\w+|account|read ?only|auth|exchange|service)"
        r" ?keys?(?: ?ids?| value| string| name| \d)?",
        r"(?:access|client|api|key) ?ids?", r"activation ?(?:code|key)", r"(?:api )?ak",
        r"clave (?:de )?(?:api|p[úu]blica|acceso)", r"\w*api ?schl(?:ü|ue)ssel", r"cl[ée] (?:api|publique|d ?acc[èe]s)",
        r"\w*(?:api )?(?:ключ|キー|키|密钥|密鑰|金鑰)",
    )),
    ("key", False, (r"keys?(?: id| \d)?", r"schl(?:ü|ue)ssel", r"clave", r"cl[ée]", r"api")),
)  # fmt: skip

# Where a label may be, in lower-cased text; the short ones only as words of their own.
_STEMS = (
    "key", "secret", "priv", "pass", "sign", "token", "cookie", "auth", "otp", "session", "bearer", "mnemonic",
    "geheim", "schluessel", "kennwort", "contrase", "firma", "mot de passe", "frase de",
)  # fmt: skip
_STEMS_OF_ID = ("client_id", "clientid", "client id", "client-id", "access id", "accessid", "access_id")
_FOREIGN_STEMS = (
    "schlüssel", "ключ", "секрет", "пароль", "キー", "シークレット", "パスワード", "密钥", "密鑰", "金鑰",
    "私钥", "私鑰", "密码", "密碼", "비밀", "키",
)  # fmt: skip
_SHORT_STEMS = (
    "sig", "sec", "pwd", "pw", "sk", "ak", "api", "uid", "memo", "seed", "recovery", "pin", "clave", "clé", "cle",
    "jwt", "2fa", "phrase", "phpsessid", "code",
)  # fmt: skip
_MODIFIERS = frozenset((
    "api", "app", "access", "secret", "private", "public", "client", "trading", "trade", "exchange", "account",
    "fund", "funds", "bot", "clave", "clé", "cle", "mot", "de", "only", "pass", "time", "2fa", "google", "sms",
    "login", "security", "mail", "email", "auth", "authentication", "authenticator", "verification", "session",
    "activation", "consumer", "hmac", "signing", "recovery", "seed", "key", "user", "bearer", "refresh",
))  # fmt: skip
_BEFORE = rf"(?i)(?:(?<![\w.-])(?:{'|'.join(sorted(_MODIFIERS))}|read[- ]only|one[- ]time|e-mail)[ _-]{{1,2}}){{1,3}}$"
_AFTER = (
    r"(?i)(?:[ ](?:access[ ])?(?:keys?|phrase|code|id|token|password|secret|secreta|privada|api|publique|secr[èe]te|"
    r"priv[ée]e|passe|name|schl(?:ü|ue)ssel|words|[12])(?![\w-])){1,2}"
)
# Words before a value that make it harmless, unless a label stands nearer.
_HARMLESS = (
    r"(?:^|[_ ])(?:orders?|oid|trades?|txs?|txns?|hash\w*|transactions?|blocks?|block\w*|commits?|revisions?|rev|"
    r"requests?|req|trace|tracing|span|ray|correlation|ids?|uuids?|guids?|address(?:es)?|addr|wallets?|deposit(?:s|ed)?|"
    r"withdraw\w*|transfers?|containers?|docker|images?|sha\d*|md5|checksum|digest|etag|builds?|version|idempotency|"
    r"events?|jobs?|tasks?|threads?|messages?|msg|ref\w*|tickets?|cases?|invoices?|device|fingerprint|contract|"
    r"subaccount|positions?|fills?|executions?|pods?|nodes?|instance|integrity|symbol|url|path|file|nonce|timestamp|"
    r"merkle|root|branch|tag|head|clientoid|coid|clordid|orderid|txid|txhash|reqid|requestid|traceid|cid|qid|link|memo|"
    r"destination|sent|recipient|receiver|sender|auftrag|pedido|ordre|base64)(?: |$)"
)

# What may stand between a label and its value; the name of the first that fits says how much the value must prove.
_FENCE = r"(?:\r?\n[ \t]*(?:```\w*|~~~|>)?[ \t]*){1,4}(?:[>*•-][ \t]+)?"
_BLOCK = rf"(?:[|>][+-]?[ \t]*)?{_FENCE}"
_CLOSE = r"(?:\\*[\"'`’”]|&quot;|%22|\\u0022|[\])*_]){0,8}+(?:[ \t]*[(（][^()\n（）]{0,40}[)）])?"
_OPENER = r"(?:[\[({]|\w{1,20}\((?=\\*[\"'])|[bru](?=\\*[\"'])){0,3}"
_SEPARATORS: tuple[tuple[str, str], ...] = (
    ("pair", r"\s*,?\s*\\*[\"']?(?:value|val|content|secret_value)\\*[\"']?\s*[:=]\s*"),
    ("call", r"\(\s{0,8}(?=\\*[\"'])"),
    ("tag", r"(?: [\w:]{1,20}=\"[^\"<>\n]{0,40}\"){0,3}>\s*"),
    ("cell", r"\s*</\w{1,20}>\s*(?:<\w[^<>\n]{0,80}>\s*){1,3}"),
    ("assign", r"[ \t]{0,40}(?:=>|:=|=(?!=)|%3D)[ \t]*"),
    ("colon", r"[ \t]*(?:\*\*|</\w{1,20}>)?(?:[:：]|%3A)(?:\*\*|[ \t_])*"),
    ("arrow", r"[ \t]*(?:-+>|—>|[→⇒»➡⇨▶👉]\ufe0f?|\.{3,})[ \t]*"),
    ("dash", r"[ \t]*(?:[-–—](?=[ \t])|>+|/(?=[ \t]))[ \t]*"),
    ("table", r"[ \t]*(?:\t|(?<=[ \t])\||\|(?=[ \t]))[\t |]*"),
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
    r"(?i)[\"'`”]?[ \t]*(?:is|was|as|ist|es|est|<-+|←|=|\(|goes (?:in|into)|for)[ \t]*"
    r"(?:(?:the|my|our|your|its|a|mein|der|das|mi|ma)[ \t]+)?$"
)
_LINKS = (
    "is", "was", "as", "ist", "es", "est", "-", "←", "=", "(", "in", "into", "for", "the", "my", "our", "your",
    "its", "a", "mein", "der", "das", "mi", "ma",
)  # fmt: skip
_HUMP = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s_.\-]+"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Compiled at first use: importing this module must cost nothing.
    return re.compile(pattern)


@cache
def _labels() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    return tuple((kind, strong, re.compile(rf"(?:^|.* )(?:{'|'.join(words)})")) for kind, strong, words in _LABELS)


def _words(label: str) -> str:
    return " ".join(filter(None, _compiled(_HUMP).split(label))).lower()


@lru_cache(maxsize=4096)
def classify(label: str) -> tuple[str, bool] | None:
    """The kind a label announces and whether its words are sure; None when it announces nothing secret.

    `label` is as written (`KC-API-KEY`, `apiSecret`, `api secret key`). Only its end counts: `apiKeyVersion` is None.
    """
    words = _words(label)
    for kind, strong, pattern in _labels():
        if pattern.fullmatch(words):
            return (kind, strong) if kind else None
    return None


@lru_cache(maxsize=4096)
def is_harmless(word: str) -> bool:
    """True for a word that announces an order, a transaction, a request id and the like."""
    return _compiled(_HARMLESS).search(_words(word)) is not None


def stems(text: str) -> list[tuple[int, int]]:
    """Where a label may be in `text`: start and end of each stem, in order."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text.replace("İ", "I").lower()
    # Searching for each stem by itself is five times faster than one alternation.
    places = []
    ids = _STEMS_OF_ID if "client" in lowered or "access" in lowered else ()
    for stem in (*_STEMS, *_SHORT_STEMS, *ids, *(() if lowered.isascii() else _FOREIGN_STEMS)):
        at = lowered.find(stem)
        while at >= 0:
            end = at + len(stem)
            if stem not in _SHORT_STEMS or not (lowered[at - 1 : at].isalpha() or lowered[end : end + 1].isalpha()):
                places.append((at, end))
            at = lowered.find(stem, end)
    return sorted(places)


def label_at(text: str, start: int, end: int) -> Label | None:
    """The label around the stem at `start:end`, taking in words such as "api" before and "key" after it."""
    left = start
    while left > 0 and start - left < 48 and (text[left - 1].isalnum() or text[left - 1] in "_-."):
        left -= 1
    word = _compiled(r"[\w.-]{1,48}").match(text, end)
    right = word.end() if word else end
    while right > end and text[right - 1] in "-._":
        right -= 1
    if text[left - 1 : left] == "%":
        left = min(left + 2, start)
    left = max(left, text.rfind("..", left, start) + 2 if ".." in text[left:start] else left)
    while left < start and text[left] in "-._ ":
        left += 1
    if after := _compiled(_AFTER).match(text, right):
        right = after.end()
    words = text[max(0, left - 16) : left].replace("-", " ").replace("_", " ").split()
    if words and words[-1].lower() in _MODIFIERS:
        before = _compiled(_BEFORE).search(text, max(0, left - 32), left)
        left = before.start() if before else left
    label = text[left:right]
    found = None if _in_path(text, left) else classify(label)
    return Label(*found, label, left, right) if found else None


def _in_path(text: str, position: int) -> bool:
    # A word of a URL's or file's path announces nothing; one in its query does.
    if text[max(0, position - 1) : position] not in ("/", "-", "_", ".") or position < 2:
        return False
    path = text[max(0, position - 200) : position].split()[-1:]
    return bool(path) and "/" in path[0] and not _compiled(r"[?&\"'=<>(]|^/+$").search(path[0])


def after_label(text: str, position: int) -> tuple[str, int] | None:
    """The kind of separator that follows a label at `position`, and where the value starts; None when there is none."""
    match = _compiled(_SEPARATOR).match(text, position)
    if match is None:
        return None
    name = match.lastgroup or "space"
    if name == "is" and any(map(is_harmless, match["is"].split())):
        return None
    if name in {"assign", "colon", "arrow", "is"} and (line := _compiled(_BLOCK).match(text, match.end())):
        return "line", line.end()
    return name, match.end()


def before_label(text: str, start: int) -> int | None:
    """Where a value ends that stands before the label at `start` ("XYZ is my api key"); None when none does."""
    if not text[max(0, start - 9) : start].rstrip().lower().endswith(_LINKS):
        return None
    found = _compiled(_BACKWARD).search(text, max(0, start - 24), start)
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
    words = _compiled(r"[^\W_][\w.\-#]*").findall(line)
    for index in range(len(words) - 1, max(-1, len(words) - 1 - reach), -1):
        if len(words[index]) > 24:
            continue
        found = classify(f"{words[index - 1]} {words[index]}") if index else None
        found = found or classify(words[index])
        if words[index].lower().endswith(("clientid", "client_id", "client-id")):
            return "harmless"
        if found and words[index].lower() != "api":
            return found[0]
        if words[index].lower() in {"auth", "login", "creds", "credentials"}:
            return "key"
        if is_harmless(words[index]):
            return "harmless"
    return None
