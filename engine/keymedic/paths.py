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
