"""What is said in the end: diagnosed, same fix, ambiguous, not a key problem, unknown."""

from __future__ import annotations

import pytest
from tests.inference.mini import diagnose, mini

from keymedic.diagnosis import Fix
from keymedic.inference import result
from keymedic.inference.weigh import Weighed


def verdict(covers: float = 0.0, mends: tuple[str, ...] = (), **probabilities: float) -> str:
    named = {cause.replace("__", "."): p for cause, p in probabilities.items()}
    fix = Fix(id="f", title="f", mends=mends, steps=(), verify="", risk="low", covers=covers)
    return result.verdict(mini(), Weighed({}, named, {}), [fix])


def test_a_leading_cause_that_is_likely_enough_is_the_diagnosis() -> None:
    assert verdict(key__invalid=0.61, unknown=0.39) == "diagnosed"


def test_several_causes_with_one_fix_need_no_further_question() -> None:
    mends = ("key.deleted", "key.expired")
    assert verdict(0.8, mends, key__deleted=0.45, key__expired=0.35, unknown=0.2) == "same_fix"


def test_a_fix_for_other_causes_settles_nothing() -> None:
    assert verdict(0.8, ("key.expired",), key__deleted=0.45, key__expired=0.35, unknown=0.2) == "ambiguous"


def test_causes_with_different_fixes_are_ambiguous() -> None:
    assert verdict(0.5, ("key.deleted",), key__deleted=0.5, ip__not_whitelisted=0.5) == "ambiguous"


def test_not_knowing_can_win() -> None:
    assert verdict(unknown=0.4, key__invalid=0.35, key__deleted=0.25) == "unknown"
    assert diagnose("lorem ipsum").verdict == "unknown"


def test_the_key_is_cleared_when_that_is_likelier_than_not() -> None:
    assert verdict(exchange__outage=0.45, not_key__order=0.1, key__invalid=0.45) == "not_a_key_problem"


def test_a_faint_first_place_does_not_clear_the_key() -> None:
    assert verdict(exchange__outage=0.22, key__invalid=0.2, key__deleted=0.2, unknown=0.2) == "ambiguous"


@pytest.mark.parametrize(
    ("text", "wanted"), [("southern systems are resting", "not_a_key_problem"), ("unknown api key", "diagnosed")]
)
def test_the_verdict_of_a_text(text: str, wanted: str) -> None:
    assert diagnose(text).verdict == wanted


def test_a_long_text_is_kept_to_its_ends() -> None:
    text = result.excerpt("a" * 3000 + "b" * 3000)
    assert text == "a" * 2000 + "\n[... 2000 characters left out ...]\n" + "b" * 2000
    assert result.excerpt("short") == "short"
