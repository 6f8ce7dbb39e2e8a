"""Who it happened to: the worker, account or bot that an event names."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymedic.triage.scanning.who import shown, who

UUID = "3f2a8c1e-1111-4222-8333-abcdefabcdef"


def named(*events: str) -> list[str]:
    """The names that events give."""
    return [name.decode() for name in who(pa.array([event.encode() for event in events], pa.large_binary()))]


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ('{"level":"ERROR","account":"acc-63","exchange":"okx"}', "acc-63"),
        ('{"account_id": 4711, "msg": "boom"}', "4711"),
        ('{"accountId":"' + UUID + '"}', UUID),
        ('{"botId":"b7"}', "b7"),
        ('{"bot_id":"b7"}', "b7"),
        ('{"hostname":"grid-4","worker":"w-145","msg":"boom"}', "w-145"),
        ('{"user":"alice"}', "alice"),
        ('{"userName":"alice"}', "alice"),
        ('{"account":"My Bot 7","x":1}', "My Bot 7"),
        ('{"account":"Jörg","x":1}', "Jörg"),
        ('{"account":"J\\u00f6rg","x":1}', "J\\u00f6rg"),
        ('{"tenant":"acme.eu"}', "acme.eu"),
        (json.dumps({"log": json.dumps({"account": "acc-63", "msg": "boom"}) + "\n", "stream": "stderr"}), "acc-63"),
        (json.dumps({"log": json.dumps({"bot_id": 7, "msg": "boom"}) + "\n", "stream": "stderr"}), "7"),
        ("time=2026-10-01T00:00:02.314Z level=error account=cust-31 exchange=bitstamp", "cust-31"),
        ('level=error bot_id="b7" msg=x', "b7"),
        (f"account={UUID} refused", UUID),
        ("bot#7 refused", "7"),
        ("account: acct_4711 refused", "acct_4711"),
        ("account: 4711 refused", "4711"),
        (f"Account: {UUID} refused", UUID),
        ("2026-10-01 00:00:30,102 [bot-589] ERROR boom", "bot-589"),
        ("[2026-10-01T00:00:34.917Z] [dca-814] error: boom", "dca-814"),
        ("ERROR (worker-3) boom", "worker-3"),
        ("[account:main] boom", "account:main"),
        ("[Bot 7] boom", "Bot 7"),
        ("freqtrade-heidi-eu  | 2026-10-01 00:00:03,237 - boom", "freqtrade-heidi-eu"),
        ("bot_1 | boom", "bot_1"),
        ("0|bot-7  | boom", "bot-7"),
        ("2026-10-01T00:01:02.035Z hb-tyo-155 hummingbot[60932]: boom", "hb-tyo-155"),
        ("Oct  1 00:01:02 hb-tyo-155 hummingbot: boom", "hb-tyo-155"),
        ("<34>1 2026-10-01T00:01:02Z hb-tyo-155 hummingbot 60932 - - boom", "hb-tyo-155"),
        ("<34>1 2026-10-01T00:01:02Z hb-tyo-155 hummingbot - ID47 [a b] boom", "hb-tyo-155"),
        ('{"hostname":"grid-4","msg":"boom"}', "grid-4"),
        ('{"MESSAGE":"boom","_SYSTEMD_UNIT":"bot@7.service"}', "bot@7.service"),
    ],
)
def test_names(event: str, name: str) -> None:
    assert named(event) == [name]


@pytest.mark.parametrize(
    "event",
    [
        "",
        "boom",
        "user: not found",
        "account: abnormal",
        "client: 401 Unauthorized",
        "account: -2015 refused",
        "user: ",
        '{"user":null}',
        '{"user":""}',
        '{"user":{}}',
        '{"account":"abnormal"}',
        '{"account":"user not found"}',
        '{"account":"SPOT"}',
        '{"accountType":"SPOT"}',
        '{"clientOrderId":"x-1"}',
        '{"client_order_id":"x-1"}',
        "user_agent=curl/8 worker_count=5",
        "x_account=7",
        "account=undefined",
        "(account disabled) (user not found) [client error]",
        "[USER_NOT_FOUND] (account_disabled) (account: abnormal)",
        "(account-not-found)",
        "2026/10/01 00:00:18 [warn] 25376#0: *57 buffered, client: 198.51.100.85",
        '{"host":"api.kucoin.com"}',
        "INFO     | 2026-10-01 boom",
        "1790812968 | boom",
        "2026-10-01T00:01:02Z ERROR bot: boom",
        "<34>1 2026-10-01T00:01:02Z - hummingbot 60932 - - boom",
    ],
)
def test_no_names(event: str) -> None:
    assert named(event) == [""]


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ('{"user":null,"account":"acc-63"}', "acc-63"),
        ("freqtrade-7  | (account abnormal) user: not found account=acc-63", "acc-63"),
        ("freqtrade-7  | user=null", "freqtrade-7"),
        ("freqtrade-7  | account=acc-63", "acc-63"),
        ("Oct  1 00:01:02 h hummingbot: [bot-3] x", "bot-3"),
    ],
)
def test_what_the_line_says_itself_counts_first(event: str, name: str) -> None:
    assert named(event) == [name]


def test_every_event_has_its_own_name() -> None:
    assert named("account=a7", "boom", "bot_1 | x", "user=null") == ["a7", "", "bot_1", ""]


@pytest.mark.parametrize("name", ["bot-7", "acc-63", "freqtrade-heidi-eu", UUID, "4711", "My Bot 7", "cust_99182"])
def test_a_name_is_shown_as_it_is(name: str) -> None:
    assert shown(name.encode()) == name


def test_a_name_is_shown_as_it_was_before_it_was_escaped() -> None:
    assert shown(b"J\\u00f6rg") == shown(b"J\\\\u00f6rg") == "Jörg"
    assert shown(b"\\ud800") == "\\ud800"


@pytest.mark.parametrize(
    "name",
    [
        "alice@example.org",
        "alice.b@example.org",
        "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    ],
)
def test_an_address_or_a_secret_becomes_a_mark_that_stays(name: str) -> None:
    mark = shown(name.encode())
    assert name not in mark
    assert mark.startswith("<")
    assert mark == shown(name.encode()) != shown(name.encode() + b"x")


@given(st.lists(st.binary(max_size=120), max_size=4))
def test_any_bytes_are_read(events: list[bytes]) -> None:
    names = who(pa.array([b'{"account":"' + event for event in events], pa.large_binary()))
    assert len(names) == len(events)
    for name in names:
        assert len(name) <= 64
        shown(name).encode()
