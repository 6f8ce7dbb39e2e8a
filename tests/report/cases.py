"""Diagnoses written by hand, as the engine would make them: one for each kind of answer."""

from __future__ import annotations

import msgspec

from keymedic.diagnosis import (
    Ask,
    CauseResult,
    CautionText,
    Derived,
    Diagnosis,
    Evidence,
    Explanation,
    Fix,
    FixStep,
    MaskedInfo,
    Named,
    NearMiss,
    Notice,
    OutcomeText,
    PackRef,
)
from keymedic.model import Fact


def ev(symptom: str, weight: float, quote: str = "", title: str = "") -> Evidence:
    return Evidence(
        symptom=symptom,
        title=title or symptom,
        pack=symptom.partition(".")[0],
        pack_version="1.0.0",
        weight=weight,
        quote=quote,
        span=(0, len(quote)) if quote else None,
        source=(),
    )


def cause(
    id_: str,
    probability: float,
    title: str,
    customer: str,
    evidence: tuple[Evidence, ...] = (),
    against: tuple[Evidence, ...] = (),
    *,
    actor: tuple[str, ...] = ("user",),
    key_problem: bool = True,
) -> CauseResult:
    return CauseResult(
        id=id_,
        title=title,
        summary=f"{title[0].upper()}{title[1:]}, in one sentence for the agent.",
        customer=customer,
        probability=probability,
        key_problem=key_problem,
        actor=actor,
        evidence=evidence,
        against=against,
    )


def outcomes(**labels: str) -> tuple[OutcomeText, ...]:
    return tuple(OutcomeText(id=id_, label=label) for id_, label in labels.items())


YES_NO = (
    OutcomeText(id="yes", label="yes"),
    OutcomeText(id="no", label="no"),
    OutcomeText(id="unknown", label="not known"),
)
KUCOIN = Named(id="kucoin", name="KuCoin", confidence=1.0)
BINANCE = Named(id="binance", name="Binance", confidence=1.0)
COINTRACKER = Named(id="cointracker", name="CoinTracker", confidence=1.0)
FREQTRADE = Named(id="freqtrade", name="Freqtrade", confidence=0.97)

STOPPED = ev("base.worked_before", 8, "stopped syncing", "It worked before")
REPLACE_KEY = Fix(
    id="replace-key",
    title="Replace the key",
    mends=("key.deleted", "key.expired", "key.invalid", "ip.whitelist_conflict"),
    steps=(
        FixStep(
            where="KuCoin",
            menu="API Management > Create API",
            text="Choose General (read) only, leave the IP restriction off, and keep the passphrase that you make up.",
        ),
        FixStep(where="KuCoin", text="Confirm with the e-mail code and the 2FA code."),
        FixStep(
            where="CoinTracker",
            menu="Wallets > KuCoin > [...] > Update API Key",
            text="Paste key, secret and passphrase, and save.",
        ),
    ),
    verify="The wallet's last sync moves.",
    risk="low",
    covers=0.85,
    cautions=(
        CautionText(text="Do not remove the exchange to start over: manual edits go with it.", severity="danger"),
    ),
    reassure="Your transactions in CoinTracker stay as they are.",
    still_failing=(
        FixStep(where="CoinTracker", text="Import a CSV file of the transactions."),
        FixStep(where="CoinTracker", text="Write to the support team through the chat (Chatoshi)."),
    ),
    sources=("https://www.kucoin.com/support/360015102174",),
)
SAME_FIX = Diagnosis(
    schema="keymedic/diagnosis/1",
    id="c1f0a2",
    verdict="same_fix",
    exchange=KUCOIN,
    source=COINTRACKER,
    causes=(
        cause(
            "key.deleted",
            0.52,
            "deleted or reset on KuCoin",
            "KuCoin no longer accepts the API key that CoinTracker uses: it was deleted or reset there.",
            (ev("cointracker.invalid_key", 15, "invalid API key"), STOPPED),
        ),
        cause("key.expired", 0.24, "expired", "The API key has expired on KuCoin.", (STOPPED,)),
        cause(
            "ip.whitelist_conflict",
            0.09,
            "an IP restriction is set",
            "The API key on KuCoin only accepts certain IP addresses, but CoinTracker does not have fixed ones.",
        ),
        cause("key.invalid", 0.02, "key not known or mistyped", "KuCoin does not recognise the API key."),
        cause("unknown", 0.02, "not known", "This message alone does not tell what is wrong."),
    ),
    remedies=(REPLACE_KEY,),
    questions=(
        Ask(
            id="kucoin.password_changed",
            text="Did you change your KuCoin password or 2FA shortly before it stopped?",
            outcomes=YES_NO,
            gain=0.08,
            cost=1.0,
            effort="knows",
        ),
        Ask(
            id="kucoin.idle_key",
            text="Was the key made more than 30 days ago, with trading allowed and no IP restriction?",
            outcomes=YES_NO,
            gain=0.05,
            cost=1.6,
            effort="looks",
        ),
    ),
    notices=(),
    masked=MaskedInfo(count=0, kinds={}),
    packs=tuple(PackRef(id=id_, version="1.0.0") for id_ in ("kucoin", "cointracker", "base")),
    sources=(
        "https://www.kucoin.com/support/360015102174",
        "https://github.com/Kucoin/kucoin-api-docs/blob/master/source/includes/_errors.md",
        "https://support.cointracker.io/hc/en-us/articles/4413071299729",
    ),
    text="CoinTracker: my KuCoin wallet stopped syncing, it says invalid API key",
    answers={},
    engine="0.1.0",
    explanation=Explanation(
        facts=(
            Fact(name="source.ip_policy", value="none_fixed", origin="profile"),
            Fact(name="case.worked_before", value=True, origin="text", span=(27, 42)),
            Fact(name="key.scope", value="read", origin="deduction", because=("source.permissions",)),
        ),
        derived=(
            Derived(
                rule="base.read_only_tool",
                why="A tracker only reads, so its key needs no more than the read permission.",
                concluded=("key.scope = read",),
                because=("source.type = tracker", "source.permissions = read"),
            ),
        ),
        near_misses=(
            NearMiss(
                symptom="kucoin.400003",
                title="Key unknown",
                seen=("invalid API key",),
                missing=("code 400003", "KC-API-KEY not exists"),
            ),
        ),
        would_change=(
            "kucoin.400006 (caller's IP is not on the key's list) would make ip.not_whitelisted the leading cause",
        ),
    ),
)

OPERATOR = Diagnosis(
    schema="keymedic/diagnosis/1",
    id="77b3",
    verdict="diagnosed",
    exchange=Named(id="hollaex", name="HollaEx", confidence=0.93),
    source=Named(id="hollaex", name="HollaEx", confidence=0.93),
    causes=(
        cause(
            "hollaex.exchange_key",
            0.94,
            "HollaEx exchange key refused",
            "The exchange itself has lost its connection to the HollaEx network; its operator has to renew a key.",
            (
                ev("hollaex.network_403", 30, '403 - {"message":"Access Denied: Invalid API Key"}'),
                ev("hollaex.every_user", 8, "no user can log in since the restore"),
            ),
            (ev("hollaex.no_recent_revoke", 3, title="No revoked key on the Dashboard was mentioned"),),
            actor=("operator",),
        ),
        cause("hollaex.activation", 0.04, "HollaEx activation missing", "The exchange is not activated correctly."),
    ),
    remedies=(
        Fix(
            id="renew-exchange-key",
            title="Renew the exchange key",
            mends=("hollaex.exchange_key",),
            steps=(
                FixStep(
                    where="Dashboard",
                    menu="My Page > API keys",
                    text="Revoke the key of type main.",
                    caution="The exchange is off the network until the new key is applied.",
                    actor="operator",
                ),
                FixStep(
                    where="the server, in the kit folder",
                    text="Ask the network for a new exchange key.",
                    command="hollaex server --reset_activation_code\nhollaex server --set_activation_code",
                    changes="Writes the new key to settings/secret and the database.",
                    actor="operator",
                ),
                FixStep(
                    where="the server, in the kit folder",
                    text="Restart the exchange.",
                    command="hollaex server --restart",
                    changes="One to two minutes of downtime; every session ends, users log in again.",
                    actor="operator",
                ),
            ),
            verify="curl https://localhost/api/v2/health answers with status true, and a user can log in",
            risk="medium",
            covers=0.94,
            still_failing=(FixStep(where="HollaEx", text="Write to HollaEx support with the log", actor="operator"),),
            sources=("https://docs.hollaex.com/advanced/exchange-keys",),
        ),
    ),
    questions=(),
    notices=(),
    masked=MaskedInfo(count=3, kinds={"key": 1, "email": 2}),
    packs=(PackRef(id="hollaex", version="1.2.0"), PackRef(id="base", version="1.0.0")),
    sources=("https://docs.hollaex.com/advanced/exchange-keys",),
    text='hollaex-kit-server-api | 403 - {"message":"Access Denied: Invalid API Key"}',
    answers={},
    engine="0.1.0",
)

AMBIGUOUS = Diagnosis(
    schema="keymedic/diagnosis/1",
    id="9d41",
    verdict="ambiguous",
    exchange=Named(id="bybit", name="Bybit", confidence=1.0),
    source=Named(id="wundertrading", name="WunderTrading", confidence=1.0),
    causes=(
        cause(
            "permission.missing",
            0.41,
            "permission not enabled",
            "The API key on Bybit lacks a permission that WunderTrading needs.",
            (ev("wundertrading.api_error", 8, "API error, check your keys"),),
        ),
        cause(
            "ip.not_whitelisted",
            0.33,
            "address not on the key's list",
            "The API key on Bybit only accepts certain IP addresses, and the one in use is not among them.",
            (ev("wundertrading.api_error", 8, "API error, check your keys"),),
            (ev("bybit.balance_visible", 8, "I still see my balance"),),
        ),
        cause("key.wrong_account", 0.14, "other account type", "The API key belongs to another kind of account."),
        cause("key.expired", 0.07, "expired", "The API key has expired on Bybit."),
    ),
    remedies=(
        Fix(
            id="set-permissions",
            title="Add the missing permission",
            mends=("permission.missing",),
            steps=(
                FixStep(where="Bybit", menu="Account > API", text="Find the key and choose Edit."),
                FixStep(where="Bybit", text="Tick Unified Trading > Trade, and save."),
            ),
            verify="The next signal places an order.",
            risk="low",
            covers=0.41,
        ),
        Fix(
            id="set-ip-list",
            title="Allow WunderTrading's addresses",
            mends=("ip.not_whitelisted",),
            steps=(FixStep(where="Bybit", menu="Account > API", text="Find the key and choose Edit."),),
            verify="",
            risk="low",
            covers=0.33,
        ),
    ),
    questions=(
        Ask(
            id="bybit.key_page",
            text="On Bybit, under Account > API, what does the key show in the column IP?",
            outcomes=outcomes(
                none="No IP restriction", some="One or more addresses", gone="The key is not there", unknown="not known"
            ),
            gain=0.84,
            cost=1.6,
            effort="looks",
        ),
        Ask(
            id="base.when_started",
            text="Has this connection ever worked?",
            outcomes=YES_NO,
            gain=0.2,
            cost=1.0,
            effort="knows",
        ),
    ),
    notices=(),
    masked=MaskedInfo(count=0, kinds={}),
    packs=(PackRef(id="bybit", version="1.0.0"), PackRef(id="wundertrading", version="1.0.1")),
    sources=(),
    text="bot says API error, check your keys. I still see my balance",
    answers={"base.when_started": "unknown"},
    engine="0.1.0",
)

DIAGNOSED = Diagnosis(
    schema="keymedic/diagnosis/1",
    id="1021",
    verdict="diagnosed",
    exchange=BINANCE,
    source=FREQTRADE,
    causes=(
        cause(
            "clock.skew",
            0.97,
            "clock off",
            "The clock of the computer that talks to Binance is off, so Binance refuses its requests.",
            (
                ev(
                    "binance.-1021",
                    30,
                    '{"code":-1021,"msg":"Timestamp for this request was 1000ms ahead of the server\'s time."}',
                ),
            ),
        ),
        cause("network.connectivity", 0.02, "connection problem", "The connection to Binance does not come about."),
    ),
    remedies=(
        Fix(
            id="sync-clock",
            title="Set the clock",
            mends=("clock.skew",),
            steps=(
                FixStep(
                    where="The computer that runs Freqtrade",
                    text="Turn on automatic time.",
                    command="sudo timedatectl set-ntp true",
                    changes="The clock is set from the network and kept right from then on.",
                ),
                FixStep(where="Freqtrade", text="Restart the bot.", command="docker compose restart freqtrade"),
            ),
            verify="The log shows no more timestamp errors for ten minutes.",
            risk="none",
            covers=0.97,
            reassure="The key and its permissions are fine, and open trades stay open.",
        ),
    ),
    questions=(),
    notices=(),
    masked=MaskedInfo(count=1, kinds={"signature": 1}),
    packs=(PackRef(id="binance", version="1.0.0"), PackRef(id="base", version="1.0.0")),
    sources=("https://developers.binance.com/docs/binance-spot-api-docs/errors",),
    text='{"code":-1021,"msg":"Timestamp for this request was 1000ms ahead of the server\'s time."}',
    answers={},
    engine="0.1.0",
)

NOT_A_KEY = msgspec.structs.replace(
    DIAGNOSED,
    id="2010",
    verdict="not_a_key_problem",
    causes=(
        cause(
            "not_key.order",
            0.98,
            "trading error",
            "Binance understood the request but refused the order itself: there is not enough free balance for it.",
            (ev("binance.-2010", 30, "Account has insufficient balance for requested action."),),
            key_problem=False,
        ),
    ),
    remedies=(
        Fix(
            id="check-order",
            title="Check the order",
            mends=("not_key.order",),
            steps=(
                FixStep(
                    where="Binance", menu="Wallet > Spot", text="Look at the free balance of the coin you pay with."
                ),
                FixStep(where="Freqtrade", text="Lower the stake amount, or close another trade first."),
            ),
            verify="The next order is placed.",
            risk="none",
            covers=0.98,
        ),
    ),
    masked=MaskedInfo(count=0, kinds={}),
)

UNKNOWN = Diagnosis(
    schema="keymedic/diagnosis/1",
    id="0000",
    verdict="unknown",
    exchange=None,
    source=None,
    causes=(
        cause("unknown", 0.61, "not known", "This message alone does not tell what is wrong."),
        cause("key.invalid", 0.08, "key not known or mistyped", "The exchange does not recognise the API key."),
        cause("permission.missing", 0.07, "permission not enabled", "The API key lacks a permission."),
    ),
    remedies=(),
    questions=(
        Ask(
            id="base.which_exchange",
            text="Which exchange is the key from, and which tool do you use it in?",
            outcomes=outcomes(unknown="not known"),
            gain=1.3,
            cost=1.0,
            effort="knows",
        ),
    ),
    notices=(),
    masked=MaskedInfo(count=0, kinds={}),
    packs=(PackRef(id="base", version="1.0.0"),),
    sources=(),
    text="it does not work since yesterday please help",
    answers={},
    engine="0.1.0",
)

CLOSED = msgspec.structs.replace(
    SAME_FIX,
    id="bittrex",
    verdict="diagnosed",
    exchange=Named(id="bittrex", name="Bittrex", confidence=1.0),
    notices=(
        Notice(kind="lifecycle", text="Bittrex has been closed since 4 December 2023; its API no longer answers."),
        Notice(kind="unknown_id", text='No pack knows the source "cointraker"; did you mean cointracker?'),
    ),
    causes=(
        cause(
            "exchange.closed",
            0.93,
            "closed or closing",
            "Bittrex, or this part of it, has closed.",
            (ev("bittrex.lifecycle", 30, title="Bittrex has closed"),),
            actor=("exchange",),
        ),
    ),
    remedies=(
        Fix(
            id="fall-back",
            title="Import a file instead",
            mends=("exchange.closed",),
            steps=(
                FixStep(
                    where="CoinTracker",
                    menu="Wallets > Bittrex > [...] > Upload CSV",
                    text="Upload the file of your trades.",
                ),
            ),
            verify="The transactions appear in the wallet.",
            risk="low",
            covers=0.93,
            reassure="Transactions that were synced before stay in CoinTracker.",
        ),
    ),
    questions=(),
    packs=(PackRef(id="bittrex", version="1.0.0"), PackRef(id="cointracker", version="1.0.0")),
    sources=(),
    explanation=None,
)

SECRETS = msgspec.structs.replace(
    SAME_FIX, id="leak", masked=MaskedInfo(count=3, kinds={"key": 1, "secret": 1, "passphrase": 1}), explanation=None
)

RESET = Fix(
    id="start-over",
    title="Remove the wallet and connect it anew",
    mends=("platform.connection_stale",),
    steps=(
        FixStep(
            where="CoinTracker",
            menu="Wallets > KuCoin > [...] > Delete wallet",
            text="Confirm the deletion.",
            caution="Manual edits, tags and imported files of this wallet are lost for good.",
            danger=True,
        ),
        FixStep(where="CoinTracker", menu="Add wallet > KuCoin", text="Paste key, secret and passphrase."),
    ),
    verify="The wallet's last sync moves.",
    risk="high",
    covers=0.88,
)
DANGER = msgspec.structs.replace(
    SAME_FIX,
    id="danger",
    verdict="diagnosed",
    causes=(
        cause(
            "platform.connection_stale",
            0.88,
            "connection lost in the tool",
            "CoinTracker has lost its connection to KuCoin and needs to be refreshed.",
            (ev("cointracker.sync_stuck", 15, "stuck on syncing for days"),),
        ),
    ),
    remedies=(RESET,),
    questions=(),
    explanation=None,
)
REFRESH = Fix(
    id="refresh",
    title="Refresh the connection",
    mends=("platform.connection_stale",),
    steps=(FixStep(where="CoinTracker", menu="Wallets > KuCoin > [...]", text="Choose Sync now."),),
    verify="The wallet's last sync moves.",
    risk="none",
    covers=0.88,
)
DANGER_AVOIDED = msgspec.structs.replace(DANGER, id="safe", remedies=(RESET, REFRESH))

CASES: dict[str, Diagnosis] = {
    "same_fix": SAME_FIX,
    "operator": OPERATOR,
    "ambiguous": AMBIGUOUS,
    "diagnosed": DIAGNOSED,
    "not_a_key": NOT_A_KEY,
    "unknown": UNKNOWN,
    "closed": CLOSED,
    "secrets": SECRETS,
    "danger": DANGER,
    "danger_avoided": DANGER_AVOIDED,
}
