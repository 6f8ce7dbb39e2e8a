"""Exit statuses: 0 done, 2 unusable input or arguments (one line), 3 a bug (a crash log without secrets)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NoReturn

import pytest
from tests.cli.program import TICKET, lines, run

import keymedic
from keymedic.cli.main import main

SECRETS = [
    "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
    "6f2b1c9d4e5a7b8c0d1e2f3a",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "Tr0ub4dor&3xyz",
]


def one_line(err: str) -> str:
    assert err.startswith("keymedic: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    return err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: COMMAND: see `keymedic --help`"),
        (["diagnos", "x"], "invalid choice: 'diagnos'"),
        (["diagnose", "x", "--format", "pdf"], "(choose from"),
        (["diagnose", "x", "--form", "json"], "unrecognized arguments: --form json"),
        (
            ["diagnose", "invalid", "api", "key"],
            "unrecognized arguments: api key: put a text of several words in quotes",
        ),
        (["diagnose", "x", "-f", "y"], "not allowed with argument"),
        (["diagnose", ""], "the text is empty"),
        (["diagnose", " \n "], "the text is empty"),
        (["diagnose", "-f", "/nowhere/at/all.txt"], "/nowhere/at/all.txt: cannot be read: No such file or directory"),
        (["diagnose", "-f", "/"], "/: cannot be read: Is a directory"),
        (["diagnose", "x", "--answer", "yes"], "answer 'yes': write it as ID=VALUE, for example"),
        (["diagnose", "x", "--answer", "base.worked_befor=yes"], "did you mean base.worked_before?"),
        (["diagnose", "x", "--answer", "base.worked_before=yes"], "the answers are worked, never, unknown"),
        (["diagnose", "x", "--rules", "/nowhere"], "--rules /nowhere: there is no such folder"),
        (["ask", "-f", "/nowhere"], "/nowhere: cannot be read"),
        (["packs"], "the following arguments are required: list|show|check|test"),
        (["packs", "show"], "the following arguments are required: NAME"),
        (["evaluate", "/nowhere.jsonl"], "/nowhere.jsonl: cannot be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_used_is_said_in_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in one_line(captured.err)


def test_binary_data_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    assert main(["diagnose", "-f", str(path)]) == 2
    assert "this is binary data" in one_line(capsys.readouterr().err)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("keymedic.cli.common.MAX_BYTES", 1_000_000)
    path = tmp_path / "big.log"
    path.write_bytes(b"x" * 1_000_001)
    assert main(["diagnose", "-f", str(path)]) == 2
    assert "more than 1 MB" in one_line(capsys.readouterr().err)


def test_empty_standard_input() -> None:
    done = run("diagnose", "-")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "the text is empty" in one_line(done.stderr.decode())


def test_packs_that_cannot_be_used_are_listed_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.yaml").write_text("schema: keymedic/pack/1\npack: bad\nkind: exchange\n", encoding="utf-8")
    assert main(["diagnose", TICKET, "--rules", str(tmp_path)]) == 2
    said = capsys.readouterr().err.splitlines()
    problems = [line for line in said if str(tmp_path) in line]
    assert problems
    assert all(":1:" in line for line in problems)
    assert not any("Traceback" in line for line in said)


class TestCrash:
    @pytest.fixture(autouse=True)
    def temporary(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def crash(self, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
        def fail(*_: object, **__: object) -> NoReturn:
            try:
                raise KeyError(*error.args)
            except KeyError as first:
                raise error from first

        monkeypatch.setattr("keymedic.case.diagnose", fail)

    def log(self, tmp_path: Path) -> str:
        [path] = tmp_path.glob("keymedic-crash-*.txt")
        return path.read_text(encoding="utf-8")

    @pytest.mark.parametrize("secret", SECRETS)
    @pytest.mark.parametrize("form", ["{}", "bad secret {}", "{{'apiKey': '{}'}}", "line one\n  {} at the end"])
    def test_the_log_has_no_piece_of_a_secret(
        self,
        secret: str,
        form: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        error = RuntimeError(form.format(secret))
        error.add_note(f"while reading {secret}")
        self.crash(monkeypatch, error)
        assert main(["diagnose", f"{TICKET} {secret}"]) == 3
        said = capsys.readouterr()
        text = self.log(tmp_path) + said.out + said.err
        assert not [secret[at : at + 8] for at in range(len(secret) - 7) if secret[at : at + 8] in text]

    def test_the_log_can_be_used(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.crash(monkeypatch, ValueError("this list is empty"))
        assert main(["diagnose", TICKET]) == 3
        said = capsys.readouterr().err
        [path] = tmp_path.glob("keymedic-crash-*.txt")
        assert one_line(said).startswith("keymedic: this is a bug in Keymedic (ValueError).")
        assert said.endswith(f"{path}\n")
        text = self.log(tmp_path)
        assert text.startswith(f"keymedic {keymedic.__version__}, Python 3.")
        assert "ValueError: this list is empty" in text
        assert 'cli/diagnose.py", line ' in text
        assert TICKET not in text
        assert path.stat().st_mode & 0o077 == 0

    def test_where_masking_itself_fails_no_message_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(text: str) -> NoReturn:
            raise ValueError(text)

        monkeypatch.setattr("keymedic.intake.redaction.mask", fail)
        self.crash(monkeypatch, RuntimeError(SECRETS[0]))
        assert main(["diagnose", TICKET]) == 3
        text = self.log(tmp_path)
        assert "RuntimeError (its message is left out" in text
        assert SECRETS[0][:8] not in text

    def test_an_interruption_is_no_bug(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def stop(*_: object, **__: object) -> NoReturn:
            raise KeyboardInterrupt

        monkeypatch.setattr("keymedic.case.diagnose", stop)
        assert main(["diagnose", TICKET]) == 130
        assert not list(tmp_path.iterdir())


def test_the_program_returns_what_main_says() -> None:
    assert run("diagnose", TICKET).returncode == 0
    done = run("packs", "show", "nothing-of-this-name")
    assert done.returncode == 2
    assert len(lines(done.stderr)) == 1
