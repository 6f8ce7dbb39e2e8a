"""Packs for the exchanges that nobody wrote one for, derived from the tables of the installed ccxt.

ccxt says which of its exception classes each error code or text of an exchange stands for. A class is a weak hint of
the cause, so derived symptoms weigh weak to moderate, and a pack that a person wrote always takes the exchange over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
import yaml

from keymedic.knowledge import changes, lock, patterns
from keymedic.knowledge.ccxt_classes import CLASSES, Class

Data = dict[str, Any]

_FIELDS = {"apiKey": "key", "secret": "secret", "password": "passphrase", "uid": "user id", "login": "login"}
_FIELDS |= {"accountId": "account id", "walletAddress": "wallet address", "privateKey": "private key"}
_EVERYDAY = frozenset(
    [
        "alpaca",
        "apex",
        "aster",
        "backpack",
        "bullish",
        "cex",
        "delta",
        "derive",
        "extended",
        "grvt",
        "hibachi",
        "lighter",
        "luno",
        "mercado",
        "mudrex",
        "nado",
        "ndax",
        "pacifica",
        "polymarket",
        "toobit",
        "xt",
        "zaif",
    ]
)
"""ids that are words of a language or too short: recognised by host and by ccxt's own messages only."""
_SECOND_LEVEL = frozenset(["co", "com", "net", "org", "ne", "or"])
_CODE = re.compile(r"-?\d{3,9}\Z|(?=[A-Za-z0-9._-]*[A-Z_\d])[A-Za-z][A-Za-z0-9._-]{3,}\Z")
_PROPER = re.compile(r"\w+[. ]\w.+")
"""Names of more than one word, which mean nothing else."""
_HTTP = range(100, 600)
_MODELINES = "# yaml-language-server: $schema={0}\n# $schema: {0}\n"
_SCHEMA = "../../../schema/pack.schema.json"
_EXAMPLES = 2
_LONGEST = 200

STATES = ("new", "changed", "unchanged", "taken over")
"""What can become of a derived pack; one that is taken over by a pack of a person has no text any more."""


class Derived(msgspec.Struct):
    """A derived pack: its id, its file's text and how it differs from the one before."""

    id: str
    text: str
    state: str
    """One of STATES."""
    changes: list[changes.Change] = []


def derive(
    ccxt: Any, taken: Mapping[str, str], hosts: Collection[str], old: Mapping[str, Data], today: str
) -> list[Derived]:
    """Packs for all exchanges of ccxt that are not `taken`.

    ccxt: the imported module. taken: ccxt id -> pack that a person wrote for it. hosts: host names that those packs
    claim. old: the derived packs of before, by id; what did not change keeps its version and date. today: YYYY-MM-DD.
    """
    clients = {name: getattr(ccxt, name)() for name in ccxt.exchanges if name not in taken}
    domains = _domains(clients, hosts)
    found = []
    for name, client in clients.items():
        data = _pack(name, client, taken, domains[name], ccxt.__version__, today)
        found.append(_against_old(data, old.get(name)))
    for name in sorted(old.keys() - clients.keys()):
        if name in taken:
            found.append(Derived(name, "", "taken over"))
        else:
            found.append(_against_old(_deprecated(old[name], ccxt.__version__), old[name]))
    return found


def _deprecated(old: Data, version: str) -> Data:
    if "deprecated" in old:
        return dict(old)
    return {**old, "status": "deprecated", "deprecated": {"reason": f"ccxt {version} knows this exchange no more"}}


def _against_old(data: Data, old: Data | None) -> Derived:
    """Keep what did not change to the byte; give what did the next version."""
    if old is None:
        return Derived(data["pack"], _text(data), "new")
    same = {key: old.get(key) for key in ("version", "verified", "sources")}
    if {**data, **same} == old:
        return Derived(data["pack"], _text(old), "unchanged")
    different = [change for change in changes.compare(old, data) if not change.what.startswith("wording of")]
    data["version"] = lock.bumped(old["version"], changes.level(different))
    return Derived(data["pack"], _text(data), "changed", different)


def _text(data: Data) -> str:
    body = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=180, default_flow_style=None)
    return _MODELINES.format(_SCHEMA) + body


def _pack(name: str, client: Any, taken: Mapping[str, str], hosts: Sequence[str], version: str, today: str) -> Data:
    data: Data = {
        "schema": "keymedic/pack/1",
        "pack": name,
        "kind": "exchange",
        "name": client.name,
        "version": "1.0.0",
        "status": "derived",
        "verified": today,
    }
    parent = next((taken[c.__name__] for c in type(client).__mro__[1:] if c.__name__ in taken), "")
    if parent:
        data["extends"] = parent
    data["sources"] = {"ccxt": f"https://github.com/ccxt/ccxt/blob/v{version}/python/ccxt/{name}.py"}
    words = [name] if name not in _EVERYDAY else []
    if _PROPER.match(client.name):
        words.append(client.name)
    recognise = {"ccxt": [name], "hosts": list(hosts), "words": words}
    data["recognise"] = {key: value for key, value in recognise.items() if value}
    needed = [field for field, required in client.requiredCredentials.items() if required]
    if needed and not parent:
        credentials: Data = {"fields": [_FIELDS.get(field, field) for field in needed]}
        if "password" not in needed:
            credentials |= {"passphrase": "none"}
        data["profile"] = {"credentials": {**credentials, "source": "ccxt"}}
        if "test" in client.urls:
            data["profile"]["accounts"] = {"separate_keys": ["testnet"], "source": "ccxt"}
    symptoms = [] if parent else list(_symptoms(name, client))
    return {**data, "symptoms": symptoms} if symptoms else data


def _symptoms(name: str, client: Any) -> Iterator[Data]:
    """One symptom a class of errors that says something about the cause."""
    groups: dict[str, list[str]] = {}
    for key, error in _entries(client.exceptions or {}):
        kind = next((CLASSES[c.__name__] for c in error.__mro__ if c.__name__ in CLASSES), None)
        if kind and _matcher(key):
            groups.setdefault(kind.id, []).append(key)
    for meant in {c.id: c for c in CLASSES.values()}.values():
        if meant.id in groups:
            others = [key for other, keys in groups.items() if other != meant.id for key in keys]
            yield _symptom(name, meant, list(dict.fromkeys(groups[meant.id])), others)


def _symptom(name: str, kind: Class, keys: list[str], others: list[str]) -> Data:
    near = next((key for key in others if not any(_overlap(key, own) for own in keys)), "")
    return {
        "id": f"{name}.{kind.id}",
        "title": kind.title,
        "means": kind.means,
        "match": {"any": [_matcher(key) for key in keys]},
        "indicates": dict(kind.indicates),
        **({"generic": True} if kind.generic else {}),
        "scope": "pack",
        "examples": [_message(name, key) for key in keys[:_EXAMPLES]],
        "counterexamples": [_message(name, near) if near else f'{name} {{"status":"ok"}}'],
        "source": "ccxt",
    }


def _overlap(one: str, other: str) -> bool:
    return one.lower() in other.lower() or other.lower() in one.lower()


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[str, type[Exception]]]:
    """(code or text, exception class) of tables of any depth: exact, broad, per market."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _entries(value)
        elif isinstance(value, type):
            yield str(key), value


def _matcher(key: str) -> Data | None:
    """How a key of ccxt's tables is looked for; None when it is too weak, or an HTTP status rather than a code."""
    if _CODE.match(key):
        return None if key.isdigit() and int(key) in _HTTP else {"code": key}
    if " " in key.strip() and len(key) <= _LONGEST and not patterns.weakness(key):
        return {"text": key.strip()}
    return None


def _message(name: str, key: str) -> str:
    """A code or text as ccxt shows it."""
    field = "code" if "code" in (_matcher(key) or {}) else "message"
    return f"{name} {json.dumps({field: key}, ensure_ascii=False, separators=(',', ':'))}"


def _domains(clients: Mapping[str, Any], claimed: Collection[str]) -> dict[str, list[str]]:
    """Host names that belong to one exchange only: its domain, or the full names where the domain is shared."""
    full = {name: sorted(set(_hosts(client))) for name, client in clients.items()}
    owners: dict[str, set[str]] = {}
    for name, hosts in full.items():
        for host in hosts:
            for domain in (host, _domain(host)):
                owners.setdefault(domain, set()).add(name)

    def own(name: str, domain: str) -> bool:
        taken = any(domain == c or domain.endswith(f".{c}") or c.endswith(f".{domain}") for c in claimed)
        return owners[domain] == {name} and not taken

    result = {}
    for name, hosts in full.items():
        chosen = dict.fromkeys(_domain(h) if own(name, _domain(h)) else h for h in hosts)
        result[name] = [host for host in chosen if own(name, host) or (owners[host] == {name} and host not in claimed)]
    return result


def _hosts(client: Any) -> Iterator[str]:
    for url in _strings([client.urls.get("api"), client.urls.get("www")]):
        host = urlsplit(client.implode_hostname(url)).hostname
        if host and "." in host and "{" not in host:
            yield host.removeprefix("www.")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _domain(host: str) -> str:
    """The part of a host name that its owner registered (coins.ph, bit2c.co.il)."""
    labels = host.split(".")
    keep = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 2
    return ".".join(labels[-keep:])


def report(packs: Iterable[Derived]) -> Iterator[str]:
    """What a run did, in lines: totals, then every pack that is not as it was."""
    packs = list(packs)
    states = {state: sum(pack.state == state for pack in packs) for state in STATES}
    yield ", ".join(f"{count} {state}" for state, count in states.items() if count)
    for pack in packs:
        if pack.state in {"new", "taken over"}:
            yield f"{pack.id}: {pack.state}"
        for change in pack.changes:
            yield f"{pack.id}: {change.what}"
