"""Logs in which no key problem is, line after line: the same seed gives the same lines on every machine.

The templates are written for these tests in the formats of the programs that they name. They say what comes close to a
key problem and is none: passwords, certificates, signatures of packages, clocks, limits, permissions of files.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from tests.corpora import templates

SEED = 20_261_121
_BEGIN = datetime(2026, 11, 2, 3, 17, 5, 120_000, UTC)
_PEOPLE = ("root", "deploy", "alice", "bob", "admin", "www-data", "postgres", "git", "ubuntu")
_HOSTS = ("web-1", "db-2", "worker-07", "gateway", "build", "node3.internal.example")
_PATHS = (
    "/",
    "/index.html",
    "/api/v1/orders",
    "/login",
    "/static/app.js",
    "/account/keys",
    "/wp-login.php",
    "/metrics",
)
_AGENTS = ("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0", "curl/8.5.0", "kube-probe/1.30")
_COINS = ("BTC", "ETH", "SOL", "XRP", "ADA", "DOGE", "LTC")


class Values(dict[str, object]):
    """What stands for a placeholder of a template: a new value each time."""

    def __init__(self, dice: random.Random, now: datetime) -> None:
        super().__init__()
        self.dice = dice
        self.now = now

    def __missing__(self, name: str) -> object:
        return _MAKERS[name](self.dice, self.now)


def _hex(digits: int) -> Callable[[random.Random, datetime], object]:
    return lambda dice, _: f"{dice.getrandbits(4 * digits):0{digits}x}"


def _one_of(values: Sequence[str]) -> Callable[[random.Random, datetime], object]:
    return lambda dice, _: dice.choice(values)


def _number(low: int, high: int) -> Callable[[random.Random, datetime], object]:
    return lambda dice, _: dice.randint(low, high)


def _stamp(form: str) -> Callable[[random.Random, datetime], object]:
    return lambda _, now: now.strftime(form)


_MAKERS: Mapping[str, Callable[[random.Random, datetime], object]] = {
    "syslog": _stamp("%b %d %H:%M:%S"),
    "iso": _stamp("%Y-%m-%dT%H:%M:%S.%fZ"),
    "day": _stamp("%Y-%m-%d %H:%M:%S"),
    "slashes": _stamp("%Y/%m/%d %H:%M:%S"),
    "short": _stamp("%y/%m/%d %H:%M:%S"),
    "apache": _stamp("%d/%b/%Y:%H:%M:%S +0000"),
    "epoch": lambda _, now: int(now.timestamp()),
    "ms": _number(0, 999),
    "millis": lambda dice, _: f"{dice.randint(0, 999):03}",
    "uptime": lambda dice, _: f"{dice.randint(1, 99_999)}.{dice.randint(0, 999_999):06}",
    "pid": lambda dice, _: dice.choice((dice.randint(100, 65_000), dice.randint(400, 599))),
    "port": _number(1024, 65_535),
    "small": _number(1, 9),
    "n": _number(10, 500),
    "big": _number(1_000, 99_999_999),
    "ratio": lambda dice, _: f"{dice.random():.3f}",
    "price": lambda dice, _: f"{dice.uniform(0.1, 70_000):.4f}",
    "ip": lambda dice, _: dice.choice(("192.0.2.", "198.51.100.", "203.0.113.", "10.0.3.")) + str(dice.randint(1, 254)),
    "user": _one_of(_PEOPLE),
    "host": _one_of(_HOSTS),
    "path": _one_of(_PATHS),
    "agent": _one_of(_AGENTS),
    "coin": _one_of(_COINS),
    "hex8": _hex(8),
    "hex16": _hex(16),
    "hex32": _hex(32),
    "hex40": _hex(40),
    "uuid": lambda dice, _: "-".join(f"{dice.getrandbits(4 * n):0{n}x}" for n in (8, 4, 4, 4, 12)),
}

KINDS = tuple(templates.KINDS)


def lines(kind: str, count: int, seed: int = SEED) -> Iterator[str]:
    """`count` records of one of KINDS; a record of several lines comes line by line."""
    dice = random.Random(f"{seed} {kind}")
    prefix, records = templates.KINDS[kind]
    now = _BEGIN
    left: list[str] = []
    for _ in range(count):
        now += timedelta(milliseconds=dice.randint(1, 9_000))
        if not left:  # every record comes up before one comes again
            left = list(records)
            dice.shuffle(left)
        yield from (prefix + left.pop()).format_map(Values(dice, now)).split("\n")
