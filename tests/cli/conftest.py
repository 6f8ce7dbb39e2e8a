"""The packs are compiled before the first command runs, so that no command says so."""

from __future__ import annotations

import pytest

from keymedic.knowledge.store import Knowledge


@pytest.fixture(autouse=True)
def packs_are_compiled(knowledge: Knowledge) -> None:
    """The built-in packs, in the cache of this test run."""
