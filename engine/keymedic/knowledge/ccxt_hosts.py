"""Host names of ccxt's exchanges: which of them belong to one exchange and nobody else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

_SECOND_LEVEL = frozenset(["co", "com", "net", "org", "ne", "or"])


def own(clients: Mapping[str, Any], claimed: Collection[str]) -> dict[str, list[str]]:
    """Host names that belong to one exchange only: its domain, or the full names where the domain is shared."""
    full = {name: sorted(set(_hosts(client))) for name, client in clients.items()}
    owners: dict[str, set[str]] = {}
    for name, hosts in full.items():
        for host in hosts:
            for domain in (host, _domain(host)):
                owners.setdefault(domain, set()).add(name)

    def free(name: str, domain: str) -> bool:
        near = any(domain == c or domain.endswith(f".{c}") for c in claimed)
        return owners[domain] == {name} and not near

    def whole(name: str, host: str) -> bool:
        """Whether the whole domain is this exchange's, none of its names another's."""
        domain = _domain(host)
        return free(name, domain) and not any(c.endswith(f".{domain}") for c in claimed)

    result = {}
    for name, hosts in full.items():
        chosen = dict.fromkeys(_domain(host) if whole(name, host) else host for host in hosts)
        result[name] = [host for host in chosen if free(name, host)]
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
