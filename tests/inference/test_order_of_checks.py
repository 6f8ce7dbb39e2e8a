"""An exchange that complains about a later check has passed the earlier ones: that is evidence too."""

from __future__ import annotations

import pytest

import keymedic
from keymedic.knowledge.store import Knowledge


def probabilities(text: str, exchange: str) -> dict[str, float]:
    found = keymedic.diagnose(text, exchange=exchange, why=True)
    return {cause.id: cause.probability for cause in found.causes}


@pytest.fixture(autouse=True)
def packs_are_compiled(knowledge: Knowledge) -> None:
    """The real packs: the order of checks is theirs."""


def test_hollaex_checks_the_signature_after_the_address_and_the_age_of_the_key() -> None:
    found = probabilities('{"message": "Invalid API Signature"}', "hollaex")
    assert found["secret.mismatch"] + found["signature.client_bug"] > 0.5
    assert found.get("ip.not_whitelisted", 0.0) < 0.01
    assert found.get("key.expired", 0.0) < 0.01


def test_kucoin_checks_the_address_before_the_signature() -> None:
    found = probabilities('{"code":"400005","msg":"Invalid KC-API-SIGN"}', "kucoin")
    assert found.get("ip.not_whitelisted", 0.0) < 0.02
    assert found.get("key.deleted", 0.0) < 0.05


def test_binance_says_three_things_at_once_and_so_do_we() -> None:
    found = probabilities('{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}', "binance")
    assert min(found["key.invalid"], found["ip.not_whitelisted"], found["permission.missing"]) > 0.05


def test_evidence_against_is_told() -> None:
    found = keymedic.diagnose('{"message": "Invalid API Signature"}', exchange="hollaex", why=True)
    against = {cause.id: cause.against for cause in found.causes}
    assert against["ip.not_whitelisted"]
    assert against["ip.not_whitelisted"][0].quote
