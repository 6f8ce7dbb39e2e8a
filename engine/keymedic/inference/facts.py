"""What is known in a case, each fact with its origin, and the conditions that packs write over facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from keymedic.model import Condition, Fact, Scalar


class FactBase:
    """Facts by name; a fact can have several values. Grows only."""

    def __init__(self) -> None:
        self._values: dict[str, dict[Scalar, Fact]] = {}

    def add(
        self,
        name: str,
        value: Scalar,
        origin: str,
        because: tuple[str, ...] = (),
        span: tuple[int, int] | None = None,
    ) -> bool:
        """Add a value; False when it was known already."""
        known = self._values.setdefault(name, {})
        if value in known:
            return False
        known[value] = Fact(name=name, value=value, origin=origin, because=because, span=span)
        return True

    def values(self, name: str) -> Iterable[Scalar]:
        """All values of a fact; empty when it is not known."""
        return self._values.get(name, ())

    def first(self, name: str) -> Scalar | None:
        """The value that was known first, or None."""
        return next(iter(self._values.get(name, ())), None)

    def all(self) -> list[Fact]:
        """Every fact, in the order in which it became known."""
        return [fact for values in self._values.values() for fact in values.values()]


def holds(condition: Condition | None, facts: FactBase) -> bool:
    """Whether a condition is true; None always is."""
    if condition is None:
        return True
    for key, wanted in condition.items():
        if key == "none":
            true = not any(holds(part, facts) for part in wanted)
        elif key == "any":
            true = any(holds(part, facts) for part in wanted)
        elif key == "all":
            true = all(holds(part, facts) for part in wanted)
        elif isinstance(wanted, dict):
            true = _fits(facts.values(key), wanted)
        else:
            true = wanted in facts.values(key)
        if not true:
            return False
    return True


def _fits(known: Iterable[Scalar], wanted: Mapping[str, Any]) -> bool:
    values = list(known)
    for comparison, operand in wanted.items():
        match comparison:
            case "is":
                true = operand in values
            case "in":
                true = any(value in operand for value in values)
            case "gt":
                true = any(not isinstance(value, str) and value > operand for value in values)
            case "lt":
                true = any(not isinstance(value, str) and value < operand for value in values)
            case _:  # known
                true = bool(values) == operand
        if not true:
            return False
    return True


def mentioned(condition: Condition) -> list[tuple[str, Any]]:
    """Every (fact, wanted value) that a condition asks for, outside `none`."""
    found: list[tuple[str, Any]] = []
    for key, wanted in condition.items():
        if key in {"all", "any"}:
            found += [pair for part in wanted for pair in mentioned(part)]
        elif key != "none":
            found.append((key, wanted))
    return found


def support(condition: Condition, facts: FactBase) -> tuple[str, ...]:
    """The facts that make a condition true, as `name = value`, for explanations."""
    lines = []
    for name, wanted in mentioned(condition):
        values = list(facts.values(name))
        fitting = [v for v in values if v == wanted] if not isinstance(wanted, Mapping) else values
        lines += [f"{name} = {value}" for value in fitting]
    return tuple(dict.fromkeys(lines))
