"""Folders with tiny packs, and a cache folder of its own for a test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.knowledge.tiny import Data, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes packs into a folder and returns the folder: write(pack, pack, into="name")."""

    def writer(*packs: Data, into: str = "rules") -> Path:
        folder = tmp_path / into
        folder.mkdir(exist_ok=True)
        for pack in packs:
            text = yaml.safe_dump(json.loads(json.dumps(pack)), sort_keys=False, allow_unicode=True)
            (folder / f"{pack['pack']}.yaml").write_text(text, encoding="utf-8")
        return folder

    return writer


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder for one test."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("KEYMEDIC_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def rules_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes a folder the built-in rules."""

    def use(folder: Path) -> None:
        monkeypatch.setattr("keymedic.paths.rules", lambda: folder)

    return use
