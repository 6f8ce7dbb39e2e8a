"""One small bad pack per rule; a good one passes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.knowledge.tiny import Data, Write, base, exchange, symptom

from keymedic.knowledge import lint, load


def found(write: Write, *packs: Data) -> list[str]:
    """What lint says about these packs, without the folder."""
    folder = write(*packs)
    return [str(p).replace(f"{folder}/", "") for p in lint.check(load.library([folder]))]


def one(write: Write, *packs: Data) -> str:
    (line,) = found(write, *packs)
    return line


def test_good_packs_have_no_problem(write: Write) -> None:
    assert found(write, base(), exchange()) == []


def step(**more: Any) -> Data:
    return {"create_key": {"title": "Create a key", "steps": [{"text": "Create it.", **more}], "source": "docs"}}


REMEDY = {"id": "r", "title": "Replace it", "mends": ["key.invalid"], "steps": ["exchange.create_key"], "risk": "low"}
QUESTION = {"id": "acme.q", "text": "Does it work?", "cost": "knows", "outcomes": {"yes": {}, "no": {}}}
DEDUCTION = {"id": "d", "why": "Because it is so.", "if": {"call.scope": "x"}, "then": {"facts": {"call.scope": "y"}}}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"priors": {"key.invald": 3}}, "unknown cause 'key.invald': did you mean key.invalid?"),
        ({"extends": "acm"}, "unknown pack 'acm': did you mean acme?"),
        ({"remedies": [{**REMEDY, "mends": ["key.gone"]}]}, "unknown cause 'key.gone'"),
        (
            {"remedies": [{**REMEDY, "steps": ["exchange.creat_key"]}]},
            "unknown procedure 'exchange.creat_key': did you",
        ),
        ({"remedies": [{**REMEDY, "verify": "source.nothing"}]}, "unknown procedure 'source.nothing'"),
        ({"remedies": [{**REMEDY, "steps": ["pack.mine"]}]}, "unknown procedure 'pack.mine'"),
        ({"procedures": step(slot="permisions")}, "unknown slot 'permisions': did you mean permissions?"),
        ({"procedures": step(when={"call.scop": "x"})}, "unknown fact 'call.scop': did you mean call.scope?"),
        ({"procedures": step(when={"none": [{"nowhere.at_all": 1}]})}, "unknown fact 'nowhere.at_all'"),
        ({"procedures": step(when={"symptom": "acme.bda"})}, "unknown symptom 'acme.bda': did you mean acme.bad?"),
        ({"procedures": step(when={"indicated": "key.none"})}, "unknown cause 'key.none'"),
        ({"procedures": step(when={"exchange": "acne"})}, "unknown pack 'acne': did you mean acme?"),
        ({"procedures": step(when={"answer.acme.p": "yes"})}, "unknown fact 'answer.acme.p'"),
        ({"procedures": step(menu="x", text="Open {exchange.nme}.")}, "unknown placeholder 'exchange.nme'"),
        (
            {"procedures": {"a": {**step()["create_key"], "source": "dcos"}}},
            "unknown source 'dcos': did you mean docs?",
        ),
        (
            {"questions": [{**QUESTION, "answered_by": ["acme.bat"]}]},
            "unknown symptom 'acme.bat': did you mean acme.bad?",
        ),
        ({"deductions": [{**DEDUCTION, "if": {"call.scop": "x"}}]}, "unknown fact 'call.scop'"),
        ({"concepts": {"c": {"means": "m", "words": ["w"]}}}, "concepts belong to base packs only: move them"),
        ({"weights": {"weak": 1}}, "weights belong to base packs only: move them to rules/base"),
        ({"profile": {"rules": [{"fact": "A rule of it.", "source": "nope"}]}}, "unknown source 'nope'"),
    ],
)
def test_names_that_lead_nowhere(write: Write, more: Data, expected: str) -> None:
    line = one(write, base(), exchange("acme", **more))
    assert expected in line
    assert line.startswith("acme.yaml:")
    assert not line.startswith("acme.yaml:1:1")


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({"text": "invalid"}, "'invalid' is too weak by itself: an everyday word: combine it under `all`"),
        ({"text": "a -- 1"}, "'a -- 1' is too weak by itself: fewer than five letters or digits"),
        ({"any": [{"text": "wallet"}, {"text": "some long words"}]}, "'wallet' is too weak by itself"),
        ({"regex": "(a+)\\1 back"}, "the scanner refuses the pattern"),
        ({"regex": "look(?=ahead)"}, "the scanner refuses the pattern"),
        ({"regex": "(abc"}, "the scanner refuses the pattern"),
        ({"regex": "(?:a{1,999}b{1,999}){1,999}"}, "the scanner refuses the pattern"),
        ({"none": [{"text": "some words"}]}, "only `none`: it would match everything: add what is seen"),
        ({"code": "12"}, "the code 12 is too short by itself: combine it under `all`"),
        ({"code": -1}, "the code -1 is too short by itself"),
        ({"status": 401}, "an HTTP status alone is no evidence of one exchange: add a text"),
        ({"concepts": ["stopp", "key"]}, "unknown concept 'stopp': did you mean stop?"),
        ({"fact": {"call.scop": "x"}}, "unknown fact 'call.scop'"),
    ],
)
def test_matchers_that_are_weak_or_wrong(write: Write, match: Data, expected: str) -> None:
    assert expected in one(write, base(), exchange("acme", symptom("acme.x", match)))


@pytest.mark.parametrize(
    "match",
    [
        {"all": [{"text": "invalid"}, {"code": "12"}]},
        {"text": "invalid", "status": 401},
        {"code": "400005"},
        {"concepts": ["stop", "key"], "within": 4},
        {"all": [{"status": 401}, {"none": [{"text": "wallet"}]}]},
    ],
)
def test_weak_matchers_are_fine_together(write: Write, match: Data) -> None:
    assert found(write, base(), exchange("acme", symptom("acme.x", match))) == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"indicates": {}}, "acme.x says nothing: add indicates, against or facts"),
        ({"indicates": {"key.invlid": "weak"}}, "unknown cause 'key.invlid': did you mean key.invalid?"),
        ({"against": {"key.x": "weak"}}, "unknown cause 'key.x'"),
        ({"source": ["docs", "more"]}, "unknown source 'more'"),
        ({"id": "other.x"}, "'other.x' does not begin with 'acme': rename it"),
    ],
)
def test_symptoms_that_are_wrong_in_themselves(write: Write, more: Data, expected: str) -> None:
    bad = {**symptom("acme.x", {"text": "some long words"}), **more}
    assert expected in one(write, base(), exchange("acme", bad))


def test_a_code_in_a_base_pack_means_nothing(write: Write) -> None:
    line = one(write, base(symptoms=[symptom("base.x", {"code": "12345"})]))
    assert "a code means nothing outside an exchange: move it to its pack" in line


def test_an_id_that_is_taken_names_the_file_that_has_it(write: Write) -> None:
    twice = symptom("acme.x", {"text": "some long words"})
    line = one(write, base(), exchange("acme", twice, twice))
    assert "the id 'acme.x' is taken by" in line
    assert line.endswith("choose another id")


def test_all_problems_come_in_the_order_of_the_files(write: Write) -> None:
    lines = found(write, base(), exchange("b", priors={"x": 1}), exchange("a", priors={"x": 1, "y": 2}))
    assert [line[0] for line in lines] == ["a", "a", "b"]


def test_dangling_names_are_found_without_compiling_patterns(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keymedic.knowledge.scanner.compile_error", lambda _: pytest.fail("compiled"))
    folder = write(base(), exchange("acme", symptom("acme.x", {"regex": "a[bc]+"}), priors={"key.x": 1}))
    (problem,) = lint.dangling(load.library([folder]))
    assert problem.what == "unknown cause 'key.x'"


def test_the_built_in_packs_have_no_dangling_name() -> None:
    from keymedic import paths

    assert lint.dangling(load.library([paths.rules()])) == []
