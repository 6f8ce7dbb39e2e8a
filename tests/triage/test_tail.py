"""Following files: every line once, whatever happens to them."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keymedic.triage.following.growing import LONGEST, Cutter, Part
from keymedic.triage.following.listener import refusal
from keymedic.triage.following.tail import Tail

_TAILS: list[Tail] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while _TAILS:
        _TAILS.pop().close()


class Followed:
    """A tail with a clock of its own."""

    def __init__(self, *paths: Path | str, whole: bool = False, stdin: io.BytesIO | None = None) -> None:
        self.said: list[str] = []
        self.now = 100.0
        self.tail = Tail([str(path) for path in paths], refusal, self.said.append, whole=whole, stdin=stdin)
        _TAILS.append(self.tail)
        self.first = self.poll()

    def poll(self, seconds: float = 1.1) -> list[tuple[str, int, bytes]]:
        self.now += seconds
        return [(Path(one.part.name).name, one.line, one.data) for one in self.tail.poll(self.now)]

    def data(self, seconds: float = 1.1) -> bytes:
        return b"".join(data for _, _, data in self.poll(seconds))


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "bot.log"
    path.write_bytes(b"one\ntwo\n")
    return path


def test_only_what_is_added_is_handed_on_with_its_line(log: Path) -> None:
    followed = Followed(log)
    append(log, b"three\n")
    assert followed.poll() == [("bot.log", 2, b"three\n")]
    assert followed.poll() == []


def test_what_stands_before_is_at_hand(log: Path) -> None:
    followed = Followed(log)
    append(log, b"three\n")
    (lines,) = followed.tail.poll(200)
    assert lines.part.before is not None
    assert lines.part.before()[1] == b"one\ntwo\n"


def test_a_whole_file_is_read_where_that_is_asked_for(log: Path) -> None:
    followed = Followed(log, whole=True)
    assert followed.first == [("bot.log", 0, b"one\ntwo\n")]


def test_a_line_waits_for_its_end(log: Path) -> None:
    followed = Followed(log)
    append(log, b"thr")
    assert followed.poll() == []
    append(log, b"ee\nfo")
    assert followed.poll() == [("bot.log", 2, b"three\n")]
    assert followed.data(4) == b""
    assert followed.data(2) == b"fo", "after five seconds"


def test_the_line_that_is_being_written_at_the_start_is_handed_on_whole(log: Path) -> None:
    append(log, b"hal")
    followed = Followed(log)
    assert followed.data(10) == b"", "it is old as long as it does not go on"
    append(log, b"f\n")
    assert followed.poll() == [("bot.log", 2, b"half\n")]


def test_a_long_line_is_handed_on_in_parts(log: Path) -> None:
    followed = Followed(log)
    append(log, b"x" * (LONGEST + 10))
    assert followed.data() == b"x" * LONGEST
    append(log, b"\n")
    assert followed.data() == b"x" * 10 + b"\n"


def test_rotation_by_rename_loses_nothing(log: Path) -> None:
    followed = Followed(log)
    append(log, b"three\nfour")
    log.rename(log.with_name("bot.log.1"))
    log.write_bytes(b"five\n")
    found = followed.poll() + followed.poll()
    assert [data for _, _, data in found] == [b"three\n", b"four", b"five\n"]
    assert found[-1] == ("bot.log", 0, b"five\n")


def test_what_is_written_into_the_old_file_for_a_while_is_read(log: Path) -> None:
    followed = Followed(log)
    with log.open("ab", buffering=0) as writer:
        log.rename(log.with_name("old"))
        assert followed.poll() == []
        writer.write(b"late\n")
        assert followed.data() == b"late\n"
        log.write_bytes(b"new\n")
        writer.write(b"later\n")
        assert followed.data() == b"later\nnew\n"


def test_an_old_file_that_is_far_behind_is_read_to_its_end_first(log: Path) -> None:
    followed = Followed(log)
    old = b"".join(b"%07d\n" % number for number in range(400_000))
    append(log, old)
    log.rename(log.with_name("bot.log.1"))
    log.write_bytes(b"new\n")
    found = b"".join(followed.data() for _ in range(8))
    assert found == old + b"new\n"


@pytest.mark.parametrize("after", [b"", b"1\n", b"much longer than what was there before\n" * 3])
def test_truncation(log: Path, after: bytes) -> None:
    followed = Followed(log)
    append(log, b"three\n")
    assert followed.data() == b"three\n"
    log.write_bytes(after)
    os.utime(log, ns=(1, time.time_ns() + 5_000_000))
    assert followed.data() == after
    append(log, b"more\n")
    assert followed.poll() == [("bot.log", after.count(b"\n"), b"more\n")]


def test_the_hole_before_what_a_writer_adds_after_a_truncation_is_left_out(log: Path) -> None:
    followed = Followed(log)
    with log.open("r+b") as writer:
        writer.seek(0, os.SEEK_END)
        os.truncate(log, 0)
        assert followed.data() == b""
        writer.write(b"after\n")
    assert followed.data() == b"after\n"


def test_copytruncate_in_a_folder_does_not_repeat_the_copy(log: Path) -> None:
    followed = Followed(log.parent)
    append(log, b"three\n")
    assert followed.data() == b"three\n"
    log.with_name("bot.log.1").write_bytes(log.read_bytes())
    log.with_name("bot.log-20261121.gz").write_bytes(b"\x1f\x8b\x08")
    os.truncate(log, 0)
    append(log, b"4\n")
    assert followed.data() == b"4\n"
    assert followed.said == []


def test_rotation_within_a_folder_does_not_repeat_anything(log: Path) -> None:
    log.with_name("bot.log.1").write_bytes(b"older\n")
    followed = Followed(log.parent)
    append(log, b"three\n")
    log.with_name("bot.log.1").rename(log.with_name("bot.log.2"))
    log.rename(log.with_name("bot.log.1"))
    log.write_bytes(b"four\n")
    assert b"".join(followed.data() for _ in range(10)) == b"three\nfour\n"


def test_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "later.log"
    followed = Followed(path)
    assert "later.log" in followed.said[0]
    assert "waiting" in followed.said[0]
    path.write_bytes(b"here\n")
    assert followed.poll() == [("later.log", 0, b"here\n")]


def test_a_file_that_vanishes_and_comes_back(log: Path) -> None:
    followed = Followed(log)
    away = log.with_name("away")
    log.rename(away)
    for _ in range(8):
        assert followed.poll() == []
    away.rename(log)
    append(log, b"three\n")
    assert followed.data() == b"three\n", "the same file goes on"
    log.unlink()
    for _ in range(8):
        assert followed.poll() == []
    log.write_bytes(b"new\n")
    assert followed.data() == b"new\n"


@pytest.mark.parametrize("given", [".", "*.log", "**/*.log"])
def test_new_files_of_folders_and_globs(log: Path, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(log.parent)
    followed = Followed(given)
    log.with_name("second.log").write_bytes(b"hello\n")
    assert followed.poll() == [("second.log", 0, b"hello\n")]


def test_two_names_of_one_file_count_once(log: Path) -> None:
    log.with_name("link.log").symlink_to(log)
    followed = Followed(log, log.with_name("link.log"), log.parent)
    append(log, b"three\n")
    assert followed.data() == b"three\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x1f\x8b\x08\x00\x00", "compressed"),
        ("one\ntwo\n".encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n", "an image"),
    ],
)
def test_what_cannot_be_followed_is_said_once_and_the_others_go_on(log: Path, content: bytes, why: str) -> None:
    log.with_name("odd").write_bytes(content)
    followed = Followed(log.parent)
    append(log, b"three\n")
    append(log.with_name("odd"), b"more\n")
    assert followed.poll() == [("bot.log", 2, b"three\n")]
    (said,) = followed.said
    assert "odd: cannot be followed" in said
    assert why in said


def test_a_folder_of_archives_is_not_listed_in_full(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"x{number}.bin").write_bytes(b"\x1f\x8b\x08")
    assert len(Followed(tmp_path).said) < 10


def test_a_new_file_in_utf_16_is_refused_as_soon_as_something_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"")
    followed = Followed(path)
    path.write_bytes("one\n".encode("utf-16"))
    assert followed.poll() == []
    assert "UTF-16" in followed.said[0]


def test_many_files_with_few_handles(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.log" for number in range(400)]
    for path in paths:
        path.write_bytes(b"old\n")
    followed = Followed(tmp_path)
    for path in paths:
        append(path, b"new\n")
    assert followed.data() == b"new\n" * 400
    assert len(list(Path("/proc/self/fd").iterdir())) < 300


def until_ended(followed: Followed) -> bytes:
    found = b"".join(data for _, _, data in followed.first)
    for _ in range(200):
        found += followed.data(0.01)
        if followed.tail.ended:
            return found
        time.sleep(0.005)
    raise AssertionError("it does not end")


def test_standard_input_until_it_ends() -> None:
    followed = Followed("-", stdin=io.BytesIO(b"\xef\xbb\xbfone\ntwo"))
    assert until_ended(followed) == b"one\ntwo"


def test_a_named_pipe_until_its_writer_ends(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    followed = Followed(path)
    path.write_bytes(b"one\n")
    assert until_ended(followed) == b"one\n"


def test_at_the_end_a_line_without_end_is_handed_on(log: Path) -> None:
    followed = Followed(log)
    append(log, b"rest")
    assert followed.data() == b""
    assert b"".join(one.data for one in followed.tail.finish()) == b"rest"


_BYTES = st.lists(st.sampled_from([b"a", b"\n", b"\r\n", "é".encode(), b"\x00", b"y" * 70_000]), max_size=30).map(
    b"".join
)


@given(content=_BYTES, cuts=st.lists(st.integers(0, 80_000), max_size=20))
def test_the_same_bytes_give_the_same_lines_however_they_come(content: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    cutter, found, lines = Cutter(Part("x")), b"", 0
    for begin, end in pairwise(places):
        for one in cutter.add(content[begin:end], 1.0):
            assert one.data.endswith(b"\n") or len(one.data) >= LONGEST
            assert one.line == lines
            found += one.data
            lines += one.data.count(b"\n")
    assert content.startswith(found)
    assert b"\n" not in content[len(found) :]
    assert len(content) - len(found) < LONGEST
    assert found + b"".join(one.data for one in cutter.rest()) == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.one_of(st.text("ab\né", max_size=40).map(str.encode), st.sampled_from(["poll", "rotate", "truncate"])),
        max_size=25,
    )
)
def test_every_byte_once_in_order(tmp_path_factory: pytest.TempPathFactory, steps: list[bytes | str]) -> None:
    """Bytes written, rotations and truncations in any order, with a look before each truncation."""
    path = tmp_path_factory.mktemp("logs") / "bot.log"
    path.write_bytes(b"")
    followed = Followed(path)
    wanted = found = b""
    for number, step in enumerate(steps):
        if isinstance(step, bytes):
            line = b"%d " % number + step
            append(path, line)
            wanted += line
        elif step == "rotate":
            path.rename(path.with_name(f"old-{number}"))
            found += followed.data(0.1)
            path.write_bytes(b"")
            found += followed.data(1.1)
        else:
            found += followed.data(1.1)
            if step == "truncate":
                os.truncate(path, 0)
                found += followed.data(1.1)
    found += followed.data(6) + followed.data(6) + b"".join(one.data for one in followed.tail.finish())
    followed.tail.close()
    assert found == wanted
