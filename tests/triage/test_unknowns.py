"""Messages that no rule knows: which of them are worth a look, which are one, and what a rule for them begins with."""

from __future__ import annotations

import random
import time
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.corpora import generate

from keymedic.knowledge import positions
from keymedic.triage.meaning.telling import LONGEST, telling, tokens
from keymedic.triage.meaning.unknowns import MOST, Candidate, clusters, looks_like_one
from keymedic.triage.records import Named, Sample, Unknown

KUCOIN = Named(id="kucoin", name="KuCoin")
TALLY = Named(id="tally", name="Tally")
VAULT = 'ccxt.base.errors.PermissionDenied: kucoin {"code":"400999","msg":"API key lacks the scope for vaults"}'


def candidate(text: str, count: int = 1, **more: Any) -> Candidate:
    made = Candidate(
        message=0,
        text=text,
        count=count,
        first=1_772_460_609_120,
        last=1_772_460_700_000,
        workers=1,
        exchange=None,
        source=None,
        samples=(Sample(file="bot.log", line=7, text=text),),
    )
    return msgspec.structs.replace(made, **more)


def one(*texts: str, **more: Any) -> Unknown:
    """The only cluster of these messages."""
    (found,) = clusters([candidate(text, **more) for text in texts])
    return found


def drafted(unknown: Unknown) -> dict[str, Any]:
    """The symptom of a draft, as Keymedic's own reader and any other reader of YAML take it."""
    (symptom,) = positions.read(unknown.draft, "draft").data
    assert yaml.safe_load(unknown.draft) == [symptom]
    return dict(symptom)


# --- what is worth a look ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"2026-03-02 14:10:09,120 bot-7 ERROR {VAULT}",
        "ERROR sync failed\nTraceback (most recent call last):\n  File x\nfoo.AuthError: signature of a wrong era",
        '{"level":"error","msg":"the passphrase has an unknown shape"}',
        '{"level":50,"msg":"passphrase of the wrong shape"}',
        '{"code":400999,"msg":"Access key is asleep, permission missing"}',
        "WARN kraken: this address (ip <ip 1>) is not on any whitelist",
        "2026-03-02 INFO credential check failed for account 12",
        'https://api.example.com:443 "GET /api/v1/accounts HTTP/1.1" 401 57 refused: unauthorized',
        "fetch_balance: HTTP status 403, error from the exchange",
        "CRITICAL 2FA needed before a withdrawal key can be used",
        '{"code":30013,"msg":"Invalid Sign"}',
        "request timeout: signature expired",
        'INFO httpx: HTTP Request: GET https://api.example.com/x "HTTP/1.1 401 Unauthorized"',
        "エラー: 签名 无效",
        "error sending to telegram: kucoin said invalid api key shape",
    ],
)
def test_what_looks_like_trouble_with_a_key(text: str) -> None:
    assert looks_like_one(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "INFO loaded API key main",
        "DEBUG signature computed for GET /api/v1/accounts",
        '{"level":"info","msg":"permissions read","error":null}',
        "INFO api key check done, errors=0",
        "INFO checked the credentials without errors",
        '10.0.0.1 - - [02/Mar/2026:14:10:09 +0000] "POST /api/login HTTP/1.1" 401 17',
        'INFO:     10.0.0.1:50234 - "GET /dashboard HTTP/1.1" 403 Forbidden',
        "WARNING django.request Unauthorized: /api/login/",
        "POST /login 401 3.2 ms - authentication failed",
        "Mar  2 14:10:09 host sshd[123]: error: PAM: Authentication failure for root from 10.0.0.9",
        "Mar  2 14:10:09 host CRON[123]: pam_unix(cron:session): permission denied",
        "ERROR PermissionError: [Errno 13] Permission denied: '/var/lib/bot/state.json'",
        "ERROR psycopg.OperationalError: connection failed: permission denied for table trades",
        "FATAL redis: NOAUTH Authentication required",
        "ERROR telegram.error.Forbidden: Forbidden: bot was blocked by the user",
        "ERROR fetching order book: request timed out",
        "ERROR create_order: insufficient funds for BTC/USDT",
        "ERROR order rejected: min notional",
        "ERROR Max retries exceeded with url: /api/v3/account?timestamp=1&signature=<signature 1> (ConnectTimeout)",
        "ERROR refreshing permissions of the account timed out",
        "ERROR request failed, headers {'KC-API-SIGN': '<signature 1>', 'KC-API-KEY': '<key 1>'}: connection reset",
    ],
)
def test_what_does_not(text: str) -> None:
    assert not looks_like_one(text)


def test_logs_without_any_key_problem_are_quiet() -> None:
    lines = [line for kind in generate.KINDS for line in generate.lines(kind, 100)]
    assert sum(map(looks_like_one, lines)) < len(lines) / 100


# --- clusters ----------------------------------------------------------------------------------------------


def test_what_differs_in_a_few_words_is_one() -> None:
    found = one(
        "ERROR account lisbon cannot read vaults: api key without scope",
        "ERROR account madrid cannot read vaults: api key without scope",
        count=4,
    )
    assert found.template == "account <*> cannot read vaults: api key without scope"
    assert (found.count, len(found.samples)) == (8, 2)
    assert (found.first_seen, found.last_seen) == ("2026-03-02T14:10:09.120Z", "2026-03-02T14:11:40.000Z")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ('{"code":400998,"msg":"api key not so good"}', '{"code":400999,"msg":"api key not so good"}'),
        ("ERROR invalid api key here", "ERROR invalid signature here"),
        ("ERROR api key asleep", "ERROR api key of the sub-account asleep since noon"),
        ("ERROR api key one two three four", "ERROR api key five six seven eight"),
    ],
    ids=["another code", "about something else", "another length", "too different"],
)
def test_what_differs_in_what_counts_stays_apart(text: str, other: str) -> None:
    assert len(clusters([candidate(text), candidate(other)])) == 2


def test_each_exchange_and_tool_has_clusters_of_its_own() -> None:
    text = "ERROR api key asleep"
    found = clusters(
        [candidate(text, 3, exchange=KUCOIN), candidate(text, 2, source=TALLY), candidate(text, 1, exchange=KUCOIN)]
    )
    assert [(item.count, item.exchange, item.source) for item in found] == [(4, KUCOIN, None), (2, None, TALLY)]
    assert len({item.id for item in found}) == 2


def test_the_most_frequent_comes_first_and_samples_are_few() -> None:
    texts = [candidate(f"ERROR signature strange, turn {n} of <secret {n}>", workers=n) for n in range(5)]
    found = clusters([*texts, candidate("ERROR api key asleep", 9)])
    assert [item.count for item in found] == [9, 5]
    assert found[1].workers == 4
    assert len(found[1].samples) == 3


def test_the_id_stays() -> None:
    assert one("ERROR api key asleep", exchange=KUCOIN).id == one("WARN api key asleep", exchange=KUCOIN, count=5).id


def test_nothing_is_nothing() -> None:
    assert clusters([]) == ()


WORDS = ["api", "key", "signature", "asleep", "lisbon", "madrid", "400999", "12", "<key 1>", "invalid", ":"]
TEXTS = st.lists(st.sampled_from(WORDS))
MESSAGES = st.lists(st.tuples(TEXTS.map(" ".join), st.integers(1, 3)), max_size=12)


@given(MESSAGES, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_candidates_plays_no_part(messages: list[tuple[str, int]], chance: random.Random) -> None:
    found = [candidate(text, count, message=n) for n, (text, count) in enumerate(messages)]
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert clusters(shuffled) == clusters(found)
    assert sum(item.count for item in clusters(found)) == sum(count for _, count in messages)


def test_very_many_are_bounded() -> None:
    chance = random.Random(1)
    words = [f"w{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(400)]
    many = [candidate(f"ERROR api key {' '.join(chance.choices(words, k=8))}", 2) for _ in range(MOST)]
    many += [candidate(f"ERROR api key rare {' '.join(chance.choices(words, k=8))}") for _ in range(2_000)]
    start = time.monotonic()
    found = clusters(many)
    assert time.monotonic() - start < 60
    assert sum(item.count for item in found) == 2 * MOST + 2_000
    assert any(item.count == 2_000 for item in found)


# --- drafts ------------------------------------------------------------------------------------------------


def test_a_draft() -> None:
    assert one(f"2026-03-02 14:10:09 bot-7 ERROR {VAULT}", exchange=KUCOIN).draft.splitlines() == [
        "  - id: kucoin.TODO_name  # the code, or a short name; stable for ever",
        '    title: "TODO: what is seen, in a few words"',
        '    match: {any: [{code: "400999"}, {text: "API key lacks the scope for vaults"}]}',
        "    indicates: {key.invalid: moderate}  # TODO: which causes, and how strongly; "
        "see `keymedic packs show CAUSE`",
        "    scope: pack  # drop it when nobody else says it in these words",
        "    examples:",
        '      - "ccxt.base.errors.PermissionDenied: kucoin {\\"code\\":\\"400999\\",'
        '\\"msg\\":\\"API key lacks the scope for vaults\\"}"',
        "    counterexamples:",
        '      - "TODO: its nearest neighbour, which says something else"',
        "    source: TODO",
    ]


@pytest.mark.parametrize(
    ("text", "more", "match"),
    [
        (VAULT, {"source": TALLY}, {"text": "API key lacks the scope for vaults"}),
        ('{"code":400999,"msg":"denied"}', {}, {"code": "400999"}),
        ("ERROR denied", {}, {"text": "TODO: the words of the message that are always the same"}),
        (
            "ERROR Signature of <key 1> refused outright",
            {},
            {"all": [{"text": "Signature of"}, {"text": "refused outright"}]},
        ),
        (
            "GET https://a.example/b 403 Forbidden key asleep in vault",
            {},
            {"text": "403 Forbidden key asleep in vault"},
        ),
    ],
    ids=["codes belong to exchanges", "only a code", "nothing strong", "two short runs", "an address varies"],
)
def test_what_is_matched(text: str, more: dict[str, Any], match: dict[str, Any]) -> None:
    assert drafted(one(text, **more))["match"] == match


def test_a_log_that_says_todo_leaves_nothing_to_do() -> None:
    symptom = drafted(one("ERROR api key is a TODO of the vault", exchange=KUCOIN))
    assert symptom["examples"] == ["api key is a Todo of the vault"]
    assert symptom["match"] == {"text": "api key is a Todo of the vault"}


HOSTILE = st.text(st.characters(), max_size=80) | st.text("\"'\\{}[]<>*&!|:#,-?@%` \n\t\0\x85\u2028a1", max_size=60)


@given(HOSTILE, HOSTILE)
@settings(deadline=None, max_examples=300)
def test_a_draft_of_any_text_can_be_read(text: str, other: str) -> None:
    looks_like_one(text)
    assert len(telling(text)) <= LONGEST
    assert "".join(tokens(telling(text))) == telling(text)
    for found in clusters([candidate(f"ERROR api key {text}"), candidate(f"ERROR api key {other}"), candidate(text)]):
        symptom = drafted(found)
        assert [*symptom][:4] == ["id", "title", "match", "indicates"]
        assert [*symptom][4:] == ["scope", "examples", "counterexamples", "source"]
        assert found.draft.count("\n") == 10
        bare = msgspec.structs.replace(found, samples=())  # the log is decoded from bytes: no lone surrogates
        assert msgspec.json.decode(msgspec.json.encode(bare), type=Unknown) == bare


@pytest.mark.parametrize("sign", ["a", "A.", "(", "api key ", "<*>", "1:", "{", "\\", '"msg"', " - ", "x=<key 1> "])
def test_a_long_line_takes_no_long_time(sign: str) -> None:
    start = time.monotonic()
    text = sign * (64_000 // len(sign))
    looks_like_one(text)
    one(text)
    one(f"ERROR x\n{text}\nAuthError: y")
    assert time.monotonic() - start < 5
