"""`keymedic packs`: list, show, check, test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.inference.mini import PACKS

from keymedic.cli.main import main
from keymedic.knowledge.store import Knowledge

NORTH = (PACKS / "north.yaml").read_text(encoding="utf-8")


def test_list_has_every_pack_and_a_total(knowledge: Knowledge, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "list"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert len(out) == len(knowledge.index.heads) + 1
    assert re.fullmatch(
        r"exchange +kucoin +\d+\.\d+\.\d+ +\w+ +\d+ symptoms +KuCoin", next(line for line in out if "kucoin" in line)
    )
    index = knowledge.index
    assert out[-1] == f"{len(index.heads)} packs, {len(index.symptom_ids)} symptoms, {len(index.causes)} causes"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder of one's own: an overlay, and a pack in place of a built-in one."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "desk.yaml").write_text(
        "schema: keymedic/overlay/1\noverlay: desk\n"
        "silence: [{symptom: north.4003, reason: We never see this one.}]\n"
        "priors: [{pack: south, cause: key.expired, shift: 4, reason: Keys lapse fast at our customers.}]\n",
        encoding="utf-8",
    )
    text = (PACKS / "tally.yaml").read_text(encoding="utf-8").replace("version: 1.0.0", "version: 1.5.0")
    (folder / "tally.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("how", ["option", "variable"])
@pytest.mark.usefixtures("small_world")
def test_list_says_what_local_folders_change(
    how: str, mine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "variable":
        monkeypatch.setenv("KEYMEDIC_RULES_DIR", str(mine))
    assert main(["packs", "list", *(["--rules", str(mine)] if how == "option" else [])]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line for line in out if line.startswith("local: ")] == [
        f"local: {mine}/tally.yaml replaces tally 1.0.0 by 1.5.0",
        "local: desk silences north.4003: We never see this one.",
        "local: desk shifts key.expired at south by +4: Keys lapse fast at our customers.",
    ]
    assert re.search(r"^exchange +north +1\.2\.0 +tested +2 symptoms", "\n".join(out), re.MULTILINE)


@pytest.mark.usefixtures("small_world")
def test_a_folder_of_one_s_own_that_is_not_there_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYMEDIC_RULES_DIR", "/nowhere/at/all")
    assert main(["packs", "list"]) == 2
    assert capsys.readouterr().err == "keymedic: KEYMEDIC_RULES_DIR: there is no folder /nowhere/at/all\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kucoin", "KuCoin (kucoin), exchange pack"),
        ("huobi", "HTX (htx), exchange pack"),
        ("cointracker", "procedure replace_key"),
        ("key.expired", "who can act: user"),
        ("kucoin.400001", "code '400001' or text"),
        ("base.worked_before", "worked (it worked and stopped): for key.deleted"),
    ],
)
def test_show_says_what_is_known_under_a_name(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "show", name]) == 0
    assert said in capsys.readouterr().out


def test_show_can_describe_everything_there_is(knowledge: Knowledge, capsys: pytest.CaptureFixture[str]) -> None:
    packs = [head.id for head in knowledge.index.heads.values()]
    questions = [question.id for question in knowledge.questions(packs)]
    names = [*packs, *knowledge.causes, *knowledge.index.symptom_ids, *questions]
    assert main(["packs", "show", *names]) == 0
    out = capsys.readouterr().out
    assert not re.search(r"\{'(all|any|none|text|code|regex)':", out)
    assert len(out.splitlines()) > len(names)


def test_show_of_an_unknown_name_suggests_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "show", "kucion"]) == 2
    assert capsys.readouterr().err == "keymedic: nothing is called 'kucion': did you mean kucoin or coinone?\n"


@pytest.fixture
def small_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packs of the inference tests in place of the built-in ones: checking them all takes no time."""
    monkeypatch.setattr("keymedic.paths.rules", lambda: PACKS)


@pytest.mark.usefixtures("small_world")
def test_check_of_a_good_file_is_silent_but_for_the_total(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "west.yaml"
    path.write_text(re.sub("[Nn]orth(?=[^eu])", "west", NORTH), encoding="utf-8")
    assert main(["packs", "check", str(path)]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "1 files checked: no errors\n")


@pytest.mark.usefixtures("small_world")
@pytest.mark.parametrize(
    ("slips", "said"),
    [
        ({"{ip.not_whitelisted: strong}": "{ip.not_whitelistd: strong}"}, ["ip.not_whitelistd"]),
        ({"kind: exchange": "kind: echange", "status: tested": "statos: tested"}, ["echange", "statos"]),
        ({"version: 1.2.0": "version: ["}, ["north.yaml"]),
    ],
    ids=["name", "form", "yaml"],
)
def test_check_names_file_line_and_column_of_what_is_wrong(
    slips: dict[str, str], said: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "north.yaml"
    text = NORTH
    for right, wrong in slips.items():
        text = text.replace(right, wrong)
    path.write_text(text, encoding="utf-8")
    assert main(["packs", "check", str(path)]) == 2
    out = capsys.readouterr()
    assert all(word in out.out for word in said)
    for line in out.out.splitlines():
        assert re.match(rf"{re.escape(str(path))}:\d+:\d+: ", line)
    assert re.fullmatch(r"1 files checked: \d+ errors?\n", out.err)


@pytest.mark.usefixtures("small_world")
@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--strict"], 2)])
def test_warnings_count_as_errors_when_they_shall(
    arguments: list[str], status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "north.yaml"
    path.write_text(NORTH.replace("2026-11-21", "2020-02-02"), encoding="utf-8")
    assert main(["packs", "check", str(path), *arguments]) == status
    said = capsys.readouterr()
    assert re.fullmatch(
        rf"{re.escape(str(path))}:9:1: warning: last verified \d+ days ago: read its sources again and set the date\n",
        said.out,
    )
    assert said.err == "1 files checked: no errors, 1 warning\n"


@pytest.mark.usefixtures("small_world")
def test_an_overlay_is_checked_like_a_pack(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = mine / "desk.yaml"
    assert main(["packs", "check", str(path)]) == 0
    path.write_text(path.read_text(encoding="utf-8").replace("north.4003", "north.403"), encoding="utf-8")
    capsys.readouterr()
    assert main(["packs", "check", str(path)]) == 2
    assert "unknown symptom 'north.403': did you mean north.4003" in capsys.readouterr().out


@pytest.mark.usefixtures("small_world")
def test_the_small_world_has_neither_errors_nor_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "check", "--strict"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "5 files checked: no errors\n")


def test_check_of_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "check", "nowhere.yaml"]) == 2
    assert capsys.readouterr().err == "keymedic: nowhere.yaml: there is no such file\n"


def test_test_runs_the_examples_of_some_packs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "test", "base.network"]) == 0
    assert re.fullmatch(r"1 packs, \d+ examples, \d+ counterexamples: no errors\n", capsys.readouterr().err)


def test_test_of_a_pack_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "test", "nowhere"]) == 2
    assert capsys.readouterr().err == "keymedic: there is no pack 'nowhere': see `keymedic packs list`\n"
