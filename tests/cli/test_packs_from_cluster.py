"""`keymedic packs new --from-cluster`: from messages that a triage did not know to a rule that knows them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.inference.mini import PACKS

from keymedic.cli.main import main
from keymedic.knowledge import positions
from keymedic.triage.meaning.unknowns import Candidate, clusters, looks_like_one
from keymedic.triage.records import Named, Sample

Capture = pytest.CaptureFixture[str]
NORTH = Named(id="north", name="North")
TALLY = Named(id="tally", name="Tally")
ACMEX = Named(id="acmex", name="Acmex")

SLEEPY = (
    '2026-03-02 14:10:09 bot-{} ERROR PermissionDenied: {} {{"code":"400999","msg":"The API key may not open vaults"}}'
)
BROKEN = "2026-03-02 14:10:09 bot-{} ERROR Tally: passphrase of wallet <key 1> is of an unheard-of shape"


def run(capsys: Capture, *arguments: str | Path) -> tuple[int, str, str]:
    """Status, output and errors of `keymedic ...`."""
    status = main([*map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


def new(capsys: Capture, *arguments: str | Path) -> tuple[int, str, str]:
    return run(capsys, "packs", "new", *arguments)


def candidate(text: str, count: int, **more: Any) -> Candidate:
    assert looks_like_one(text)
    made = Candidate(
        message=0,
        text=text,
        count=count,
        first=None,
        last=None,
        workers=1,
        exchange=None,
        source=None,
        samples=(Sample(file="a.log", line=1, text=text),),
    )
    return msgspec.structs.replace(made, **more)


def filled_in(text: str) -> str:
    """What an author would write for each TODO of a drafted symptom, and of the pack around it."""
    for old, new_ in (
        ("TODO_name", "vaults"),
        ('"TODO: what is seen, in a few words"', "The key may not open vaults"),
        ("TODO: its nearest neighbour, which says something else", "The key may open every door"),
        ("TODO.example", "acmex.example"),
        ("TODO-acmex", "acmex"),
        ("TODO acmex ", "Acmex "),
    ):
        text = text.replace(old, new_)
    return re.sub(r'"TODO: ([^"]*)"', r'"So: \1"', text)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder, and the small world as the built-in packs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("keymedic.paths.rules", lambda: PACKS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """unknowns.jsonl of a triage: a message of a known exchange, of a known tool, of a new exchange, of nobody."""
    found = clusters(
        [
            candidate(SLEEPY.format(7, "north"), 9, exchange=NORTH),
            candidate(SLEEPY.format(8, "north"), 9, exchange=NORTH, source=TALLY),
            candidate(BROKEN.format(7), 7, source=TALLY),
            candidate(SLEEPY.format(7, "acmex"), 5, exchange=ACMEX),
            candidate("ERROR a signature is smudged beyond all hope", 3),
        ]
    )
    path = tmp_path / "out" / "unknowns.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in found))
    return path


def uid(file: Path, **wanted: Any) -> str:
    """The id of the cluster with this exchange and source."""
    for line in file.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if all((one[key] and one[key]["id"]) == value for key, value in wanted.items()):
            return str(one["id"])
    raise LookupError(wanted)


@pytest.mark.parametrize(
    ("where", "name", "message", "asked"),
    [
        (("north", None), "north-local", SLEEPY.format(1, "north"), ()),
        ((None, "tally"), "tally-local", BROKEN.format(1), ()),
        (("acmex", None), "acmex", SLEEPY.format(1, "acmex"), ()),
        ((None, None), "acmex", "ERROR a signature is smudged beyond all hope", ("exchange", "acmex")),
        ((None, None), "acmex", "ERROR a signature is smudged beyond all hope", ("source", "acmex")),
    ],
    ids=["known exchange", "known tool", "new exchange", "told exchange", "told tool"],
)
def test_from_a_cluster_to_a_rule_that_knows_it(
    where: tuple[str | None, str | None],
    name: str,
    message: str,
    asked: tuple[str, ...],
    file: Path,
    tmp_path: Path,
    capsys: Capture,
) -> None:
    chosen = uid(file, exchange=where[0], source=where[1])
    status, out, _ = new(capsys, *asked, "--from-cluster", file, "--cluster", chosen)
    assert status == 0
    assert out.startswith(f"{name}.yaml written: fill in what says TODO, then `keymedic packs check {name}.yaml`")
    status, out, _ = run(capsys, "packs", "check", f"{name}.yaml")
    assert status == 2
    assert all(": still to do: " in line for line in out.splitlines())

    mine = tmp_path / "mine"
    mine.mkdir()
    path = (tmp_path / f"{name}.yaml").rename(mine / f"{name}.yaml")
    path.write_text(filled_in(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert run(capsys, "packs", "check", path, "--strict") == (0, "", "1 files checked: no errors\n")
    status, out, err = run(capsys, "packs", "test", name, "--rules", mine)
    assert (status, out) == (0, "")
    assert err.endswith("1 packs, 1 examples, 1 counterexamples: no errors\n")

    named = ["--exchange" if asked[0] == "exchange" else "--source", asked[1]] if asked else []
    assert f"{name}.vaults" in symptoms(capsys, message, *named, "--rules", str(mine))
    assert f"{name}.vaults" not in symptoms(capsys, message)


def symptoms(capsys: Capture, message: str, *more: str) -> set[str]:
    """Ids of the symptoms on which the causes of a diagnosis rest."""
    status, out, _ = run(capsys, "diagnose", message, "--format", "json", *more)
    assert status == 0
    return {item["symptom"] for cause in json.loads(out)["causes"] for item in cause["evidence"]}


@pytest.mark.parametrize(
    ("words", "name", "of"),
    [
        ((), "north-local", "north"),
        (("UID",), "tally-local", "tally"),
        (("--cluster", "UID"), "tally-local", "tally"),
        (("--cluster", "UID", "--out", "x/tally-local.yaml"), "tally-local", "tally"),
        (("source",), "tally-local", "tally"),
        (("exchange", "northex", "UID"), "north-local", "north"),
        (("north",), "north-local", "north"),
    ],
)
def test_the_words_may_stand_in_any_order(
    words: tuple[str, ...], name: str, of: str, file: Path, tmp_path: Path, capsys: Capture
) -> None:
    chosen = uid(file, exchange=None, source="tally")
    if words == ("source",):
        words = ("source", "--cluster", uid(file, exchange="north", source="tally"))
    said = [chosen if word == "UID" else word for word in words]
    assert new(capsys, "--from-cluster", file.parent, *said)[0] == 0
    (path,) = [path for path in tmp_path.rglob("*.yaml") if path.stem == name]
    assert positions.read(path.read_text(encoding="utf-8"), "").data["beside"] == of


def test_kind_and_id_may_come_first(file: Path, tmp_path: Path, capsys: Capture) -> None:
    assert new(capsys, "source", "acmex", "--from-cluster", file, uid(file, exchange=None, source=None))[0] == 0
    data = positions.read((tmp_path / "acmex.yaml").read_text(encoding="utf-8"), "").data
    (symptom,) = data["symptoms"]
    assert (data["kind"], symptom["id"], symptom["source"]) == ("source", "acmex.TODO_name", "docs")


def test_what_is_there_already_gets_a_neighbour(file: Path, tmp_path: Path, capsys: Capture) -> None:
    for name in ("north-local", "north-local-2", "north-local-3"):
        assert new(capsys, "--from-cluster", file)[1].startswith(f"{name}.yaml written: ")
    mine = tmp_path / "mine"
    for name in ("a", "b"):
        assert new(capsys, "--from-cluster", file, "--out", mine / f"{name}.yaml")[0] == 0
    assert "pack: north-local-2\n" in (mine / "b.yaml").read_text(encoding="utf-8")
    text = filled_in((mine / "a.yaml").read_text(encoding="utf-8"))
    (mine / "a.yaml").write_text(text, encoding="utf-8")
    (mine / "b.yaml").unlink()
    (tmp_path / "north-local.yaml").unlink()
    assert new(capsys, "--from-cluster", file, "--rules", mine)[1].startswith("north-local-4.yaml written: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cluster", "u-0"), "there is no cluster 'u-0'; there are\n  u-"),
        (("UNNAMED",), "names neither an exchange nor a tool: say which one is meant: `keymedic packs new exchange ID"),
        (("source", "UNNAMED"), "names no source: say which one is meant: `keymedic packs new source ID"),
        (("acmey",), "say what acmey is: `exchange acmey` or `source acmey`"),
        (("source", "north"), "north is known as exchange, not as source: say exchange, or another id"),
        (("exchange", "tally"), "tally is known as source, not as exchange: say source, or another id"),
        (("exchange", "Acmey"), "'Acmey' is no pack id: small letters, digits, - and _"),
        (("exchange", "a", "b"), "a b: one id of a pack, please"),
    ],
)
def test_what_cannot_be_done_is_said(words: tuple[str, ...], said: str, file: Path, capsys: Capture) -> None:
    chosen = uid(file, exchange=None, source=None)
    status, _, err = new(capsys, "--from-cluster", file, *[chosen if word == "UNNAMED" else word for word in words])
    assert status == 2
    assert said in err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "there are no unknown messages in it"),
        ("{}\n", ":1: no cluster of a triage ("),
        ("hello\n", ":1: no cluster of a triage ("),
        ("DRAFT", "is no symptom: run the triage again"),
        ("MATCH", "is no symptom: run the triage again"),
    ],
)
def test_a_file_that_is_none(content: str, said: str, file: Path, capsys: Capture) -> None:
    first = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    if content == "DRAFT":
        content = json.dumps({**first, "draft": "nothing: [of, the, kind"})
    if content == "MATCH":
        content = json.dumps({**first, "draft": first["draft"].replace("match: ", "mach: ")})
    file.write_text(content, encoding="utf-8")
    status, _, err = new(capsys, "--from-cluster", file)
    assert status == 2
    assert said in err


def test_no_file(capsys: Capture) -> None:
    status, _, err = new(capsys, "--from-cluster", "nowhere.jsonl")
    assert (status, err) == (2, "keymedic: nowhere.jsonl: cannot be read: No such file or directory\n")


@pytest.mark.parametrize("words", [(), ("exchange",), ("acme",), ("acme", "exchange"), ("exchange", "a", "b")])
def test_without_a_cluster_kind_and_id_are_needed(words: tuple[str, ...], capsys: Capture) -> None:
    status, _, err = new(capsys, *words)
    assert status == 2
    assert "say what the pack is about and its id: `keymedic packs new exchange acme` or `source acme`" in err
