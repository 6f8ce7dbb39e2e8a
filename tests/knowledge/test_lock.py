"""The lock notices every change of a pack and wants a version that is high enough for it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.knowledge.any_pack import PACKS, VERSIONS
from tests.knowledge.tiny import Data, exchange, symptom

from keymedic.knowledge import changes, lock, positions
from keymedic.knowledge.positions import Document

PATH = Path("rules/packs.lock")
TWO = [symptom("acme.a", {"text": "first words"}), symptom("acme.b", {"text": "second words"})]


def documents(*packs: Data) -> dict[str, Document]:
    return {pack["pack"]: Document(f"{pack['pack']}.yaml", pack, {}) for pack in packs}


def complaints(old: Data | None, new: Data | None) -> list[str]:
    """What the lock of the old pack says about the new one; None stands for a pack that is not there."""
    before = lock.lock(documents(*[old] if old else []))
    return [str(problem) for problem in lock.check(before, documents(*[new] if new else []), PATH)]


def test_an_unchanged_pack_and_a_new_one_are_fine() -> None:
    assert complaints(exchange(), exchange()) == []
    assert complaints(None, exchange()) == []


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"name": "Another name"}, "1.0.1"),
        ({"verified": "2026-12-24"}, "1.0.1"),
        ({"extends": "other"}, "1.1.0"),
        ({"symptoms": [{**TWO[0], "title": "Another title"}, TWO[1]]}, "1.0.1"),
        ({"symptoms": [{**TWO[0], "match": {"text": "other words"}}, TWO[1]]}, "1.1.0"),
        ({"symptoms": [*TWO, symptom("acme.c", {"text": "third words"})]}, "1.1.0"),
    ],
    ids=["name", "date", "parent", "title", "matcher", "symptom"],
)
def test_a_change_wants_a_new_version(more: Data, wanted: str) -> None:
    old = exchange("acme", *TWO)
    new = {**old, **more}
    said = "acme.yaml:1:1: acme changed since version 1.0.0: set the version to {} or higher"
    assert complaints(old, new) == [said.format(wanted)]
    assert complaints(old, {**new, "version": wanted}) == []
    assert complaints(old, {**new, "version": "2.0.0"}) == []


def test_a_version_never_goes_back() -> None:
    (line,) = complaints(exchange(version="1.2.0"), exchange(version="1.1.9"))
    assert line.endswith("set the version to 1.2.0 or higher")


def test_a_symptom_must_not_vanish() -> None:
    old = exchange("acme", *TWO)
    gone, version = complaints(old, {**old, "symptoms": TWO[:1]})
    assert gone.endswith("the symptom acme.b is gone: keep it with `deprecated: {reason: ..., successor: ...}`")
    assert version.endswith("set the version to 2.0.0 or higher")
    kept = {**TWO[1], "deprecated": {"reason": "not sent any more", "successor": "acme.a"}}
    assert complaints(old, {**old, "version": "1.1.0", "symptoms": [TWO[0], kept]}) == []


def test_a_pack_must_not_vanish() -> None:
    (line,) = complaints(exchange(), None)
    assert line == (
        "rules/packs.lock:1:1: the pack acme is gone: keep it with `status: deprecated`, reason and successor"
    )


def test_a_derived_pack_promises_no_ids() -> None:
    derived = exchange("acme", *TWO, status="derived")
    assert complaints(derived, None) == []
    by_hand = exchange("acme", symptom("acme.c", {"text": "third words"}), version="1.1.0")
    assert complaints(derived, by_hand) == []


def test_the_file_has_one_line_a_pack_and_reads_back() -> None:
    locked = lock.lock(documents(exchange("south"), exchange("north", status="derived")))
    text = lock.dump(locked)
    assert [line[:8] for line in text.splitlines()[2:4]] == ['"north":', '"south":']
    assert lock.parse(text, "packs.lock") == locked


@pytest.mark.parametrize("text", ["", "no lock", "[]", '{"acme": {"version": "1.0.0"}}', '{"acme": {"more": 1}}'])
def test_what_is_no_lock_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"^packs\.lock: this is no lock of packs \("):
        lock.parse(text, "packs.lock")


@given(PACKS)
@settings(deadline=None)
def test_the_same_pack_has_the_same_lock(pack: Data) -> None:
    again = dict(sorted(copy.deepcopy(pack).items()))
    assert lock.dump(lock.lock(documents(pack))) == lock.dump(lock.lock(documents(again)))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all plain values."""
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))
    else:
        yield path


@given(PACKS, st.data())
@settings(deadline=None)
def test_any_other_value_changes_a_hash(pack: Data, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path in places(pack) if path not in {("version",), ("pack",)}]))
    changed: Any = copy.deepcopy(pack)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = f"{inner[path[-1]]} and more"
    old, new = (lock.lock(documents(item))["acme"] for item in (pack, changed))
    assert (old.meaning, old.prose) != (new.meaning, new.prose)


@given(VERSIONS, st.sampled_from(changes.LEVELS))
def test_a_bumped_version_is_greater(version: str, level: str) -> None:
    bumped = lock.bumped(version, level)
    assert lock.version(bumped) > lock.version(version)
    assert len(lock.version(bumped)) == 3


@given(VERSIONS)
def test_a_heavier_change_moves_the_version_further(version: str) -> None:
    steps = [lock.version(lock.bumped(version, level)) for level in changes.LEVELS]
    assert steps == sorted(steps)


@given(VERSIONS)
def test_a_version_is_set_in_the_text_and_nothing_else_moves(version: str) -> None:
    text = "# version: none\npack: acme\nversion: 1.0.0     # semver\nsymptoms:\n  - {id: acme.a, version: 2}\n"
    new = lock.with_version(text, version)
    assert positions.read(new, "acme.yaml").data["version"] == version
    assert new.replace(f"version: {version}\n", "") == text.replace("version: 1.0.0     # semver\n", "")
