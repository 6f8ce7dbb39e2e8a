"""Errors that a caller can do something about."""

from __future__ import annotations


class Unusable(ValueError):
    """Input or arguments that cannot be used. The message is one line: what, where, how to mend it."""
