"""Every command explains itself, with examples that work."""

from __future__ import annotations

import re
import shlex

import pytest

import keymedic
from keymedic.cli import commands
from keymedic.cli.main import main, parser

NAMES = [module.__name__.rsplit(".", 1)[-1] for module in commands.ALL]
ACTIONS = [["packs", action] for action in ("list", "show", "check", "test")]


def help_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, "--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def examples(text: str) -> list[str]:
    """The commands of the examples, without what is explained behind them."""
    found = re.findall(r"^  (?:\w+ \| )?(keymedic .*)$", text.partition("examples:\n")[2], re.MULTILINE)
    return [re.split(r"\s{2,}", line)[0] for line in found]


def test_the_whole_program_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of([], capsys)
    for name in NAMES:
        assert re.search(rf"^    {name}\b", text, re.MULTILINE)


@pytest.mark.parametrize("arguments", [*([name] for name in NAMES), *ACTIONS], ids=" ".join)
def test_a_command_has_examples_that_its_own_parser_takes(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = examples(help_of(arguments, capsys))
    assert found
    for line in found:
        words = shlex.split(line.partition(" < ")[0].partition(" > ")[0])
        assert words[1 : 1 + len(arguments)] == arguments
        parser().parse_args(words[1:])


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"keymedic {keymedic.__version__}\n"
