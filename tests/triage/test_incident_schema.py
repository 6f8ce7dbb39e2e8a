"""schema/incident.schema.json says exactly what a line of incidents.jsonl holds."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from tests.triage.sample import INCIDENTS

from keymedic import diagnosis, paths
from keymedic.triage import records

SCHEMA: dict[str, Any] = json.loads((paths.schema() / "incident.schema.json").read_text("utf-8"))
DIAGNOSIS: dict[str, Any] = json.loads((paths.schema() / "diagnosis.schema.json").read_text("utf-8"))
DEFINITIONS = SCHEMA["definitions"]
RECORDS: dict[type[msgspec.Struct], dict[str, Any]] = {
    records.Incident: SCHEMA,
    records.Named: DEFINITIONS["named"],
    records.Window: DEFINITIONS["window"],
    records.CauseShare: DEFINITIONS["cause"],
    records.Sample: DEFINITIONS["sample"],
    records.FileCount: DEFINITIONS["file"],
    records.AskText: DEFINITIONS["question"],
    diagnosis.Evidence: DEFINITIONS["evidence"],
    diagnosis.Fix: DEFINITIONS["remedy"],
    diagnosis.FixStep: DEFINITIONS["step"],
    diagnosis.CautionText: DEFINITIONS["caution"],
}


def test_the_schema_is_valid() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda one: one.id)
def test_every_line_keeps_to_the_schema_and_comes_back(incident: records.Incident) -> None:
    line = msgspec.json.encode(incident)
    jsonschema.Draft7Validator(SCHEMA).validate(json.loads(line))
    assert msgspec.json.decode(line, type=records.Incident) == incident


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_field_is_described_and_no_other_key_allowed(record: type[msgspec.Struct]) -> None:
    schema = RECORDS[record]
    assert set(schema["properties"]) == set(record.__struct_encode_fields__)
    assert schema["additionalProperties"] is False
    assert all(value.get("description") for value in schema["properties"].values())


@pytest.mark.parametrize("shape", ["evidence", "step", "caution", "remedy"])
def test_a_fix_and_its_evidence_look_as_in_a_diagnosis(shape: str) -> None:
    assert DEFINITIONS[shape] == DIAGNOSIS["definitions"][shape]
