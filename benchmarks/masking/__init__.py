"""How well secrets are masked: the records of the corpus and the formats of the exchanges' credentials.

Nothing is shared with the masker: the formats come from the exchanges' documentation, the values from a seeded
generator.
"""

import random
import string
from dataclasses import dataclass

HEX = "0123456789abcdef"
UPPER_HEX = HEX.upper()
ALNUM = string.ascii_letters + string.digits
BASE64 = ALNUM + "+/"
URLSAFE = ALNUM + "-_"
BASE58 = "".join(c for c in ALNUM if c not in "0OIl")


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, the secrets planted in it, and what kind of text it is."""

    text: str
    planted: tuple[str, ...]
    shape: str
    exchange: str


@dataclass(frozen=True, slots=True)
class Credential:
    """What an exchange hands out (or a user chooses)."""

    exchange: str
    key: str
    secret: str
    passphrase: str = ""


@dataclass(frozen=True, slots=True)
class Harmless:
    """A text and the value in it that must stay readable."""

    text: str
    value: str
    kind: str


# Letters: h hex, H upper hex, a alphanumeric, b base64, u url-safe base64, l lower-case alphanumeric, L upper-case,
# each with a count; text in single quotes stands for itself. {U} is a UUID; {EC}, {RSA} and {ED} are PEM private keys.
FORMATS: dict[str, tuple[str, str, bool]] = {
    "ascendex": ("a32", "a64", False),
    "binance": ("a64", "a64", False),
    "binance-ed25519": ("a64", "{ED}", False),
    "binance-rsa": ("a64", "{RSA}", False),
    "bingx": ("a72", "a80", False),
    "bitfinex": ("a43", "a43", False),
    "bitflyer": ("a22", "b43=", False),
    "bitget": ("'bg_'h32", "h64", True),
    "bithumb": ("h40", "a44", False),
    "bitmart": ("h40", "h64", True),
    "bitmex": ("u24", "u48", False),
    "bitstamp": ("a32", "a32", False),
    "bitvavo": ("h64", "h128", False),
    "blofin": ("h32", "h32", True),
    "bybit": ("a18", "a36", False),
    "coinbase": ("'organizations/'{U}'/apiKeys/'{U}", "{EC}", False),
    "coinbase-legacy": ("a16", "a32", False),
    "coinbaseexchange": ("h32", "b86'=='", True),
    "coinex": ("H32", "H48", False),
    "cryptocom": ("a22", "'cxakp_'a22", False),
    "deribit": ("u8", "u43", False),
    "exmo": ("'K-'h40", "'S-'h40", False),
    "gate": ("h32", "h64", False),
    "gemini": ("'account-'a20", "a28", False),
    "gemini-master": ("'master-'a20", "a28", False),
    "hitbtc": ("u32", "u32", False),
    "hollaex": ("h40", "h50", False),
    "htx": ("l8'-'l8'-'l8'-'l5", "h8'-'h8'-'h8'-'h5", False),
    "hyperliquid": ("'0x'h40", "'0x'h64", False),
    "kraken": ("b56", "b86'=='", False),
    "kucoin": ("h24", "{U}", True),
    "lbank": ("{U}", "H32", False),
    "mexc": ("'mx0'a15", "h32", False),
    "okx": ("{U}", "H32", True),
    "phemex": ("{U}", "u86", False),
    "poloniex": ("L8'-'L8'-'L8'-'L8", "h128", False),
    "upbit": ("a40", "a40", False),
    "whitebit": ("h32", "h32", False),
    "woo": ("b22'=='", "L28", False),
}
_SETS = {
    "h": HEX, "H": UPPER_HEX, "a": ALNUM, "b": BASE64, "u": URLSAFE,
    "l": string.ascii_lowercase + string.digits, "L": string.ascii_uppercase + string.digits,
}  # fmt: skip


def pick(rng: random.Random, letters: str, length: int) -> str:
    """`length` random characters, as they come: without a digit now and then, or with a dash at the ends."""
    return "".join(rng.choices(letters, k=length))


def uuid(rng: random.Random) -> str:
    """A random UUID, version 4."""
    h = pick(rng, HEX, 32)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


def pem(rng: random.Random, kind: str) -> str:
    """A private key in PEM, with real line breaks. `kind` is EC, RSA or ED."""
    name, head, length = {
        "EC": ("EC PRIVATE KEY", "MHcCAQEEI", 164),
        "RSA": ("PRIVATE KEY", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj", 1592),
        "ED": ("PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEI", 64),
    }[kind]
    body = (head + pick(rng, BASE64, length - len(head) - 2)) + "=="
    lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
    return f"-----BEGIN {name}-----\n{lines}\n-----END {name}-----\n"


def make(rng: random.Random, form: str) -> str:
    """A value of one of the forms of `FORMATS`."""
    if form[:1] == "{" and form[1:3] in ("EC", "RS", "ED"):
        return pem(rng, form.strip("{}"))
    parts: list[str] = []
    rest = form
    while rest:
        if rest[0] == "'":
            literal, rest = rest[1:].split("'", 1)
            parts.append(literal)
        elif rest.startswith("{U}"):
            parts.append(uuid(rng))
            rest = rest[3:]
        elif rest[0] in _SETS and rest[1:2].isdigit():
            digits = "".join(_take_digits(rest[1:]))
            parts.append(pick(rng, _SETS[rest[0]], int(digits)))
            rest = rest[1 + len(digits) :]
        else:
            parts.append(rest[0])
            rest = rest[1:]
    return "".join(parts)


def _take_digits(text: str) -> str:
    return text[: len(text) - len(text.lstrip(string.digits))]


def passphrase(rng: random.Random, *, special: bool = True) -> str:
    """A passphrase as users choose them; `special` allows characters beyond letters and digits."""
    word = rng.choice(
        ["summer", "Kitty", "moonshot", "Bitcoin", "hodl", "tradingBot", "qwerty", "Lambo", "sesame", "Rosebud"]
    )
    number = str(rng.randint(10, 99999))
    plain = [
        word + number,
        number + word,
        word.capitalize() + number + pick(rng, ALNUM, 3),
        pick(rng, ALNUM, rng.randint(8, 20)),
    ]
    wild = [
        f"{word}@{number}!",
        f"{word}#{number}",
        f"{word.title()}_{number}$",
        f"P@ss{word}{number}",
        f"{word}&{number}*",
    ]
    return rng.choice(plain + (wild if special else []))


def credential(rng: random.Random, exchange: str) -> Credential:
    """Fresh credentials in the exchange's own formats."""
    key, secret, has_passphrase = FORMATS[exchange]
    return Credential(exchange, make(rng, key), make(rng, secret), passphrase(rng) if has_passphrase else "")
