"""Clusters of unknown messages -> drafts of symptoms, with TODO where a person has to decide."""

from __future__ import annotations

import re

from keymedic.knowledge import patterns, scaffold
from keymedic.knowledge.scaffold import TODO
from keymedic.triage.meaning.telling import CLASS, STEM, codes

_LONGEST = 120
_ENOUGH = 30
"""Characters from which on one run of words tells a message from others."""
_SHORTEST = 4
_JOINTS = re.compile(r"<\*>|[\"{}\[\]\\<>|`]")
_EDGES = " .,:;!?=()/'&-#*+_~^%$@"
_REASON = re.compile(
    r"(?:HTTP\W*)?(?:\d{3}\W+)?(?:client error\W+)?(?:unauthori[sz]ed|forbidden|bad request)(?: for url)?",
    re.IGNORECASE,
)
"""An HTTP status in words, which every exchange says."""


def draft(pack: str, template: str, line: str, *, coded: bool = True) -> str:
    """A symptom in YAML, as it goes under `symptoms:` of a pack.

    pack: id of the exchange or tool, empty where none is known; line: a telling line of the cluster, masked; coded:
    whether a number in a code's place is a code of this pack's exchange.
    """
    # A log that says TODO itself would stay "still to do" for ever; matching does not look at the case.
    line, template = (text.replace(TODO, TODO.capitalize()) for text in (line, template))
    return scaffold.symptom(
        {
            "id": f"{pack or TODO}.TODO_name",
            "title": f"{TODO}: what is seen, in a few words",
            "match": _match(template, line, coded=coded),
            "indicates": {"key.invalid": "moderate"},
            "scope": "pack",
            "examples": [line or TODO],
            "counterexamples": [f"{TODO}: its nearest neighbour, which says something else"],
            "source": TODO,
        }
    )


def _match(template: str, line: str, *, coded: bool) -> dict[str, object]:
    found = codes(line) if coded else ()
    ways: list[dict[str, object]] = [{"code": code} for code in found[:1] if code in template]
    texts: list[dict[str, object]] = [{"text": text} for text in wording(template, line)]
    if texts:
        ways.append(texts[0] if len(texts) == 1 else {"all": texts})
    if not ways:
        return {"text": f"{TODO}: the words of the message that are always the same"}
    return ways[0] if len(ways) == 1 else {"any": ways}


def wording(template: str, line: str) -> list[str]:
    """The longest run of constant words that says enough by itself, and the next one where it is short; empty when
    there is none.

    A run that speaks of keys is better than one that does not. They stand in the line, blanks folded.
    """
    folded = " ".join(line.split())
    runs = dict.fromkeys(_cut(run) for piece in _JOINTS.split(template) for run in CLASS.split(piece))
    known = [run for run in runs if len(run) >= _SHORTEST and run in folded]
    strong = sorted((run for run in known if not _weak(run)), key=_worth)
    if not strong or len(strong[-1]) >= _ENOUGH:
        return strong[-1:]
    return [strong[-1], *[run for run in strong[:-1] if " " in run][-1:]]


def _worth(run: str) -> tuple[bool, int, str]:
    return bool(STEM.search(run)), len(run), run


def _weak(run: str) -> bool:
    few = len(run.split()) == 1 and run.isascii() and not STEM.search(run)
    return bool(few or patterns.weakness(run) or _REASON.fullmatch(run))


def _cut(run: str) -> str:
    """Without signs at its edges, and not too long."""
    run = run.strip(_EDGES)
    return run if len(run) <= _LONGEST else run[:_LONGEST].rpartition(" ")[0].strip(_EDGES)
