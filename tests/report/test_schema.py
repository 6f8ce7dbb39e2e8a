"""schema/diagnosis.schema.json says exactly what the JSON report holds."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from tests.report.cases import CASES, SAME_FIX, UNKNOWN
from tests.report.hostile import everywhere

from keymedic import diagnosis as records
from keymedic import paths
from keymedic.model import Fact
from keymedic.report import render
from keymedic.report.machine import encode

SCHEMA: dict[str, Any] = json.loads((paths.schema() / "diagnosis.schema.json").read_text("utf-8"))
DEFINITIONS = SCHEMA["definitions"]
RECORDS: dict[type[msgspec.Struct], dict[str, Any]] = {
    records.Diagnosis: SCHEMA,
    records.Named: DEFINITIONS["named"],
    records.Evidence: DEFINITIONS["evidence"],
    records.CauseResult: DEFINITIONS["cause"],
    records.FixStep: DEFINITIONS["step"],
    records.CautionText: DEFINITIONS["caution"],
    records.Fix: DEFINITIONS["remedy"],
    records.Ask: DEFINITIONS["question"],
    records.OutcomeText: DEFINITIONS["question"]["properties"]["outcomes"]["items"],
    records.Notice: SCHEMA["properties"]["notices"]["items"],
    records.MaskedInfo: SCHEMA["properties"]["masked"],
    records.PackRef: SCHEMA["properties"]["packs"]["items"],
    records.Explanation: DEFINITIONS["explanation"],
    records.Derived: DEFINITIONS["explanation"]["properties"]["derived"]["items"],
    records.NearMiss: DEFINITIONS["explanation"]["properties"]["near_misses"]["items"],
    Fact: DEFINITIONS["fact"],
}


def test_the_schema_is_valid() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("case", CASES)
def test_every_case_keeps_to_the_schema_and_comes_back(case: str) -> None:
    text = render(CASES[case], "json")
    jsonschema.Draft7Validator(SCHEMA).validate(json.loads(text))
    assert msgspec.json.decode(text, type=records.Diagnosis) == CASES[case]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_is_described_and_no_other_key_allowed(record: type[msgspec.Struct]) -> None:
    schema = RECORDS[record]
    assert set(schema["properties"]) == set(record.__struct_encode_fields__)
    assert schema["additionalProperties"] is False
    assert all(value.get("description") for value in schema["properties"].values())


def test_explanation_only_when_present() -> None:
    assert "explanation" in json.loads(encode(SAME_FIX))
    assert "explanation" not in json.loads(encode(UNKNOWN))


def test_one_line_for_jsonl() -> None:
    assert encode(SAME_FIX, indent=0).count("\n") == 1


@pytest.mark.parametrize("text", ["\u202e\x9b31m\u2028", "tab\tand\nline", "\U000e0041"], ids=ascii)
def test_json_escapes_but_keeps_every_character(text: str) -> None:
    assert json.loads(encode(everywhere(text)))["causes"][0]["evidence"][0]["quote"] == text
