"""The files of a triage. Each is written beside its place and moved there when it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.json import ParseOptions, ReadOptions, read_json

from keymedic.triage.records import Incident, Run, Unknown
from keymedic.triage.showing import report

INCIDENTS, UNKNOWNS, TABLE, REPORT, RUN = (
    "incidents.jsonl",
    "unknowns.jsonl",
    "incidents.parquet",
    "report.html",
    "run.json",
)


def _schema(time: pa.DataType) -> pa.Schema:
    """The columns; `time`: how times are held."""
    text, number, share = pa.string(), pa.int64(), pa.float64()
    return pa.schema(
        {
            "id": text,
            "worker": text,
            "exchange": text,
            "source": text,
            "cause": text,
            "title": text,
            "key_problem": pa.bool_(),
            "probability": share,
            "verdict": text,
            "state": text,
            "first_seen": time,
            "last_seen": time,
            "count": number,
            "windows": pa.list_(pa.struct({"first": time, "last": time, "count": number})),
            "causes": pa.list_(pa.struct({"id": text, "probability": share})),
            "file": text,
            "line": number,
            "sample": text,
            "remedy": text,
            "first_step": text,
            "grouped_by": pa.list_(pa.struct({"field": text, "value": text})),
        }
    )


_WRITTEN, _SCHEMA = _schema(pa.int64()), _schema(pa.timestamp("ms", tz="UTC"))


def write(out: Path, run: Run, incidents: Sequence[Incident], unknowns: Sequence[Unknown]) -> None:
    """Write all files but the record of the run. Raises OSError."""
    encoder = msgspec.json.Encoder()
    replace(out / INCIDENTS, encoder.encode_lines(incidents))
    replace(out / UNKNOWNS, encoder.encode_lines(unknowns))
    sink = pa.BufferOutputStream()
    pq.write_table(table(incidents), sink)
    replace(out / TABLE, sink.getvalue().to_pybytes())
    replace(out / REPORT, report.html(run, incidents, unknowns, out=str(out)).encode())


def write_run(out: Path, run: Run) -> None:
    """Write the record of the run. Raises OSError."""
    replace(out / RUN, msgspec.json.format(msgspec.json.encode(run)) + b"\n")


def table(incidents: Sequence[Incident]) -> pa.Table:
    """The incidents as a table, one a row."""
    # Through JSON: what makes tables of Python's objects imports pandas wherever that is installed.
    rows = msgspec.json.Encoder().encode_lines([_row(one) for one in incidents])
    if not rows:
        return _SCHEMA.empty_table()
    read = ReadOptions(block_size=len(rows) + 1)
    found = read_json(pa.BufferReader(rows), read, ParseOptions(explicit_schema=_WRITTEN))
    return found.select(_SCHEMA.names).cast(_SCHEMA)


def _row(one: Incident) -> dict[str, object]:
    sample = one.samples[0]
    steps = one.remedy.steps if one.remedy else ()
    return {
        **{name: getattr(one, name) for name in _SCHEMA.names if hasattr(one, name)},
        "exchange": one.exchange.id if one.exchange else None,
        "source": one.source.id if one.source else None,
        "worker": one.worker or None,
        "first_seen": _time(one.first_seen),
        "last_seen": _time(one.last_seen),
        "windows": [{"first": _time(w.first), "last": _time(w.last), "count": w.count} for w in one.windows],
        "causes": [{"id": cause.id, "probability": cause.probability} for cause in one.causes],
        "file": sample.file,
        "line": sample.line,
        "sample": sample.text,
        "remedy": one.remedy.title if one.remedy else None,
        "first_step": f"{steps[0].where}: {steps[0].text}" if steps else None,
        "grouped_by": [{"field": field, "value": value} for field, value in one.grouped_by.items()],
    }


def _time(text: str | None) -> int | None:
    """Milliseconds since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1000) if text else None


def replace(path: Path, data: bytes) -> None:
    """Write a file so that others see all of it or what was there before. Raises OSError."""
    # Always the same name: what a killed run left is written over by the next one.
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(data)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
