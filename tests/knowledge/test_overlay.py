"""Overlays silence and reweigh symptoms locally, say so, and never lead nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.knowledge.tiny import Data, Write, base, exchange, symptom

from keymedic.knowledge import lint, load, store
from keymedic.knowledge.load import Library
from keymedic.knowledge.problems import PackError
from keymedic.model import Symptom

WHY = "The desk sees this every day."


@pytest.fixture
def rules(write: Write) -> Path:
    """Two exchanges with two symptoms in all."""
    weights: Data = {"indicates": {"key.invalid": "strong", "key.deleted": "weak"}}
    said = symptom("acme.a", {"text": "first words"}, **weights)
    return write(base(), exchange("acme", said), exchange("other", priors={"key.invalid": 2}))


def overlay(folder: Path, name: str = "desk", **content: Any) -> Path:
    """The folder `mine` with an overlay in it."""
    mine = folder.parent / "mine"
    mine.mkdir(exist_ok=True)
    text = yaml.safe_dump({"schema": "keymedic/overlay/1", "overlay": name, **content})
    (mine / f"{name}.yaml").write_text(text, encoding="utf-8")
    return mine


def library(rules: Path, **content: Any) -> Library:
    return load.library([rules, overlay(rules, **content)])


def first(found: Library) -> Symptom:
    (only,) = found.packs["acme"].symptoms
    return only


def test_a_silenced_symptom_is_gone_and_the_rest_stays(rules: Path) -> None:
    found = library(rules, silence=[{"symptom": "acme.a", "reason": WHY}])
    assert found.packs["acme"].symptoms == ()
    assert len(found.packs["other"].symptoms) == 1
    assert found.local == [f"desk silences acme.a: {WHY}"]


def test_only_the_causes_that_are_named_get_another_weight(rules: Path) -> None:
    item = {"symptom": "acme.a", "indicates": {"key.deleted": "certain"}, "against": {"unknown": "weak"}, "reason": WHY}
    found = library(rules, reweigh=[item])
    assert first(found).indicates == {"key.invalid": 15, "key.deleted": 30}
    assert first(found).against == {"unknown": 3}
    assert found.local == [f"desk weighs acme.a anew (key.deleted certain, not unknown weak): {WHY}"]


def test_none_takes_a_weight_away(rules: Path) -> None:
    item = {"symptom": "acme.a", "indicates": {"key.deleted": "none"}, "reason": WHY}
    assert first(library(rules, reweigh=[item])).indicates == {"key.invalid": 15}


def test_a_prior_is_shifted_for_one_pack(rules: Path) -> None:
    item = {"pack": "other", "cause": "key.invalid", "shift": -4, "reason": WHY}
    found = library(rules, priors=[item])
    assert found.packs["other"].priors == {"key.invalid": -4}
    assert found.packs["acme"].priors == {}
    assert found.local == [f"desk shifts key.invalid at other by -4: {WHY}"]


def test_of_two_overlays_the_later_wins(rules: Path) -> None:
    for name, word in (("a", "weak"), ("b", "certain")):
        overlay(rules, name, reweigh=[{"symptom": "acme.a", "indicates": {"key.invalid": word}, "reason": WHY}])
    found = load.library([rules, rules.parent / "mine"])
    assert first(found).indicates["key.invalid"] == 30
    assert len(found.local) == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"silence": [{"symptom": "acme.b", "reason": WHY}]}, "unknown symptom 'acme.b': did you mean acme.a?"),
        (
            {"reweigh": [{"symptom": "acme.a", "indicates": {"key.invald": "weak"}, "reason": WHY}]},
            "unknown cause 'key.invald': did you mean key.invalid?",
        ),
        (
            {"priors": [{"pack": "oter", "cause": "key.invalid", "shift": 1, "reason": WHY}]},
            "unknown pack 'oter': did you mean other?",
        ),
        (
            {"priors": [{"pack": "other", "cause": "nothing.like.it", "shift": 1, "reason": WHY}]},
            "unknown cause 'nothing.like.it': drop the entry",
        ),
    ],
)
def test_names_that_lead_nowhere_are_told_with_their_place(rules: Path, content: Data, expected: str) -> None:
    (problem,) = lint.check(library(rules, **content))
    assert str(problem).endswith(expected)
    assert Path(problem.file).name == "desk.yaml"
    assert problem.line > 1


def test_such_an_overlay_cannot_be_used(rules: Path, own_cache: Path) -> None:
    mine = overlay(rules, silence=[{"symptom": "acme.b", "reason": WHY}])
    with pytest.raises(PackError, match=r"unknown symptom 'acme\.b'"):
        store.load_folders([rules, mine])


@pytest.mark.parametrize(
    "content",
    [
        {"silence": [{"symptom": "acme.a"}]},
        {"silence": [{"symptom": "acme.a", "reason": "short"}]},
        {"reweigh": [{"symptom": "acme.a", "indicates": {"key.invalid": "very"}, "reason": WHY}]},
        {"priors": [{"pack": "other", "cause": "key.invalid", "shift": 99, "reason": WHY}]},
        {"symptoms": []},
    ],
    ids=["no reason", "no real reason", "no weight", "no prior", "not of an overlay"],
)
def test_the_form_of_an_overlay_is_checked(rules: Path, content: Data) -> None:
    with pytest.raises(PackError, match=r"desk\.yaml:\d+:\d+: "):
        library(rules, **content)


def test_the_cache_notices_an_overlay(rules: Path, own_cache: Path) -> None:
    mine = overlay(rules, silence=[{"symptom": "acme.a", "reason": WHY}])
    assert store.load_folders([rules]).index.symptom_ids == ["acme.a", "other.bad"]
    assert store.load_folders([rules, mine]).index.symptom_ids == ["other.bad"]
    overlay(rules)
    assert store.load_folders([rules, mine]).index.symptom_ids == ["acme.a", "other.bad"]


def test_a_pack_that_is_replaced_is_told(rules: Path, write: Write) -> None:
    mine = write(exchange("acme", version="9.0.0"), into="mine")
    found = load.library([rules, mine])
    assert found.local == [f"{mine}/acme.yaml replaces acme 1.0.0 by 9.0.0"]
