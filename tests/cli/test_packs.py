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


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kucoin", "KuCoin (kucoin), exchange pack"),
        ("kucoinfutures", "KuCoin (kucoin), exchange pack"),
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
    assert capsys.readouterr().err == "keymedic: nothing is called 'kucion': did you mean kucoin?\n"


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


def test_check_of_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "check", "nowhere.yaml"]) == 2
    assert capsys.readouterr().err == "keymedic: nowhere.yaml: there is no such file\n"


def test_test_runs_the_examples_of_some_packs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "test", "base.network"]) == 0
    assert re.fullmatch(r"1 packs, \d+ examples, \d+ counterexamples: no errors\n", capsys.readouterr().err)


def test_test_of_a_pack_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["packs", "test", "nowhere"]) == 2
    assert capsys.readouterr().err == "keymedic: there is no pack 'nowhere': see `keymedic packs list`\n"
