"""Packs -> index: every matcher becomes an atom, equal ones share it, codes stay in their pack."""

from __future__ import annotations

from tests.knowledge.tiny import Data, Write, base, exchange, symptom

from keymedic.knowledge import build, vocabulary
from keymedic.knowledge.compile import compile_index
from keymedic.knowledge.index import Index, pack_decoder, symptom_decoder
from keymedic.knowledge.load import Library, library


def compiled(write: Write, *packs: Data) -> Index:
    return compile_index(library([write(*packs)]))


def atoms(index: Index, word: str) -> list[int]:
    """Atoms whose matcher contains a word."""
    return [number for number, text in enumerate(index.atom_texts) if word in text]


def test_equal_matchers_of_several_packs_share_one_atom(write: Write) -> None:
    same = {"text": "the very same words"}
    index = compiled(write, base(), exchange("a", symptom("a.x", same)), exchange("b", symptom("b.x", same)))
    (atom,) = atoms(index, "the very same words")
    assert [index.symptom_ids[number] for number in index.triggers[atom]] == ["a.x", "b.x"]


def test_the_same_code_is_another_atom_in_another_pack(write: Write) -> None:
    code = {"code": "12345"}
    index = compiled(write, base(), exchange("a", symptom("a.x", code)), exchange("b", symptom("b.x", code)))
    assert set(index.codes) == {"a", "b"}
    assert index.codes["a"]["12345"] != index.codes["b"]["12345"]


def test_a_code_is_the_same_as_number_and_as_word(write: Write) -> None:
    index = compiled(write, base(), exchange("a", symptom("a.x", {"code": -2015}), symptom("a.y", {"code": "-2015"})))
    assert len(atoms(index, "code -2015 (a)")) == 1


def test_a_code_of_letters_is_scanned_for_in_its_exact_case(write: Write) -> None:
    index = compiled(write, base(), exchange("a", symptom("a.x", {"code": "EAPI:Invalid key"})))
    (number,) = [n for n, pattern in enumerate(index.patterns) if pattern.text == "EAPI:Invalid key"]
    assert index.patterns[number].exact
    assert [(use.pack, use.how) for use in index.uses[number]] == [("a", "code")]


def test_what_stands_under_none_triggers_nothing(write: Write) -> None:
    match = {"all": [{"text": "seen words"}, {"none": [{"text": "unseen words"}]}]}
    index = compiled(write, base(), exchange("a", symptom("a.x", match)))
    assert index.triggers[atoms(index, "'seen words'")[0]] == [0]
    assert index.triggers[atoms(index, "unseen words")[0]] == []


def test_several_keys_in_one_matcher_mean_all_of_them(write: Write) -> None:
    index = compiled(write, base(), exchange("a", symptom("a.x", {"text": "some words", "status": 401})))
    assert index.trees[0][0] == "all"  # type: ignore[index]
    assert set(index.statuses) == {401}


def test_concepts_keep_their_reach_and_their_negation(write: Write) -> None:
    match = {"concepts": ["stop", "key"], "within": 4, "negated": True}
    index = compiled(write, base(), exchange("a", symptom("a.x", match)))
    (atom,) = index.concepts
    assert ([index.concept_names[n] for n in atom.concepts], atom.within, atom.negated) == (["stop", "key"], 4, True)


def test_the_index_holds_packs_and_symptoms_encoded(write: Write) -> None:
    index = compiled(write, base(), exchange("acme"))
    assert symptom_decoder.decode(index.symptoms[0]).id == "acme.bad"
    assert pack_decoder.decode(index.packs["acme"]).symptoms == ()
    assert index.heads["acme"].symptoms == 1


def test_compiling_twice_gives_the_same(write: Write) -> None:
    folder = write(base(), exchange("acme"), exchange("other"))
    assert compile_index(library([folder])) == compile_index(library([folder]))


def test_words_for_weights_become_decibans(write: Write) -> None:
    more = {"indicates": {"key.invalid": "certain"}, "against": {"key.deleted": "excludes", "unknown": "weak"}}
    made: Library = library([write(base(), exchange("a", symptom("a.x", {"code": "12345"}, **more)))])
    (found,) = made.packs["a"].symptoms
    assert found.indicates == {"key.invalid": 30}
    assert found.against == {"key.deleted": build.IMPOSSIBLE, "unknown": 3}


def test_a_question_mark_makes_a_remedy_step_optional(write: Write) -> None:
    remedy = {"id": "r", "title": "Replace", "mends": ["unknown"], "steps": ["exchange.a?", "source.b"], "risk": "low"}
    (found,) = library([write(base(), exchange("acme", remedies=[remedy]))]).packs["acme"].remedies
    assert [(step.use, step.optional) for step in found.steps] == [("exchange.a", True), ("source.b", False)]


def test_the_vocabulary_knows_profiles_facts_and_what_packs_assert(write: Write) -> None:
    more = {"facts": {"key.seen": True}}
    made = library([write(base(), exchange("acme", symptom("acme.x", {"code": "12345"}, **more)))])
    names = vocabulary.facts(made)
    assert {"call.scope", "key.seen", "exchange.ip.allowlist", "exchange.permission.read", "source.ip.policy"} <= names
    assert vocabulary.known("answer.acme.q", names, {"acme.q"})
    assert not vocabulary.known("answer.acme.q", names, set())
