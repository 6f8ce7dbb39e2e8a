"""The next question: the one that tells most about the remedy for the least effort."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.inference.mini import diagnose, facts, mini

from keymedic.errors import Unusable
from keymedic.inference.ask import Candidate, candidates, likelihoods
from keymedic.inference.facts import FactBase
from keymedic.knowledge.store import Knowledge

REMEDY = {
    "key.deleted": "new-key",
    "key.expired": "new-key",
    "key.invalid": "paste-again",
    "key.swapped": "paste-again",
    "secret.mismatch": "paste-again",
    "ip.not_whitelisted": "allow",
}
QUESTIONS = {question.id: question for question in mini().questions([])}


def ask(probabilities: Mapping[str, float], known: FactBase | None = None) -> list[Candidate]:
    return candidates(mini(), [], probabilities, lambda cause: REMEDY.get(cause, ""), known or facts())


def ids(found: list[Candidate]) -> list[str]:
    return [candidate.question.id for candidate in found]


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answers_to_a_question_have_probability_one_together(name: str) -> None:
    table = likelihoods(QUESTIONS[name], dict.fromkeys(mini().causes, 0.1))
    for cause in mini().causes:
        assert sum(row[cause] for row in table.values()) == pytest.approx(1.0)


def test_the_answers_to_every_question_of_the_packs_have_probability_one_together(knowledge: Knowledge) -> None:
    packs = [head.id for head in knowledge.index.heads.values() if head.kind != "base"]
    for question in knowledge.questions(packs):
        table = likelihoods(question, dict.fromkeys(knowledge.causes, 0.1))
        for cause in knowledge.causes:
            assert sum(row[cause] for row in table.values()) == pytest.approx(1.0), question.id


def test_an_answer_that_a_cause_indicates_is_likelier_under_it() -> None:
    table = likelihoods(QUESTIONS["base.list"], {"ip.not_whitelisted": 0.5, "key.invalid": 0.5})
    assert table["yes"]["ip.not_whitelisted"] > 0.99
    assert table["yes"]["key.invalid"] == pytest.approx(0.5)


def test_a_question_that_separates_two_remedies_is_asked() -> None:
    found = ask({"key.deleted": 0.5, "key.invalid": 0.5})
    assert ids(found)[0] == "base.worked"
    assert 0.5 < found[0].gain <= 1.0


def test_a_question_that_cannot_change_the_remedy_is_not_asked() -> None:
    assert ask({"key.deleted": 0.5, "key.expired": 0.5}) == []


def test_one_cause_alone_leaves_nothing_to_ask() -> None:
    assert ask({"key.deleted": 1.0}) == []


def test_effort_counts_against_a_question() -> None:
    found = ask({"ip.not_whitelisted": 0.5, "key.invalid": 0.25, "key.deleted": 0.25})
    by_id = {candidate.question.id: candidate for candidate in found}
    assert by_id["base.list"].worth == pytest.approx(by_id["base.list"].gain / 1.6)
    assert [candidate.worth for candidate in found] == sorted((c.worth for c in found), reverse=True)


def test_what_was_answered_is_not_asked_again() -> None:
    assert "base.worked" not in ids(ask({"key.deleted": 0.5, "key.invalid": 0.5}, facts(answered="base.worked")))


def test_what_the_text_answers_is_not_asked() -> None:
    spread = {"ip.not_whitelisted": 0.5, "key.invalid": 0.5}
    assert "base.list" in ids(ask(spread))
    assert "base.list" not in ids(ask(spread, facts(symptom="north.4001")))


CHANCES = st.dictionaries(st.sampled_from(sorted(mini().causes)), st.floats(0.01, 1.0), min_size=1)


@given(CHANCES)
@settings(deadline=None)
def test_no_question_loses_knowledge_and_none_gains_more_than_there_is(chances: dict[str, float]) -> None:
    total = sum(chances.values())
    for candidate in ask({cause: p / total for cause, p in chances.items()}):
        assert -1e-9 <= candidate.gain <= 3.2  # bits: log2 of nine causes


def test_an_unknown_answer_is_accepted_says_nothing_and_is_not_asked_again() -> None:
    before = diagnose("it fails")
    asked = before.questions[0].id
    after = diagnose("it fails", answers={asked: "unknown"})
    assert [(c.id, c.probability) for c in after.causes] == [(c.id, c.probability) for c in before.causes]
    assert asked not in [question.id for question in after.questions]
    assert after.answers == {asked: "unknown"}


def test_every_question_offers_not_known() -> None:
    for question in diagnose("it fails").questions:
        assert question.outcomes[-1].id == "unknown"


def test_an_answer_moves_the_causes_and_is_evidence_in_words_of_this_case() -> None:
    found = diagnose("northex fails", answers={"base.worked": "yes"})
    leading = found.causes[0]
    assert leading.id == "key.deleted"
    assert leading.evidence[0].symptom == "base.worked=yes"
    assert leading.evidence[0].title == '"it worked": Did this connection to North work before?'


def test_an_answer_gives_facts_that_deductions_use() -> None:
    explanation = diagnose("it fails", answers={"base.worked": "yes"}).explanation
    assert explanation is not None
    assert [rule.rule for rule in explanation.derived] == ["second", "third"]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"base.wroked": "yes"}, "answer 'base.wroked': there is no such question: did you mean base.worked?"),
        ({"base.worked": "maybe"}, "answer base.worked='maybe': the answers are yes, no, unknown"),
        ({"base.worked": "a\nb"}, "answer base.worked='a\\nb': the answers are yes, no, unknown"),
        ({"a\nb": "yes"}, "answer 'a\\nb': there is no such question: see `keymedic packs show base.questions`"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_in_one_line(answers: dict[str, str], said: str) -> None:
    with pytest.raises(Unusable) as caught:
        diagnose("it fails", answers=answers)
    assert str(caught.value) == said


def test_what_would_change_the_verdict_names_answer_cause_and_fix() -> None:
    explanation = diagnose("bad api key").explanation
    assert explanation is not None
    line = "Did this connection to the exchange work before? it never worked: key.invalid, key not known"
    assert any(change.startswith(line) and change.endswith("other fix") for change in explanation.would_change)
