"""The files of a triage. Each is written beside its place and moved there when it is whole."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from keymedic.triage import report
from keymedic.triage.records import Incident, Run, Unknown

INCIDENTS, UNKNOWNS, TABLE, REPORT, RUN = (
    "incidents.jsonl",
    "unknowns.jsonl",
    "incidents.parquet",
    "report.html",
    "run.json",
)
_TIME = pa.timestamp("ms", tz="UTC")
_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("worker", pa.string()),
        ("exchange", pa.string()),
        ("source", pa.string()),
        ("cause", pa.string()),
        ("title", pa.string()),
        ("key_problem", pa.bool_()),
        ("probability", pa.float64()),
        ("verdict", pa.string()),
        ("state", pa.string()),
        ("first_seen", _TIME),
        ("last_seen", _TIME),
        ("count", pa.int64()),
        ("windows", pa.list_(pa.struct([("first", _TIME), ("last", _TIME), ("count", pa.int64())]))),
        ("causes", pa.list_(pa.struct([("id", pa.string()), ("probability", pa.float64())]))),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("sample", pa.string()),
        ("remedy", pa.string()),
        ("first_step", pa.string()),
        ("grouped_by", pa.map_(pa.string(), pa.string())),
    ]
)


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
    return pa.Table.from_pylist([_row(one) for one in incidents], schema=_SCHEMA)


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
        "grouped_by": list(one.grouped_by.items()),
    }


def _time(text: str | None) -> object:
    from datetime import datetime

    return datetime.fromisoformat(text) if text else None


def replace(path: Path, data: bytes) -> None:
    """Write a file so that others see all of it or what was there before. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.close()
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
