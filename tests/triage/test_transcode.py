"""Other encodings and tables, turned into what a scan reads."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keymedic.triage.reading.columns import Columns
from keymedic.triage.reading.formats import detect
from keymedic.triage.reading.transcode import Read, csv_lines, utf8

COLUMNS = Columns(",", ("id", "msg", "Time"), message=1, time=2)
HEADER = b"id,msg,Time\n"


def reader(data: bytes) -> Read:
    return io.BytesIO(data).read


def everything(read: Read, size: int = 65_536) -> bytes:
    return b"".join(iter(lambda: read(size), b""))


def rows(data: bytes, columns: Columns = COLUMNS) -> list[dict[str, Any]]:
    return numbered(everything(csv_lines(reader(data), columns)))


def numbered(lines: bytes) -> list[dict[str, Any]]:
    """The objects, each with the line that it stands in."""
    return [json.loads(line) | {"__line": number} for number, line in enumerate(lines.split(b"\n"), 1) if line]


@settings(deadline=None)
@given(
    st.text(),
    st.sampled_from([("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("utf-8", "utf-8-sig")]),
    st.booleans(),
    st.integers(1, 7),
)
def test_any_text_and_chunking_comes_out_as_utf8(text: str, names: tuple[str, str], mark: bool, size: int) -> None:
    text = text.lstrip("\ufeff")
    data = (("\ufeff" if mark else "") + text).encode(names[0])
    read = utf8(lambda _: source.read(size), names[1])
    source = io.BytesIO(data)
    assert everything(read, size) == text.encode()


@pytest.mark.parametrize(
    ("data", "encoding", "expected"),
    [
        (b"ung\xfcltig \x93x\x94 \x81", "cp1252", "ungültig “x” \ufffd"),
        (b"a\0\x00\xd8b\0", "utf-16-le", "a\ufffdb"),
        (b"a\0b", "utf-16-le", "a\ufffd"),
        (b"", "utf-16-be", ""),
    ],
)
def test_what_is_broken_is_marked(data: bytes, encoding: str, expected: str) -> None:
    assert everything(utf8(reader(data), encoding)).decode() == expected


def test_a_record_becomes_an_object_with_its_line() -> None:
    assert rows(HEADER + b'1,invalid key,10:00\r\n2,"two\nlines, ""quoted""",10:01\n\n3,x,\n') == [
        {"id": "1", "message": "invalid key", "time": "10:00", "__line": 2},
        {"id": "2", "message": 'two\nlines, "quoted"', "time": "10:01", "__line": 3},
        {"id": "3", "message": "x", "time": "", "__line": 6},
    ]


def test_rows_that_do_not_fit_keep_their_text() -> None:
    assert rows(HEADER + b"1,too,many,cells\n1,few\nalone\n") == [
        {"message": "1,too,many,cells", "__line": 2},
        {"id": "1", "message": "few", "__line": 3},
        {"message": "alone", "__line": 4},
    ]


def test_delimiters_in_a_last_message_column_belong_to_it() -> None:
    columns = Columns("|", ("time", "msg"), message=1, time=0)
    assert rows(b"time|msg\n10:00|a|b|c\n", columns) == [{"time": "10:00", "message": "a|b|c", "__line": 2}]


def test_day_and_time_of_day_are_one_time() -> None:
    columns = detect(b"date,time,msg\n2026-11-20,10:00,x\n").columns
    assert columns is not None
    (row,) = rows(b"date,time,msg\n2026-11-20,10:00,x\n", columns)
    assert row["time"] == "2026-11-20 10:00"


def test_headers_are_no_records_wherever_they_stand() -> None:
    assert [row["id"] for row in rows(b"\xef\xbb\xbf" + HEADER + b"1,a,b\n" + HEADER + b"2,a,b\n")] == ["1", "2"]
    headless = Columns(",", ("a", "b"), message=1, headed=False)
    assert [row["message"] for row in rows(b"1,x\n2,y\n", headless)] == ["x", "y"]


def test_no_records() -> None:
    assert rows(b"") == rows(HEADER) == rows(HEADER.strip()) == rows(b"\n\n") == []


@pytest.mark.parametrize("before", [3, 9_000])
@pytest.mark.parametrize("after", [0, 1, 30, 3_000, 60_000])
def test_a_broken_quote_costs_one_record(before: int, after: int) -> None:
    good = b"1,a message of ordinary length,2026-11-20 10:00\n"
    found = rows(HEADER + good * before + b'2,"broken,x\n' + good * after)
    assert len(found) == before + 1 + after
    assert found[before] == {"message": '2,"broken,x', "__line": before + 2} or after == 0
    assert [row["__line"] for row in found] == list(range(2, before + after + 3))
    assert all(row["message"] == "a message of ordinary length" for row in found[before + 1 :])


def test_a_broken_quote_closed_thousands_of_lines_later() -> None:
    good = b"1,x,y\n"
    found = rows(HEADER + b'1,"open,y\n' + good * 2_500 + b'1,b",y\n' + good * 10)
    assert len(found) == 2_512
    assert found[-1] == {"id": "1", "message": "x", "time": "y", "__line": 2_513}


def test_long_quoted_records_are_whole_up_to_the_limit() -> None:
    message = "\n".join(f"line {number} of a trace" for number in range(1_900))
    found = rows(HEADER + f'1,"{message}",x\n2,b,c\n'.encode() * 30)
    assert [row["message"] for row in found] == [message, "b"] * 30
    assert found[-1]["__line"] == 1 + 30 * 1_901


def test_a_line_without_end_is_cut() -> None:
    found = rows(HEADER + b"1," + b"x" * 5_000_000 + b",t\n2,b,c\n")
    assert sum(row["message"].count("x") for row in found) == 5_000_000
    assert max(len(row["message"]) for row in found) < 2_000_000
    assert (found[-1]["id"], found[-1]["message"]) == ("2", "b")


def test_what_the_csv_module_refuses_is_a_plain_row() -> None:
    found = rows(HEADER + b"1,progress 1%\rprogress 2%,x\n2,b,c\n")
    assert found == [
        {"message": "1,progress 1%\rprogress 2%,x", "__line": 2},
        {"id": "2", "message": "b", "time": "c", "__line": 3},
    ]


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20)


@settings(deadline=None)
@given(
    st.lists(st.tuples(CELL, CELL, CELL), max_size=20),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 200),
    st.integers(1, 5_000),
)
def test_what_was_written_as_csv_is_read(
    records: list[tuple[str, str, str]], delimiter: str, end: str, size: int, out: int
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([COLUMNS.header, *records])
    source = io.BytesIO(file.getvalue().encode())
    columns = Columns(delimiter, COLUMNS.header, message=1, time=2)
    found = numbered(everything(csv_lines(lambda _: source.read(size), columns), out))
    read = [(row["id"], row["message"], row["time"]) for row in found]
    assert read == [record for record in records if [cell.strip() for cell in record] != list(COLUMNS.header)]
    lines = file.getvalue().split("\n")
    assert all(lines[row["__line"] - 1].startswith('"') for row in found)


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_are_read(data: bytes, size: int) -> None:
    source = io.BytesIO(data)
    assert all("message" in row for row in numbered(everything(csv_lines(lambda _: source.read(size), COLUMNS))))


def test_tables_are_read_fast() -> None:
    row = b"918273,2026-11-20 10:00:00 ERROR bot-7: order for BTC/USDT refused: invalid API key,2026-11-20 10:00:00\n"
    data = HEADER + row * 200_000
    started = time.process_time()
    read = csv_lines(reader(data), COLUMNS)
    while read(1 << 20):
        pass
    assert len(data) / 1e6 / (time.process_time() - started) > 15
