"""What a value looks like by itself: credential, password, placeholder, address or word.

Nothing here reads the text around a value; that is the work of `secret_context` and `secret_values`.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from keymedic.intake.letter_pairs import wordiness
from keymedic.intake.secret_spans import compiled


class Shape(msgspec.Struct, frozen=True):
    """What is left of a masked value, as evidence.

    `alphabet` is one of hex, base58, base64, base64url, uuid, digits, alnum, words, pem, jwt, printable;
    `line_breaks` none, real or escaped; `framing` none, whole or body (PEM only).
    """

    length: int
    alphabet: str
    leading_space: bool = False
    trailing_space: bool = False
    quoted: bool = False
    line_breaks: str = "none"
    framing: str = "none"


_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
DER = r"(?:MI[IGHE]|MC4CAQ|MHcCAQ|MHQCAQ|MFMCAQ)"
_ADDRESS = (
    rf"0x[0-9a-fA-F]{{40}}|(?:bc|tb|ltc|cosmos|addr|osmo|terra)1[a-z0-9]{{30,100}}"
    rf"|[13TLDrXAmn2]{_BASE58}{{32,33}}|[1-9A-HJ]{_BASE58}{{43}}"
)
# First match names the alphabet.
_ALPHABETS = (
    ("pem", rf"-----BEGIN .*|-----.*KEY-----.*|{DER}[A-Za-z0-9+/=\s\\]{{40,}}"),
    ("jwt", r"eyJ[\w-]+\.[\w-]+\.?[\w-]*"),
    ("uuid", _UUID),
    ("digits", r"\d+"),
    ("hex", r"(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)"),
    ("base58", _ADDRESS),
    ("alnum", r"[A-Za-z0-9]+"),
    ("base64", r"[A-Za-z0-9+/]+={0,2}"),
    ("base64url", r"[A-Za-z0-9_-]+={0,2}"),
    ("words", r"[a-z]+(?:\s+[a-z]+)+"),
)
# Formats of keys and secrets that consist of small alphabets; everything else is judged by how random it looks.
_FORMATS = (
    rf"{_UUID}|(?:0x)?[0-9a-fA-F]{{64}}|[0-9a-f]{{24}}|[0-9a-fA-F]{{32}}|[0-9a-fA-F]{{40}}|[0-9A-F]{{48}}"
    r"|[0-9a-f]{48}|[0-9a-f]{50}|[0-9a-f]{128}|[0-9a-z]{8,12}-[0-9a-z]{8}-[0-9a-z]{8}-[0-9a-z]{4,5}|[A-Z0-9]{28}"
)
# Values that stand for a value: already masked, template variables, code that fetches the secret, another label.
_PLACEHOLDERS = r"""
    .*<[a-z]+\ \d+>.*
    | .*(?:\*{3,}|\.{3,}|…|•{2,}|x{6,}|\#{4,}).*
    | x+ | -+ | _+ | \*+ | \?+ | \.+ | 0+ | [•●]+
    | [<\[({].*[>\])}]
    | (?-i:\$[A-Z_][A-Z0-9_]*) | \$\{.*\} | \$[a-z]+(?:_[a-z]+)+ | \$(?:env:|this|api|secret|key|pass)\w*
    | %\(?\w+\)?s? | \{\{.*
    | .*(?:redacted|masked|hidden|removed|censored|placeholder|omitted|filtered|example).*
    | .*\byour?[-_\s].*
    | (?!.*pass.*\d)(?:my|the|paste|enter|insert|put|some|dummy|fake|test)[-_ ]?(?:api|secret|key|pass|token).*
    | (?:process\.env|os\.|env\.|self\.|this\.|config|settings|getenv|import\.meta|secrets\.|st\.)[\w.\[\]"'(]*.*
    | [a-z_][\w.]*\(.*\)? | [a-z_][\w.]*\[[\w'":-]*\]
    | none|null|nil|undefined|true|false|nan|void|empty|string|str|text|bool|boolean|int|bytes|object|n/?a|todo|tbd
    | (?:(?:api|my|the|user|bitmart)[-_. ]?)?(?:memo|uid)
    | (?:[a-z]+[-_. ]){0,3}(?:pw|pwd|sign)
    | (?!.*pass.*\d)(?:[a-z]+[-_. ]?){0,3}(?:api|access|secret|private|public)?[-_. ]?
      (?:keys?|secrets?|passphrase|password|passwd|token|signature|apikey|secretkey)
      (?:[-_. ]?(?:id|key|value|here|\d))?
"""
# Terms with digits that stand near a label in prose.
_VOCABULARY = r"""
    (?:[a-z]+-)?(?:hmac|sha|md|rsa|ed|es|hs|rs|ps|eddsa|ecdsa|base|utf|iso|python|py|node|web|api|oauth|v|http|https|
       ipv|x|tls|ssl|mfa|otp|ccxt|bot|usd|java|go|php|net|level|tier|step|line|error|code|status|port|day|week)
       [-_./]?v?\d+(?:[-_./]\w{1,4})*[a-z]{0,3}
    | (?:rsa|hmac|ecdsa)/\w+ | hmac[-_\w]* | 2fa\w* | \d?commas
    | \d+(?:st|nd|rd|th|x|k|m|s|ms|d|h|min|chars?|bits?|hours?|days?|(?-i:-[a-z]{3,}|-[A-Z]{3,}))
    | v?\d+(?:[.,:/_-]\d+)+[a-z]?
    | \d{4}-\d\d-\d\d[t_ ]?[\d:.+z-]*
    | (?-i:[A-Z0-9]{2,10}[-/_:](?:[A-Z]{2,6}|\d{6})(?:[-/_:][A-Z0-9]{1,8})?)
    | (?:https?|wss?|file)://.* | (?:/|\./|~/|[A-Z]:\\).* | [a-z][\w-]*(?:\.[a-z][\w-]+)+(?:/.*)?(?::\d+)?
    | \#?\d+ | [-+]?\d[\d.,]*%?
"""
# Dashed groups of HTX and Poloniex: no id has these.
_GROUPED = r"[0-9a-z]{8,12}-[0-9a-z]{8}-[0-9a-z]{8}-[0-9a-z]{4,5}|[A-Z0-9]{8}(?:-[A-Z0-9]{8}){3}"
# Words that follow a label without being its value.
# fmt: off
_WORDS = frozenset("""
    a about above accepted access account active added after again all also always and any api apparently are as
    at bad based be because been before being below beta but by can cannot cant caused changed check checked
    code combination copied correct correctly could created credentials deleted denied did didnt different
    digest disabled do does doesnt dont each either empty enabled entered error errors everything exact exactly
    except exist exists expected expired fail failed failure fails false field fields fine first for forbidden format
    found from function get given good had has have header headers here how however i id identical if ignored in
    incorrect info insufficient invalid ip is issue issues it its itself just key keys known last left length
    limit list login looks lost malformed management match matched matches mismatch mismatched missing more must
    my name need needed needs neither never new no none nonce not nothing null number of off ok okay old on once
    one only or order other our out page pair part passed passphrase password perfect permission permissions
    please private problem problems properly provided public put read recreated regenerated rejected removed
    required requires reset restricted right rights same saved scope second secret secrets see seems sent server
    set settings should shown sign signature signed so some still string support supported than that the them
    then there these they this time to token tokens too true trading two type typo undefined unknown unsupported
    until up update updated use used user username using valid value values verification verified version very
    was we were what when where which while whitelisted whitespace with without word work working works wrong
    yes yet you your ist nicht falsch und oder der die das fehlt ungueltig ungültig abgelaufen richtig stimmt es
    incorrecta incorrecto valida valido inválida inválido está esta correcta correcto falta est incorrecte
    invalide pas manque expirée expiré
    geändert geaendert falsche falsches vergessen zurückgesetzt cambiada cambiado cambié olvidada olvidé alterada
    alterado mudada trocada errada errado esquecida changé changée modifié oublié mauvais изменён изменен изменил
    сменил неверный неверная неверно забыл сброшен değişti değiştirildi yanlış 错误 錯誤 已修改 不正确 변경함 변경 틀림
    変更しました 変更 間違い
""".split())  # noqa: SIM905 - a table of words
# fmt: on
_MESSAGE = (
    r"(?i)\b(?:invalid|required?|missing|not|wrong|incorrect|must|expired?|please|error|fail(?:ed|ure)?|denied|cannot|"
    r"should|does|is|are|was|were|mismatch|exist|forbidden|unknown|unauthorized|permission|check)\b"
)


def _is(pattern: str, value: str, flags: int = 0) -> bool:
    return compiled(pattern, flags).fullmatch(value) is not None


def shape_of(value: str, *, quoted: bool = False, leading: bool = False, trailing: bool = False) -> Shape:
    """The shape of a masked value; `leading` and `trailing` say whether blanks surround it."""
    breaks = "real" if "\n" in value else "escaped" if "\\n" in value else "none"
    solid = value if value.startswith("-----") else re.sub(r"\s*\\?\r?\n[\s>|]*", "", value)
    alphabet = next((name for name, pattern in _ALPHABETS if _is(pattern, solid, re.DOTALL)), "printable")
    framing = "none"
    if alphabet == "pem":
        framing = "whole" if "-----BEGIN" in value and "-----END" in value else "body"
    return Shape(len(value), alphabet, leading, trailing, quoted, breaks, framing)


@lru_cache(maxsize=2048)
def is_placeholder(value: str) -> bool:
    """True for `<masked>`, `****`, `YOUR_API_KEY`, `$SECRET`, `os.environ[...]`, `null`, the name of a label."""
    return len(value) < 200 and _is(_PLACEHOLDERS, value.strip(), re.VERBOSE | re.IGNORECASE)


def is_word(value: str) -> bool:
    """True for a word of the language that follows a label without being its value."""
    return value.lower().strip(".,;:!?()[]{}\"'").replace("'", "").replace("’", "") in _WORDS


def is_sentence(value: str) -> bool:
    """True for a message such as "is required" or "API key does not exist"."""
    return " " in value.strip() and compiled(_MESSAGE).search(value) is not None


def is_address(value: str) -> bool:
    """True for a blockchain address."""
    return _is(_ADDRESS, value)


def is_term(value: str) -> bool:
    """True for SHA256, 2FA, 32-char, v1.2, BTC/USDT, a date, a path, a host: what people write beside a label."""
    return len(value) <= 24 and _is(_VOCABULARY, value, re.VERBOSE | re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_random(value: str, at_least: int = 8, words: float = 0.6, *, sure: bool = False) -> bool:
    """True when a value looks made by a machine: hex, UUID, base64 or mixed letters and digits.

    Shorter than `at_least` (but from 8) only three kinds of characters prove it. `words` is the share of readable
    pieces from which on it is a name. `sure` is for a value whose label leaves no doubt.
    """
    if len(value) < 8 or not _is(r"[\w+/.%~-]+={0,2}", value):
        return len(value) >= at_least and _random_letters(value, words)
    if not sure and _is(r"[\d.]+|[A-Za-z]+(?:[-_.][A-Za-z]+)*", value):
        return len(value) >= at_least and _random_letters(value, words)
    if not sure and is_term(value):
        return False
    digit, upper, lower = (compiled(c).search(value) is not None for c in (r"\d", "[A-Z]", "[a-z]"))
    if len(value) < at_least and not (digit and upper and lower):
        return False
    if digit and (upper or lower):
        return wordiness(value) < (0.9 if sure else words)
    return _random_letters(value, words, sure=sure)


def _random_letters(value: str, words: float, *, sure: bool = False) -> bool:
    mixed = compiled("[A-Z]").search(value) and compiled("[a-z]").search(value) and _is(r"[\w+/=-]{12,}", value)
    hexadecimal = _is("[0-9a-f-]{24,}|[0-9A-F-]{24,}", value)
    short = sure and _is(r"[A-Za-z_-]{8,}", value) and not _is("[A-Z][A-Z_-]+", value)
    most = 0.3 if len(value) < 16 else 0.7 if sure else 0.45
    return hexadecimal or bool((mixed or short) and wordiness(value) < min(words, most))


def is_mixed(value: str, words: float) -> bool:
    """True for 8 characters or more of several kinds that read as words by less than `words`: a short client id."""
    mixed = _is(r"[\w-]{8,}", value) and not _is(r"[A-Z]?[a-z]+(?:[-_][A-Z]?[a-z]+)*|[A-Z_-]+|[a-z_-]+|[\d-]+", value)
    return mixed and not is_term(value) and wordiness(value) < words


def is_jumbled(value: str) -> bool:
    """True for 8 characters or more whose capitals stand as in no name: `rwRBJEzaQ`, but not `KuCoinClient`."""
    if not _is(r"[\w-]{8,}", value) or is_term(value):
        return False
    changes = len(compiled(r"[a-z][A-Z]|[A-Z](?=[a-z])").findall(value))
    inside = compiled(r"[a-z][A-Z]|[A-Z]{2}[a-z]").search(value) is not None
    return wordiness(value) < (0.4 if changes >= 2 else 0.2 if inside else 0)


def is_unspoken(value: str, words: float) -> bool:
    """True for 8 characters or more of any kinds that read as words by less than `words`."""
    return _is(r"[\w-]{8,}", value) and wordiness(value) < words


@lru_cache(maxsize=2048)
def is_strong(value: str) -> bool:
    """True for a value that is a credential even without a label: 18 to 128 characters, mixed, not an address."""
    if _is(_GROUPED, value):
        return True
    if not 18 <= len(value) <= 128 or is_address(value):
        return False
    if not (compiled("[a-z]").search(value) and compiled("[A-Z]").search(value)):
        return False
    return wordiness(value) < (0.4 if len(compiled(r"\d").findall(value)) > 1 else 0.25)


@lru_cache(maxsize=2048)
def is_credential(value: str) -> bool:
    """True when a value alone on its line has the form of an exchange's key or secret."""
    if _is(_FORMATS, value):
        return True
    if not 16 <= len(value) <= 128 or (len(value) <= 40 and is_address(value)):
        return False
    mixed = compiled("[A-Z]").search(value) and compiled("[a-z]").search(value)
    return is_random(value, 16, 0.75 if mixed else 0.3)


@lru_cache(maxsize=2048)
def is_passlike(value: str, *, mixed_case: bool = False) -> bool:
    """True when a bare word in prose is a password: digits with letters, or symbols; no term such as SHA256."""
    core = value.strip(".,;:()[]\"'")
    if len(core) < 5 or is_term(core) or is_word(core):
        return False
    letters = compiled(r"[^\W\d_]").search(core) is not None
    if letters and compiled(r"\d").search(core):
        return True
    if letters and compiled(r"[@#$%^&*+=~?!][^\s!?]|[@#$%^&*+=~]$").search(core):
        return not _is(r"[A-Za-z]+(?:_[A-Za-z]+)+|[a-z_]+=.*", core)
    return is_jumbled(core) or (mixed_case and compiled("[A-Z]").search(core) is not None and core.upper() != core)
