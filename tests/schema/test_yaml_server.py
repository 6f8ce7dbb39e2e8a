"""An editor's YAML language server reads the schema from a pack's modeline: it finds mistakes and explains keys.

tests/e2e/install_yaml_server.sh installs the server into the folder that KEYMEDIC_YAML_SERVER names.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.schema.yaml_server import YamlServer

ROOT = Path(__file__).parents[2]
PACK = ROOT / "rules" / "exchanges" / "kucoin.yaml"
TEXT = PACK.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server() -> Iterator[YamlServer]:
    folder = os.environ.get("KEYMEDIC_YAML_SERVER")
    if not folder:
        pytest.skip("KEYMEDIC_YAML_SERVER names no folder: run tests/e2e/install_yaml_server.sh first")
    node = shutil.which("node")
    if not node:
        pytest.skip("node is not installed")
    program = Path(folder) / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    if not program.is_file():
        pytest.skip(f"no yaml-language-server in {folder}: run tests/e2e/install_yaml_server.sh")
    with YamlServer([node, str(program), "--stdio"], ROOT) as running:
        yield running


def line_of(text: str, start: str) -> int:
    """The number of the line that begins like this, from 0."""
    return next(number for number, line in enumerate(text.splitlines()) if line.startswith(start))


def test_a_good_pack_has_no_mistake(server: YamlServer) -> None:
    assert server.diagnostics(PACK, TEXT) == []


def test_an_unknown_key_is_marked_on_its_line(server: YamlServer) -> None:
    path = PACK.with_name("with_unknown_key.yaml")
    text = TEXT.replace("\nsymptoms:\n", "\ncolour: red\n\nsymptoms:\n", 1)
    (mistake,) = server.diagnostics(path, text)
    assert "colour" in mistake["message"]
    assert mistake["range"]["start"]["line"] == line_of(text, "colour:")


def test_a_wrong_value_is_marked_on_its_line(server: YamlServer) -> None:
    path = PACK.with_name("with_wrong_value.yaml")
    text = TEXT.replace("status: tested", "status: testd", 1)
    (mistake,) = server.diagnostics(path, text)
    assert "tested" in mistake["message"]
    assert mistake["range"]["start"]["line"] == line_of(text, "status:")


@pytest.mark.parametrize(("key", "words"), [("verified:", "sources were last read"), ("status:", "can be trusted")])
def test_a_key_is_explained_on_hovering(server: YamlServer, key: str, words: str) -> None:
    server.diagnostics(PACK, TEXT)
    assert words in server.hover(PACK, line_of(TEXT, key), 2)
