"""Folding: what counts as repetitions of one message, and what does not."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keymedic.triage.scanning.fold import fold


def folded(*events: str) -> list[bytes]:
    found: list[bytes] = fold(pa.array([event.encode() for event in events], pa.large_binary())).to_pylist()
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-10-01 00:00:03,237 boom", "2025-01-31 23:59:59,001 boom"),
        ("2026-10-01T00:00:03.237Z boom", "2026-10-31T10:00:03.2Z boom"),
        ("[01/Oct/2026:00:00:07 +0000] boom", "[13/Dec/2025:23:59:59 +0000] boom"),
        ("Thu Oct  1 00:00:07 2026 boom", "Fri Nov 20 10:10:10 2026 boom"),
        ("10/01/2026 10:00:00 AM boom", "10/01/2026 1:00:00 PM boom"),
        ('{"time":1790812968919,"msg":"boom"}', '{"time":1790812999001,"msg":"boom"}'),
        ("Oct  1 00:00:07 hb-tyo-155 hb[25376]: boom", "Dec 31 10:00:07 hb-lon-10 hb[7]: boom"),
        ("freqtrade-heidi-eu  | boom", "freqtrade-ivan-2  | boom"),
        ("freqtrade-heidi-eu  | boom\nfreqtrade-heidi-eu  |   at", "freqtrade-ivan  | boom\nfreqtrade-ivan  |   at"),
        (
            "Oct  1 00:00:07 h1 hb[2]: a\nOct  1 00:00:07 h1 hb[2]:  b",
            "Oct  1 00:00:07 x hb[3]: a\nOct  2 00:00:07 x hb[3]:  b",
        ),
        ("0|bot-7  | boom", "12|bot-eu  | boom"),
        ("[bot-7] boom", "[bot-1234] boom"),
        ("[bot-alpha] boom", "[bot-beta] boom"),
        ("account=cust-31 boom", "account=alice boom"),
        ('{"account":"acc-63"}', '{"account":"My Bot"}'),
        ("bot-123 boom", "bot-7 boom"),
        ("acct_4711 boom", "acct_12 boom"),
        ("order 55693285054 refused", "order 4711 refused"),
        ("orderId=1234 refused", "orderId=99 refused"),
        ('{"orderId":"1234"}', '{"orderId":"981234"}'),
        ('{\\"orderId\\":\\"1234\\"}', '{\\"orderId\\":\\"981234\\"}'),
        ("request_id: 1234 boom", "request_id: 999 boom"),
        ("trace 5a6c4a61-5876-4f21-ae68-5b3a7995a5f9 boom", "trace 00000000-ffff-4f21-ae68-5b3a7995a5f9 boom"),
        ("id 717ac2d0cdb313fcd1de5d2f4ad44ca0 boom", "id ffffffd0cdb313fcd1de5d2f4ad44caa boom"),
        ("0xdeadbeef boom", "0x0 boom"),
        ("key vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw boom", "key Nhq1tmdSJ2dKjVHjA7PZj4Mge3R5YNiP1e3U boom"),
        ("at 64000.12 USDT", "at 0.001 USDT"),
        ("price=431 qty=100", "price=64000 qty=2"),
        ("BTC/USDT refused", "ETH/EUR refused"),
        ("BTCUSDT refused", "1000PEPEUSDT refused"),
        ("BTC-USDT-SWAP refused", "ETH-USDC-SWAP refused"),
        ("XBTUSDTM refused", "ETHUSDTM refused"),
        ("BTC/USDT:USDT refused", "XRP/USDT refused"),
        ("BTC_TRY refused", "ETH_TRY refused"),
        ("btcusdt refused", "eth_usdt refused"),
        ("took 1500ms", "took 12ms"),
        ("after 1500 ms", "after 120 ms"),
        ("retrying in 120 seconds", "retrying in 3 seconds"),
        ('File "x.py", line 12', 'File "x.py", line 12004'),
        ("attempt 3 of 10", "attempt 1 of 5"),
        ("from 203.0.113.52 boom", "from 10.0.3.169 boom"),
        ("duration_ms=1500", "duration_ms=20"),
        ('"attempt":3,"duration_ms":1500', '"attempt":12,"duration_ms":9'),
    ],
)
def test_repetitions_fold_alike(one: str, other: str) -> None:
    assert len(set(folded(one, other))) == 1, folded(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('binance {"code":-2014,"msg":"x"}', 'binance {"code":-2015,"msg":"x"}'),
        ("error -2014", "error -2015"),
        ("account: -2014", "account: -2015"),
        ('{"code":"400003"}', '{"code":"400004"}'),
        ("kucoin 400003", "kucoin 400004"),
        ("HTTP 401", "HTTP 403"),
        ("status: 401", "status: 403"),
        ('{"message":"401"}', '{"message":"403"}'),
        ("error message: 401", "error message: 403"),
        ("client: 401", "client: 403"),
        ("after 401", "after 403"),
        ("HTTP/1.1 401", "HTTP/1.1 403"),
        ('"retCode":10003', '"retCode":10004'),
        ("code 50111", "code 50113"),
        ("INVALID_KEY", "EXPIRED_KEY"),
        ("[USER_NOT_FOUND]", "[USER_DISABLED]"),
        ("(account_disabled)", "(account_suspended)"),
        ("(account disabled)", "(account suspended)"),
        ("user: not found", "user: not allowed"),
        ("COUNTRY_BLOCKED", "COUNTRY_UNKNOWN"),
        ("RETRY_LATER", "ENTRY_LATER"),
        ("RETRY", "ENTRY"),
        ("BinanceAuthenticationFailedException", "BinancePermissionDeniedException"),
        ("OAuth2AuthenticationException", "OAuth2AuthorizationServerException"),
        ("Http2ConnectionPoolTimeoutException", "Http2ConnectionPoolClosedException"),
        ("EAPI:Invalid key", "EAPI:Invalid nonce"),
        ("EAPI:Invalid key", "EAPI:Invalid signature"),
    ],
)
def test_different_messages_stay_apart(one: str, other: str) -> None:
    assert len(set(folded(one, other))) == 2


def test_codes_and_words_can_still_be_read() -> None:
    event = "bot_1  | 2026-10-01 00:00:03,237 ERROR binance -2015 for acct_4711: Invalid API-key, IP (HTTP 401)"
    assert folded(event) == [b"0 0 ERROR binance -2015 for 0: Invalid API-key, IP (HTTP 401)"]


WORDS = st.sampled_from(
    ["2026-10-01 00:00:03,237", "[bot-7]", "account=acc-63", '{"account":"acc-63"}', "BTC/USDT", "-2015", "401", "boom",
     "order 4711", "took 12ms", "5a6c4a61-5876-4f21-ae68-5b3a7995a5f9", "64000.12", "INVALID_KEY", "(account disabled)",
     "717ac2d0cdb313fcd1de5d2f4ad44ca0", "user: not found", "HTTP/1.1", "\n", "bot | ", "Traceback"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_folding_again_changes_nothing(event: str) -> None:
    once = folded(event)[0]
    assume(not event.lstrip("\n").startswith("bot"))  # of prefixes, the first alone is one
    assert folded(once.decode()) == [once]


@given(st.lists(st.binary(max_size=200), max_size=5))
def test_any_bytes_are_folded_each_by_itself(events: list[bytes]) -> None:
    found = fold(pa.array(events, pa.large_binary())).to_pylist()
    assert found == [fold(pa.array([event], pa.large_binary())).to_pylist()[0] for event in events]


@given(st.binary(max_size=60))
def test_the_bytes_of_a_message_may_be_broken(noise: bytes) -> None:
    assume(not set(noise) & set(b"0123456789"))
    events = [noise + b"\n2026-10-01 00:00:03 code " + code for code in (b"-2014", b"-2015")]
    found = fold(pa.array(events, pa.large_binary())).to_pylist()
    assert found[0] != found[1]
