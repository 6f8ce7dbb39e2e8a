"""The shape of a masked value as evidence; the value itself is never kept."""

from __future__ import annotations

import pytest

import keymedic
from keymedic.diagnosis import Diagnosis

KEY = "6f2b1c9d4e5a7b8c0d1e2f3a"
SECRET = "0f8fad5b-d9cb-469f-a165-70867728950e"
BODY = "\n".join(
    ["MHcCAQEEIBkg4LVWM9nuwNSk3yByxZpYRTBnVJk5GkMEVYlVuHhCoAoGCCqGSM49", "AwEHoUQDQgAEz1jzNqZvYpFVpvvTnJw7"]
)
PEM = f"-----BEGIN EC PRIVATE KEY-----\n{BODY}\n-----END EC PRIVATE KEY-----"


def shapes(text: str, exchange: str = "kucoin") -> set[str]:
    """The facts about credentials that a text shows."""
    explanation = keymedic.diagnose(text, exchange=exchange, why=True).explanation
    assert explanation is not None
    return {fact.name.removeprefix("credential.") for fact in explanation.facts if fact.name.startswith("credential.")}


def pasted(key: str, secret: str) -> str:
    return f"it does not work\napiKey={key}\nsecret={secret}\n"


def rank(found: Diagnosis, cause: str) -> int:
    return [item.id for item in found.causes].index(cause)


@pytest.fixture(autouse=True)
def packs_are_compiled(knowledge: object) -> None:
    """The real packs: their profiles say what keys look like."""


def test_values_of_the_documented_form_show_nothing() -> None:
    assert shapes(pasted(KEY, SECRET)) == set()


def test_key_and_secret_in_each_other_s_place() -> None:
    assert "swapped" in shapes(pasted(SECRET, KEY))
    assert keymedic.diagnose(pasted(SECRET, KEY), exchange="kucoin").causes[0].id == "key.swapped"


def test_a_key_cut_off() -> None:
    assert shapes(pasted(KEY[:-3], SECRET)) == {"key_too_short"}
    assert rank(keymedic.diagnose(pasted(KEY[:-3], SECRET), exchange="kucoin"), "key.invalid") == 0


def test_a_key_with_something_behind_it() -> None:
    assert shapes(pasted(f"{KEY}ab", SECRET)) == {"key_too_long"}


def test_the_same_value_twice() -> None:
    assert "same_value" in shapes(pasted(KEY, KEY))


def test_nothing_is_said_where_no_exchange_is_known() -> None:
    explanation = keymedic.diagnose(pasted(SECRET, KEY), why=True).explanation
    assert explanation is not None
    assert "credential.swapped" not in {fact.name for fact in explanation.facts}


def test_a_whole_pem_block_is_fine() -> None:
    assert shapes(f"secret:\n{PEM}\n", "coinbase") == set()


def test_a_pem_block_with_escaped_line_breaks() -> None:
    escaped = PEM.replace("\n", "\\n")
    assert "escaped_line_breaks" in shapes(f'{{"secret": "{escaped}"}} fails', "coinbase")


@pytest.mark.parametrize("text", [pasted(SECRET, KEY), f"secret:\n{PEM}\n"])
def test_a_shape_never_carries_its_value(text: str) -> None:
    report = repr(keymedic.diagnose(text, exchange="kucoin", why=True))
    for value in (KEY, SECRET, BODY.split("\n", maxsplit=1)[0]):
        assert value[:8] not in report


def test_who_shows_a_secret_gets_a_new_key_not_the_advice_to_paste_it_again() -> None:
    found = keymedic.diagnose(pasted(KEY, SECRET), exchange="kucoin")
    assert "check-input" not in [fix.id for fix in found.remedies]
