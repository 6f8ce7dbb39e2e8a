"""A new pack to start from: it passes `packs check` but for the places marked TODO."""

from __future__ import annotations

import re

from keymedic.knowledge import positions

_ID = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")
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
  - id: {id}.TODO_invalid_key             # the code, or a short name; stable for ever
    title: "TODO: what is seen, in a few words"
    means: "TODO: what it says with this message"
    match: {match}
    indicates: {{key.invalid: strong, key.deleted: moderate}}
    scope: pack
    examples: ['{example}']
    counterexamples: ['{counterexample}']
    source: docs

procedures:
{procedures}
"""

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


def new(kind: str, name: str, today: str, schema: str) -> str:
    """The text of a new pack. kind: exchange or source; today: YYYY-MM-DD; schema: path or URL for editors.

    Raises ValueError for an id that no pack may bear.
    """
    if not _ID.match(name):
        raise ValueError(f"{name!r} is no pack id: small letters, digits, - and _")
    names = {"id": name, "word": name if isinstance(positions.read(name, name).data, str) else f'"{name}"'}
    parts = {key: text.format(**names) for key, text in (_EXCHANGE if kind == "exchange" else _SOURCE).items()}
    return _HEAD.format(**names, kind=kind, today=today, schema=schema, **parts)
