"""Matchers and weights as their author would say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.knowledge.any_pack import MATCHES
from tests.knowledge.tiny import Data

from keymedic.knowledge import wording


@pytest.mark.parametrize(
    ("match", "said"),
    [
        ({"text": "bad key"}, "text 'bad key'"),
        ({"text": "don't"}, 'text "don\'t"'),
        ({"regex": r"api\.key \d+"}, r"regex 'api\.key \d+'"),
        ({"code": 10001}, "code 10001"),
        ({"status": 401, "text": "signature"}, "status 401 and text 'signature'"),
        ({"any": [{"code": "1"}, {"code": "2"}]}, "(code '1' or code '2')"),
        ({"any": [{"code": "1"}]}, "code '1'"),
        ({"all": [{"code": "1"}, {"none": [{"text": "no"}]}]}, "(code '1' and not (text 'no'))"),
        ({"none": [{"text": "a"}, {"text": "b"}]}, "not (text 'a' or text 'b')"),
        ({"concepts": ["key", "reset"], "within": 6, "negated": True}, "concepts key, reset and within 6 and negated"),
        ({"field": {"name": "path", "contains": "/fapi/"}}, "field name 'path' and contains '/fapi/'"),
    ],
)
def test_a_matcher_in_words(match: Data, said: str) -> None:
    assert wording.matcher(match).startswith(said)


@given(MATCHES)
def test_no_matcher_shows_its_braces(match: Data) -> None:
    said = wording.matcher(match)
    assert said
    assert not set(said) & set("{}[]")
    assert said.count("(") == said.count(")")


def test_weights_in_words() -> None:
    assert wording.weights({"key.invalid": 15.0, "key.deleted": 8.5}) == "key.invalid 15, key.deleted 8.5"
    assert wording.weights({}) == ""
