"""Words of which at least one stands in every log event that is worth reading: the first, fast look at gigabytes.

Most messages of packs hold one of a few stems that nearly all such errors share; the others bring words of their own,
so that the number of words, and with it the speed, hardly depends on the number of packs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keymedic.knowledge import required
from keymedic.knowledge.index import Index, Tree
from keymedic.knowledge.patterns import Pattern
from keymedic.knowledge.required import Ways
from keymedic.model import Cause, Symptom

STEMS = tuple(
    "|".join(
        (
            "api-key|api key|api_key|apikey|access key|access-key|access_key|accesskey|kc-api|passphrase",
            "credential|signature|nonce too|nonce must|nonce is|nonce_|bad nonce|recvwindow|recv_window",
            "recv window|receive window|server time|not authorized|unauthor|authenticat|authorization|jwt",
            "private key|decrypt|timestamp for this|x-bm-|permission|privilege|not permitted|not allowed|denied",
            "forbid|prohibit|illegal|incorrect|mismatch|malformed|invalid api|invalid key|invalid sign",
            "invalid access|invalid cred|invalid auth|invalid token|invalid nonce|invalid time|invalid ip",
            "invalid_|_invalid|invalidap|invalidkey|invalidnonce|invalidsign|invalidcred|invalid or |key invalid",
            "is invalid|abnormal|unmatched|expired|revoked|suspended|banned|frozen|restricted|locked out",
            "account is locked|lockout|ip whitelist|whitelist ip|ip address|ip restriction|from this ip",
            "trusted ip|white list|allowlist|_white|not in whitelist|not in the whitelist|not whitelisted|kyc",
            "verif|withdraw|your country|or region|countries|this country|your region|complian|regulat",
            "jurisdiction|sub-account|subaccount|sub account|unified account|risk control|risk problem",
            "temporarily|agreement|demo trading|sandbox url|sandbox mode|2fa |otp |one-time|not activated",
            "deactivat|_disabled|is disabled|has been disabled|account_lock|account_dis|account_not|account_susp",
            "account_block|account_frozen|account_inactive|account disabled|user_not|user_lock|user_stat",
            "unable to provide|legal reasons|terms of use|conflicting|user locked|user prohibit|in api settings",
            "unified trading|unified margin|margin account|futures account|upgrade to|not open|has not opened",
            "not yet enabled|bind email|bind the|ssl_|tls |certificate|cors policy|handshake status|plain http",
            "http request to an https|http status is|status code 4|could not deserialize|base16|hex digit",
            "missing required|required scope|access_sign|sign is empty|key is empty|not provided|needs to be",
            "api endpoint|lost connection to|no connection to|not connected",
            "secret key|valid nonce|sign not null|2facode|insufficientperm|disallowedtarget|geo_ip|accountnotenabled",
        )
    ).split("|")
)
"""Small letters; found in any case."""
_TELLING = 12
"""Letters from which on a phrase says enough by itself; shorter ones, and single words, stand in harmless lines too."""
_CLASSES = ("error", "exception", "denied")
"""How the names of exception classes end, the single words that do say enough."""
_CONSTANT = re.compile(r"(?=.{8})(?:.*[a-z][A-Z]|\w+[_:.-]\w)")
"""A name that only a program writes: nonceBelowThreshold, EAPI:Invalid."""
_WORTH = 15.0
"""Decibans for a key problem from which on a symptom brings words of its own."""
SPOKEN = frozenset({"base.language", "base.languages", "base.stories"})
"""Packs of what people write in tickets, not programs in logs."""


def words(index: Index, symptoms: list[Symptom], causes: dict[str, Cause]) -> list[str]:
    """The words of these packs, in small letters, the shared stems first. `symptoms` as numbered in the index."""
    patterns = _by_atom(index)
    own: set[str] = set()
    for symptom, tree in zip(symptoms, index.trees, strict=True):
        if symptom.aspect != "message" or symptom.pack in SPOKEN or not _worth(symptom, causes):
            continue
        for branch in _branches(tree):
            own |= required.of_tree(index, branch, patterns, _rank) or frozenset()
    constants = {pattern.text.lower() for pattern in index.patterns if pattern.exact and _CONSTANT.search(pattern.text)}
    return [*STEMS, *_shortest(word for word in own if (_telling(word) or word in constants) and not stemmed(word))]


def numbers(index: Index, symptoms: list[Symptom], causes: dict[str, Cause]) -> list[str]:
    """The numeric codes and HTTP statuses that say by themselves that a key may be the problem."""
    atoms = {
        atom
        for symptom, tree in zip(symptoms, index.trees, strict=True)
        if symptom.aspect == "message" and _worth(symptom, causes)
        for atom in _leaves(tree)
    }
    codes = {code for table in index.codes.values() for code, atom in table.items() if atom in atoms}
    return sorted(codes | {str(status) for status, atom in index.statuses.items() if atom in atoms and status < 500})


def _leaves(tree: Tree) -> Iterator[int]:
    if isinstance(tree, int):
        yield tree
    elif tree[0] != "none":
        for part in tree[1:]:
            yield from _leaves(part)


def stemmed(text: str) -> bool:
    """Whether a text (small letters) holds a stem."""
    return any(stem in text for stem in STEMS)


def _telling(word: str) -> bool:
    bare = word.strip()
    return not word.isascii() or (len(bare) >= _TELLING and (not bare.isalpha() or bare.endswith(_CLASSES)))


def _by_atom(index: Index) -> dict[int, list[Pattern]]:
    found: dict[int, list[Pattern]] = {}
    for pattern, uses in zip(index.patterns, index.uses, strict=True):
        for use in uses:
            if use.kind == "atom":
                found.setdefault(use.ref, []).append(pattern)
    for name, atom in index.exceptions.items():
        found[atom] = [Pattern(name)]
    return found


def _worth(symptom: Symptom, causes: dict[str, Cause]) -> bool:
    return any(w >= _WORTH and cause in causes and causes[cause].key_problem for cause, w in symptom.indicates.items())


def _branches(tree: Tree) -> Iterator[Tree]:
    """The alternatives of a matcher, each of which brings its own words."""
    if isinstance(tree, list) and tree[0] == "any":
        for part in tree[1:]:
            yield from _branches(part)
    else:
        yield tree


def _rank(ways: Ways) -> tuple[bool, int]:
    return all(map(stemmed, ways)), required.weakest(ways)


def _shortest(chosen: Iterable[str]) -> list[str]:
    """In the order of the alphabet, without words that hold another one."""
    by_length = sorted(chosen, key=len)
    return sorted(word for n, word in enumerate(by_length) if not any(other in word for other in by_length[:n]))
