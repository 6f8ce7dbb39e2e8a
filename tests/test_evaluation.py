"""Measures and priors on cases so small that the numbers can be worked out by hand."""

from __future__ import annotations

import json
import math

import msgspec
import pytest
from tests.inference.mini import mini

from keymedic.calibration import STRENGTH, calibrate
from keymedic.errors import Unusable
from keymedic.evaluation import Judged, LabelledCase, is_one_of, judge, read, score, select, summarise, table


def labelled(
    name: str = "1",
    text: str = "unknown api key",
    accept: tuple[str, ...] = ("key.invalid",),
    *,
    resolved: str | None = None,
    exchange: str | None = None,
    platform: str | None = None,
    kind: str = "",
) -> LabelledCase:
    return LabelledCase(name, text, list(accept), kind, exchange, platform, resolved)


def judged(case: LabelledCase, *causes: tuple[str, float], key_problem: bool = True) -> Judged:
    return Judged(case, list(causes), key_problem, "ambiguous")


RIGHT = judged(labelled(resolved="key.invalid", kind="log"), ("key.invalid", 0.75), ("key.deleted", 0.25))
THIRD = judged(
    labelled("2", accept=("key.expired", "key.deleted"), resolved="key.expired", kind="ticket", exchange="north"),
    ("key.deleted", 0.5),
    ("key.invalid", 0.3),
    ("key.expired", 0.2),
)
WRONG = judged(labelled("3", accept=("key.expired",), resolved="key.swapped"), ("key.invalid", 0.72))
HARMLESS = judged(labelled("4", accept=("not_key.order",)), ("not_key.order", 0.9), key_problem=False)
ALARM = judged(labelled("5", accept=("not_key.order", "unknown")), ("key.invalid", 0.9))
SILENT = judged(labelled("6", accept=("not_key.order",)), ("unknown", 0.4), key_problem=False)


def test_an_id_stands_for_its_finer_forms() -> None:
    assert is_one_of("key.deleted.by_reset", ["key.deleted"])
    assert is_one_of("not_key.order", ["not_key"])
    assert not is_one_of("key.deleted", ["key.deleted.by_reset"])
    assert not is_one_of("key.deletedness", ["key.deleted"])


def test_the_measures_of_six_cases() -> None:
    found = score("all", [RIGHT, THIRD, WRONG, HARMLESS, ALARM, SILENT])
    assert found.cases == 6
    assert found.top1 == pytest.approx(3 / 6)
    assert found.resolved == 3
    assert found.resolved1 == pytest.approx(1 / 3, abs=1e-4)
    assert found.resolved3 == pytest.approx(2 / 3, abs=1e-4)
    assert found.no_key_problem == 3
    assert found.clean == pytest.approx(2 / 3, abs=1e-4)
    # ten bins: 0.7 to 0.8 holds 0.75 (right) and 0.72 (wrong), 0.5 to 0.6 holds 0.5 (wrong at first place)
    assert found.calibration == pytest.approx((abs(0.75 + 0.72 - 1) + 0.5) / 3, abs=1e-4)


def test_what_no_case_can_tell_is_none() -> None:
    found = score("harmless", [HARMLESS])
    assert (found.resolved1, found.resolved3, found.calibration) == (None, None, None)
    assert score("right", [RIGHT]).clean is None


def test_groups_and_misses() -> None:
    summary = summarise([RIGHT, THIRD, WRONG, ALARM])
    assert [group.group for group in summary.groups] == [
        "exchange -",
        "exchange north",
        "kind -",
        "kind log",
        "kind ticket",
    ]
    assert [miss.id for miss in summary.misses] == ["3", "5"]
    lines = list(table(summary))
    assert lines[1].split()[:3] == ["overall", "4", "0.50"]
    assert "3 -: found key.invalid 0.72; accepted key.expired" in lines


def test_each_case_is_diagnosed_with_its_exchange_and_platform() -> None:
    [north, south] = judge(mini(), [labelled(text="code 4001", exchange=name) for name in ("north", "south")])
    assert north.causes[0][0] == "ip.not_whitelisted"
    assert south.causes[0][0] == "not_key.order"
    assert not south.key_problem
    [reads] = judge(mini(), [labelled(text="tally link is broken", platform="tally-app")])
    assert reads.causes[0][0] == "key.expired"


def test_a_case_without_text_is_named() -> None:
    with pytest.raises(Unusable, match="case 7: the text is empty"):
        judge(mini(), [labelled("7", text=" ")])


def test_only_some_exchanges_or_tools_by_any_of_their_names() -> None:
    cases = [labelled("n", exchange="northex"), labelled("t", platform="tally"), labelled("o", exchange="bittrex")]
    assert [case.id for case in select(mini(), cases, frozenset({"north"}))] == ["n"]
    assert [case.id for case in select(mini(), cases, frozenset({"tally", "bittrex"}))] == ["t", "o"]
    assert select(mini(), cases, frozenset()) == cases


LINE = {"id": "1", "text": "unknown api key", "accept": ["key.invalid"]}


def test_cases_are_read_line_by_line_and_empty_lines_passed_over() -> None:
    text = f"{json.dumps(LINE)}\n\n{json.dumps({**LINE, 'id': '2'})}\n"
    assert [case.id for case in read(text, "cases.jsonl")] == ["1", "2"]


def test_a_line_ends_at_a_line_feed_and_nowhere_else() -> None:
    line = json.dumps({**LINE, "text": "one\u2028two\u0085three"}, ensure_ascii=False)
    assert read(line, "cases.jsonl")[0].text == "one\u2028two\u0085three"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cases.jsonl: there are no cases in it"),
        ("\n\n", "cases.jsonl: there are no cases in it"),
        ("no json", "cases.jsonl:1: no labelled case: JSON is malformed"),
        (f"{json.dumps(LINE)}\n[]", "cases.jsonl:2: no labelled case: Expected `object`"),
        ('{"id": "1", "text": "x"}', "cases.jsonl:1: no labelled case: Object missing required field `accept`"),
        ('{"id": "1", "text": "x", "accept": []}', "cases.jsonl:1: no labelled case: Expected `array` of length >= 1"),
    ],
)
def test_what_is_no_case_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(Unusable) as caught:
        read(text, "cases.jsonl")
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_priors_move_towards_what_was_established() -> None:
    closed = [labelled(str(n), resolved="key.expired") for n in range(100)]
    found = calibrate(mini(), closed)
    # key.expired: share 0.1 of 100 (STRENGTH) and 100 closed cases; the rest keeps 0.7 of 100; unknown keeps its 0.2
    assert STRENGTH == 100
    assert found.cases == 100
    assert found.priors["unknown"] == pytest.approx(0.2)
    assert found.priors["key.expired"] == pytest.approx(0.8 * (10 + 100) / 180)
    assert found.priors["key.invalid"] == pytest.approx(0.8 * 18 / 180)
    assert sum(found.priors.values()) == pytest.approx(1)


def test_the_loss_is_measured_on_cases_that_were_left_out() -> None:
    found = calibrate(mini(), [labelled(str(n), resolved="key.expired") for n in range(100)])
    assert found.loss_before == pytest.approx(-math.log2(0.1), abs=1e-4)
    # of five folds each leaves 80 cases to learn from
    assert found.loss_after == pytest.approx(-math.log2(0.8 * (10 + 80) / 160), abs=1e-4)


def test_open_cases_and_causes_that_nobody_knows_do_not_count() -> None:
    cases = [labelled("1", resolved="key.expired"), labelled("2"), labelled("3", resolved="key.borrowed")]
    assert calibrate(mini(), [*cases, labelled("4", resolved="unknown")]).cases == 1
    with pytest.raises(Unusable, match="close some cases first"):
        calibrate(mini(), cases[1:])


def test_a_labelled_case_survives_being_written() -> None:
    case = labelled(resolved="key.invalid", exchange="north", platform="tally", kind="log")
    assert read(msgspec.json.encode(case).decode(), "x") == [case]
