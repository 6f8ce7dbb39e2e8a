"""What a triage finds: incidents, unknown messages, and the record of the run.

Described for other programs by schema/incident.schema.json. Times are ISO 8601 in UTC with milliseconds, or None where
the log names none; probabilities lie between 0 and 1; lines count from 1.
"""

from __future__ import annotations

from keymedic.diagnosis import Evidence, Fix
from keymedic.model import Record


class Window(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A stretch of time in which an incident showed up again and again."""

    first: str
    last: str
    count: int


class Sample(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One event as it stands in the log, secrets masked. `line` is where it begins."""

    file: str
    line: int
    text: str


class FileCount(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How many events of an incident a file holds."""

    file: str
    count: int


class Named(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A pack in play."""

    id: str
    name: str


class CauseShare(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A cause with its probability."""

    id: str
    title: str
    probability: float
    key_problem: bool


class AskText(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The question that would help most."""

    id: str
    text: str


class Incident(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One problem of one worker (or file, where the log names no worker): what, since when, how often, what to do.

    `grouped_by` says what made these events one incident, for example
    {"worker": "bot-7", "exchange": "kucoin", "source": "freqtrade", "cause": "ip.not_whitelisted"}; `rule` is the
    operator's rule that changed the grouping, empty for most. `state`: ongoing (seen up to the end of the log),
    returned (was quiet, came back, and is seen up to the end), ended, undated (the log has no times).
    `causes` most probable first, `samples` in the order of the input.
    """

    schema: str = "keymedic/incident/1"
    id: str
    grouped_by: dict[str, str]
    rule: str
    worker: str
    """Worker, account or bot as the log names it; empty where it names none."""
    exchange: Named | None
    source: Named | None
    cause: str
    title: str
    key_problem: bool
    probability: float
    verdict: str
    state: str
    first_seen: str | None
    last_seen: str | None
    count: int
    windows: tuple[Window, ...]
    causes: tuple[CauseShare, ...]
    evidence: tuple[Evidence, ...]
    samples: tuple[Sample, ...]
    files: tuple[FileCount, ...]
    """The files with most events, at most ten."""
    remedy: Fix | None
    question: AskText | None


class Unknown(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Messages that look like errors of this kind and match nothing, alike but for the words at `<*>`."""

    schema: str = "keymedic/unknown/1"
    id: str
    template: str
    count: int
    first_seen: str | None
    last_seen: str | None
    exchange: Named | None
    source: Named | None
    workers: int
    """How many different workers it was seen at; 0 where the log names none."""
    samples: tuple[Sample, ...]
    draft: str
    """A symptom for a pack, in YAML, with TODO where a person has to decide."""


class InputRecord(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One input of a run. `size` in bytes as stored, `read` in bytes after decompression.

    `hash`: XXH3-128 of the XXH3-128 hashes of its chunks, in hexadecimal. `skipped`: why -> bytes that were not
    looked at. `problems`: what went wrong with it, in words.
    """

    name: str
    compression: str
    encoding: str
    format: str
    reason: str
    size: int | None
    read: int
    hash: str
    lines: int
    candidates: int
    first_seen: str | None
    last_seen: str | None
    skipped: dict[str, int]
    problems: tuple[str, ...]


class Run(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The record of a run. `stages`: name -> seconds; `options`: those that change the result, in words."""

    schema: str = "keymedic/run/1"
    engine: str
    packs: dict[str, str]
    options: dict[str, str]
    started: str
    seconds: float
    stages: dict[str, float]
    resumed: int
    """Chunks that an earlier, broken run had done already."""
    counts: dict[str, int]
    """bytes, lines, candidates (events that were looked at), templates, incidents, incident_events, not_key_events,
    unknowns, unknown_events, filtered (incidents that the filters left out)."""
    inputs: tuple[InputRecord, ...]
    notes: tuple[str, ...]
    """What the reader should know: assumed time zone, limits that were reached."""
