"""Figures against goals, and Markdown tables of them."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured figure; lower is better.

    `noise` is the share by which a shared machine may make it worse; None for `goal` = measured for comparison only.
    """

    what: str
    value: float
    unit: str
    goal: float | None = None
    noise: float = 0.0

    @property
    def met(self) -> bool:
        """Whether the figure reaches its goal."""
        return self.goal is None or self.value <= self.goal

    @property
    def missed(self) -> bool:
        """Whether it misses its goal by more than noise explains."""
        return self.goal is not None and self.value > self.goal * (1 + self.noise)

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The cells of its line."""
        if self.goal is None:
            return self.what, _number(self.value, self.unit), "", ""
        verdict = "yes" if self.met else "no" if self.missed else f"no (within {self.noise:.0%} noise)"
        return self.what, _number(self.value, self.unit), f"<= {_number(self.goal, self.unit)}", verdict


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def report(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    return table(("measured", "figure", "goal", "met"), (figure.row for figure in figures))


def where() -> str:
    """The date, the machine and what else it was doing, for the line above a table."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {cores} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def _number(value: float, unit: str) -> str:
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {unit}".strip()
