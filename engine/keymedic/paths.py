"""Where the data files live: beside the package in an installed wheel, in the project folder in a checkout."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_DATA = _PACKAGE / "data"
_ROOT = _DATA if _DATA.is_dir() else _PACKAGE.parents[1]


def rules() -> Path:
    """Folder of the rule packs."""
    return _ROOT / "rules"


def user_rules() -> Path | None:
    """Folder of the user's own packs and overlays, None where there is none; KEYMEDIC_RULES_DIR moves it."""
    if "KEYMEDIC_RULES_DIR" in os.environ:
        moved = os.environ["KEYMEDIC_RULES_DIR"]
        return Path(moved) if moved else None
    from platformdirs import user_config_path

    folder = user_config_path("keymedic", appauthor=False) / "rules"
    return folder if folder.is_dir() else None


def schema() -> Path:
    """Folder of the JSON Schemas."""
    return _ROOT / "schema"


def templates() -> Path:
    """Folder of the Jinja2 templates."""
    return _ROOT / "templates"


def cache() -> Path:
    """Folder for compiled knowledge; the environment variable KEYMEDIC_CACHE_DIR moves it."""
    if moved := os.environ.get("KEYMEDIC_CACHE_DIR"):
        return Path(moved)
    from platformdirs import user_cache_path

    return user_cache_path("keymedic", appauthor=False)
