"""The line of an event that tells what is wrong, and what of it is the same every time."""

from __future__ import annotations

import pytest

from keymedic.triage.meaning.telling import codes, generalised, telling


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2026-03-02 14:10:09,120 bot-7 ERROR the key is asleep", "the key is asleep"),
        ("2026-03-02 14:10:09,120 - freqtrade.exchange - ERROR - the key is asleep", "the key is asleep"),
        ("ERROR:bot.exchange:the key is asleep", "the key is asleep"),
        ("[2026-03-02T14:10:09.120Z] [ERROR] [bot-7] the key is asleep", "the key is asleep"),
        ("2026-03-02T14:10:09.120Z\tERROR\tpkg/sync.go:123\tthe key is asleep", "the key is asleep"),
        ("bot-1  | 2026-03-02 14:10:09 ERROR the key is asleep", "the key is asleep"),
        ("2026-03-02 14:10:09 ERROR 123 --- [main] c.acme.Sync : the key is asleep", "the key is asleep"),
        ('{"level":"error","msg":"sync failed","err":{"message":"api key asleep"}}', "api key asleep"),
        ('{"level":"error","message":"api key \\"a\\" asleep","error":"E1"}', 'api key "a" asleep'),
        ('{"level":"error","msg":"x","error":"y"}', "x"),
        ('{"code":400999,"msg":"api key asleep"}', '{"code":400999,"msg":"api key asleep"}'),
        ('time=2026-03-02T14:10:09Z level=error msg="api key \\"a\\" asleep"', 'api key "a" asleep'),
        ("ERROR sync\nTraceback (most recent call last):\n  File x\na.b.KeyError: 1\nc.AuthError: api key asleep", ""),
        ("Error: api key asleep\n    at sync (/app/index.js:1:2)", "Error: api key asleep"),
        ("ERROR sync of the account failed:\n  api key asleep", "api key asleep"),
        ("", ""),
    ],
)
def test_the_line_that_tells(text: str, line: str) -> None:
    assert telling(text).startswith(line or ("c.AuthError: api key asleep" if text else ""))
    assert bool(telling(text)) == bool(text)


def test_a_code_is_kept_and_what_varies_is_not() -> None:
    line = 'key <key 1> at 10.0.0.1 for BTC/USDT in 12ms, order 991234567: {"code":400999} worker=bot-3'
    assert generalised(line) == 'key <*> at <*> for <*> in <*>, order <*>: {"code":400999} <*>'
    assert codes(line) == ("400999",)
    assert codes("HTTP status 401, error 403: 20 lines") == ()
