"""`keymedic packs new`, `derive` and `reference`: files that others go on from."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from tests.inference.mini import PACKS
from tests.knowledge import fake_ccxt as fake
from tests.knowledge.fake_ccxt import InvalidOrder, client

from keymedic.cli.main import main

Capture = pytest.CaptureFixture[str]


def run(capsys: Capture, *arguments: str | Path) -> tuple[int, str, str]:
    """Status, output and errors of `keymedic packs ...`."""
    status = main(["packs", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


class TestNew:
    """A new pack complains only about what is left to do, and is good when that is done."""

    @pytest.fixture(autouse=True)
    def here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An empty working folder, and the small world as the built-in packs."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("keymedic.paths.rules", lambda: PACKS)

    @pytest.mark.parametrize("kind", ["exchange", "source"])
    def test_from_the_first_line_to_a_good_pack(self, kind: str, tmp_path: Path, capsys: Capture) -> None:
        assert run(capsys, "new", kind, "acmex") == (
            0,
            "acmex.yaml written: fill in what says TODO, then `keymedic packs check acmex.yaml`\n",
            "",
        )
        status, out, _ = run(capsys, "check", "acmex.yaml")
        assert status == 2
        assert all(": still to do: " in line for line in out.splitlines())
        path = tmp_path / "acmex.yaml"
        text = path.read_text(encoding="utf-8")
        assert len(out.splitlines()) >= 10
        path.write_text(filled_in(text), encoding="utf-8")
        assert run(capsys, "check", "acmex.yaml", "--strict") == (0, "", "1 files checked: no errors\n")
        status, out, err = run(capsys, "test", "acmex", "--rules", tmp_path)
        assert (status, out) == (0, "")
        assert err.endswith("1 packs, 1 examples, 1 counterexamples: no errors\n")

    def test_a_file_that_is_there_is_left_alone(self, tmp_path: Path, capsys: Capture) -> None:
        (tmp_path / "acmex.yaml").write_text("mine", encoding="utf-8")
        status, _, err = run(capsys, "new", "exchange", "acmex")
        assert (status, err) == (2, "keymedic: acmex.yaml: there is a file of this name already\n")
        assert (tmp_path / "acmex.yaml").read_text(encoding="utf-8") == "mine"

    def test_it_can_lie_elsewhere(self, tmp_path: Path, capsys: Capture) -> None:
        assert run(capsys, "new", "source", "acmex", "--out", "packs/mine/a.yaml")[0] == 0
        assert (tmp_path / "packs" / "mine" / "a.yaml").exists()

    def test_where_nothing_can_be_written(self, tmp_path: Path, capsys: Capture) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        status, _, err = run(capsys, "new", "source", "acmex", "--out", "file/a.yaml")
        assert status == 2
        assert err.startswith("keymedic: file/a.yaml: cannot be written: ")

    @pytest.mark.parametrize("name", ["Acme", "acme exchange", "../acme"])
    def test_what_is_no_id_is_refused(self, name: str, capsys: Capture) -> None:
        status, _, err = run(capsys, "new", "exchange", name)
        assert (status, err) == (2, f"keymedic: {name!r} is no pack id: small letters, digits, - and _\n")


def filled_in(text: str) -> str:
    """What an author would write for each TODO."""
    for old, new in (
        ("TODO-10001", "10001"),
        ("TODO-10002", "10002"),
        ("TODO_invalid_key", "invalid_key"),
        ("TODO the message as it is sent", "acmex does not know this key"),
        ("TODO the message as it is shown", "acmex does not know this key"),
        ("TODO its nearest neighbour", "acmex does not know this order"),
        ("TODO acmex ", "Acmex "),
        ("TODO.example", "acmex.example"),
        ("TODO-acmex", "acmex"),
    ):
        text = text.replace(old, new)
    return re.sub(r'"TODO: ([^"]*)"', r'"So: \1"', text)


class TestDerive:
    """Packs of a small ccxt beside the small world."""

    blue = client("bluecoin", exceptions={"exact": {"10001": InvalidOrder}})
    red = client("redcoin")

    @pytest.fixture(autouse=True)
    def rules(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The small world as the built-in packs, in a folder of its own."""
        folder = tmp_path / "rules"
        shutil.copytree(PACKS, folder)
        monkeypatch.setattr("keymedic.paths.rules", lambda: folder)
        self.use(monkeypatch, self.blue, self.red, client("north"))
        return folder

    def use(self, monkeypatch: pytest.MonkeyPatch, *clients: type[fake.Exchange]) -> None:
        monkeypatch.setitem(sys.modules, "ccxt", fake.ccxt(*clients))

    def files(self, rules: Path) -> dict[str, bytes]:
        return {path.stem: path.read_bytes() for path in (rules / "exchanges" / "derived").glob("*.yaml")}

    def test_every_exchange_that_nobody_wrote_a_pack_for(self, rules: Path, capsys: Capture) -> None:
        assert run(capsys, "derive") == (0, "2 new\nbluecoin: new\nredcoin: new\n", "")
        assert self.files(rules).keys() == {"bluecoin", "redcoin"}
        assert run(capsys, "check", "--strict")[0] == 0
        assert run(capsys, "test")[0] == 0

    def test_again_changes_no_byte(self, rules: Path, capsys: Capture) -> None:
        run(capsys, "derive")
        before = self.files(rules)
        assert run(capsys, "derive", "--check") == (0, "2 unchanged\n", "")
        assert run(capsys, "derive") == (0, "2 unchanged\n", "")
        assert self.files(rules) == before

    def test_check_writes_nothing(self, rules: Path, capsys: Capture) -> None:
        assert run(capsys, "derive", "--check")[:2] == (2, "2 new\nbluecoin: new\nredcoin: new\n")
        assert self.files(rules) == {}

    def test_a_new_ccxt_is_told(self, rules: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        run(capsys, "derive")
        changed = client("bluecoin", exceptions={"exact": {"10001": InvalidOrder, "10002": InvalidOrder}})
        self.use(monkeypatch, changed, client("greencoin"))
        told = (
            "1 new, 2 changed\n"
            "bluecoin: symptom bluecoin.order: match changed\n"
            "bluecoin: symptom bluecoin.order: wording of examples\n"
            "greencoin: new\n"
            "redcoin: status derived -> deprecated\n"
            "redcoin: deprecated (ccxt 9.0.0 knows this exchange no more)\n"
        )
        assert run(capsys, "derive", "--check")[:2] == (2, told)
        assert run(capsys, "derive")[:2] == (0, told)
        assert run(capsys, "derive")[:2] == (0, "3 unchanged\n")
        assert run(capsys, "check")[0] == 0

    def test_a_pack_of_a_person_takes_over(self, rules: Path, capsys: Capture) -> None:
        run(capsys, "derive")
        text = (PACKS / "south.yaml").read_text(encoding="utf-8").replace("south", "redcoin")
        (rules / "exchanges" / "redcoin.yaml").write_text(text.replace("4001", "4009"), encoding="utf-8")
        assert run(capsys, "derive")[:2] == (0, "1 unchanged, 1 taken over\nredcoin: taken over\n")
        assert self.files(rules).keys() == {"bluecoin"}
        assert run(capsys, "check")[0] == 0

    def test_another_folder(self, rules: Path, tmp_path: Path, capsys: Capture) -> None:
        run(capsys, "derive")
        assert run(capsys, "derive", "--out", tmp_path / "mine")[1].splitlines()[0] == "2 new"
        assert {path.stem: path.read_bytes() for path in (tmp_path / "mine").iterdir()} == self.files(rules)

    def test_whoever_stops_reading_gets_the_files_all_the_same(
        self, rules: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def gone(*_: object, **__: object) -> None:
            raise BrokenPipeError

        monkeypatch.setattr("builtins.print", gone)
        monkeypatch.setattr("keymedic.cli.main._drop_output", lambda: None)
        assert main(["packs", "derive"]) == 0
        assert self.files(rules).keys() == {"bluecoin", "redcoin"}

    def test_without_ccxt(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "ccxt", None)
        assert run(capsys, "derive") == (2, "", "keymedic: ccxt is not installed: install keymedic[probe]\n")

    def test_with_broken_packs(self, rules: Path, capsys: Capture) -> None:
        (rules / "north.yaml").write_text("kind: [", encoding="utf-8")
        assert run(capsys, "derive") == (2, "", "keymedic: the packs cannot be used: see `keymedic packs check`\n")


class TestReference:
    """Pages written from the packs."""

    @pytest.fixture
    def rules(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "rules"
        shutil.copytree(PACKS, folder)
        monkeypatch.setattr("keymedic.paths.rules", lambda: folder)
        return folder

    @pytest.fixture
    def out(self, rules: Path, tmp_path: Path, capsys: Capture) -> Path:
        """The pages of the small world."""
        folder = tmp_path / "docs" / "knowledge"
        assert run(capsys, "reference", "--out", folder) == (
            0,
            "",
            f"9 pages in {folder}, 9 written, 0 removed\n",
        )
        return folder

    def test_pages_that_fit_are_left_alone(self, out: Path, capsys: Capture) -> None:
        assert run(capsys, "reference", "--out", out, "--check") == (0, "", "")
        assert run(capsys, "reference", "--out", out)[2] == f"9 pages in {out}, 0 written, 0 removed\n"

    def test_a_change_of_a_pack_is_noticed(self, out: Path, rules: Path, capsys: Capture) -> None:
        path = rules / "tally.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("Tally shows", "It shows"), encoding="utf-8")
        said = f"{out}/packs/tally.md:1:1: it does not fit the packs: run `keymedic packs reference`\n"
        assert run(capsys, "reference", "--out", out, "--check")[:2] == (2, said)
        assert run(capsys, "reference", "--out", out)[2].endswith("1 written, 0 removed\n")
        assert run(capsys, "reference", "--out", out, "--check")[0] == 0

    def test_the_page_of_a_pack_that_is_gone_goes_too(self, out: Path, rules: Path, capsys: Capture) -> None:
        (rules / "tally.yaml").unlink()
        assert run(capsys, "reference", "--out", out, "--check")[0] == 2
        assert run(capsys, "reference", "--out", out)[2].endswith("1 removed\n")
        assert not (out / "packs" / "tally.md").exists()

    @pytest.mark.parametrize("name", ["README.md", "guide/other.md"])
    def test_a_folder_with_other_pages_is_left_alone(
        self, name: str, rules: Path, tmp_path: Path, capsys: Capture
    ) -> None:
        page = tmp_path / "docs" / name
        page.parent.mkdir(parents=True)
        page.write_text("# Somebody's own page\n", encoding="utf-8")
        status, _, err = run(capsys, "reference", "--out", tmp_path / "docs")
        assert status == 2
        assert err == (
            f"keymedic: {tmp_path}/docs: there are other pages in it: name a folder for the reference alone\n"
        )
        assert page.read_text(encoding="utf-8") == "# Somebody's own page\n"
