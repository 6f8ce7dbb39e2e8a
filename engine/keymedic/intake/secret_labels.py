"""Labels: the words that announce a secret, in the languages support tickets come in.

The tables are data; the functions below are their only readers.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from keymedic.intake.secret_spans import compiled


class Label(NamedTuple):
    """A label in the text: what it announces, how sure its words are, where it stands, whether a secret is near."""

    kind: str
    strong: bool
    text: str
    start: int
    end: int
    near: bool = False


# Kind ("" = announces nothing secret), sure without further evidence, the last words of the label in lower case.
_LABELS: tuple[tuple[str, bool, tuple[str, ...]], ...] = (
    ("", True, (
        r"(?:cache|primary|foreign|sort|partition|idempotency|idempotent|object|storage|routing|group|hash|hot) keys?",
        r"(?:dedup|json|dict|map|translation|i18n|registry|config|index|lookup|cursor|error|message|market) keys?",
        r"(?:symbol|licen[cs]e|host|row|unique|redis|composite|metric|feature|label) keys?",
        r"(?:page|next|prev\w*|continuation|base|quote|erc ?20|deposit|native|sync|cancel\w*|sell|buy|fee) tokens?",
        r"\w*order client id", r"new client id",
        r"(?:get|load|read|fetch|has|is|requires?|required|check|validate|missing|rotate|delete|list|no|"
        r"invalid|bad|wrong)"
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
        r"segret[oa]", r"segredo", r"ch(?:iave|ave) (?:segreta|secreta|priva[dt]a)", r"tajn\w*(?: \w+)?",
        r"geheim\w* sleutel", r"he(?:mlig|mmelig)\w*(?: \w+)?", r"gizli(?: \w+)?", r"rahasia",
        r"kunci (?:rahasia|privat)",
        r"(?:khóa )?bí mật", r"cheie secretă", r"titkos(?: kulcs)?", r"salainen(?: avain)?", r"μυστικ\w*(?: κλειδ\w*)?",
        r"секрет\w*(?: ключ)?", r"та(?:ен|ємн)\w*(?: ключ)?", r"\w*シークレット\w*", r"\w*비밀(?: ?키)?",
        r"\w*시크릿(?: ?키)?", r"\w*(?:私钥|私鑰)", r".*(?:السر\w*|סוד\w*)",
    )),
    ("secret", False, (r"pk", r"hmac", r"(?:hex|raw) ?key")),
    ("passphrase", True, (
        r"\w*pass ?phrase", r"(?:api|trading|trade|fund\w*|key) ?(?:pass\w*|pw|pwd)", r"(?:api|bitmart) memo",
        r"phrase secr[èe]te", r"frase de \w+",
    )),
    ("passphrase", False, (r"memo", r"uid", r"phrase")),
    ("password", True, (
        r"\w*(?:password|passwd|passwort|passord|kennwort|contrase[ñn]y?a|pwd|mot de passe|пароль?|парола|"
        r"パスワード|密码|密碼|비밀번호)",
        r"senha", r"ş?s?ifre(?:si|m)?", r"hasło", r"haslo", r"heslo", r"lozinka", r"geslo", r"wachtwoord",
        r"l[öo]senord",
        r"adgangskode", r"salasana", r"jelsz[óo]", r"parol[aăe]?", r"mật khẩu", r"mat khau", r"kata sandi", r"κωδικός",
        r"كلمة المرور", r"סיסמ[הא]",
    )),
    ("password", False, (r"pass", r"pw")),
    ("key", True, (
        r"\w*(?:api|access|app|application|consumer|client|public|pub|trad\w+|account|read ?only|auth|exchange|service)"
        r" ?keys?(?: ?ids?| value| string| name| \d)?",
        r"(?:access|client|api|key) ?ids?", r"activation ?(?:code|key)", r"(?:api )?ak",
        r"clave (?:de )?(?:api|p[úu]blica|acceso)", r"\w*api ?schl(?:ü|ue)ssel", r"cl[ée] (?:api|publique|d ?acc[èe]s)",
        r"\w*(?:api )?(?:ключ|キー|키|密钥|密鑰|金鑰|密匙|公鑰|公钥)",
        r"(?:klucz\w*|ch(?:iave|ave)|kunci|khóa) (?:da |do |di |dell )?(?:api|pubblica|p[úu]blica)",
        r"api (?:klucz|sleutel|nyckel|"
        r"nøgle|nøkkel|avain|kulcs|cheie|anahtar\w*|kl[íi]č|kľúč|ključ|khóa)", r"api κλειδ\w*", r".*(?:مفتاح|מפתח)",
    )),
    ("key", False, (r"keys?(?: id| \d)?", r"schl(?:ü|ue)ssel", r"clave", r"cl[ée]", r"api",
        r"klucz", r"sleutel", r"nyckel", r"avain", r"kulcs", r"anahtar\w*", r"kunci", r"chiave", r"chave", r"khóa",
    )),
)  # fmt: skip

# Where a label may be, in lower-cased text; the short ones only as words of their own.
_STEMS = (
    "key", "secret", "priv", "pass", "sign", "token", "cookie", "auth", "session", "bearer", "mnemonic",
    "geheim", "schluessel", "kennwort", "contrase", "firma", "mot de passe", "frase de", "otp", "2fa",
)  # fmt: skip
_STEMS_OF_ID = ("client_id", "clientid", "client id", "client-id", "access id", "accessid", "access_id")
_FOREIGN_STEMS = (
    "schlüssel", "ключ", "секрет", "пароль", "парол", "キー", "シークレット", "パスワード", "密钥", "密鑰",
    "金鑰", "密匙", "私钥", "私鑰", "公钥", "公鑰", "密码", "密碼", "비밀", "키", "시크릿", "hasło", "şifre",
    "lösenord", "jelszó", "mật khẩu", "bí mật", "khóa", "anahtar", "таен", "таємн", "κλειδ", "μυστικ",
    "κωδικός", "مفتاح", "المرور", "السر", "מפתח", "סוד", "סיסמ", "nøgle", "nøkkel", "klíč", "kľúč", "ključ",
    "secretă", "clé",
)  # fmt: skip
# Only as words of their own.
_WHOLE_WORDS = frozenset((
    "sig", "sec", "pwd", "pw", "sk", "ak", "pk", "api", "uid", "memo", "seed", "recovery", "pin", "clave", "cle",
    "hmac", "jwt", "phrase", "phpsessid", "code", "senha", "sifre", "haslo", "heslo", "lozinka", "geslo",
    "wachtwoord", "losenord", "adgangskode", "salasana", "jelszo", "parola", "parol", "sandi", "segreto", "segreta",
    "segredo", "chiave", "chave", "klucz", "tajny", "tajne", "sleutel", "nyckel", "hemlig", "hemmelig", "avain",
    "kulcs", "titkos", "kunci", "rahasia", "anahtar", "anahtari", "gizli", "khoa",
))  # fmt: skip
_MODIFIERS = frozenset((
    "api", "app", "access", "secret", "private", "public", "client", "trading", "trade", "exchange", "account",
    "fund", "funds", "bot", "clave", "clé", "cle", "mot", "de", "only", "pass", "time", "2fa", "google", "sms",
    "login", "security", "mail", "email", "auth", "authentication", "authenticator", "verification", "session",
    "activation", "consumer", "tajny", "gizli", "geheime", "klucz", "chave", "chiave", "kunci", "kata", "khóa", "bí",
    "секретный", "ключ", "μυστικό", "da", "di", "mật", "hemlig", "titkos", "salainen", "hmac", "signing", "recovery",
    "seed", "key", "user", "bearer", "refresh",
))  # fmt: skip
_BEFORE = rf"(?i)(?:(?<![\w.-])(?:{'|'.join(sorted(_MODIFIERS))}|read[- ]only|one[- ]time|e-mail)[ _-]{{1,2}}){{1,3}}$"
_AFTER = (
    r"(?i)(?:[ ](?:access[ ])?(?:keys?|phrase|code|id|token|password|secret|secreta|privada|api|publique|secr[èe]te|"
    r"priv[ée]e|passe|name|schl(?:ü|ue)ssel|words|segreta|privata|pubblica|rahasia|bí mật|khẩu|sandi|klucz|anahtar\w*|"
    r"sleutel|nyckel|kulcs|avain|[12])(?![\w-])){1,2}"
)
_HUMP = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s_.\-]+"


@cache
def _labels() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    return tuple((kind, strong, re.compile(rf"(?:^|.* )(?:{'|'.join(words)})")) for kind, strong, words in _LABELS)


def words_of(label: str) -> str:
    """The words of a label in lower case, typing errors mended: `KC-API-KEY` is "kc api key", "Sercet" is "secret"."""
    meant = _typing_errors()
    words = (word.lower() for word in compiled(_HUMP).split(label) if word)
    return " ".join([meant.get(word, word) for word in words])


@cache
def _typing_errors() -> dict[str, str]:
    """Words one slip away from a label: a letter left out, doubled, swapped with the next, one vowel for another."""
    errors: dict[str, str] = {}
    for word in ("passphrase", "password", "secret", "apikey"):
        for at, letter in enumerate(word):
            head, tail = word[:at], word[at + 1 :]
            others = "aeiou" if letter in "aeiou" else ""
            slips = [head + tail, head + tail[:1] + letter + tail[1:], *(head + other + tail for other in others)]
            slips += [head + more + letter + tail for more in word]
            errors |= {slip: word for slip in slips if slip != word}
    return errors


@lru_cache(maxsize=4096)
def classify(label: str) -> tuple[str, bool] | None:
    """The kind a label announces and whether its words are sure; None when it announces nothing secret.

    `label` is as written (`KC-API-KEY`, `apiSecret`, `api secret key`). Only its end counts: `apiKeyVersion` is None.
    """
    words = words_of(label)
    for kind, strong, pattern in _labels():
        if pattern.fullmatch(words):
            return (kind, strong) if kind else None
    return None


class Place(NamedTuple):
    """Where a label may be: a stem, and the word around it."""

    start: int
    end: int
    left: int
    right: int


def places(text: str) -> list[Place]:
    """Where labels may be in `text`, in order."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text.replace("İ", "I").lower()
    plain = lowered.isascii()
    # Searching for each stem by itself is five times faster than one alternation.
    found = []
    ids = _STEMS_OF_ID if "client" in lowered or "access" in lowered else ()
    for stem in (*_STEMS, *ids, *(() if plain else _FOREIGN_STEMS)):
        at = lowered.find(stem)
        while at >= 0:
            end = at + len(stem)
            found.append((at, end))
            at = lowered.find(stem, end)
    letters = lowered.translate(_NO_LETTERS) if plain else compiled(r"[\W\d_]").sub(" ", lowered)
    whole = _whole_words().intersection(letters.split())
    if whole:
        letters = f" {letters} "
    for word in whole:
        at = letters.find(f" {word} ")
        while at >= 0:
            found.append((at, at + len(word)))
            at = letters.find(f" {word} ", at + len(word))
    if not found:
        return []
    words = lowered.translate(_NO_WORDS) if plain else compiled(r"[^\w.-]").sub(" ", lowered)
    result: list[Place] = []
    for start, end in sorted(found):
        if not result or start >= result[-1].right:  # one stem is enough for a word
            result.append(Place(start, end, *_word(words, start, end)))
    return result


@cache
def _whole_words() -> frozenset[str]:
    return _WHOLE_WORDS | _typing_errors().keys()


_LONGEST = 48  # characters of a label before and after its stem
_NO_LETTERS = {code: " " for code in range(128) if not chr(code).isalpha()}
_NO_WORDS = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) in "_.-")}


def _word(words: str, start: int, end: int) -> tuple[int, int]:
    left = max(words.rfind(" ", max(0, start - _LONGEST), start) + 1, start - _LONGEST, 0)
    right = words.find(" ", end, end + _LONGEST)
    right = min(len(words), end + _LONGEST) if right < 0 else right
    while right > end and words[right - 1] in "-._":
        right -= 1
    if (gap := words.rfind("..", left, start)) >= 0:
        left = gap + 2
    while left < start and words[left] in "-._":
        left += 1
    return left, right


def label_at(text: str, place: Place) -> Label | None:
    """The label around the stem at `place`, taking in words such as "api" before and "key" after it."""
    start, _, left, right = place
    if text[left - 1 : left] == "%":
        left = min(left + 2, start)
    if text[right : right + 1] == " " and (after := compiled(_AFTER).match(text, right)):
        right = after.end()
    if text[left - 1 : left] in _GAPS:
        words = text[max(0, left - 16) : left].translate(_TO_BLANKS).split()
        if words and words[-1].lower() in _MODIFIERS:
            before = compiled(_BEFORE).search(text, max(0, left - 32), left)
            left = before.start() if before else left
    label = text[left:right]
    found = classify(label)
    return Label(*found, label, left, right) if found and not _in_path(text, left) else None


_GAPS = frozenset(" -_")
_TO_BLANKS = {ord("-"): " ", ord("_"): " "}


def _in_path(text: str, position: int) -> bool:
    # A word of a URL's or file's path announces nothing; one in its query does.
    if text[max(0, position - 1) : position] not in ("/", "-", "_", ".") or position < 2:
        return False
    path = text[max(0, position - 200) : position].split()[-1:]
    return bool(path) and "/" in path[0] and not compiled(r"[?&\"'=<>(]|^/+$").search(path[0])
