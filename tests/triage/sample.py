"""A triage written by hand: key problems that go on, came back and ended, one that is none, unknown messages."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.report.cases import REPLACE_KEY, ev

from keymedic.diagnosis import CautionText, Fix, FixStep
from keymedic.triage.records import (
    AskText,
    CauseShare,
    FileCount,
    Incident,
    InputRecord,
    Named,
    Run,
    Sample,
    Unknown,
    Window,
)

BINANCE = Named(id="binance", name="Binance")
KUCOIN = Named(id="kucoin", name="KuCoin")
HOLLAEX = Named(id="hollaex", name="HollaEx")
FREQTRADE = Named(id="freqtrade", name="Freqtrade")
COINTRACKER = Named(id="cointracker", name="CoinTracker")

ALLOW = Fix(
    id="allow-ip",
    title="Put the address on the key's list",
    mends=("ip.not_whitelisted",),
    steps=(
        FixStep(
            where="Freqtrade host",
            text="Find the address that the bot calls from.",
            command="curl -4 https://checkip.amazonaws.com\nip -6 addr show scope global",
            changes="Shows the outgoing addresses; changes nothing.",
            actor="operator",
        ),
        FixStep(
            where="Binance",
            menu="Account > API Management > Edit restrictions",
            text="Add the address under Restrict access to trusted IPs only, and save.",
            caution="Every other server that uses this key must be on the list too.",
        ),
        FixStep(where="Freqtrade", text="Start the bot again.", command="docker compose restart freqtrade"),
    ),
    verify="The next line of the log shows the balance instead of -2015.",
    risk="low",
    covers=0.97,
    cautions=(CautionText(text="Do not delete the key: open orders keep running without it.", severity="danger"),),
    reassure="Open orders stay as they are.",
    still_failing=(FixStep(where="Binance", text="Make a new key with the same permissions."),),
)
ASK = AskText(id="base.ip_changed", text="Was the server moved or restarted shortly before?")


def incident(id_: str, worker: str, **changes: Any) -> Incident:
    """An address that is not on the key's list, with `changes`."""
    made = Incident(
        id=id_,
        grouped_by={"worker": worker, "exchange": "binance", "source": "freqtrade", "cause": "ip.not_whitelisted"},
        rule="",
        worker=worker,
        exchange=BINANCE,
        source=FREQTRADE,
        cause="ip.not_whitelisted",
        title="the caller's IP address is not on the key's list",
        key_problem=True,
        probability=0.92,
        verdict="diagnosed",
        state="ongoing",
        first_seen="2026-03-02T14:10:09.120Z",
        last_seen="2026-03-05T11:58:44.000Z",
        count=1204,
        windows=(Window(first="2026-03-02T14:10:09.120Z", last="2026-03-05T11:58:44.000Z", count=1204),),
        causes=(
            CauseShare(
                id="ip.not_whitelisted",
                title="the caller's IP address is not on the key's list",
                probability=0.92,
                key_problem=True,
            ),
            CauseShare(id="permission.missing", title="a permission is missing", probability=0.05, key_problem=True),
        ),
        evidence=(
            msgspec.structs.replace(
                ev("binance.-2015", 15, "Invalid API-key, IP, or permissions for action", "Key, address or permission"),
                source=("https://developers.binance.com/docs/binance-spot-api-docs/errors",),
            ),
            ev("base.worked_before", 8, "", "It worked before"),
        ),
        samples=(
            Sample(
                file="logs/fleet.log.gz",
                line=48213,
                text='2026-03-02 14:10:09,120 bot-7 ERROR ccxt.base.errors.AuthenticationError: binance {"code":-2015,'
                '"msg":"Invalid API-key, IP, or permissions for action."}\n    at fetch_balance (<key 1>)',
            ),
        ),
        files=(FileCount(file="logs/fleet.log.gz", count=1200), FileCount(file="logs/fleet.log", count=4)),
        remedy=ALLOW,
        question=ASK,
    )
    return msgspec.structs.replace(made, **changes)


DELETED = CauseShare(id="key.deleted", title="deleted or reset on the exchange", probability=0.61, key_problem=True)
RATE = CauseShare(id="not_key.rate_limit", title="too many requests", probability=0.99, key_problem=False)
INCIDENTS = (
    incident("a1f0", "bot-7"),
    incident("a1f1", "bot-9", count=911, probability=0.88),
    incident(
        "a1f2",
        "bot-2",
        state="returned",
        count=77,
        windows=(
            Window(first="2026-03-02T15:00:00.000Z", last="2026-03-02T18:00:00.000Z", count=40),
            Window(first="2026-03-05T07:00:00.000Z", last="2026-03-05T11:59:00.000Z", count=37),
        ),
    ),
    incident(
        "b2c0",
        "acct_4711",
        grouped_by={"worker": "acct_4711", "exchange": "kucoin", "source": "cointracker", "cause": "key.deleted"},
        exchange=KUCOIN,
        source=COINTRACKER,
        cause=DELETED.id,
        title=DELETED.title,
        probability=DELETED.probability,
        verdict="same_fix",
        causes=(DELETED,),
        evidence=(ev("cointracker.invalid_key", 15, "invalid API key"),),
        count=12,
        remedy=REPLACE_KEY,
        question=None,
    ),
    incident(
        "c3d0",
        "bot-4",
        state="ended",
        count=3,
        last_seen="2026-03-02T14:40:00.000Z",
        windows=(Window(first="2026-03-02T14:10:09.120Z", last="2026-03-02T14:40:00.000Z", count=3),),
        rule="per strategy",
    ),
    incident(
        "d4e0",
        "",
        state="undated",
        exchange=None,
        source=None,
        cause="unknown",
        title="not known",
        probability=0.44,
        verdict="ambiguous",
        first_seen=None,
        last_seen=None,
        windows=(),
        causes=(CauseShare(id="unknown", title="not known", probability=0.44, key_problem=True),),
        evidence=(),
        count=2,
        files=(FileCount(file="notes/pasted.txt", count=2),),
        grouped_by={"file": "notes/pasted.txt", "cause": "unknown"},
        remedy=None,
    ),
    incident(
        "e5f0",
        "bot-7",
        exchange=HOLLAEX,
        cause=RATE.id,
        title=RATE.title,
        key_problem=False,
        probability=RATE.probability,
        verdict="not_a_key_problem",
        causes=(RATE,),
        count=15230,
        remedy=None,
        question=None,
    ),
)
UNKNOWNS = (
    Unknown(
        id="u-7c1e",
        template="order <*> refused: desk <*> is not enabled for API",
        count=311,
        first_seen="2026-03-03T01:00:00.000Z",
        last_seen="2026-03-05T11:00:00.000Z",
        exchange=HOLLAEX,
        source=None,
        workers=4,
        samples=(Sample(file="logs/fleet.log.gz", line=9, text="order 77 refused: desk otc-2 is not enabled for API"),),
        draft="- id: hollaex.TODO\n  title: TODO\n  match: {text: not enabled for API}\n  indicates: {TODO: strong}\n",
    ),
    Unknown(
        id="u-01aa",
        template="<*> sign check failed",
        count=5,
        first_seen=None,
        last_seen=None,
        exchange=None,
        source=None,
        workers=0,
        samples=(),
        draft="- id: TODO\n",
    ),
)


def input_record(name: str, **changes: Any) -> InputRecord:
    """A gzipped text log that was read whole, with `changes`."""
    made = InputRecord(
        name=name,
        compression="gzip",
        encoding="utf-8",
        format="text",
        reason="no JSON, no table in the first 64 kB",
        size=103_000_000,
        read=1_180_000_000,
        hash="9d1c2f7ab1c04e5f8d7b3a2c1e0f9a8b",
        lines=8_700_000,
        candidates=19_204,
        first_seen="2026-03-01T00:00:00.000Z",
        last_seen="2026-03-05T12:00:00.000Z",
        skipped={},
        problems=(),
    )
    return msgspec.structs.replace(made, **changes)


RUN = Run(
    engine="0.1.0",
    packs={"base.causes": "1.1.1", "binance": "1.2.0", "freqtrade": "1.0.0", "kucoin": "1.0.0"},
    options={"exchange": "binance", "gap": "60 min", "time zone": "UTC"},
    started="2026-03-05T12:03:11.000Z",
    seconds=1.31,
    stages={"read": 0.7, "match": 0.4, "report": 0.21},
    resumed=0,
    counts={"bytes": 1_190_000_000, "lines": 8_700_032, "candidates": 19_300, "incidents": 7, "filtered": 3},
    inputs=(
        input_record("logs/fleet.log.gz"),
        input_record(
            "logs/cut.log.gz",
            size=4_000_000,
            read=10_000_000,
            lines=20,
            candidates=0,
            first_seen=None,
            last_seen=None,
            problems=("the file ends in the middle of its last block",),
        ),
        input_record(
            "core.bin", compression="", size=412_000, read=412_000, lines=12, skipped={"not text": 408_000}, problems=()
        ),
    ),
    notes=("Times without a zone were read as UTC.",),
)
EMPTY_RUN = msgspec.structs.replace(
    RUN, inputs=(input_record("quiet.log", compression="", size=5120, read=5120, lines=40),), counts={}, notes=()
)
