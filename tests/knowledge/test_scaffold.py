"""A new pack has the right form from the first minute; only what it cannot know is left to do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keymedic.knowledge import positions, scaffold, schema_check
from keymedic.knowledge.positions import Document

SCHEMA = "file:///somewhere/pack.schema.json"


def new(kind: str, name: str) -> Document:
    return positions.read(scaffold.new(kind, name, "2026-11-21", SCHEMA), f"{name}.yaml")


@pytest.mark.parametrize("kind", ["exchange", "source"])
def test_a_new_pack_has_the_form_of_a_pack(kind: str) -> None:
    document = new(kind, "acme")
    assert schema_check.check(document) == []
    assert [document.data[key] for key in ("pack", "kind", "version", "status")] == ["acme", kind, "1.0.0", "draft"]
    assert document.data["verified"] == "2026-11-21"


def test_editors_find_the_schema() -> None:
    lines = scaffold.new("exchange", "acme", "2026-11-21", SCHEMA).splitlines()
    assert lines[:2] == [f"# yaml-language-server: $schema={SCHEMA}", f"# $schema: {SCHEMA}"]


@given(st.sampled_from(["exchange", "source"]), st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True))
@settings(deadline=None)
def test_any_id_stays_the_word_that_it_is(kind: str, name: str) -> None:
    document = new(kind, name)
    assert schema_check.check(document) == []
    assert document.data["pack"] == name


@pytest.mark.parametrize("name", ["123", "null", "true", "1e5", "no"])
def test_an_id_that_yaml_would_take_for_something_else(name: str) -> None:
    assert new("exchange", name).data["recognise"]["words"] == [name]


@pytest.mark.parametrize("name", ["", "Acme", "acme exchange", "../acme", "acmé", "-acme", "acme\n"])
def test_what_is_no_id_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no pack id: small letters, digits, - and _"):
        scaffold.new("exchange", name, "2026-11-21", SCHEMA)
