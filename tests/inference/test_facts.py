"""Facts, and the conditions that packs write over them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.inference.mini import facts

from keymedic.inference.facts import FactBase, holds, support

KNOWN = facts(source__type="tracker", exchange__ip__count=20, key__new=True)
for name in ("read", "trade"):
    KNOWN.add("source.permissions", name, "given")


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {},
        {"source.type": "tracker"},
        {"source.type": {"is": "tracker"}},
        {"source.type": {"in": ["bot", "tracker"]}},
        {"exchange.ip.count": {"gt": 19}},
        {"exchange.ip.count": {"lt": 21, "gt": 19}},
        {"source.type": {"known": True}},
        {"exchange.name": {"known": False}},
        {"source.permissions": "trade"},
        {"source.permissions": {"in": ["trade"]}},
        {"all": [{"source.type": "tracker"}, {"key.new": True}]},
        {"any": [{"source.type": "bot"}, {"key.new": True}]},
        {"none": [{"source.type": "bot"}, {"key.new": False}]},
        {"source.type": "tracker", "none": [{"key.new": False}]},
    ],
    ids=str,
)
def test_a_condition_that_holds(condition: dict[str, Any] | None) -> None:
    assert holds(condition, KNOWN)


@pytest.mark.parametrize(
    "condition",
    [
        {"source.type": "bot"},
        {"source.name": "tracker"},
        {"source.type": {"in": ["bot", "terminal"]}},
        {"exchange.ip.count": {"gt": 20}},
        {"exchange.ip.count": {"lt": 20}},
        {"source.type": {"gt": 1}},
        {"exchange.ip.most": {"gt": 1}},
        {"source.type": {"known": False}},
        {"all": [{"source.type": "tracker"}, {"key.new": False}]},
        {"any": [{"source.type": "bot"}, {"key.new": False}]},
        {"none": [{"source.type": "bot"}, {"key.new": True}]},
        {"source.type": "tracker", "key.new": False},
    ],
    ids=str,
)
def test_a_condition_that_does_not_hold(condition: dict[str, Any]) -> None:
    assert not holds(condition, KNOWN)


def test_every_value_of_a_fact_counts_and_the_first_stays_first() -> None:
    assert list(KNOWN.values("source.permissions")) == ["read", "trade"]
    assert KNOWN.first("source.permissions") == "read"
    assert KNOWN.first("nothing") is None


def test_a_value_is_added_once_and_keeps_its_origin() -> None:
    known = FactBase()
    assert known.add("key.new", True, "answer")
    assert not known.add("key.new", True, "text")
    assert [fact.origin for fact in known.all()] == ["answer"]


def test_support_names_the_facts_that_made_a_condition_true() -> None:
    condition = {"all": [{"source.type": {"in": ["tracker"]}}, {"none": [{"key.new": False}]}, {"key.new": True}]}
    assert support(condition, KNOWN) == ("source.type = tracker", "key.new = True")


CONDITIONS = st.recursive(
    st.builds(lambda name, value: {name: value}, st.sampled_from("abc"), st.integers(0, 2)),
    lambda inner: st.builds(
        lambda joint, parts: {joint: parts},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)
FACTS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=6)


def base_of(pairs: list[tuple[str, int]]) -> FactBase:
    known = FactBase()
    for name, value in pairs:
        known.add(name, value, "given")
    return known


@given(CONDITIONS, FACTS)
def test_none_is_the_opposite_of_any(condition: dict[str, Any], pairs: list[tuple[str, int]]) -> None:
    known = base_of(pairs)
    assert holds({"none": [condition]}, known) is not holds({"any": [condition]}, known)
