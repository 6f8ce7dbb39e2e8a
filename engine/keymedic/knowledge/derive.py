"""Packs for the exchanges that nobody wrote one for, derived from the tables of the installed ccxt.

ccxt says which of its exception classes each error code or text of an exchange stands for. A class is a weak hint of
the cause, so derived symptoms weigh weak to moderate, and a pack that a person wrote always takes the exchange over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import yaml

from keymedic.knowledge import ccxt_hosts, changes, lock, patterns
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


def derive(ccxt: Any, written: Sequence[Data], old: Mapping[str, Data], today: str) -> list[Derived]:
    """Packs for all exchanges of ccxt: whole ones where nobody wrote one, and beside a written one what it leaves out.

    ccxt: the imported module. written: the exchange packs that people wrote. old: the derived packs of before, by id;
    what did not change keeps its version and date. today: YYYY-MM-DD.
    """
    taken: dict[str, str] = {}
    for pack in written:
        taken |= dict.fromkeys([pack["pack"], *pack.get("recognise", {}).get("ccxt", ())], pack["pack"])
    hosts = [host for pack in written for host in pack.get("recognise", {}).get("hosts", ())]
    clients = {name: getattr(ccxt, name)() for name in ccxt.exchanges}
    rest = {name: client for name, client in clients.items() if name not in taken}
    domains = ccxt_hosts.own(rest, hosts)
    made = [_pack(name, client, taken, domains[name], ccxt.__version__, today) for name, client in rest.items()]
    for pack in written:
        if name := next((n for n in (pack["pack"], *pack.get("recognise", {}).get("ccxt", ())) if n in clients), ""):
            made += _companion(pack, name, clients[name], ccxt.__version__, today)
    found = [_against_old(data, old.get(data["pack"])) for data in made]
    kept = {data["pack"] for data in made}
    for name in sorted(old.keys() - kept):
        if name in taken or "beside" in old[name]:
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


def _companion(pack: Data, name: str, client: Any, version: str, today: str) -> list[Data]:
    """What ccxt's tables say beyond a written pack; nothing where that says it all, or extends another pack."""
    own = f"{pack['pack']}-ccxt"
    symptoms = [] if pack.get("extends") else list(_symptoms(own, client, set(_known(pack.get("symptoms", [])))))
    if not symptoms:
        return []
    return [
        {
            "schema": "keymedic/pack/1",
            "pack": own,
            "kind": "exchange",
            "name": f"{pack['name']}, by ccxt",
            "version": "1.0.0",
            "status": "derived",
            "verified": today,
            "beside": pack["pack"],
            "sources": {"ccxt": f"https://github.com/ccxt/ccxt/blob/v{version}/python/ccxt/{name}.py"},
            "symptoms": symptoms,
        }
    ]


def _known(value: Any) -> Iterator[str]:
    """Codes and texts that a written pack matches on, in small letters."""
    if isinstance(value, list):
        for item in value:
            yield from _known(item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in {"code", "text"}:
                yield from (str(one).lower() for one in (inner if isinstance(inner, list) else [inner]))
            else:
                yield from _known(inner)


def _symptoms(name: str, client: Any, known: Collection[str] = ()) -> Iterator[Data]:
    """One symptom a class of errors that says something about the cause, without what is `known` already."""
    texts = [text for text in known if " " in text]
    groups: dict[str, list[str]] = {}
    done: set[str] = set()
    for key, error in _entries(client.exceptions or {}):
        kind = next((CLASSES[c.__name__] for c in error.__mro__ if c.__name__ in CLASSES), None)
        if not kind or not _matcher(key) or key.lower() in known or key.lower() in done:
            continue
        if " " in key and any(_overlap(key, text) for text in texts):
            continue
        done.add(key.lower())
        groups.setdefault(kind.id, []).append(key)
    for meant in {c.id: c for c in CLASSES.values()}.values():
        if meant.id in groups:
            others = [key for other, keys in groups.items() if other != meant.id for key in keys]
            yield _symptom(name, type(client).__name__, meant, groups[meant.id], others)


def _symptom(name: str, client: str, kind: Class, keys: list[str], others: list[str]) -> Data:
    near = next((key for key in others if not any(_overlap(key, own) for own in keys)), "")
    return {
        "id": f"{name}.{kind.id}",
        "title": kind.title,
        "means": kind.means,
        "match": _match(keys),
        "indicates": dict(kind.indicates),
        **({"generic": True} if kind.generic else {}),
        "scope": "pack",
        "examples": [_message(client, key) for key in keys[:_EXAMPLES]],
        "counterexamples": [_message(client, near) if near else f'{client} {{"status":"ok"}}'],
        "source": "ccxt",
    }


def _match(keys: list[str]) -> Data:
    """All codes in one list, each text by itself."""
    found = [matcher for key in keys if (matcher := _matcher(key))]
    codes = [matcher["code"] for matcher in found if "code" in matcher]
    parts: list[Data] = [{"code": codes}] if codes else []
    parts += [matcher for matcher in found if "text" in matcher]
    return parts[0] if len(parts) == 1 else {"any": parts}


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
