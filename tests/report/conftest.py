"""Reports in tests keep their compiled templates in a folder of the test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEYMEDIC_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield
