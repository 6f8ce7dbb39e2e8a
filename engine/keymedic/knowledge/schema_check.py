"""Pack and overlay data against their JSON Schemas, with errors that a rule author can act on."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterator
from typing import Any

from keymedic import paths
from keymedic.knowledge.positions import Document
from keymedic.knowledge.problems import Problem, did_you_mean

MOST = 15
"""Problems of one file that are told at once."""


_OVERLAY = "keymedic/overlay/1"


@functools.cache
def _validator(name: str) -> Any:
    from jsonschema import Draft7Validator  # only where packs are read: costs 80 ms

    return Draft7Validator(json.loads((paths.schema() / f"{name}.schema.json").read_text(encoding="utf-8")))


def check(document: Document) -> list[Problem]:
    """The places where the document leaves its schema, at most about MOST of them; empty when there is none."""
    name = "overlay" if document.data.get("schema") == _OVERLAY else "pack"
    errors = itertools.islice(_validator(name).iter_errors(document.data), MOST)
    problems = dict.fromkeys(p for error in errors for p in itertools.islice(_problems(document, error), MOST + 1))
    found = list(problems)
    if len(found) > MOST:
        found[MOST:] = [document.problem((), "there are more problems in this file", "correct these first")]
    return found


def _problems(document: Document, error: Any) -> Iterator[Problem]:
    while error.context and error.validator in {"anyOf", "oneOf", "allOf"}:
        error = _deepest(error, document)
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = list(error.schema.get("properties", {}))
        for key in error.instance:
            if key not in known:
                mend = did_you_mean(key, known) or f"allowed here: {', '.join(known)}"
                yield document.problem((*path, key), f"unknown key {key!r}", mend)
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        yield document.problem(path, f"missing key {', '.join(map(repr, missing))}", "add it")
    elif error.validator == "enum":
        allowed = [str(value) for value in error.validator_value]
        mend = did_you_mean(str(error.instance), allowed) or f"allowed: {', '.join(allowed)}"
        yield document.problem(path, f"{_short(error.instance)} is not allowed here", mend)
    else:
        yield document.problem(path, _plain(error), str(error.schema.get("description", "")))


def _deepest(error: Any, document: Document) -> Any:
    """Of the alternatives that failed, the one that came furthest: most likely the one that was meant."""
    if list(error.absolute_path) == ["profile"]:  # the pack's kind says which of the two profiles is meant
        meant = 0 if document.data.get("kind") == "exchange" else 1
        return next((e for e in error.context if e.relative_schema_path[0] == meant), error.context[0])
    return max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "type"))


def _plain(error: Any) -> str:
    value = _short(error.instance)
    match error.validator:
        case "type":
            wanted = error.validator_value
            wanted = " or ".join(wanted) if isinstance(wanted, list) else wanted
            return f"{value} should be {wanted}"
        case "pattern":
            return f"{value} does not have the form {error.validator_value}"
        case "minLength" | "minItems" | "minProperties":
            return f"{value} is too short"
        case "const":
            return f"{value} should be {error.validator_value!r}"
        case _:
            return str(error.message)[:200]


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
