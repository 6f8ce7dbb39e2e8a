"""Exchanges are recognised by the names that customers write in their own script."""

from __future__ import annotations

import pytest

import keymedic
from keymedic.knowledge.store import Knowledge


@pytest.mark.parametrize(
    ("text", "exchange"),
    [
        ("币安提示API密钥无效", "binance"),
        ("Бинансе не принимает мой ключ API", "binance"),
        ("欧易API 失效了怎么办", "okx"),
        ("火币提示签名错误", "htx"),
        ("库币网 时间戳错误", "kucoin"),
        ("바이비트에서 서명 오류가 납니다", "bybit"),
        ("ビットフライヤーのAPIキーが無効です", "bitflyer"),
        ("Кракен пишет: неверная подпись", "kraken"),
        ("派网API密钥已过期", "pionex"),
    ],
)
def test_names_in_other_scripts(knowledge: Knowledge, text: str, exchange: str) -> None:
    found = keymedic.diagnose(text)
    assert found.exchange is not None
    assert found.exchange.id == exchange
    assert found.causes[0].id != "unknown"
