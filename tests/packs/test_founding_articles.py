"""The four founding help pages, promise by promise: what each page teaches comes out of a diagnosis.

One section an article. A case is (situation, words of the fix); words, never sentences.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pytest

import keymedic
from keymedic.diagnosis import Diagnosis, Fix

REFUSED = (
    'My order is not placed, it says "Your API Key is invalid or it does not have a permission '
    'for the requested action".'
)
ALTRADY_RESET = "I have reset my vault in Altrady and now my live account does not trade any more"
STOPPED_SYNCING = "My wallet has stopped syncing, CoinTracker says invalid API key"
NETWORK_403 = '403 - {"message": "Access Denied: Invalid API Key"}'


@functools.cache
def diagnose(text: str, exchange: str | None = None, source: str | None = None) -> Diagnosis:
    """One diagnosis, made once for all cases that look at it."""
    return keymedic.diagnose(text, exchange=exchange, source=source)


def leading(diagnosis: Diagnosis, count: int) -> list[str]:
    """The first causes."""
    return [cause.id for cause in diagnosis.causes[:count]]


def likely(diagnosis: Diagnosis) -> set[str]:
    """Causes that something speaks for."""
    return {cause.id for cause in diagnosis.causes if cause.evidence}


def parts(fix: Fix) -> Iterator[str]:
    """Everything that a fix says, in order."""
    yield from (caution.text for caution in fix.cautions)
    for step in (*fix.steps, *fix.still_failing):
        yield " ".join((step.menu, step.caution, step.text, step.command, step.changes))
    yield fix.verify
    yield fix.reassure


def said(diagnosis: Diagnosis) -> list[str]:
    """All statements of the fixes, in lower case."""
    return [part.lower() for fix in diagnosis.remedies for part in parts(fix)]


def warned(diagnosis: Diagnosis) -> list[str]:
    """All statements that warn, in lower case: cautions, and the cautions of steps."""
    warnings = [caution.text for fix in diagnosis.remedies for caution in fix.cautions]
    steps = (step for fix in diagnosis.remedies for step in (*fix.steps, *fix.still_failing))
    return [text.lower() for text in (*warnings, *(step.caution for step in steps))]


def told(words: str, statements: list[str]) -> bool:
    """Whether one statement says all the words; `/` divides them, `|` stands between words that serve as well."""
    wanted = [choice.split("|") for choice in words.split("/")]
    return any(all(any(word in text for word in choice) for choice in wanted) for text in statements)


def position(diagnosis: Diagnosis, word: str) -> int:
    """Which step of the first fix says a word; -1 for none."""
    steps = diagnosis.remedies[0].steps
    return next((n for n, s in enumerate(steps) if word.lower() in f"{s.menu} {s.text} {s.command}".lower()), -1)


class TestWunderTrading:
    """API Key error: one message, five reasons, five solutions, four examples."""

    def test_the_message_alone_tells_the_tool(self) -> None:
        found = diagnose(REFUSED)
        assert found.source is not None
        assert found.source.id == "wundertrading"

    @pytest.mark.parametrize(
        "cause",
        [
            "key.expired",
            "permission.missing",
            "account.kyc",
            "market.restricted",
            "region.restricted",
            "platform.connection_stale",
        ],
    )
    def test_each_reason_is_considered(self, cause: str) -> None:
        assert cause in likely(diagnose(REFUSED, "kucoin", "wundertrading"))

    @pytest.mark.parametrize("exchange", [None, "binance", "kucoin", "okx"])
    def test_permission_and_expiry_lead(self, exchange: str | None) -> None:
        found = diagnose(REFUSED, exchange, "wundertrading")
        assert set(leading(found, 2)) == {"permission.missing", "key.expired"}

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param("new/key/ip address", id="1 new key with the addresses"),
            pytest.param("permissions/read and write/not read only", id="2 permissions"),
            pytest.param("permissions/guide", id="2 as in the guide"),
            pytest.param("identity check (kyc)/correction", id="3 identity check"),
            pytest.param("announcements/pair/region", id="4 announcements"),
            pytest.param("my exchanges/refresh", id="5 refresh the profile"),
            pytest.param("support/navigation panel on the left", id="none of it helps"),
        ],
    )
    def test_each_solution_is_told(self, words: str) -> None:
        assert told(words, said(diagnose(REFUSED, "kucoin", "wundertrading")))

    @pytest.mark.parametrize(
        ("example", "cause", "words"),
        [
            pytest.param(
                "I made the key without whitelisting the IP addresses and it fails when I trade now, after 75 days",
                "key.expired",
                "addresses/60 to 90 days",
                id="1 no IP list",
            ),
            pytest.param(
                'Next to "Trade" the key has "Read only", no trade goes through',
                "permission.missing",
                "read and write",
                id="2 read only",
            ),
            pytest.param(
                "My ID card has expired and the exchange wants a new document uploaded",
                "account.kyc",
                "document/kyc",
                id="3 identity card",
            ),
            pytest.param(
                "Since this morning PEPE/USDT is no longer available via API keys, says the exchange",
                "market.restricted",
                "announcements/pepe",
                id="4 pair",
            ),
        ],
    )
    def test_each_example_leads_to_its_reason(self, example: str, cause: str, words: str) -> None:
        found = diagnose(f"{REFUSED} {example}", "kucoin", "wundertrading")
        assert leading(found, 1) == [cause]
        assert told(words, said(found))

    def test_a_connection_that_drops_sends_to_the_status_page_before_the_key(self) -> None:
        found = diagnose("I constantly lose connection with the exchange", "kucoin", "wundertrading")
        assert "exchange.outage" in leading(found, 2)
        assert 0 <= position(found, "downtime") < position(found, "refresh")
        assert told("delete the key on the exchange", said(found))
        assert told("downtime/new key changes nothing", said(found))

    def test_edit_comes_before_deleting(self) -> None:
        found = diagnose("API key expired", "kucoin", "wundertrading")
        assert 0 <= position(found, "press edit") < position(found, "click connect")
        assert told("bots/strategies/positions", said(found))
        assert not any(step.danger for step in found.remedies[0].steps)


class TestAltrady:
    """Replace an API key on an existing trading account: vault, Edit, spot and futures, no new account."""

    @pytest.mark.parametrize(
        ("situation", "cause"),
        [
            (ALTRADY_RESET, "platform.vault_reset"),
            ("The 5-word password was reset, Altrady shows Resolve", "platform.vault_reset"),
            ("My API key has expired", "key.expired"),
            ("I deleted the API key on the exchange", "key.deleted"),
            ("How do I replace the API key on an existing trading account?", "key.deleted"),
        ],
    )
    @pytest.mark.parametrize("exchange", [None, "kucoin"])
    def test_each_situation_leads_to_a_new_key_by_edit(self, situation: str, cause: str, exchange: str | None) -> None:
        found = diagnose(situation, exchange, "altrady")
        assert cause in leading(found, 2)
        assert told("exchange account api keys/edit/resolve", said(found))
        assert told("connect in altrady", said(found))

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param("wiped/all api keys", id="the reset wipes the keys"),
            pytest.param("history/open orders/bot configurations", id="what stays"),
            pytest.param("stand still until", id="live accounts stop"),
            pytest.param("not create a new trading account", id="no new account"),
            pytest.param("fast connect/cannot update", id="no Fast Connect"),
            pytest.param("inactive/compare", id="the gap"),
            pytest.param("not delete/history/positions/bots/lost", id="history would be lost"),
        ],
    )
    def test_each_caution_is_told(self, words: str) -> None:
        assert told(words, warned(diagnose(ALTRADY_RESET, "kucoin", "altrady")))

    def test_the_steps_come_in_order(self) -> None:
        found = diagnose(ALTRADY_RESET, "kucoin", "altrady")
        order = [
            "settings > exchange account api keys",
            "ip whitelist",
            "create api",
            "replace the old",
            "confirm the key with its new details",
            "click connect",
            "repeat",
        ]
        places = [position(found, word) for word in order]
        assert -1 not in places
        assert places == sorted(places)

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param("edit mode/20 addresses", id="the IP list is shown in Edit mode"),
            pytest.param("help centre > exchanges/only the part", id="only the key part of the guide"),
            pytest.param("have the new key and secret ready", id="key and secret at hand"),
            pytest.param("passphrase too", id="passphrase as well"),
            pytest.param("spot and futures/own new key", id="spot and futures each"),
            pytest.param("chat or e-mail/help centre", id="support"),
        ],
    )
    def test_each_step_is_told(self, words: str) -> None:
        assert told(words, said(diagnose(ALTRADY_RESET, "kucoin", "altrady")))

    def test_resolve_shows_the_addresses_of_this_very_key(self) -> None:
        found = diagnose("Altrady shows Resolve next to my KuCoin account")
        assert leading(found, 1) == ["ip.not_whitelisted"]
        assert told("20 addresses/only", said(found))
        assert told("old addresses/20 new", said(found))

    def test_no_passphrase_where_there_is_none(self) -> None:
        assert not told("passphrase too", said(diagnose(ALTRADY_RESET, "bybit", "altrady")))

    def test_a_reset_that_did_not_happen_is_no_cause(self) -> None:
        found = diagnose("I did not reset my vault, the key expired", None, "altrady")
        assert "platform.vault_reset" not in leading(found, 3)

    @pytest.mark.parametrize(
        "text", ["Please help me resolve this problem, I want to edit my profile", "Could not resolve host: altrady"]
    )
    def test_everyday_words_do_not_fire(self, text: str) -> None:
        found = diagnose(text, None, "altrady")
        assert "altrady.resolve" not in {e.symptom for cause in found.causes for e in cause.evidence}


class TestCoinTracker:
    """Update your exchange API key: in place, read-only, no IP restriction; checklist; what removal destroys."""

    @pytest.mark.parametrize(
        ("situation", "cause"),
        [
            pytest.param(STOPPED_SYNCING, "key.deleted", id="stopped syncing, invalid key"),
            pytest.param("It stopped syncing with an invalid credentials error", "key.expired", id="credentials"),
            pytest.param("It stopped syncing with an expired key error", "key.expired", id="expired key"),
            pytest.param("The exchange revoked CoinTracker's access", "key.deleted", id="access revoked"),
            pytest.param("The exchange rotated my API keys", "key.deleted", id="keys rotated"),
            pytest.param(
                "I changed my password on the exchange and the wallet stopped syncing", "key.deleted", id="password"
            ),
            pytest.param("I changed 2FA on the exchange and the wallet stopped syncing", "key.deleted", id="2FA"),
            pytest.param("I want to replace the current API key with a different one", "key.deleted", id="other key"),
        ],
    )
    def test_each_situation_leads_to_update_api_key(self, situation: str, cause: str) -> None:
        found = diagnose(situation, "kucoin", "cointracker")
        assert cause in leading(found, 3)
        assert told("wallets/[...]/update api key", said(found))
        assert told("save/resync", said(found))

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param("reading|general/only/trade/withdraw", id="read only, trade and withdraw off"),
            pytest.param("only reads/never moves funds", id="why reading is enough"),
            pytest.param("passphrase/keep", id="keep the passphrase"),
            pytest.param("e-mail/2fa", id="activate"),
            pytest.param("ip restriction/no fixed addresses", id="no IP restriction"),
            pytest.param("deposit or trade/kraken", id="activity"),
            pytest.param("old key/new one", id="old keys are not used again"),
            pytest.param("exchange's own help centre/steps", id="the exchange's own guide"),
            pytest.param("not connected yet/add wallet", id="not connected yet"),
            pytest.param("second time/history", id="one place for the history"),
            pytest.param("save/resync", id="resync"),
            pytest.param("export/csv", id="CSV export"),
            pytest.param("upload/csv/history is complete", id="CSV upload"),
            pytest.param("chatoshi/before you remove", id="support before removal"),
        ],
    )
    @pytest.mark.parametrize("exchange", ["kucoin", None])
    def test_each_rule_is_told(self, words: str, exchange: str | None) -> None:
        assert told(words, said(diagnose(STOPPED_SYNCING, exchange, "cointracker")))

    def test_the_passphrase_is_asked_for_only_where_there_is_one(self) -> None:
        assert told("paste the new api key and secret.", said(diagnose(STOPPED_SYNCING, "kraken", "cointracker")))
        assert told("paste/secret and passphrase", said(diagnose(STOPPED_SYNCING, "kucoin", "cointracker")))

    @pytest.mark.parametrize(
        ("finding", "cause"),
        [
            pytest.param("I did not save the passphrase", "passphrase.wrong", id="passphrase"),
            pytest.param("I have not confirmed the key by e-mail", "key.not_activated", id="not active"),
            pytest.param("I set an IP whitelist on the key", "ip.whitelist_conflict", id="IP restriction"),
            pytest.param("I haven't deposited or traded yet, no transactions", "account.empty", id="no activity"),
        ],
    )
    def test_each_point_of_the_checklist_is_a_cause(self, finding: str, cause: str) -> None:
        text = f"The new API key still doesn't work in CoinTracker. {finding}."
        assert leading(diagnose(text, "kucoin", "cointracker"), 1) == [cause]

    @pytest.mark.parametrize(
        "words",
        [
            "full key/full secret/no extra spaces",
            "passphrase is the one set on the exchange",
            "read permissions are on",
            "key is active",
            "no ip restrictions",
            "at least one transaction",
        ],
    )
    def test_the_checklist_is_told_when_a_new_key_fails(self, words: str) -> None:
        found = diagnose(
            "I created a new API key, CoinTracker still says invalid API key, it still doesn't work",
            "kucoin",
            "cointracker",
        )
        assert told(words, said(found))

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param("category/notes/cost basis/by hand", id="what is lost"),
            pytest.param("come back/edits do not", id="what comes back"),
            pytest.param("support/last resort", id="only after support"),
        ],
    )
    def test_removal_is_shown_with_what_it_destroys(self, words: str) -> None:
        found = diagnose("Should I remove the exchange in CoinTracker and add it again?", "kucoin", "cointracker")
        assert told(words, said(found))

    def test_no_fix_begins_with_removal(self) -> None:
        found = diagnose(STOPPED_SYNCING, "kucoin", "cointracker")
        assert not any(step.danger for step in found.remedies[0].steps)

    def test_the_site_block_is_no_key_problem(self) -> None:
        found = diagnose("Error 1020 Access denied", None, "cointracker")
        assert not {"key.deleted", "key.expired", "key.invalid"} & set(leading(found, 2))


class TestHollaEx:
    """Exchange API Keys Troubleshoot: one 403, two command sequences, the restart in between."""

    def test_the_message_names_the_exchange_key(self) -> None:
        assert leading(diagnose(NETWORK_403, None, "hollaex-kit"), 1) == ["hollaex.exchange_key"]

    def test_the_message_is_known_without_a_hint(self) -> None:
        assert leading(diagnose(f"The exchange stopped functioning: {NETWORK_403}"), 1) == ["hollaex.exchange_key"]

    def test_the_commands_come_in_order(self) -> None:
        commands = [s.command for s in diagnose(NETWORK_403, None, "hollaex-kit").remedies[0].steps if s.command]
        wanted = [
            "hollaex toolbox --reset_hmac_token",
            "hollaex server --restart",
            "hollaex toolbox --set_activation_code",
            "hollaex server --restart",
        ]
        assert [command for command in commands if command in wanted] == wanted

    @pytest.mark.parametrize(
        ("command", "words"),
        [
            ("--reset_hmac_token", "revokes the current/new"),
            ("--set_activation_code", "activation code"),
            ("--restart", "down"),
        ],
    )
    def test_each_command_says_what_it_changes(self, command: str, words: str) -> None:
        steps = diagnose(NETWORK_403, None, "hollaex-kit").remedies[0].steps
        changes = next(step.changes.lower() for step in steps if step.command.endswith(command))
        assert told(words, [changes])

    def test_enter_keeps_the_stored_values(self) -> None:
        steps = diagnose(NETWORK_403, None, "hollaex-kit").remedies[0].steps
        prompt = next(step.text for step in steps if step.command.endswith("--set_activation_code"))
        assert told("enter/activation code", [prompt.lower()])

    def test_kit_and_cli_manage_the_key_themselves(self) -> None:
        assert told("by themselves", said(diagnose(NETWORK_403, None, "hollaex-kit")))

    def test_the_users_keys_stay(self) -> None:
        assert told("users", said(diagnose(NETWORK_403, None, "hollaex-kit")))
