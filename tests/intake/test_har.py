"""HAR recordings: one event a request, and whatever is broken falls back to text."""

from __future__ import annotations

import json
from typing import Any

import pytest

import keymedic
from keymedic.inference.scan import look
from keymedic.intake import har, take
from keymedic.knowledge.store import Knowledge

SECRET = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"


def entry(status: Any = 200, body: str = "{}", path: str = "/api/v3/time") -> dict[str, Any]:
    """An entry as Chrome writes it, shortened."""
    return {
        "_initiator": {"type": "fetch"},
        "startedDateTime": "2026-11-20T10:00:00.000Z",
        "time": 120.5,
        "request": {
            "method": "GET",
            "url": f"https://api.binance.com{path}",
            "httpVersion": "h2",
            "headers": [{"name": "X-MBX-APIKEY", "value": SECRET}, {"name": "accept", "value": "*/*"}],
            "queryString": [],
        },
        "response": {"status": status, "statusText": "", "content": {"mimeType": "application/json", "text": body}},
        "cache": {},
    }


def recording(*entries: Any) -> str:
    log = {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [], "entries": entries}
    return json.dumps({"log": log}, indent=2)


def test_every_request_is_an_event_with_its_fields() -> None:
    body = '{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}'
    events = take(recording(entry(), entry(401, body, "/api/v3/account"))).events
    assert [event.fields["status"] for event in events] == [("200",), ("401",)]
    assert events[1].fields["path"] == ("/api/v3/account",)
    assert body in events[1].text
    assert "X-MBX-APIKEY:" in events[1].text


def test_spans_lead_to_the_place_of_the_entry() -> None:
    text = recording(entry(), entry(401, "no", "/api/v3/account"))
    masked = take(text).masked.text
    event = take(text).events[1]
    assert masked[event.to_masked(5) :].startswith('"https://api.binance.com/api/v3/account"')


def test_no_secret_comes_through() -> None:
    assert all(SECRET not in event.text for event in take(recording(entry(401))).events)


def test_of_many_requests_only_the_failed_are_kept() -> None:
    events = take(recording(*[entry()] * 80, entry(401), *[entry()] * 80)).events
    assert [event.fields["status"] for event in events] == [("401",)]


@pytest.mark.parametrize(
    "text",
    [
        '{"log": {"entries": [',
        '{"log": {"entries": 5}}',
        '{"log": 5}',
        '{"log": {"entries": ' + "[" * 100_000,
        '{"log": {"entries": [' + '{"a":' * 50_000,
        '{"log": {"entries": [' + "9" * 6000 + "]}}",
        '{"log": "a log line with an error"}',
    ],
)
def test_a_broken_recording_is_read_as_text(text: str) -> None:
    assert har.frame(text) is None
    assert len(take(text).events) == 1


@pytest.mark.parametrize("status", [None, 0, -1, "²", "٤٠١", True, 10**6, "9" * 5000, [], {}, "401 x", 99])
def test_a_strange_status_is_none(status: Any, knowledge: Knowledge) -> None:
    (event,) = take(recording(entry(status))).events
    assert "status" not in event.fields
    look(knowledge, [event])


@pytest.mark.parametrize("strange", [None, 5, "x", [], {"request": 5}, {"request": {"url": 5, "headers": "x"}}])
def test_a_strange_entry_does_no_harm(strange: Any, knowledge: Knowledge) -> None:
    events = take(recording(strange, entry(401))).events
    assert events[-1].fields["status"] == ("401",)
    look(knowledge, events)


@pytest.mark.parametrize("body", ["half \ud800 a character", "nul \x00 sign", "\u2028 密钥", "x" * 1_000_000])
def test_a_strange_body_does_no_harm(body: str) -> None:
    assert keymedic.diagnose(recording(entry(401, body))).text


def test_an_address_that_is_none_does_no_harm() -> None:
    broken = entry(401)
    broken["request"]["url"] = "https://[bad/x"
    (event,) = take(recording(broken)).events
    assert event.fields["host"] == ("",)
