"""Where things are looked for: the user's own packs, and what moves them."""

from __future__ import annotations

from pathlib import Path

import pytest

from keymedic import paths


def test_the_variable_moves_the_user_s_packs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEYMEDIC_RULES_DIR", str(tmp_path / "not there yet"))
    assert paths.user_rules() == tmp_path / "not there yet"


def test_an_empty_variable_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYMEDIC_RULES_DIR", "")
    assert paths.user_rules() is None


def test_without_it_the_folder_of_settings_counts_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KEYMEDIC_RULES_DIR")
    monkeypatch.setattr("platformdirs.user_config_path", lambda name, appauthor: tmp_path / name)
    assert paths.user_rules() is None
    (tmp_path / "keymedic" / "rules").mkdir(parents=True)
    assert paths.user_rules() == tmp_path / "keymedic" / "rules"


def test_the_cache_has_a_variable_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEYMEDIC_CACHE_DIR", str(tmp_path))
    assert paths.cache() == tmp_path
    monkeypatch.delenv("KEYMEDIC_CACHE_DIR")
    assert paths.cache().name == "keymedic"


@pytest.mark.parametrize("folder", [paths.rules, paths.schema, paths.templates])
def test_the_data_is_there(folder: object) -> None:
    assert callable(folder)
    assert folder().is_dir()
