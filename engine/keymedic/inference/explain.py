"""What would change the verdict: for each answer that would bring another cause or another fix to the top."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from keymedic.inference.ask import Candidate
from keymedic.inference.facts import FactBase
from keymedic.inference.weigh import Weighed, normalise
from keymedic.knowledge.store import Knowledge
from keymedic.remedy import fill

_MOST = 6


def would_change(
    knowledge: Knowledge,
    weighed: Weighed,
    asked: Sequence[Candidate],
    remedy_of: Callable[[str], str],
    names: Mapping[str, str],
    facts: FactBase,
) -> tuple[str, ...]:
    """Sentences such as: `base.new_key = yes: key not confirmed yet (0.41), other fix`."""
    leading = weighed.ranked()[0]
    lines = []
    for candidate in asked:
        for value, outcome in candidate.question.outcomes.items():
            scores = {
                cause: score + outcome.indicates.get(cause, 0.0) - outcome.against.get(cause, 0.0)
                for cause, score in weighed.scores.items()
            }
            after = normalise(scores)
            best = min(after, key=lambda cause: (-after[cause], cause))
            if best == leading:
                continue
            fix = "same fix" if remedy_of(best) == remedy_of(leading) else "other fix"
            text = fill(candidate.question.text, facts, names) or candidate.question.text
            title = knowledge.causes[best].title
            label = outcome.label or value
            lines.append(f"{text} {label}: {best}, {title} ({after[best]:.2f}), {fix}")
    return tuple(lines[:_MOST])
