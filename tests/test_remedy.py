"""Fixes that nobody wrote down: composed from the exchange's procedures, the tool's, and their profiles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

import pytest

import keymedic
from keymedic.diagnosis import Fix, FixStep
from keymedic.inference.context import Context
from keymedic.inference.facts import FactBase
from keymedic.inference.profile import profile_facts
from keymedic.knowledge.store import Knowledge
from keymedic.model import Caution, Procedure, Remedy, RemedyStep, Scalar, Step
from keymedic.remedy import RISKS, Place, Remedies, fill, listed


def steps(fix: Fix, where: str) -> str:
    return "\n".join(f"{step.menu}: {step.text}" for step in fix.steps if step.where == where)


def in_order(text: str, *pieces: str) -> bool:
    return re.search(".*".join(map(re.escape, pieces)), text, re.DOTALL | re.IGNORECASE) is not None


class TestCoinTrackerAndKuCoin:
    @pytest.fixture
    def fix(self, knowledge: Knowledge) -> Fix:
        text = "my wallet stopped syncing, it says invalid API key"
        return keymedic.diagnose(text, exchange="kucoin", source="cointracker").remedies[0]

    def test_first_the_exchange_then_the_tracker(self, fix: Fix) -> None:
        assert list(dict.fromkeys(step.where for step in fix.steps)) == ["KuCoin", "CoinTracker"]

    def test_a_key_that_only_reads_with_a_passphrase_and_no_ip_restriction(self, fix: Fix) -> None:
        text = steps(fix, "KuCoin")
        assert in_order(text, "passphrase", "General only", "Leave IP restriction off")
        assert "enter the public address" not in text

    def test_update_the_key_in_the_wallet_that_is_there(self, fix: Fix) -> None:
        assert in_order(steps(fix, "CoinTracker"), "Wallets", "Update API Key", "passphrase")
        assert any("Do not remove the exchange" in caution.text for caution in fix.cautions)

    def test_nobody_wrote_it_down(self) -> None:
        assert not written_together("kucoin", "cointracker")


class TestAltradyAndKuCoin:
    @pytest.fixture
    def fix(self, knowledge: Knowledge) -> Fix:
        text = "Altrady says Resolve, invalid API key, it worked before"
        return keymedic.diagnose(
            text, exchange="kucoin", source="altrady", answers={"base.key_in_list": "gone"}
        ).remedies[0]

    def test_first_the_addresses_of_this_very_account(self, fix: Fix) -> None:
        assert in_order(steps(fix, "Altrady"), "Edit", "Copy the IP whitelist")
        assert fix.steps[0].where == "Altrady"

    def test_then_a_key_that_trades_with_these_addresses(self, fix: Fix) -> None:
        text = steps(fix, "KuCoin")
        assert in_order(text, "passphrase", "General", "Spot", "Leave Transfer off", "paste the addresses that Altrady")

    def test_then_key_secret_and_passphrase_and_connect(self, fix: Fix) -> None:
        assert in_order(steps(fix, "Altrady"), "Replace the old API key and secret", "passphrase", "Click Connect")

    def test_and_again_for_futures(self, fix: Fix) -> None:
        text = steps(fix, "Altrady")
        assert in_order(text, "Click Connect", "Repeat", "Spot and futures", "separate accounts")

    def test_nobody_wrote_it_down(self) -> None:
        assert not written_together("kucoin", "altrady")


def written_together(exchange: str, source: str) -> list[str]:
    """Steps of either pack that stand only there when the other pack is meant."""
    packs = {name: keymedic.load().pack(name) for name in (exchange, source)}
    other = {exchange: ("source", source), source: ("exchange", exchange)}
    return [
        step.text
        for name, pack in packs.items()
        for procedure in pack.procedures.values()
        for step in procedure.steps
        if step.when and step.when.get(other[name][0]) == other[name][1]
    ]


# --- the composer alone ------------------------------------------------------------------------------------


EXCHANGES = ("", "binance", "kucoin", "kraken", "hollaex", "hyperliquid", "bitmex")
"""Many permissions, a passphrase, growing nonces, an operator's own, a wallet for a key, closed."""
SOURCES = ("", "cointracker", "koinly", "altrady", "freqtrade", "ccxt", "hollaex-kit")
"""Two trackers, a platform with an IP list for each key, a bot of the user's own, a library, an operator's."""


@cache
def cases() -> list[tuple[str, str]]:
    """Every exchange pack with one source pack of each kind, every source pack with exchanges of each kind, and each
    without the other. An operator's software runs one exchange of its own, so it is paired with no other."""
    knowledge = keymedic.load()
    kinds: dict[str, list[str]] = {"exchange": [""], "source": [""], "base": []}
    for head in knowledge.index.heads.values():
        if not head.beside:
            kinds[head.kind].append(head.id)
    written = [name for name in kinds["exchange"] if not name or knowledge.head(name).status != "derived"]
    pairs = [(exchange, source) for exchange in [*written, "alpaca"] for source in SOURCES]
    pairs += [(exchange, source) for exchange in EXCHANGES for source in kinds["source"]]
    return [
        (exchange, source)
        for exchange, source in dict.fromkeys(pairs)
        if not operates(knowledge, source) or exchange in {"", "hollaex"}
    ]


def operates(knowledge: Knowledge, source: str) -> bool:
    return bool(source) and "operator" in knowledge.pack(source).profile.get("source.type", ())


def remedies(
    knowledge: Knowledge, exchange: str, source: str, cause: str, known: Mapping[str, Scalar] = MappingProxyType({})
) -> Remedies:
    """The remedies where one cause is nearly certain and everything that depends on it is indicated."""
    chosen = {kind: (pack, 1.0) for kind, pack in (("exchange", exchange), ("source", source)) if pack}
    facts = profile_facts(knowledge, Context(chosen, set(), {}), [])
    facts.add("indicated", cause, "test")
    facts.add("indicated_strongly", cause, "test")
    for name, value in known.items():
        facts.add(name, value, "test")
    names = {"exchange": "the exchange", "source": "your tool"}
    names |= {kind: knowledge.head(pack).name for kind, (pack, _) in chosen.items()}
    names["machine"] = f"the computer that runs {names['source']}"
    place = Place({kind: knowledge.family(pack) for kind, (pack, _) in chosen.items()}, names)
    rest = 0.05 / len(knowledge.causes)
    return Remedies(knowledge, place, facts, {c: 0.95 + rest if c == cause else rest for c in knowledge.causes})


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"call.scope": "trade", "call.product": "usdm", "key.ip_list": True},
        {"call.scope": "withdraw", "call.environment": "testnet", "key.new": True},
        {"call.scope": "read", "call.product": "spot", "case.secret_exposed": True, "key.worked_before": True},
    ],
    ids=["nothing more known", "futures", "withdrawal", "secret shown"],
)
def test_every_cause_has_a_fix_that_reads_well_on_every_exchange_with_every_tool(
    knowledge: Knowledge, known: dict[str, Scalar]
) -> None:
    faults: dict[str, str] = {}
    for exchange, source in cases():
        for cause in knowledge.causes:
            found = remedies(knowledge, exchange, source, cause, known)
            fixes = [found.fix(remedy) for remedy in found.offered(cause)]
            for fault in told(found, fixes):
                faults.setdefault(fault, f"{exchange or '-'} x {source or '-'} x {cause}")
    assert not faults, "\n".join(f"{where}: {fault}" for fault, where in faults.items())


def told(found: Remedies, fixes: Sequence[Fix | None]) -> list[str]:
    """What is wrong with the fixes of one case."""
    if not fixes:
        return ["there is no remedy at all"]
    composed = [fix for fix in fixes if fix is not None]
    faults = ["a remedy has no step that can be told here"] * (len(composed) < len(fixes))
    operator = "operator" in found.facts.values("source.type")
    for fix in composed:
        faults += _unreadable(fix)
        for step in (*fix.steps, *fix.still_failing):
            if step.actor == "operator" and not operator and not step.where:
                faults.append(f"{fix.id}: a step for operators nowhere: {step.text}")
    if len(composed) > 1 and _destroys(composed[0]) and not all(map(_destroys, composed)):
        faults.append(f"{composed[0].id}: the first remedy destroys something although another does not")
    return faults


def _destroys(fix: Fix) -> bool:
    return any(step.danger for step in fix.steps)


def _unreadable(fix: Fix) -> list[str]:
    faults = []
    texts = [fix.title, fix.verify, fix.reassure, *(caution.text for caution in fix.cautions)]
    for step in (*fix.steps, *fix.still_failing):
        texts += [step.text, step.menu, step.changes, step.caution]
        if not step.text.strip() or not step.where.strip():
            faults.append(f"{fix.id}: an empty step or place: {step}")
    faults += [f"{fix.id}: a placeholder is left: {text}" for text in texts if re.search(r"\{[a-z]", text)]
    faults += [
        f"{fix.id}: not a sentence: {text!r}" for text in texts if re.search(r" [,.;:](?: |$)|  |\bNone\b", text)
    ]
    warned = any(caution.severity == "danger" for caution in fix.cautions)
    for step in fix.steps:
        if step.danger and not (step.caution or warned):
            faults.append(f"{fix.id}: destroys without a warning: {step.text}")
        warned = warned or bool(step.caution)
    return faults


def test_the_steps_of_an_operator_are_for_operators_only(knowledge: Knowledge) -> None:
    for exchange, source in cases():
        if operates(knowledge, source):
            continue
        for cause in knowledge.causes.values():
            if "operator" in cause.actor:
                continue
            found = remedies(knowledge, exchange, source, cause.id)
            for fix in filter(None, map(found.fix, found.offered(cause.id))):
                assert {step.actor for step in fix.steps} <= {"user"}, (exchange, source, cause.id, fix.id)


def test_a_placeholder_is_filled_with_a_name_a_value_or_several_values() -> None:
    facts = FactBase()
    for value in ("key", "secret", "passphrase"):
        facts.add("exchange.credentials.fields", value, "profile")
    names = {"exchange": "KuCoin"}
    assert fill("Paste {exchange.credentials.fields} of {exchange}.", facts, names) == (
        "Paste key, secret and passphrase of KuCoin."
    )
    assert fill("{exchange.credentials.fields}: paste them.", facts, names).startswith("Key, secret")
    assert fill("On {source.name}", facts, names) == ""
    assert fill('Send {"a": 1} to {exchange}', facts, names) == 'Send {"a": 1} to KuCoin'


def test_lists_in_words() -> None:
    assert [listed(list("abc"[:n])) for n in range(1, 4)] == ["a", "a and b", "a, b and c"]


class TestChoice:
    """Which remedy comes first."""

    def remedies(self, knowledge: Knowledge, *known: Remedy, **probabilities: float) -> Remedies:
        found = Remedies(knowledge, Place({}, {"source": "your tool"}), FactBase(), {})
        found.probabilities = {cause.replace("__", "."): p for cause, p in probabilities.items()}
        found.known = {remedy.id: remedy for remedy in known}
        found.covers = {r.id: sum(found.probabilities.get(c, 0.0) for c in r.mends) for r in known}
        found._of_cause = {c: [r.id for r in known if c in r.mends] for c in found.probabilities}
        return found

    @staticmethod
    def remedy(name: str, risk: str, *mends: str) -> Remedy:
        return Remedy(id=name, pack="p", title=name, mends=mends, steps=(RemedyStep(use="source.escalate"),), risk=risk)

    def offered(self, found: Remedies, leading: str) -> list[str]:
        return [remedy.id for remedy in found.offered(leading)]

    def test_the_remedy_that_covers_more_causes_wins(self, knowledge: Knowledge) -> None:
        one, both = self.remedy("one", "low", "key.deleted"), self.remedy("both", "low", "key.deleted", "key.expired")
        found = self.remedies(knowledge, one, both, key__deleted=0.5, key__expired=0.4)
        assert found.of("key.deleted") == "both"

    def test_of_two_that_cover_the_same_the_one_with_less_risk_wins(self, knowledge: Knowledge) -> None:
        risky, safe = self.remedy("risky", "medium", "key.deleted"), self.remedy("safe", "none", "key.deleted")
        found = self.remedies(knowledge, risky, safe, key__deleted=0.9)
        assert self.offered(found, "key.deleted") == ["safe", "risky"]

    def test_what_destroys_comes_last_even_for_the_leading_cause(self, knowledge: Knowledge) -> None:
        destroy, other = self.remedy("destroy", "high", "key.deleted"), self.remedy("other", "medium", "key.invalid")
        found = self.remedies(knowledge, destroy, other, key__deleted=0.6, key__invalid=0.3)
        assert self.offered(found, "key.deleted") == ["other", "destroy"]

    def test_a_cause_without_remedy_offers_nothing(self, knowledge: Knowledge) -> None:
        assert self.offered(self.remedies(knowledge, key__deleted=0.9), "key.deleted") == []

    def test_risks_are_ordered(self) -> None:
        assert sorted(RISKS, key=lambda risk: RISKS[risk]) == ["none", "low", "medium", "high"]


def test_records_of_procedures_default_to_harmless() -> None:
    procedure = Procedure(title="t", steps=(Step(text="s"),), cautions=(Caution(text="c"),))
    assert procedure.cautions[0].severity == "caution"
    assert not FixStep(where="w", text="t").danger
    assert not procedure.steps[0].danger
