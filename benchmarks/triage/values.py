"""What stands for the placeholders of a template: pools of values, and the stamps of a line."""

from __future__ import annotations

import itertools
import random
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

COINS = (
    *("BTC", "ETH", "SOL", "XRP", "ADA", "DOGE", "LTC", "DOT", "LINK", "AVAX", "ATOM", "UNI", "ARB", "OP"),
    *("KEY", "SIGN", "API3", "AUTH", "TOKEN", "IP", "PERP"),
)
"""The second row is named like the words that a search for key problems looks for."""
_CODES = ("401", "403", "429", "2015", "1022", "10003", "400003", "50113", "33004")
_RARE = 0.03
_SECOND_FORMS: Mapping[str, str] = {
    "comma": "%Y-%m-%d %H:%M:%S,",
    "dot": "%Y-%m-%d %H:%M:%S.",
    "iso": "%Y-%m-%dT%H:%M:%S.",
    "apache": "%d/%b/%Y:%H:%M:%S +0000",
    "slash": "%Y/%m/%d %H:%M:%S",
}
STAMPS = (*_SECOND_FORMS, "epochms", "epochs")
_ENDINGS: Mapping[str, str] = {"iso": "Z", "apache": "", "slash": "", "epochs": ""}
_PLACE = re.compile(r"<([a-z0-9_]+)>")


class Stamps:
    """The times of lines, written as logs write them. A queue: filled for a page, emptied by its lines in order."""

    def __init__(self) -> None:
        self.queue: deque[str] = deque()
        self._second = -1
        self._heads: dict[str, str] = {}
        millis = tuple(f"{n:03}" for n in range(1000))
        self._tails = {
            name: [""] * 1000 if _ENDINGS.get(name) == "" else [ms + _ENDINGS.get(name, "") for ms in millis]
            for name in STAMPS
        }

    def push(self, at: int, forms: Sequence[str]) -> None:
        """Queue the time `at` (Unix, in ms) once in each of these forms."""
        second, rest = divmod(at, 1000)
        if second != self._second:
            moment = datetime.fromtimestamp(second, UTC)
            self._heads = {name: moment.strftime(form) for name, form in _SECOND_FORMS.items()}
            self._heads["epochms"] = self._heads["epochs"] = str(second)
            self._second = second
        for form in forms:
            self.queue.append(self._heads[form] + self._tails[form][rest])

    def values(self) -> Iterator[str]:
        """The queued texts, first in, first out."""
        while True:
            yield self.queue.popleft()


class Values:
    """An endless iterator of values for each placeholder."""

    def __init__(self, dice: random.Random, stamps: Stamps, names: Mapping[str, Sequence[str]]) -> None:
        stamp = stamps.values()
        self._kinds: dict[str, Iterator[str]] = dict.fromkeys(STAMPS, stamp)
        for name, pool in [*_pools(dice).items(), *names.items()]:
            self._kinds[name] = itertools.cycle(pool)

    def compile(self, template: str) -> tuple[str, tuple[Iterator[str], ...], tuple[str, ...]]:
        """A %-format, the iterators of its values, and the forms of its stamps, all in the order of the text."""
        found = [name for name in _PLACE.findall(template) if name in self._kinds]
        text = _PLACE.sub(self._slot, template.replace("%", "%%"))
        return text, tuple(self._kinds[name] for name in found), tuple(name for name in found if name in STAMPS)

    def _slot(self, match: re.Match[str]) -> str:
        return "%s" if match[1] in self._kinds else match[0]


def _pools(dice: random.Random) -> dict[str, list[str]]:
    """Values of each kind. The sizes have no common divisor, so that a combination hardly ever comes back."""

    def pool(size: int, make: Callable[[], str]) -> list[str]:
        return [make() for _ in range(size)]

    number = dice.randint
    bits = dice.getrandbits
    pairs = [f"{coin}/{quote}" for coin in COINS for quote in ("USDT", "USDC", "EUR")]

    def tricky(usual: str, rare: str) -> str:
        return rare if dice.random() < _RARE else usual

    def price() -> str:
        return tricky(f"{dice.lognormvariate(4, 3):.4f}", f"{dice.choice(_CODES)}.{number(0, 99)}")

    def order_id() -> str:
        return tricky(str(number(10**9, 10**11)), f"{dice.choice(_CODES)}{number(10**6, 10**9)}")

    return {
        "price": pool(30011, price),
        "qty": pool(20011, lambda: f"{dice.lognormvariate(-1, 2):.5f}"),
        "oid": pool(40009, order_id),
        "n": pool(9973, lambda: tricky(str(int(dice.lognormvariate(4, 2)) + 2), dice.choice(_CODES))),
        "small": pool(997, lambda: str(number(1, 9))),
        "latency": pool(7919, lambda: str(int(dice.lognormvariate(5, 1)))),
        "weight": pool(4999, lambda: str(number(1, 5999))),
        "line": pool(1999, lambda: str(number(20, 6999))),
        "pid": pool(499, lambda: str(number(7, 65_000))),
        "port": pool(3001, lambda: str(number(1024, 65_535))),
        "ip": pool(2003, lambda: f"{dice.choice(('192.0.2', '198.51.100', '203.0.113', '10.0.3'))}.{number(1, 254)}"),
        "hex8": pool(10007, lambda: f"{bits(32):08x}"),
        "hex16": pool(10009, lambda: f"{bits(64):016x}"),
        "hex32": pool(10037, lambda: f"{bits(128):032x}"),
        "uuid": pool(10039, lambda: f"{bits(32):08x}-{bits(16):04x}-4{bits(12):03x}-a{bits(12):03x}-{bits(48):012x}"),
        "pair": pool(2011, lambda: dice.choice(pairs)),
        "sym": pool(2017, lambda: dice.choice(pairs).replace("/", "")),
        "coin": pool(1009, lambda: dice.choice(COINS)),
        "side": pool(101, lambda: dice.choice(("buy", "sell"))),
    }
