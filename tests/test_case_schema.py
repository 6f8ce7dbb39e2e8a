"""schema/case.schema.json says what `evaluate` and `diagnose --jsonl` really read."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest

from keymedic import paths
from keymedic.cli.jsonl import CaseLine
from keymedic.evaluation import LabelledCase

SCHEMA = json.loads((paths.schema() / "case.schema.json").read_text(encoding="utf-8"))
DEFINITIONS = SCHEMA["definitions"]
LABELLED = {"id": "1", "text": "x", "accept": ["key.invalid"]}
GOOD: list[dict[str, Any]] = [
    LABELLED,
    {**LABELLED, "kind": "log", "exchange": "kucoin", "platform": "cointracker", "resolved": "key.expired"},
    {**LABELLED, "exchange": None, "platform": None, "resolved": None},
    {"text": "x"},
    {"text": "x", "id": 7, "exchange": "kucoin", "source": "altrady", "answers": {"base.everyone": "one"}},
    {"text": "x", "id": None, "exchange": None, "source": None, "ticket": 12, "subject": "help"},
]
BAD: list[Any] = [
    [],
    {},
    {"text": 1},
    {"text": "x", "id": 1.5},
    {"text": "x", "answers": ["a=b"]},
    {"text": "x", "answers": {"a": True}},
    {"id": "1", "accept": ["key.invalid"]},
    {**LABELLED, "accept": []},
    {**LABELLED, "accept": "key.invalid"},
    {**LABELLED, "resolved": 3},
]


def valid(line: Any) -> bool:
    return not list(jsonschema.Draft7Validator(SCHEMA).iter_errors(line))


def readable(line: Any) -> bool:
    record = LabelledCase if isinstance(line, dict) and "accept" in line else CaseLine
    try:
        msgspec.convert(line, record)
    except msgspec.ValidationError:
        return False
    return True


def test_the_schema_is_valid() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("line", GOOD, ids=json.dumps)
def test_a_good_line_is_valid_and_read(line: dict[str, Any]) -> None:
    assert valid(line)
    assert readable(line)


@pytest.mark.parametrize("line", BAD, ids=json.dumps)
def test_a_bad_line_is_neither(line: Any) -> None:
    assert not valid(line)
    assert not readable(line)


def test_the_schema_is_stricter_where_a_slip_would_pass_unseen() -> None:
    assert not valid({**LABELLED, "resolvd": "key.expired"})
    assert not valid({**LABELLED, "accept": ["Key Invalid"]})
    assert not valid({"text": " \n"})


@pytest.mark.parametrize(("name", "record"), [("labelled", LabelledCase), ("line", CaseLine)])
def test_every_field_is_described(name: str, record: type[msgspec.Struct]) -> None:
    properties = DEFINITIONS[name]["properties"]
    assert set(properties) == set(record.__struct_encode_fields__)
    for value in properties.values():
        target = DEFINITIONS[value["$ref"].rsplit("/", 1)[-1]] if "$ref" in value else value
        assert target["description"]
