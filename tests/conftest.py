"""What several test folders share: a cache folder of the test run, and the rule packs, compiled once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from keymedic.knowledge.store import Knowledge


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is written into the cache of whoever runs the tests, and nothing comes from their own packs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEYMEDIC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("KEYMEDIC_RULES_DIR", "")
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def knowledge(cache_folder: None) -> Knowledge:
    """The built-in packs."""
    import keymedic

    return keymedic.load()
