"""What changed between two versions of a pack is told in words, with the step that the version needs."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from tests.knowledge.any_pack import PACKS
from tests.knowledge.tiny import Data, base, exchange, symptom

from keymedic import paths
from keymedic.knowledge import changes, load, lock, schema_check
from keymedic.knowledge.positions import Document

OLD = exchange(
    "acme",
    symptom("acme.a", {"text": "first words"}),
    symptom("acme.b", {"text": "second words"}),
    procedures={"create_key": {"title": "Create a key", "steps": [{"text": "Create it."}], "source": "docs"}},
    profile={"ip": {"allowlist": "none", "source": "docs"}},
    priors={"key.deleted": 3},
)


def told(**more: Any) -> list[tuple[str, str]]:
    """Level and words of each change of OLD."""
    return [(change.level, change.what) for change in changes.compare(OLD, {**OLD, **more})]


def first(**more: Any) -> list[Data]:
    """OLD's symptoms, the first of them changed."""
    return [{**OLD["symptoms"][0], **more}, OLD["symptoms"][1]]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"symptoms": OLD["symptoms"][:1]}, ("major", "symptom acme.b is gone")),
        (
            {"symptoms": [*OLD["symptoms"], symptom("acme.c", {"text": "third words"})]},
            ("minor", "symptom acme.c is new"),
        ),
        ({"symptoms": first(title="Another title")}, ("patch", "symptom acme.a: wording of title")),
        ({"symptoms": first(examples=["another"])}, ("patch", "symptom acme.a: wording of examples")),
        ({"symptoms": first(match={"text": "other words"})}, ("minor", "symptom acme.a: match changed")),
        ({"symptoms": first(generic=True)}, ("minor", "symptom acme.a: generic new")),
        (
            {"symptoms": first(indicates={"key.invalid": "weak"})},
            ("minor", "symptom acme.a: indicates key.invalid strong -> weak"),
        ),
        (
            {"symptoms": first(against={"key.deleted": "weak"})},
            ("minor", "symptom acme.a: against key.deleted nothing -> weak"),
        ),
        (
            {"symptoms": first(deprecated={"reason": "not sent any more", "successor": "acme.b"})},
            ("minor", "symptom acme.a: deprecated (not sent any more), see acme.b"),
        ),
        ({"procedures": {}}, ("major", "procedure create_key is gone")),
        (
            {"procedures": {"create_key": {**OLD["procedures"]["create_key"], "steps": [{"text": "Make it."}]}}},
            ("patch", "procedure create_key: wording of steps"),
        ),
        (
            {"procedures": {"create_key": {**OLD["procedures"]["create_key"], "steps": [{"slot": "ip"}]}}},
            ("minor", "procedure create_key: steps changed"),
        ),
        (
            {"profile": {"ip": {"allowlist": "optional", "source": "docs"}}},
            ("minor", "profile ip: allowlist none -> optional"),
        ),
        ({"priors": {"key.deleted": 5}}, ("minor", "prior key.deleted: 3 -> 5")),
        ({"extends": "other"}, ("minor", "extends new")),
        ({"status": "stable"}, ("minor", "status tested -> stable")),
        ({"verified": "2026-12-24"}, ("patch", "wording of verified")),
        ({"deprecated": {"reason": "It closed"}}, ("minor", "deprecated (It closed)")),
        ({"deprecated": {"reason": "It moved", "successor": "new"}}, ("minor", "deprecated (It moved), see new")),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_a_change_is_told_with_its_level(more: Data, expected: tuple[str, str]) -> None:
    assert told(**more) == [expected]


def test_a_new_version_alone_is_no_change() -> None:
    assert told(version="9.0.0") == []


def test_base_packs_too() -> None:
    more: Data = {
        "concepts": {"stop": {"means": "it stopped", "words": ["ended"]}},
        "slots": {"permissions": [{"text": "Turn reading on."}]},
    }
    old = base()
    found = changes.compare(old, {**old, **more, "weights": {**old["weights"], "weak": 4}})
    assert [str(change.what) for change in found] == [
        "concept key is gone",
        "concept stop: words changed",
        "slot permissions: changed",
        "weight weak: 3 -> 4",
    ]
    assert [change.level for change in found] == ["major", "minor", "patch", "minor"]


def test_what_is_gone_comes_in_the_order_in_which_it_was_written() -> None:
    names = [f"acme.{letter}" for letter in "qwertyuiop"]
    old = exchange("acme", *(symptom(name, {"text": "some words"}) for name in names))
    found = changes.compare(old, {**old, "symptoms": []})
    assert [change.what for change in found] == [f"symptom {name} is gone" for name in names]


def test_the_heaviest_change_counts() -> None:
    assert changes.level([]) == "patch"
    found = changes.compare(OLD, {**OLD, "symptoms": OLD["symptoms"][:1], "name": "Another name"})
    assert changes.level(found) == "major"


@given(PACKS)
@settings(deadline=None)
def test_equal_packs_have_no_change(pack: Data) -> None:
    assert schema_check.check(Document("acme.yaml", pack, {})) == []
    assert changes.compare(pack, pack) == []
    assert changes.compare(pack, dict(reversed(pack.items()))) == []


@given(PACKS, PACKS)
@settings(deadline=None)
def test_two_packs_differ_at_least_as_much_as_the_lock_demands(old: Data, new: Data) -> None:
    found = changes.compare(old, new)
    documents = [{"acme": Document("acme.yaml", {**pack, "version": "1.1.1"}, {})} for pack in (old, new)]
    before, after = (lock.lock(document)["acme"] for document in documents)
    assert bool(found) == ((before.meaning, before.prose) != (after.meaning, after.prose))
    if found:
        raised = lock.version(lock.bumped("1.1.1", changes.level(found)))
        assert raised >= lock.version(lock.needed(before, after))


def test_any_two_of_the_built_in_packs_can_be_compared() -> None:
    documents = load.library([paths.rules()]).documents.values()
    for old, new in permutations(documents, 2):
        assert changes.compare(old.data, new.data)
