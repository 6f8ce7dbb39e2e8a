"""Reasons add up: decibans, priors, probabilities."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.mini import diagnose, mini, probability

from keymedic.inference.weigh import Weighed, counted, weigh
from keymedic.model import Finding

CAUSES = ("key.invalid", "key.deleted", "key.expired", "exchange.outage")


def finding(  # a finding of the mini base pack
    name: str = "a",
    *,
    event: int = 0,
    aspect: str = "message",
    rank: int = 1,
    against: dict[str, float] | None = None,
    **indicates: float,
) -> Finding:
    return Finding(
        id=name,
        pack="base.mini",
        pack_version="1.0.0",
        title=name,
        aspect=aspect,
        indicates={cause.replace("__", "."): weight for cause, weight in indicates.items()},
        against=against or {},
        event=event,
        rank=rank,
    )


def weighed(*findings: Finding, packs: tuple[str, ...] = ()) -> Weighed:
    return weigh(mini(), findings, packs)


def gained(found: Weighed, cause: str) -> float:
    return found.scores[cause] - weighed().scores[cause]


def test_without_findings_the_priors_stand() -> None:
    found = weighed()
    for cause in mini().causes.values():
        assert found.probabilities[cause.id] == pytest.approx(cause.prior)


def test_ten_decibans_make_the_odds_ten_times_as_good() -> None:
    before, after = weighed().probabilities, weighed(finding(key__invalid=10)).probabilities

    def odds(p: float) -> float:
        return p / (1 - p)

    assert odds(after["key.invalid"]) == pytest.approx(10 * odds(before["key.invalid"]))


def test_within_one_event_and_aspect_the_strongest_weight_counts() -> None:
    found = weighed(finding("a", key__invalid=8), finding("b", key__invalid=15), finding("c", key__invalid=3))
    assert gained(found, "key.invalid") == 15
    assert [(weight, item.id) for weight, item in found.reasons["key.invalid"]] == [(15, "b")]


def test_other_aspects_and_other_events_add() -> None:
    assert gained(weighed(finding(key__invalid=8), finding("b", aspect="history", key__invalid=3)), "key.invalid") == 11
    assert gained(weighed(finding(key__invalid=8), finding("b", event=1, key__invalid=3)), "key.invalid") == 11


def test_the_strongest_for_and_the_strongest_against_both_count() -> None:
    found = weighed(finding("a", key__invalid=15), finding("b", against={"key.invalid": 8}))
    assert gained(found, "key.invalid") == 7
    assert sorted(weight for weight, _ in found.reasons["key.invalid"]) == [-8, 15]


def test_a_pack_in_play_shifts_the_priors() -> None:
    assert gained(weighed(packs=("south",)), "exchange.outage") == 10


def test_what_is_excluded_is_out_whatever_speaks_for_it() -> None:
    assert probability(diagnose('{"code": 4001}', "north"), "ip.not_whitelisted") > 0.7
    assert probability(diagnose('{"code": 4001}', "northeu"), "ip.not_whitelisted") < 0.001


def test_a_catch_all_yields_to_any_better_message() -> None:
    general = finding("generic", rank=0, exchange__outage=3)
    assert counted([general]) == [general]
    assert [item.id for item in counted([general, finding("b", event=4, rank=1)])] == ["b"]


def test_a_general_message_yields_to_a_specific_one_of_the_same_event_only() -> None:
    general, specific = finding("general"), finding("specific", rank=2)
    assert [item.id for item in counted([general, specific])] == ["specific"]
    elsewhere = finding("elsewhere", event=1, rank=2)
    assert [item.id for item in counted([general, elsewhere])] == ["general", "elsewhere"]


def test_what_is_no_message_yields_to_nothing() -> None:
    history = finding("history", aspect="history", rank=1)
    assert [item.id for item in counted([history, finding("specific", rank=2)])] == ["history", "specific"]


def test_the_same_symptom_seen_twice_counts_once() -> None:
    assert len(counted([finding("a"), finding("a", event=3)])) == 1
    once, often = diagnose("unknown api key"), diagnose("unknown api key\n\n" * 5)
    assert [c.probability for c in once.causes] == [c.probability for c in often.causes]


FINDINGS = st.lists(
    st.builds(
        lambda number, event, aspect, weights, against: finding(
            f"f{number}", event=event, aspect=aspect, against=against, **weights
        ),
        st.integers(0, 9),
        st.integers(0, 2),
        st.sampled_from(["message", "history", "change"]),
        st.dictionaries(st.sampled_from([c.replace(".", "__") for c in CAUSES]), st.sampled_from([3.0, 8.0, 15.0])),
        st.dictionaries(st.sampled_from(CAUSES), st.sampled_from([3.0, 8.0, 15.0, 100.0])),
    ),
    max_size=8,
)


@given(FINDINGS)
@settings(deadline=None)
def test_probabilities_add_up_to_one(findings: list[Finding]) -> None:
    probabilities = weighed(*findings).probabilities
    assert math.isclose(sum(probabilities.values()), 1.0)
    assert min(probabilities.values()) >= 0


@given(FINDINGS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_findings_does_not_matter(findings: list[Finding], chance: object) -> None:
    shuffled = list(findings)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = weighed(*findings).scores, weighed(*shuffled).scores
    assert all(math.isclose(one[cause], other[cause], abs_tol=1e-9) for cause in one)
