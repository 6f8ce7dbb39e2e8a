"""Matchers and weights in one line of words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_JOINTS = {"all": " and ", "any": " or ", "none": " or "}


def matcher(match: Any) -> str:
    """A matcher as its author would say it."""
    if isinstance(match, str):
        quote = '"' if "'" in match else "'"
        return f"{quote}{match}{quote}"
    if not isinstance(match, dict):
        return ", ".join(map(str, match)) if isinstance(match, list) else repr(match)
    parts = []
    for key, value in match.items():
        if key in _JOINTS:
            said = _JOINTS[key].join(matcher(part) for part in value)
            parts.append(f"not ({said})" if key == "none" else f"({said})" if len(value) > 1 else said)
        else:
            parts.append(f"{key} {matcher(value)}")
    return " and ".join(parts)


def weights(weights_: Mapping[str, float]) -> str:
    """Causes with their decibans, in the order of the pack."""
    return ", ".join(f"{cause} {weight:g}" for cause, weight in weights_.items())
