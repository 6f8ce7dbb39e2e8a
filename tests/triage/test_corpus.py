"""The corpora that triage is measured with: what the truth says stands in the log, and nothing else does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from benchmarks.triage import corpus, precision

SIZE = 2e6


@pytest.fixture(scope="module", params=[0.01, 1.0], ids=["sparse", "dense"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    folder = tmp_path_factory.mktemp("corpus")
    truth = corpus.write(folder, SIZE, request.param)
    return truth, (folder / "mixed.log").read_text(encoding="utf-8")


def test_size_and_share_are_as_asked(written: tuple[dict[str, Any], str]) -> None:
    truth, text = written
    assert truth["bytes"] == len(text.encode()) == pytest.approx(SIZE, rel=0.2)
    assert truth["lines"] == text.count("\n")
    assert truth["incident_lines"] / truth["lines"] == pytest.approx(truth["share"], rel=0.25)


def test_the_log_names_the_worker_of_every_incident(written: tuple[dict[str, Any], str]) -> None:
    truth, text = written
    assert all(incident["worker"] in text for incident in truth["incidents"])


def test_the_first_and_the_last_event_stand_at_their_times(written: tuple[dict[str, Any], str]) -> None:
    truth, text = written
    lines = text.split("\n")
    for incident in truth["incidents"]:
        for end in ("first", "last"):
            stamps = tuple(_forms(incident[end]))
            assert any(incident["worker"] in line and any(map(line.__contains__, stamps)) for line in lines)


def test_an_ongoing_incident_lasts_to_the_end_and_an_ended_one_does_not(written: tuple[dict[str, Any], str]) -> None:
    truth, _ = written
    for incident in truth["incidents"]:
        left = truth["end"] - incident["last"]
        assert left < 10 * 60_000 if incident["state"] != "ended" else left > 4 * 3_600_000


def test_no_worker_has_two_incidents_on_one_exchange(written: tuple[dict[str, Any], str]) -> None:
    truth, _ = written
    places = Counter((incident["worker"], incident["exchange"]) for incident in truth["incidents"])
    assert set(places.values()) == {1}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        corpus.write(tmp_path / name, 3e5, 0.05)
    corpus.write(tmp_path / "three", 3e5, 0.05, seed=1)
    one, two, three = ((tmp_path / name / "mixed.log").read_bytes() for name in ("one", "two", "three"))
    assert one == two != three


def test_nothing_is_left_to_fill_in(written: tuple[dict[str, Any], str]) -> None:
    _, text = written
    assert not any(mark in text for mark in ("{worker}", "{body}", "{exchange}", "<comma>", "<iso>", "<price>", "%s"))


PLANTED = {
    "worker": "bot-7", "how": "bracket tag", "family": "runner", "exchange": "kraken", "body": "EAPI:Invalid nonce",
    "accepted": ["nonce.conflict"], "state": "ended", "count": 3, "first": 1_790_812_800_000, "last": 1_790_812_900_500,
}  # fmt: skip
FOUND: dict[str, Any] = {
    "id": "a", "worker": "bot-7", "exchange": {"id": "kraken", "name": "Kraken"}, "cause": "nonce.conflict",
    "key_problem": True, "count": 3, "state": "ended", "samples": [],
    "first_seen": "2026-10-01T00:00:00.000Z", "last_seen": "2026-10-01T00:01:40.500Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        ([FOUND], []),
        ([], ["missed"]),
        ([FOUND | {"count": 2}], ["another count"]),
        ([FOUND | {"state": "ongoing"}], ["another state"]),
        ([FOUND | {"last_seen": "2026-10-01T00:01:40.501Z"}], ["another time"]),
        ([FOUND | {"cause": "clock.skew"}], ["another cause"]),
        ([FOUND, FOUND | {"id": "b", "count": 1}], ["split"]),
        ([FOUND, FOUND | {"id": "b", "worker": "bot-8"}], ["invented"]),
        ([FOUND, FOUND | {"id": "b", "worker": "bot-8", "key_problem": False}], []),
    ],
)
def test_every_difference_is_named(found: list[Mapping[str, Any]], kinds: list[str]) -> None:
    assert [difference.kind for difference in precision.compare(found, [PLANTED])] == kinds


def _forms(milliseconds: int) -> Iterator[str]:
    """A time as the programs of the corpus write it."""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    rest = f"{milliseconds % 1000:03}"
    yield f"{moment:%Y-%m-%d %H:%M:%S},{rest}"
    yield f"{moment:%Y-%m-%d %H:%M:%S}.{rest}"
    yield f"{moment:%Y-%m-%dT%H:%M:%S}.{rest}Z"
    yield str(milliseconds)
