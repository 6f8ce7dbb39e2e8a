"""Which files a run reads, and in which order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keymedic.errors import Unusable
from keymedic.triage.reading.inputs import STDIN, Input, expand


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.log", "a10.log", "a2.log", "sub/deep/c.log", ".hidden.log", ".git/config", "sub/.x/y.log"):
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "logs"


def names(*paths: str) -> list[str]:
    return [each.name for each in expand(paths)]


def test_a_folder_gives_its_files_in_natural_order_without_hidden_ones(logs: Path) -> None:
    assert names("logs") == ["logs/a2.log", "logs/a10.log", "logs/b.log", "logs/sub/deep/c.log"]


def test_a_file_keeps_the_name_it_was_given(logs: Path) -> None:
    assert expand(["./logs/b.log"]) == [Input("./logs/b.log", Path("logs/b.log"))]
    assert names(str(logs / "b.log")) == [str(logs / "b.log")]


def test_a_hidden_file_named_by_the_user_is_read(logs: Path) -> None:
    assert names("logs/.hidden.log") == ["logs/.hidden.log"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("logs/*.log", ["logs/a2.log", "logs/a10.log", "logs/b.log"]),
        ("logs/a?.log", ["logs/a2.log"]),
        ("logs/**/c.log", ["logs/sub/deep/c.log"]),
        ("logs/**", ["logs/a2.log", "logs/a10.log", "logs/b.log", "logs/sub/deep/c.log"]),
        ("logs/s*", ["logs/sub/deep/c.log"]),
    ],
)
def test_globs(logs: Path, pattern: str, expected: list[str]) -> None:
    assert names(pattern) == expected


def test_a_file_whose_name_looks_like_a_glob_is_that_file(logs: Path) -> None:
    (logs / "x[1].log").write_text("x")
    assert names("logs/x[1].log") == ["logs/x[1].log"]


def test_a_file_named_twice_counts_once(logs: Path) -> None:
    (logs / "link.log").symlink_to(logs / "b.log")
    assert names("logs/b.log", "logs/*.log", "logs", "-", "-") == [
        "logs/a2.log",
        "logs/a10.log",
        "logs/b.log",
        "logs/sub/deep/c.log",
        STDIN,
    ]


def test_standard_input_has_no_path() -> None:
    assert expand(["-"]) == [Input(STDIN, None)]


@pytest.mark.parametrize(
    "oldest_first",
    [
        ["bot.log.10.gz", "bot.log.3.gz", "bot.log.2.gz", "bot.log.1", "bot.log"],
        ["bot.log-20261118.gz", "bot.log-20261119", "bot.log"],
        ["bot.log.2026-11-18.zst", "bot.log.2026-11-19", "bot.log.2026-11-19_10-30", "bot.log"],
        ["app-2026-11-18.log", "app-2026-11-19.log", "bot.log.1.xz", "bot.log", "bot2.log.1", "bot2.log"],
    ],
)
def test_rotated_logs_come_oldest_first(tmp_path: Path, oldest_first: list[str]) -> None:
    for name in oldest_first:
        (tmp_path / name).touch()
    found = expand([str(tmp_path / name) for name in sorted(oldest_first, reverse=True)])
    assert [each.path.name for each in found if each.path] == oldest_first


def test_links_to_folders_are_followed_but_not_round_in_circles(logs: Path) -> None:
    (logs / "sub" / "up").symlink_to(logs)
    (logs / "other").symlink_to(logs / "sub" / "deep")
    assert "logs/other/c.log" in names("logs")


def test_pipes_in_a_folder_are_left_alone_and_dangling_links_are_reported_later(logs: Path) -> None:
    os.mkfifo(logs / "pipe")
    (logs / "gone.log").symlink_to(logs / "nowhere")
    found = names("logs")
    assert "logs/pipe" not in found
    assert "logs/gone.log" in found
    assert names("logs/pipe") == ["logs/pipe"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(logs: Path) -> None:
    closed = logs / "sub"
    closed.chmod(0)
    try:
        assert "logs/sub" in names("logs")
        with pytest.raises(Unusable, match=r"^logs/sub: the folder cannot be read: mend"):
            expand(["logs/sub"])
        with pytest.raises(Unusable, match=r"^logs/sub/deep: cannot be read: Permission denied$"):
            expand(["logs/sub/deep"])
    finally:
        closed.chmod(0o755)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere.log", "nowhere.log: there is no such file or folder: check the path"),
        ("logs/b.log/x", "logs/b.log/x: there is no such file or folder: check the path"),
        ("logs/*.txt", "logs/*.txt: no file matches: check the pattern (hidden files are left out)"),
        ("logs/.git/h*", "logs/.git/h*: no file matches: check the pattern (hidden files are left out)"),
        ("empty", "empty: the folder holds no files: name one that holds logs (hidden files are left out)"),
        ("", "'': the path is empty: give a file, a folder or - for standard input"),
        ("x" * 5000, "x" * 5000 + ": cannot be read: File name too long"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(logs: Path, path: str, message: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(Unusable) as caught:
        expand(["logs/b.log", path])
    assert str(caught.value) == message
