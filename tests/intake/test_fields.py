"""What intake pulls out of an event: statuses, codes, hosts, paths, methods, exception names."""

from __future__ import annotations

import pytest
from tests.intake import wordings

from keymedic.intake import take
from keymedic.intake.fields import Fields, codes, extract

KNOWN = [
    *("-2015", "-2014", "-1022", "-1021", "-1", "1", "100", "3001", "10000", "10001", "10003", "30001", "33004"),
    *("40014", "50011", "50100", "50102", "50113", "51100", "200004", "400005"),
]
TABLE = {code: number for number, code in enumerate(KNOWN)}


def seen_codes(text: str) -> list[str]:
    """The codes that count as such in a text as people paste it."""
    return [KNOWN[atom] for event in take(text).events for atom in codes(event.text, [TABLE])]


def fields(text: str) -> Fields:
    return extract(text, {})


@pytest.mark.parametrize("text", wordings.CODES)
def test_a_number_is_a_code(text: str) -> None:
    assert seen_codes(text)


@pytest.mark.parametrize("text", wordings.NO_CODES)
def test_a_number_is_no_code(text: str) -> None:
    assert seen_codes(text) == []


@pytest.mark.parametrize("text", wordings.STATUSES)
def test_a_number_is_a_status(text: str) -> None:
    assert fields(text).statuses


@pytest.mark.parametrize("text", wordings.NO_STATUSES)
def test_a_number_is_no_status(text: str) -> None:
    assert fields(text).statuses == {}


def test_a_code_in_a_long_text_needs_a_word_of_trouble_beside_it() -> None:
    filler = "The market opened and the strategy went on with what it does every day without a word. " * 3
    assert seen_codes(f"{filler}then it showed 50113 for a while and went on as if nothing had been") == []
    assert seen_codes(f"{filler}then it said 50113 for a while and went on") == ["50113"]


def test_a_code_has_the_span_of_its_digits_and_counts_once_a_table() -> None:
    text = 'error 50113, again {"code":"50113"}'
    assert codes(text, [TABLE, {"50113": 99}, {}]) == {TABLE["50113"]: (6, 11), 99: (6, 11)}
    assert codes(text, []) == {}


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("https://api.acme.com/v5/account?x=1", "api.acme.com", "/v5/account"),
        ("WSS://Stream.Acme.com:9443/ws", "stream.acme.com:9443", "/ws"),
        ("url='https://api.acme.com'", "api.acme.com", ""),
        ('{\\"url\\":\\"https://api.acme.com/a\\"}', "api.acme.com", "/a"),
        ("* Connected\n> GET /api/v3/account?signature=x HTTP/1.1\n> Host: api.acme.com", "", "/api/v3/account"),
        ("acme POST https://api.acme.com/order {}", "api.acme.com", "/order"),
        ("see /api/v1/orders for that", "", "/api/v1/orders"),
    ],
)
def test_hosts_and_paths(text: str, host: str, path: str) -> None:
    values = fields(text).values
    assert [value for value, _ in values.get("host", ())] == ([host] if host else [])
    assert path in [value for value, _ in values.get("path", ())] or not path
    assert all(text[start:end].lower() == value for found in values.values() for value, (start, end) in found)


@pytest.mark.parametrize(
    "text",
    [
        "GET /api/v3/account HTTP/1.1\nHost: api.acme.com\n\nHTTP/1.1 401 Unauthorized",
        "> GET /api/v3/account HTTP/2\n> host: api.acme.com\n< HTTP/2 401 \n< content-type: application/json",
        '1.2.3.4 - - [20/Nov/2026:10:00:00 +0000] "GET /api/v3/account HTTP/1.1" 401 157 "-" "python"',
        "acme GET https://api.acme.com/api/v3/account 401 Unauthorized {}",
    ],
)
def test_http_dumps_give_method_path_and_status(text: str) -> None:
    found = fields(text)
    assert found.values["method"][0][0] == "get"
    assert found.values["path"][0][0] == "/api/v3/account"
    assert list(found.statuses) == [401]


def test_exception_names_are_words_of_two_capitals() -> None:
    text = "ccxt.base.errors.AuthenticationError: x, KucoinAPIException, APIError; Nothing else"
    assert list(fields(text).exceptions) == ["AuthenticationError", "KucoinAPIException", "APIError"]


def test_fields_known_beforehand_are_added() -> None:
    found = extract("no numbers", {"status": ("403",), "method": ("GET",), "host": ("API.acme.com",)})
    assert found.statuses == {403: (0, 0)}
    assert found.values == {"method": (("get", (0, 0)),), "host": (("api.acme.com", (0, 0)),)}
