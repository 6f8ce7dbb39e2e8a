"""A new pack to start from: it passes `packs check` but for the places marked TODO."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from keymedic.knowledge import positions

_ID = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
_PLAIN = re.compile(r"[A-Za-z][\w.-]*\Z", re.ASCII)
TODO = "TODO"
"""Stands in every value that the author has to fill in; `packs check` tells each."""

_HEAD = """\
# yaml-language-server: $schema={schema}
# $schema: {schema}
schema: keymedic/pack/1
pack: {word}
kind: {kind}
name: TODO {id}                          # the name as its owner writes it
version: 1.0.0
status: draft
verified: "{today}"

sources:
  docs: https://TODO.example/docs         # where the errors are documented
  help: https://TODO.example/help         # where its help centre describes keys

recognise:
{recognise}

profile:
{profile}

symptoms:
{symptom}
procedures:
{procedures}
"""

_SYMPTOM = """\
  - id: {id}.TODO_invalid_key             # the code, or a short name; stable for ever
    title: "TODO: what is seen, in a few words"
    means: "TODO: what it says with this message"
    match: {match}
    indicates: {{key.invalid: strong, key.deleted: moderate}}
    scope: pack
    examples: ['{example}']
    counterexamples: ['{counterexample}']
    source: docs
"""

_BESIDE = """\
# yaml-language-server: $schema={schema}
# $schema: {schema}
schema: keymedic/pack/1
pack: {id}
kind: {kind}
name: {name}
version: 1.0.0
status: draft
verified: "{today}"
beside: {of}                             # counts whenever that pack is in play

sources:
  docs: https://TODO.example/docs         # where the message is documented, or was seen

symptoms:
{symptom}"""

_NOTES = {
    "id": "the code, or a short name; stable for ever",
    "indicates": f"{TODO}: which causes, and how strongly; see `keymedic packs show CAUSE`",
    "scope": "drop it when nobody else says it in these words",
}

_EXCHANGE = {
    "recognise": """\
  ccxt: [{word}]                          # drop when ccxt does not know it
  hosts: [TODO-{id}.example]            # host names of its API and site
  words: [{word}]                         # only words that nobody else uses""",
    "profile": """\
  credentials:
    fields: [key, secret]
    passphrase: none                     # none | user_chosen | exchange_made
    source: docs
  ip: {{allowlist: optional, source: docs}}""",
    "match": '{{any: [{{code: "TODO-10001"}}, {{text: "TODO the message as it is sent"}}]}}',
    "example": '{{"code":"TODO-10001","msg":"TODO the message as it is sent"}}',
    "counterexample": '{{"code":"TODO-10002","msg":"TODO its nearest neighbour"}}',
    "procedures": """\
  create_key:
    title: Make an API key
    steps:
      - text: "TODO: open the page of API keys"
      - slot: permissions
      - slot: ip
    source: help""",
}
_SOURCE = {
    "recognise": """\
  hosts: [TODO-{id}.example]            # host names of its site
  words: [{word}]                         # only words that nobody else uses""",
    "profile": """\
  type: bot                              # bot, self_hosted_bot, terminal, tracker, operator, library
  ip: {{policy: unknown, source: help}}
  permissions: {{required: [read], source: help}}""",
    "match": '{{text: "TODO the message as it is shown"}}',
    "example": "TODO the message as it is shown",
    "counterexample": "TODO its nearest neighbour",
    "procedures": """\
  replace_key:
    title: Put another key in its place
    steps:
      - text: "TODO: open the connection and paste the new key"
    source: help""",
}


def new(kind: str, name: str, today: str, schema: str, symptom: str = "") -> str:
    """The text of a new pack. kind: exchange or source; today: YYYY-MM-DD; schema: path or URL for editors; symptom:
    its one symptom, as `symptom` writes it.

    Raises ValueError for an id that no pack may bear.
    """
    _named(name)
    names = {"id": name, "word": name if isinstance(positions.read(name, name).data, str) else f'"{name}"'}
    parts = {key: text.format(**names) for key, text in (_EXCHANGE if kind == "exchange" else _SOURCE).items()}
    parts["symptom"] = symptom or _SYMPTOM.format(**names, **parts)
    return _HEAD.format(**names, kind=kind, today=today, schema=schema, **parts)


def beside(name: str, kind: str, of: str, title: str, today: str, schema: str, symptom: str) -> str:
    """The text of a pack that adds a symptom to the pack `of`, whose kind and name for people are `kind` and `title`.

    Raises ValueError for an id that no pack may bear.
    """
    _named(name)
    called = _flow(f"{title}, what was added here")
    return _BESIDE.format(id=name, kind=kind, of=of, name=called, today=today, schema=schema, symptom=symptom)


def symptom(data: Mapping[str, Any]) -> str:
    """A symptom in YAML, as it stands under `symptoms:`, with notes for its author."""
    lines = []
    for key, value in data.items():
        note = f"  # {_NOTES[key]}" if key in _NOTES else ""
        if isinstance(value, list):
            lines += [f"{key}:", *(f"  - {_flow(item)}" for item in value)]
        else:
            lines.append(f"{key}: {_flow(value)}{note}")
    return "".join(f"  {'- ' if not number else '  '}{line}\n" for number, line in enumerate(lines))


def _named(name: str) -> None:
    if not _ID.match(name):
        raise ValueError(f"{name!r} is no pack id: small letters, digits, - and _")


def _flow(value: Any) -> str:
    """A value on one line, its texts in double quotes unless they are plain words."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and _PLAIN.match(value) and yaml.safe_load(value) == value:
        return value
    style = '"' if isinstance(value, str) else None
    written: str = yaml.safe_dump(value, default_style=style, allow_unicode=True, width=1 << 30)
    return written.removesuffix("...\n").strip()
