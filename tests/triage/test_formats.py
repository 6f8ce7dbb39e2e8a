"""What kind of log it is, told by its beginning."""

from __future__ import annotations

import bz2
import json
import sqlite3
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymedic.errors import Unusable
from keymedic.triage.reading.formats import HEAD, KINDS, detect

PLAIN = "2026-11-20 10:00:00,123 - bot - ERROR - kucoin 400003 KC-API-KEY not exists\n"
JSON = '{"level":"error","time":1763632800123,"msg":"kucoin 400003"}\n'
DOCKER = '{"log":"2026-11-20 10:00:00 ERROR boom\\n","stream":"stderr","time":"2026-11-20T10:00:00.1Z"}\n'
JOURNAL = '{"__REALTIME_TIMESTAMP":"1763632800123456","MESSAGE":"invalid key","_SYSTEMD_UNIT":"bot.service"}\n'
GELF = '{"version":"1.1","host":"a","short_message":"invalid key","timestamp":1763632800.1}\n'
OLD_SYSLOG = "Nov 20 10:00:00 host bot[12]: ERROR invalid key\n"
NEW_SYSLOG = "<34>1 2026-11-20T10:00:00.003Z host app 12 ID47 - invalid key\n"
ISO_SYSLOG = "2026-11-20T10:00:00.123456+01:00 host bot[12]: invalid key\n"
TABLE = "Time,Level,Account,Message\n2026-11-20 10:00:00,ERROR,bot-7,invalid key\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "plain"),
        ("\n\n", "plain"),
        (PLAIN, "plain"),
        ("Invalid API key", "plain"),
        (JSON, "jsonl"),
        (JSON.strip(), "jsonl"),
        (JSON * 38 + "starting\nready\n", "jsonl"),
        (GELF * 3, "jsonl"),
        (JSON + PLAIN * 3, "plain"),
        ("bot_1  | " + JSON, "plain"),
        (json.dumps({"msg": "x", "more": [1]}, indent=2), "plain"),
        ("[1, 2]\n" * 5, "plain"),
        (DOCKER * 3, "docker"),
        (JOURNAL * 3, "journald"),
        (OLD_SYSLOG, "syslog"),
        ("<13>" + OLD_SYSLOG, "syslog"),
        ("Nov  2 10:00:00 fe80::1 CRON[1]: (root) CMD (x)\n", "syslog"),
        ("Nov  2 10:00:00 router daemon.info dnsmasq[1]: x\n", "syslog"),
        (NEW_SYSLOG, "syslog"),
        (ISO_SYSLOG, "syslog"),
        (OLD_SYSLOG * 3 + NEW_SYSLOG + "  odd line\n", "syslog"),
        ("Nov 20 10:00:00 bot ERROR: invalid key\n", "plain"),
        ("2026-11-20T10:00:00.123456789Z stderr F error a\n", "plain"),
        (TABLE, "csv"),
        (TABLE.replace(",", ";"), "csv"),
        (TABLE.replace(",", "\t"), "csv"),
        ("sep|message\n1|two\n", "csv"),
        ('id,body\n1,"two\nlines, and ""quotes"""\n2,x\n', "csv"),
        ("Time,Level,Account\n1,2,3\n", "plain"),
        ("Something went wrong, error\n" + PLAIN * 3, "plain"),
        ("Time,Level,Message", "plain"),
        ("2026-11-20 10:00:00 | INFO | message\n" * 3, "plain"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    found = detect(text.encode())
    assert (found.kind, found.binary) == (kind, "")
    assert found.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (JSON * 38 + "starting\nready\n", "38 of 40 lines are JSON objects with a message field (msg)"),
        ('{"a":1}\n', "1 of 1 line is one of the JSON objects"),
        (DOCKER * 3, "3 of 3 lines are JSON objects as Docker's json-file driver writes them"),
        (JOURNAL * 3, "3 of 3 lines are journal entries in JSON"),
        (OLD_SYSLOG * 3 + "x\n", "3 of 4 lines begin like syslog (RFC 3164)"),
        (TABLE * 2, "the header names a message column (Message) and 3 of 3 records have its 4 columns"),
        ("x\n", "no line begins with a time or level"),
        ("x\ny\n" + PLAIN, "only 1 of 3 lines begin with a time or level"),
        ("", "there is nothing in it"),
    ],
)
def test_reasons_are_sentences_for_an_operator(text: str, reason: str) -> None:
    assert detect(text.encode()).reason == reason


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", PLAIN, JSON, TABLE, "one,two\n", "a"])
def test_a_kind_can_be_forced(kind: str, text: str) -> None:
    found = detect(text.encode(), kind)
    assert (found.kind, found.reason, found.binary) == (kind, "forced by --log-format", "")
    assert (found.columns is not None) == (kind == "csv")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Unusable, match=r"^--log-format xml: there is no such format: take one of plain, jsonl, csv"):
        detect(b"", "xml")


TRACE = 'Traceback (most recent call last):\n  File "x.py", line 3, in f\n    raise E\nccxt.AuthenticationError: no\n'


@pytest.mark.parametrize(
    ("text", "stamped"),
    [
        (PLAIN * 3, True),
        ((PLAIN + TRACE + "\nDuring handling of the above exception:\n\n" + TRACE) * 3, True),
        ((PLAIN + '{\n  "code": 1\n}\n') * 3, True),
        ("Invalid API key\n" * 3 + PLAIN, False),
        (OLD_SYSLOG * 3, True),
        (JSON * 3, False),
        (TABLE, False),
        (DOCKER * 2 + DOCKER.replace("2026-11-20 10:00:00 ERROR boom", "  at x.js:3"), True),
        (JOURNAL * 3, False),
    ],
)
def test_whether_lines_without_a_time_go_on_with_the_record_before(text: str, stamped: bool) -> None:
    assert detect(text.encode()).stamped is stamped


def test_hard_wrapped_lines_are_told_by_their_width() -> None:
    record = PLAIN.strip() + " while placing an order for the account of a customer who waits\n"
    wrapped = "\n".join(line[at : at + 80] for line in [record] * 5 for at in range(0, len(line), 80))
    assert detect(wrapped.encode()).width == 80
    assert detect((record * 5).encode()).width == 0


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"plain", "utf-8"),
        ("Schlüssel ungültig".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + PLAIN.encode(), "utf-8-sig"),
        ("Schlüssel ungültig".encode("cp1252"), "cp1252"),
        (b"\xff\xfe" + PLAIN.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), "utf-16-be"),
        (PLAIN.encode("utf-16-le"), "utf-16-le"),
        (PLAIN.encode("utf-16-be"), "utf-16-be"),
        (("密钥无效 " * 20).encode() + b"\xe5\xaf bad \xff", "utf-8"),
        (b"x" * (HEAD - 1) + "é".encode()[:1], "utf-8"),
    ],
)
def test_encodings(data: bytes, encoding: str) -> None:
    found = detect(data)
    assert (found.encoding, found.binary) == (encoding, "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(("text", "kind"), [(JSON, "jsonl"), (TABLE, "csv"), (NEW_SYSLOG, "syslog")])
def test_kinds_are_told_in_any_encoding(encoding: str, text: str, kind: str) -> None:
    assert detect(text.encode(encoding)).kind == kind


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x7fELF\x02\x01\x01" + bytes(60), "a program"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "an image"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"PK\x03\x04" + bytes(60), "an archive of files: unpack it first"),
        (b"bot.log".ljust(257, b"\0") + b"ustar\x0000", "a tar archive: unpack it first"),
        (bz2.compress(PLAIN.encode()), "compressed data: unpack it first"),
        (b"".join(struct.pack("<IId", n, n * 7, n / 3) for n in range(500)), "binary data (many zero bytes)"),
        (bytes(range(1, 256)) * 20, "binary data (many control characters)"),
        (b"LPKSHHRH" + bytes(200), "a systemd journal: export it with `journalctl --file FILE -o json`"),
    ],
)
def test_what_is_no_log_is_named(data: bytes, reason: str) -> None:
    found = detect(data)
    assert (found.binary, found.reason) == (reason, f"not a log: {reason}")


def test_a_database_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a)")
    connection.close()
    assert detect(path.read_bytes()).binary == "an SQLite database"


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * HEAD,
        b"\0" * 5000 + PLAIN.encode() * 3,
        PLAIN.encode() * 3 + b"\0" * 5000 + PLAIN.encode(),
        PLAIN.replace("-", "\0").encode() * 3,
        b"\x1b[31mred\x1b[0m\n" * 5,
        b"ORCHESTRATOR started\n",
    ],
)
def test_zero_bytes_and_colours_do_not_make_it_binary(data: bytes) -> None:
    assert detect(data).binary == ""


def test_one_json_line_longer_than_the_head() -> None:
    line = json.dumps({"msg": "x" * 2 * HEAD}).encode()
    assert detect(line[:HEAD]).kind == "jsonl"


def test_columns_by_synonyms() -> None:
    columns = detect(b'"@timestamp","host","Log Level","Exchange","@message"\n1,2,3,4,5\n').columns
    assert columns is not None
    assert columns.keys == ("time", "worker", "level", "exchange", "message")
    columns = detect(b"date,time,log,msg,id,id,\n1,2,3,4,5,6,7\n").columns
    assert columns is not None
    assert columns.keys == ("date", "time", "log", "message", "id", "id_6", "column_7")
    assert columns.date == 0


def test_a_forced_table_without_a_header_takes_its_widest_column() -> None:
    columns = detect(b"2026-11-20 10:00:00;7;invalid key for this account\n" * 3, "csv").columns
    assert columns is not None
    assert (columns.delimiter, columns.headed, columns.keys) == (";", False, ("time", "column_2", "message"))


def test_a_header_alone_is_a_table_in_a_csv_file() -> None:
    assert detect(b"Time,Message\n", name="x.CSV").kind == "csv"


@given(st.binary(max_size=500), st.sampled_from(["", *KINDS]))
def test_any_bytes_have_a_format(data: bytes, forced: str) -> None:
    assert detect(data, forced).kind in KINDS


@given(st.lists(st.sampled_from([PLAIN, JSON, DOCKER, JOURNAL, OLD_SYSLOG, TABLE, "{", '"', ",\n", "\r"])))
def test_any_mixture_has_a_format(parts: list[str]) -> None:
    assert detect("".join(parts).encode()).binary == ""
