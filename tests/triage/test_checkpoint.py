"""The results of chunks that a broken run leaves behind: whole ones count, and nothing else does."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keymedic.triage.checkpoint import NAME, Checkpoint, Key
from keymedic.triage.scanning.chunk import Found, Group, Message


def found(number: int) -> Found:
    group = Group(number, f"bot-{number}", 3, 7, [(1_000, 2_000, 3)], f"sample {number}")
    said = {number: Message(f"said {number}", "kucoin", "freqtrade")}
    return Found(b"%016d" % number, 100 + number, 12, 3, [group], said, 5, 9, 1, 4, b"head", b"tail")


def bare(one: Found) -> Found:
    one.head = one.tail = b""
    return one


RECORDS: dict[Key, Found] = {(number // 5, number % 5): bare(found(number)) for number in range(12)}


def written(folder: Path) -> bytes:
    """The file of a run that did not come to its end."""
    kept = Checkpoint(folder, "same", 1_000.5)
    for number, key in enumerate(RECORDS):
        kept.add(key, found(number))
    kept.close(finished=False)
    return (folder / NAME).read_bytes()


def ends() -> list[int]:
    """Where the start and each record end in the file."""
    with TemporaryDirectory() as folder:
        kept = Checkpoint(Path(folder), "same", 1_000.5)
        sizes = [(Path(folder) / NAME).stat().st_size]
        for number, key in enumerate(RECORDS):
            kept.add(key, found(number))
            sizes.append((Path(folder) / NAME).stat().st_size)
        kept.close(finished=True)
    return sizes


ENDS = ends()


def prefix(count: int) -> dict[Key, Found]:
    return dict(list(RECORDS.items())[:count])


def test_all_that_was_kept_is_there_again(tmp_path: Path) -> None:
    written(tmp_path)
    again = Checkpoint(tmp_path, "same", 2_000.0)
    assert again.done == RECORDS
    assert again.start.now == 1_000.5
    again.close(finished=False)


def test_heads_and_tails_which_are_not_masked_are_never_written(tmp_path: Path) -> None:
    data = written(tmp_path)
    assert b"head" not in data
    assert b"tail" not in data


def test_a_run_with_another_fingerprint_begins_anew(tmp_path: Path) -> None:
    written(tmp_path)
    other = Checkpoint(tmp_path, "other", 2_000.0)
    assert (other.done, other.start.now) == ({}, 2_000.0)
    other.close(finished=False)
    assert (tmp_path / NAME).stat().st_size < ENDS[1]


def test_a_finished_run_leaves_nothing(tmp_path: Path) -> None:
    Checkpoint(tmp_path, "same", 1.0).close(finished=True)
    assert list(tmp_path.iterdir()) == []


@given(st.integers(0, ENDS[-1]))
def test_cut_anywhere_the_whole_records_before_count(size: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / NAME).write_bytes(written(folder)[:size])
        again = Checkpoint(folder, "same", 1_000.5)
        assert again.done == prefix(sum(end <= size for end in ENDS[1:]))
        again.close(finished=False)


@given(st.integers(0, ENDS[-1] - 1), st.binary(min_size=1, max_size=40))
def test_overwritten_anywhere_the_records_before_count_and_no_wrong_one_does(at: int, junk: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        sound = written(folder)
        data = sound[:at] + junk + sound[at + len(junk) :]
        (folder / NAME).write_bytes(data)
        again = Checkpoint(folder, "same", 1_000.5)
        differs = next((n for n, (a, b) in enumerate(zip(sound, data, strict=False)) if a != b), len(sound))
        assert again.done == prefix(sum(end <= differs for end in ENDS[1:]))
        again.close(finished=False)


@given(st.binary(max_size=200))
def test_a_file_of_anything_is_no_checkpoint(data: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / NAME).write_bytes(data)
        again = Checkpoint(folder, "same", 1.0)
        assert again.done == {}
        again.close(finished=False)


@given(st.integers(0, ENDS[-1]), st.integers(0, len(RECORDS) - 1))
def test_what_is_kept_after_a_cut_is_there_the_next_time(size: int, more: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / NAME).write_bytes(written(folder)[:size])
        again = Checkpoint(folder, "same", 1_000.5)
        key = list(RECORDS)[more]
        again.add(key, found(more))
        expected = {**again.done, key: RECORDS[key]}
        again.close(finished=False)
        third = Checkpoint(folder, "same", 1_000.5)
        assert third.done == expected
        third.close(finished=False)


def test_a_record_of_another_shape_counts_for_nothing(tmp_path: Path) -> None:
    """Written whole, but by another version of the program."""
    written(tmp_path)
    again = Checkpoint(tmp_path, "same", 1.0)
    again._append(b"\x93\x01\x02\x03")
    again.close(finished=False)
    third = Checkpoint(tmp_path, "same", 1.0)
    assert third.done == RECORDS
    third.add((9, 9), found(9))
    third.close(finished=False)
    fourth = Checkpoint(tmp_path, "same", 1.0)
    assert fourth.done == {**third.done, (9, 9): RECORDS[list(RECORDS)[9]]}
    fourth.close(finished=False)


@pytest.mark.parametrize("size", [0, 1, 21, 22, 23, 30])
def test_a_file_that_was_hardly_begun_is_none(size: int, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(written(tmp_path)[:size])
    again = Checkpoint(tmp_path, "same", 3.0)
    assert (again.done, again.start.now) == ({}, 3.0)
    again.close(finished=False)
