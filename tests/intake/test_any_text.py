"""Whatever is pasted: intake and scan never raise, and every span lies inside the text."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keymedic.inference.scan import look
from keymedic.intake import take
from keymedic.knowledge.store import Knowledge

PIECES = st.sampled_from(
    [
        'okx {"code":"50113","msg":"Invalid Sign"}',
        "HTTP/1.1 401 Unauthorized",
        "2026-11-20 10:00:00,123 - ERROR - ",
        "Traceback (most recent call last):\n",
        "KC-API-KEY not exists",
        "my API key stopped working after I changed the password",
        "bot_1  | ",
        "密钥无效",
        "“−2015”",
        "https://api.binance.com/api/v3/account?signature=",
        '{"log": {"entries": [{"request": {"url": "\\ud800"}}]}}',
        "\n",
        "\r\n",
        "\u2028",
        "\x00",
        "\ufeff",
        "\ud800",
        "İ",
        " ",
    ]
)
TEXTS = st.text(st.characters(), max_size=300) | st.lists(PIECES | st.text(max_size=6), max_size=15).map("".join)


def check(text: str, knowledge: Knowledge) -> None:
    """Spans of fields and atoms lie inside the event, and lead into the masked text and into the input."""
    intake = take(text)
    for sight in look(knowledge, intake.events):
        size = len(sight.event.text)
        spans = [*sight.atoms.values(), *sight.fields.statuses.values(), *sight.fields.exceptions.values()]
        spans += [span for _, span in sight.coded.values()]
        spans += [span for found in sight.fields.values.values() for _, span in found]
        assert all(0 <= start <= end <= size for start, end in spans)
        assert all(0 <= mention.start <= size for mention in sight.mentions)
        for start, end in spans:
            if end > start:
                places = [sight.event.to_masked(start), sight.event.to_masked(end - 1)]
                assert all(0 <= place < len(intake.masked.text) for place in places)
                assert all(0 <= intake.masked.to_original(place) < len(text) for place in places)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=TEXTS)
def test_any_text_is_taken_and_looked_at(text: str, knowledge: Knowledge) -> None:
    check(text, knowledge)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pieces=st.lists(PIECES, min_size=1, max_size=6), times=st.integers(50, 400))
def test_long_texts_are_no_different(pieces: list[str], times: int, knowledge: Knowledge) -> None:
    check("".join(pieces) * times, knowledge)
