"""A ccxt of a few exchanges, to be changed at will."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, ClassVar


class BaseError(Exception):
    """The root, as in ccxt."""


class AuthenticationError(BaseError):
    """Known to CLASSES."""


class AccountSuspended(AuthenticationError):
    """Known to CLASSES too, and a child of one that is."""


class Newest(AuthenticationError):
    """A class that a later ccxt brought: counts as its parent."""


class InvalidOrder(BaseError):
    """Another one that is known."""


class Strange(BaseError):
    """Nothing that CLASSES knows."""


class Exchange:
    """What every client has; subclasses say the rest."""

    name = "Some exchange"
    exceptions: ClassVar[Mapping[str, Any]] = {}
    requiredCredentials: ClassVar[Mapping[str, bool]] = {"apiKey": True, "secret": True, "password": False}  # noqa: N815
    urls: ClassVar[Mapping[str, Any]] = {"api": {"public": "https://api.some.example"}, "www": "https://some.example"}

    def implode_hostname(self, url: str) -> str:
        """ccxt puts the host name of the region here."""
        return url.replace("{hostname}", "some.example")


def client(name: str, /, *, host: str = "", parent: type[Exchange] = Exchange, **more: Any) -> type[Exchange]:
    """A client class."""
    urls = {"api": f"https://api.{host or f'{name}.example'}", "www": f"https://www.{host or f'{name}.example'}"}
    return type(name, (parent,), {"name": name.title(), "urls": urls} | more)


def ccxt(*clients: type[Exchange], version: str = "9.0.0") -> SimpleNamespace:
    """The module."""
    named = {item.__name__: item for item in clients}
    return SimpleNamespace(exchanges=list(named), __version__=version, **named)
