"""`keymedic packs lock` and `keymedic packs diff`: nothing changes unnoticed."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.inference.mini import PACKS

from keymedic import paths
from keymedic.cli.main import main


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small world that stands for the built-in packs."""
    folder = tmp_path / "rules"
    shutil.copytree(PACKS, folder)
    monkeypatch.setattr("keymedic.paths.rules", lambda: folder)
    return folder


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace words in a pack."""
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Status, output and errors of `keymedic packs ...`."""
    status = main(["packs", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


Capture = pytest.CaptureFixture[str]


class TestLock:
    """A changed pack needs a new version before the lock is written."""

    @pytest.fixture(autouse=True)
    def locked(self, rules: Path, capsys: Capture) -> None:
        """The small world, locked."""
        assert run(capsys, "lock") == (0, "", "5 packs locked\n")

    def test_the_lock_lies_beside_the_packs_and_fits(self, rules: Path, capsys: Capture) -> None:
        text = (rules / "packs.lock").read_text(encoding="utf-8")
        assert '"north": {"version":"1.2.0",' in text
        assert run(capsys, "lock", "--check")[0] == 0
        assert run(capsys, "lock")[0] == 0
        assert (rules / "packs.lock").read_text(encoding="utf-8") == text

    def test_a_change_without_a_version_is_refused(self, rules: Path, capsys: Capture) -> None:
        before = (rules / "packs.lock").read_bytes()
        edit(rules, "north", "north has no such key", "north has no key")
        for arguments in (["lock"], ["lock", "--check"]):
            status, out, err = run(capsys, *arguments)
            assert status == 2
            assert out == (
                f"{rules}/north.yaml:7:1: north changed since version 1.2.0: set the version to 1.3.0 or higher\n"
            )
            assert err.endswith("packs.lock was not written; `keymedic packs lock --bump` raises versions\n")
        assert (rules / "packs.lock").read_bytes() == before

    def test_bump_raises_the_version_as_far_as_needed(self, rules: Path, capsys: Capture) -> None:
        edit(rules, "north", "north has no such key", "north has no key")
        edit(rules, "tally", "name: Tally", "name: The Tally")
        assert run(capsys, "lock", "--bump")[:2] == (0, "north 1.2.0 -> 1.3.0\ntally 1.0.0 -> 1.0.1\n")
        assert "version: 1.3.0\n" in (rules / "north.yaml").read_text(encoding="utf-8")
        assert run(capsys, "lock", "--check")[0] == 0

    def test_a_new_version_alone_has_to_be_written(self, rules: Path, capsys: Capture) -> None:
        edit(rules, "north", "version: 1.2.0", "version: 1.3.0")
        status, out, _ = run(capsys, "lock", "--check")
        assert (status, out) == (2, f"{rules}/packs.lock:1:1: it does not fit the packs: run `keymedic packs lock`\n")
        assert run(capsys, "lock")[0] == 0
        assert run(capsys, "lock", "--check")[0] == 0

    def test_a_pack_that_is_gone_is_named_in_the_lock(self, rules: Path, capsys: Capture) -> None:
        (rules / "tally.yaml").unlink()
        status, out, _ = run(capsys, "lock")
        assert status == 2
        assert out.startswith(f"{rules}/packs.lock:1:1: the pack tally is gone: keep it")

    def test_an_older_lock_can_be_compared_with(self, rules: Path, tmp_path: Path, capsys: Capture) -> None:
        old = shutil.copy(rules / "packs.lock", tmp_path / "released.lock")
        edit(rules, "north", "north has no such key", "north has no key")
        edit(rules, "north", "version: 1.2.0", "version: 1.2.1")
        status, out, _ = run(capsys, "lock", "--check", "--against", old)
        assert status == 2
        assert "set the version to 1.3.0 or higher" in out
        assert run(capsys, "lock", "--bump", "--against", old)[:2] == (0, "north 1.2.0 -> 1.3.0\n")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (None, "cannot be read: No such file or directory"),
            (b"no lock", "this is no lock of packs ("),
            (b"\x00\x01\x02", "this is binary data"),
        ],
    )
    def test_what_is_no_lock_is_refused(
        self, content: bytes | None, said: str, tmp_path: Path, capsys: Capture
    ) -> None:
        path = tmp_path / "other.lock"
        if content is not None:
            path.write_bytes(content)
        status, _, err = run(capsys, "lock", "--against", path)
        assert status == 2
        assert err.startswith(f"keymedic: {path}: {said}")
        assert err.count("\n") == 1

    def test_check_and_bump_exclude_each_other(self, capsys: Capture) -> None:
        status, _, err = run(capsys, "lock", "--check", "--bump")
        assert status == 2
        assert "not allowed with argument" in err

    @pytest.mark.parametrize(("name", "said"), [("nowhere", "there is no such file or folder"), ("empty", "no packs")])
    def test_a_folder_without_packs(self, name: str, said: str, tmp_path: Path, capsys: Capture) -> None:
        (tmp_path / "empty").mkdir()
        status, _, err = run(capsys, "lock", tmp_path / name)
        assert status == 2
        assert said in err


def test_a_lock_that_cannot_be_written(rules: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_text", refuse)
    assert run(capsys, "lock") == (
        2,
        "",
        f"keymedic: {rules}/packs.lock: cannot be written: Permission denied\n",
    )


class TestDiff:
    """What changed between two folders or files of packs, in words."""

    @pytest.fixture
    def old(self, rules: Path, tmp_path: Path) -> Path:
        """The packs before the changes of a test."""
        return Path(shutil.copytree(rules, tmp_path / "old"))

    def test_no_difference(self, old: Path, capsys: Capture) -> None:
        assert run(capsys, "diff", old) == (0, "no difference\n", "")

    def test_changes_are_told_pack_by_pack(self, old: Path, rules: Path, capsys: Capture) -> None:
        edit(rules, "north", "{ip.not_whitelisted: strong}", "{ip.not_whitelisted: certain}")
        edit(rules, "north", "version: 1.2.0", "version: 1.3.0")
        edit(rules, "tally", "title: Tally shows a broken link", "title: A broken link in Tally")
        assert run(capsys, "diff", old) == (
            0,
            "north (1.2.0 -> 1.3.0): 1 change, minor\n"
            "  symptom north.4001: indicates ip.not_whitelisted strong -> certain\n"
            "tally (1.0.0, version not raised): 1 change, patch\n"
            "  symptom tally.broken: wording of title\n",
            "",
        )

    def test_packs_come_and_go(self, old: Path, rules: Path, capsys: Capture) -> None:
        (old / "tally.yaml").unlink()
        (rules / "south.yaml").unlink()
        assert run(capsys, "diff", old)[1] == "south: the pack is gone\ntally: the pack is new\n"
        assert run(capsys, "diff", rules, old)[1] == "south: the pack is new\ntally: the pack is gone\n"

    def test_a_file_is_compared_with_the_built_in_pack_of_its_id(self, old: Path, rules: Path, capsys: Capture) -> None:
        edit(rules, "north", "name: North", "name: The North")
        edit(rules, "tally", "name: Tally", "name: The Tally")
        assert run(capsys, "diff", old / "north.yaml")[1] == (
            "north (1.2.0, version not raised): 1 change, patch\n  wording of name\n"
        )

    def test_what_cannot_be_read_is_named(self, old: Path, capsys: Capture) -> None:
        edit(old, "north", "kind: exchange", "kind: [")
        status, _, err = run(capsys, "diff", old)
        assert status == 2
        assert re.match(rf"keymedic: the packs cannot be used:\n{re.escape(str(old))}/north\.yaml:\d+:\d+: ", err)
        assert run(capsys, "diff", old / "nowhere")[0] == 2

    @pytest.fixture
    def cases(self, tmp_path: Path) -> Path:
        path = tmp_path / "cases.jsonl"
        texts = {"1": ("code 4001", ["ip.not_whitelisted"], "north"), "2": ("code 4001", ["not_key.order"], "south")}
        lines = [
            json.dumps({"id": name, "text": text, "accept": accept, "exchange": exchange})
            for name, (text, accept, exchange) in texts.items()
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def test_with_cases_the_diagnoses_are_compared(self, old: Path, rules: Path, cases: Path, capsys: Capture) -> None:
        edit(rules, "north", "{ip.not_whitelisted: strong}", "{key.deleted: certain}")
        status, out, _ = run(capsys, "diff", old, "--cases", cases)
        lines = out.splitlines()
        assert status == 0
        assert lines[0] == "north (1.2.0, version not raised): 2 changes, minor"
        assert lines[3].startswith("case 1 (worse): ")
        assert "first cause ip.not_whitelisted 0." in lines[3]
        assert lines[4:] == ["1 of 2 diagnoses change: 0 better, 1 worse, 0 other"]

    def test_one_pack_stands_beside_the_built_in_ones(
        self, old: Path, rules: Path, cases: Path, tmp_path: Path, capsys: Capture
    ) -> None:
        alone = tmp_path / "mine"
        alone.mkdir()
        shutil.move(old / "north.yaml", alone / "north.yaml")
        edit(alone, "north", "{ip.not_whitelisted: strong}", "{key.deleted: certain}")
        out = run(capsys, "diff", alone / "north.yaml", "--cases", cases)[1]
        assert out.splitlines()[-1] == "1 of 2 diagnoses change: 1 better, 0 worse, 0 other"


def test_the_built_in_packs_can_be_locked(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(paths.rules(), folder)
    (folder / "packs.lock").unlink(missing_ok=True)
    assert run(capsys, "lock", folder)[0] == 0
    assert run(capsys, "lock", folder, "--check")[0] == 0
    assert run(capsys, "diff", folder)[1] == "no difference\n"
