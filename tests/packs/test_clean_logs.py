"""Logs in which no key problem is: nothing may fire in them, line by line and as a whole, but what a table explains."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.corpora import generate

from keymedic.inference.context import adopt, recognise
from keymedic.inference.match import match
from keymedic.inference.profile import profile_facts
from keymedic.inference.scan import Sight, look
from keymedic.intake import take
from keymedic.intake.events import Event
from keymedic.knowledge.store import Knowledge

CLEAN = Path(__file__).parents[1] / "corpora" / "clean"
FILES = sorted(CLEAN.rglob("*.log"))
RECORDS = 150


class Excuse(NamedTuple):
    """A symptom that fires in some logs. `symptom` and `logs` are patterns as of file names."""

    symptom: str
    logs: str
    words: str
    """What the line contains, in small letters."""
    why: str


ADMITTED: tuple[Excuse, ...] = (
    Excuse("base.language.key_header_missing", "zookeeper", "noauth for /config", "Nobody signed in; it is no key."),
    Excuse("base.messages.nothing_sent", "zookeeper", "noauth for /config", "The same."),
    Excuse("(recognised by *)", "freqtrade hummingbot ccxt", "", "A bot names the exchange that it trades on."),
    Excuse("base.http.*", "*access", "http/", "A status in an access log is an HTTP status, whoever was asked."),
    Excuse("base.calls.*", "*access nginx-error ccxt", "", "Says which call it is and speaks for no cause."),
    Excuse("base.network.refused", "nginx-error docker", "connection refused", "A connection was refused."),
    Excuse("base.network.reset", "sshd postgres beats/secure-rhel7", "connection reset", "One was reset."),
    Excuse("base.network.timeout", "nginx-error", "connection timed out", "One timed out."),
    Excuse("base.network.timeout", "zookeeper", "timeout of 30000ms exceeded", "axios says it in the same words."),
    Excuse("base.network.tls", "java lnav/haproxy", "handshake", "TLS failed."),
    Excuse("base.network.port_blocked", "kernel", "ufw block", "A firewall blocked a packet."),
    Excuse(
        "base.language.authentication_failed",
        "sshd systemd java postgres zookeeper beats/secure-rhel7",
        "authenticat",
        "Somebody was not let in; the line alone does not say where. Generic: yields to whatever says more.",
    ),
    Excuse("base.language.authentication_failed", "json", "login failed", "The same."),
    Excuse("base.language.permission_denied", "nginx-error postgres", "permission denied", "It says so."),
    Excuse("base.language.access_denied", "nginx-error", "access forbidden by rule", "It says so."),
    Excuse("base.language.access_denied", "docker", "access denied", "It says so."),
    Excuse("base.language.rate_limit", "docker", "pull rate limit", "It is a rate limit, of a registry."),
    Excuse("base.messages.rate", "docker", "toomanyrequests", "The same."),
    Excuse("base.language.internal_error", "beats/kafka", "unknown error", "It says so."),
    Excuse("base.language.clock_off", "systemd", "system clock wrong by", "The machine's clock is wrong."),
    Excuse("base.language.timestamp", "java", "jwt expired", "A signed token came too late, as with Coinbase."),
    Excuse("base.language.key_expires", "kernel", "key", "A key expired; nothing in the line says which kind."),
    Excuse("base.language.passphrase", "systemd", "bad passphrase", "A passphrase is bad; it does not say whose."),
    Excuse("base.language.orders_fail", "java", "could not place order", "An order failed, in a shop."),
    Excuse("base.language.in_container", "docker spark", "", "It does run in a container."),
    Excuse("base.language.dry_run", "freqtrade", "dry_run", "The bot trades on paper."),
    Excuse("freqtrade.dry_run_on", "freqtrade", "dry_run", "The same."),
    Excuse("freqtrade.outdated_history", "freqtrade", "outdated history", "Old candles. Generic."),
    Excuse("base.other.database", "java postgres", "", "Names what it is: a database, no key problem."),
    Excuse("base.other.runtime_fault", "java spark", "exception", "Names what it is: a fault of a program."),
    Excuse("base.other.system", "kernel", "out of memory", "Names what it is: a machine without memory."),
    Excuse("base.other.cloud_key", "docker", "docker login", "Names what it is: the login of another service."),
    Excuse("base.other.data_frame", "freqtrade", "outdated history", "Names what it is: old candles."),
    Excuse("base.other.telegram", "freqtrade", "rpc.telegram", "Names what it is: the messenger."),
    Excuse("base.other.parameter", "json", "validation failed", "A value of a request was refused."),
)
"""What fires rightly: the line says just this."""


class Fired(NamedTuple):
    """Something that fired: pack, symptom (or how the pack was recognised), log, line."""

    pack: str
    symptom: str
    log: str
    line: str

    def __str__(self) -> str:
        return f"{self.symptom} of {self.pack} in {self.log}: {self.line}"


def fired(knowledge: Knowledge, sights: Sequence[Sight], log: str) -> Iterator[Fired]:
    """All that fires when nobody says which exchange or tool is meant."""
    for sight in sights:
        for mention in sight.mentions:
            yield Fired(mention.pack, f"(recognised by {mention.how})", log, sight.wording or sight.event.text)
    context = recognise(knowledge, sights, None, None)
    found = match(knowledge, sights, context, profile_facts(knowledge, context, []))
    if found.foreign and adopt(knowledge, context, [pack for pack, _ in found.foreign]):
        found = match(knowledge, sights, context, profile_facts(knowledge, context, []))
    texts = {sight.event.number: sight.wording or sight.event.text for sight in sights}
    for finding in found.findings:
        yield Fired(finding.pack, finding.id, log, texts[finding.event])
    for pack, symptom in found.foreign:
        yield Fired(pack, symptom, log, "\n".join(texts.values())[:2_000])


def explained(item: Fired) -> Excuse | None:
    """The excuse that something falls under."""
    for excuse in ADMITTED:
        here = any(fnmatchcase(item.log, pattern) for pattern in excuse.logs.split())
        if here and fnmatchcase(item.symptom, excuse.symptom) and excuse.words in item.line.lower():
            return excuse
    return None


def unexplained(found: Iterable[Fired]) -> list[str]:
    """What falls under no excuse, each symptom once a log, as lines that name symptom, pack, log and line."""
    shown = {(item.symptom, item.log): item for item in found if explained(item) is None}
    return [str(item)[:400] for item in shown.values()]


Logs = dict[str, list[str]]


@pytest.fixture(scope="module")
def logs() -> Logs:
    """Name -> lines of every log: generated ones and samples of others."""
    made = {kind: list(generate.lines(kind, RECORDS)) for kind in generate.KINDS}
    samples = {f"{path.parent.name}/{path.stem}": path.read_text(encoding="utf-8").splitlines() for path in FILES}
    return made | samples


@pytest.fixture(scope="module")
def by_line(knowledge: Knowledge, logs: Logs) -> list[Fired]:
    """What fires in each line alone."""
    found: list[Fired] = []
    for log, lines in logs.items():
        events = [Event(number, line, ((0, 0),)) for number, line in enumerate(lines) if line.strip()]
        for sight in look(knowledge, events):
            found += fired(knowledge, [sight], log)
    return found


def test_nothing_fires_in_a_line(by_line: list[Fired]) -> None:
    assert unexplained(by_line) == []


def test_nothing_fires_in_a_whole_log(knowledge: Knowledge, logs: Logs) -> None:
    for log, lines in logs.items():
        sights = look(knowledge, take("\n".join(lines)).events)
        assert unexplained(fired(knowledge, sights, log)) == []


def test_every_excuse_is_needed(by_line: list[Fired]) -> None:
    needed = {explained(item) for item in by_line}
    assert [excuse for excuse in ADMITTED if excuse not in needed] == []


def test_the_generator_yields_the_same_lines_for_a_seed() -> None:
    def made(seed: int) -> list[str]:
        return [line for kind in generate.KINDS for line in generate.lines(kind, 30, seed)]

    assert made(1) == made(1)
    assert made(1) != made(2)
    assert not any(re.search(r"\{[a-z]\w*\}", line) for line in made(1))


def test_the_samples_are_small_and_their_origin_is_told() -> None:
    told = (CLEAN / "README.md").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in FILES) < 150_000
    for path in FILES:
        assert re.search(rf"^\| {path.parent.name}/{path.name} \| \S+ \| `[0-9a-f]{{40}}` \|$", told, re.MULTILINE)


def test_the_samples_name_nobody() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    assert not re.search(r"[\w.]+@(?!127|203\.0\.113|from-internal)[a-z][\w-]*\.[a-z]{2,}\b", text)
    text = re.sub(r'"version":"[^"]*"', "", text)
    for address in re.findall(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])", text):
        if all(int(part) < 256 for part in address.split(".")):
            found = ipaddress.ip_address(address)
            assert found.is_private or found.is_unspecified, address
