"""The sentences of the reports: what is wrong in words that stay true while several causes remain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from keymedic.diagnosis import CauseResult, Diagnosis, Fix, MaskedInfo, Named

SURE = 0.8
"""From here on an exchange or tool counts as recognised."""

EFFORT = {
    "knows": "the customer knows it",
    "looks": "the customer has to look",
    "changes": "the customer has to change something",
    "waits": "it needs waiting",
}
KINDS = {
    "key": ("API key", "API keys"),
    "secret": ("secret", "secrets"),
    "passphrase": ("passphrase", "passphrases"),
    "password": ("password", "passwords"),
    "signature": ("signature", "signatures"),
    "token": ("token", "tokens"),
    "jwt": ("JWT", "JWTs"),
    "pem": ("private key", "private keys"),
    "cookie": ("cookie", "cookies"),
    "email": ("e-mail address", "e-mail addresses"),
    "otp": ("one-time code", "one-time codes"),
}
_LAPSED = {"key.deleted", "key.expired"}
_NOT_REFUSED = {"key.account_mismatch", "key.unsupported_type", "permission.excess", "account.empty"}
_REFUSED = {"key", "secret", "passphrase", "ip"}
_TURNED_DOWN = {
    *_REFUSED, "signature", "permission", "clock", "nonce", "account", "region", "market", "withdraw", "rate_limit"
}  # fmt: skip
_WORKED = re.compile("worked|stopped")
_STATES = {
    "lapsed": (
        "the key no longer works on {exchange}'s side",
        "{exchange} no longer accepts the key that {source} uses.",
    ),
    "refused": ("the key is not accepted", "{exchange} does not accept the key that {source} uses."),
    "turned_down": (
        "requests with this key are refused",
        "{exchange} turns down the requests that {source} sends with this key.",
    ),
    "broken": (
        "the connection does not work",
        "The connection between {exchange} and {source} does not work as it should.",
    ),
}


class Called(Protocol):
    """What has a name."""

    @property
    def name(self) -> str: ...


class Placed(Protocol):
    """A case whose exchange and tool may be known: a diagnosis, an incident."""

    @property
    def exchange(self) -> Called | None: ...

    @property
    def source(self) -> Called | None: ...


def exchange_name(case: Placed) -> str:
    """The exchange as it is called in a sentence."""
    return case.exchange.name if case.exchange else "the exchange"


def source_name(case: Placed) -> str:
    """The tool as it is called in a sentence to the customer."""
    return case.source.name if case.source else "your tool"


def subject(diagnosis: Diagnosis) -> str:
    """What the case is about: KuCoin in CoinTracker; names that were only guessed carry a question mark."""
    exchange, source = _named(diagnosis.exchange), _named(diagnosis.source)
    if exchange and source:
        return exchange if exchange == source else f"{exchange} in {source}"
    return exchange or source or "Exchange and tool not known"


def _named(named: Named | None) -> str:
    if named is None:
        return ""
    return named.name if named.confidence >= SURE else f"{named.name} (?)"


def wrong(diagnosis: Diagnosis, remaining: Sequence[CauseResult]) -> str:
    """What is wrong, in a few words for the headline."""
    if diagnosis.verdict in {"diagnosed", "not_a_key_problem"} and remaining:
        return remaining[0].title
    if diagnosis.verdict == "unknown" or not remaining:
        return "not clear yet what is wrong"
    return _STATES[_state(remaining)][0].format(exchange=exchange_name(diagnosis))


def common(diagnosis: Diagnosis, remaining: Sequence[CauseResult]) -> str:
    """One sentence for the customer that is true whichever of the remaining causes it is."""
    sentence = _STATES[_state(remaining)][1]
    return capital(sentence.format(exchange=exchange_name(diagnosis), source=source_name(diagnosis)))


def _state(causes: Sequence[CauseResult]) -> str:
    ids = {".".join(cause.id.split(".")[:2]) for cause in causes}
    if ids & _NOT_REFUSED:
        return "broken"
    families = {one.split(".")[0] for one in ids}
    if families <= _REFUSED:
        return "lapsed" if ids <= _LAPSED or _worked_before(causes) else "refused"
    return "turned_down" if families <= _TURNED_DOWN else "broken"


def _worked_before(causes: Sequence[CauseResult]) -> bool:
    return any(_WORKED.search(one.symptom) for cause in causes for one in cause.evidence)


def verdict(diagnosis: Diagnosis, fix: Fix | None) -> str:
    """How sure the diagnosis is, in words."""
    if diagnosis.verdict == "diagnosed":
        return f"diagnosed, {percent(diagnosis.causes[0].probability)}" if diagnosis.causes else "diagnosed"
    if diagnosis.verdict == "same_fix":
        return f"one fix serves {percent(fix.covers)}" if fix else "one fix serves all"
    if diagnosis.verdict == "not_a_key_problem":
        return "not a key problem"
    if diagnosis.verdict == "ambiguous":
        return "one question decides" if diagnosis.questions else "several causes remain"
    return "not known yet"


def percent(share: float) -> str:
    """0.52 -> 52 %; nothing is rounded to 0 or 100."""
    value = share * 100
    if 0 < value < 1:
        return "<1 %"
    if 99 < value < 100:
        return ">99 %"
    return f"{value:.0f} %"


def decibans(weight: float) -> str:
    """A weight without decimals where it is whole: 15, 7.5."""
    return f"{weight:.1f}".removesuffix(".0")


def masked(info: MaskedInfo) -> str:
    """What was masked: 1 secret, 2 API keys."""
    if not info.count:
        return "nothing to mask"
    named = [f"{count} {KINDS.get(kind, (kind, kind))[count != 1]}" for kind, count in info.kinds.items()]
    return "masked: " + (", ".join(named) or str(info.count))


def either(words: Sequence[str]) -> str:
    """a; a or b; a, b or c."""
    return " or ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text as a sentence: large first letter, an end mark."""
    return ended(capital(text))


def ended(text: str) -> str:
    """The text with an end mark; its first word, which may be a command, stays as it is."""
    return text if not text or text[-1] in ".!?:…" else text + "."
