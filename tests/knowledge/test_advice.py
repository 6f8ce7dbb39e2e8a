"""Warnings about packs that work but could be better: each has its mend, and a good pack has none."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.knowledge.any_pack import PACKS
from tests.knowledge.tiny import Data, Write, base, exchange, symptom

from keymedic import paths
from keymedic.knowledge import advice, load
from keymedic.knowledge.load import Files, Library
from keymedic.knowledge.positions import Document

TODAY = datetime.date(2026, 12, 1)


def warnings(*packs: Data) -> list[str]:
    """What is advised about these packs beside a base pack."""
    documents = {pack["pack"]: Document(f"{pack['pack']}.yaml", pack, {}) for pack in (base(), *packs)}
    found = advice.advise(Library(Files(documents, {}, [], [])), TODAY)
    assert all(problem.severity == "warning" and problem.mend for problem in found)
    return [f"{problem.what}: {problem.mend}" for problem in found]


def test_a_good_pack_is_left_alone() -> None:
    assert warnings(exchange()) == []


QUESTION = {"id": "acme.q", "text": "Is it the key?", "cost": "knows"}
SAME: Data = {"indicates": {"key.invalid": "weak"}}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"verified": "2026-01-01"}, "last verified 334 days ago: read its sources again and set the date"),
        ({"verified": "2026-12-24"}, "verified in the future: set the day on which you read the sources"),
        ({"verified": "2026-02-30"}, "2026-02-30 is no date: write YYYY-MM-DD"),
        (
            {"sources": {"docs": "https://example.org", "more": "https://example.org"}},
            "nothing cites the source 'more': cite it or drop it",
        ),
        (
            {"profile": {"ip": {"allowlist": "none"}}},
            "profile.ip has no source: name the source that says so",
        ),
        (
            {"profile": {"expiry": [{"days": 90}], "ip": {"policy": "unknown"}}},
            "profile.expiry has no source: name the source that says so",
        ),
        (
            {"recognise": {}, "symptoms": [symptom("acme.a", {"code": "10001"})]},
            "nothing in a text can bring this pack into play: its symptoms need --exchange or --source: "
            "add recognise: words, hosts, ccxt ids",
        ),
        (
            {"symptoms": [symptom("acme.a", {"all": [{"text": "some words"}], "none": [{"text": "Some  words"}]})]},
            "acme.a can never be reached: it wants and refuses text 'some words': drop one of the two",
        ),
        (
            {"questions": [{**QUESTION, "outcomes": {"yes": SAME, "no": SAME}}]},
            "nobody needs the question acme.q: every answer says the same: "
            "give the answers different weights, or drop it",
        ),
        (
            {"questions": [{**QUESTION, "outcomes": {"yes": {"indicates": {"key.deleted": "weak"}}, "no": {}}}]},
            "nobody needs the question acme.q: no symptom indicates a cause that it tells apart: drop it",
        ),
    ],
    ids=lambda value: value.split(":")[0] if isinstance(value, str) else "",
)
def test_what_could_be_better_is_said_once(more: Data, expected: str) -> None:
    assert warnings(exchange("acme", **more)) == [expected]


def test_a_pack_without_sources_is_named() -> None:
    assert "the pack names no source: add sources: name -> public URL" in warnings(exchange(sources={}))


def test_derived_and_deprecated_packs_do_not_age() -> None:
    old = {"verified": "2020-01-01"}
    assert warnings(exchange(**old, status="derived"), exchange("b", **old, status="deprecated")) == []


def pair(one: Data, other: Data, *, apart: bool = False) -> list[str]:
    """Warnings about two symptoms, of one pack or of two."""
    same = {"text": "the same words"}
    first = {**symptom("acme.a", same), **one}
    if apart:
        return warnings(exchange("acme", first), exchange("acne", {**symptom("acne.b", same), **other}))
    return warnings(exchange("acme", first, {**symptom("acme.b", same), **other}))


SLIP = "match on the same text 'the same words': merge them, or tell them apart with `none` or `scope: pack`"
DELETED: Data = {"indicates": {"key.deleted": "strong"}}


def test_two_symptoms_of_one_pack_on_the_same_text() -> None:
    assert pair({}, {}) == [f"acme.a and acme.b {SLIP}"]
    assert pair({}, DELETED) == [f"acme.a and acme.b {SLIP}"]


def test_two_symptoms_that_share_a_cause_and_differ_in_another_are_meant() -> None:
    assert pair({}, {"indicates": {"key.invalid": "weak", "key.deleted": "strong"}}) == []


def test_two_packs_on_the_same_text() -> None:
    assert pair({}, DELETED, apart=True) == [f"acme.a and acne.b {SLIP}"]
    assert pair({"scope": "pack"}, DELETED, apart=True) == []


def test_the_same_code_in_two_packs_is_no_slip() -> None:
    code: Data = {"match": {"code": "10001"}}
    assert pair(code, {**code, **DELETED}, apart=True) == []


def test_a_child_may_say_what_its_parent_says() -> None:
    said = {"text": "the same words"}
    packs = exchange("acme", symptom("acme.a", said)), exchange("acne", symptom("acne.a", said), extends="acme")
    assert warnings(*packs) == []


def test_deprecated_symptoms_do_not_count() -> None:
    gone = {"deprecated": {"reason": "not sent any more", "successor": "acme.a"}}
    assert pair({}, gone) == []


@given(PACKS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_pack_makes_it_stumble(pack: Data) -> None:
    warnings({**pack, "procedures": {**pack.get("procedures", {}), "x": step(source=True)}})


def step(**when: Any) -> Data:
    return {"title": "A step", "steps": [{"text": "Do it.", "when": when}], "source": "docs"}


def test_the_built_in_packs_are_not_stale_on_the_day_of_their_release() -> None:
    library = load.library([paths.rules()])
    newest = max(document.data["verified"] for document in library.documents.values())
    found = advice.advise(library, datetime.date.fromisoformat(newest))
    assert [str(problem) for problem in found if "verified" in problem.what] == []


def test_warnings_have_a_place(write: Write) -> None:
    folder = write(base(), exchange(verified="2026-01-01"))
    (problem,) = advice.advise(load.library([folder]), TODAY)
    assert str(problem).startswith(f"{folder}/acme.yaml:4:1: warning: last verified")
