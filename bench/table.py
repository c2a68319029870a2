"""The frame of every row: what was measured, beside what, and how the table shows it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rich.table import Table

HEADINGS = ("", "measured", "unit", "ours", "peer", "aim", "met", "ratio")


class Better(StrEnum):
    """Which direction is good."""

    HIGHER = "≥"
    LOWER = "≤"


@dataclass(frozen=True, slots=True)
class Samples:
    """The results of repeated measurements, in the order they were made."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Samples:
        """Collect values; raises ValueError if there are none."""
        collected = tuple(values)
        if not collected:
            raise ValueError("nothing was measured")
        return cls(collected)

    @property
    def median(self) -> float:
        """The value in the middle."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        if len(self.values) == 1:
            return _number(self.median)
        low, high = _number(min(self.values)), _number(max(self.values))
        return f"{_number(self.median)} ({low} to {high})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One quantity: ours, the peer's where there is one, and the aim where one was set."""

    measured: str
    unit: str
    ours: Samples
    better: Better
    peer: Samples | None = None
    aim: float | None = None
    aim_ratio: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer we are: above 1 is in our favour."""
        if self.peer is None:
            return None
        if self.better is Better.HIGHER:
            return self.ours.median / self.peer.median
        return self.peer.median / self.ours.median

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the aim; None without one."""
        if self.aim_ratio is not None:
            return (self.ratio or 0.0) >= self.aim_ratio
        if self.aim is None:
            return None
        if self.better is Better.HIGHER:
            return self.ours.median >= self.aim
        return self.ours.median <= self.aim

    def cells(self, key: str) -> tuple[str, ...]:
        """Return the texts of a table row, in the order of `HEADINGS`."""
        return (
            key,
            self.measured,
            self.unit,
            str(self.ours),
            "-" if self.peer is None else str(self.peer),
            self._aim(),
            "-" if self.met is None else ("yes" if self.met else "no"),
            "-" if self.ratio is None else f"{self.ratio:.2f}",
        )

    def _aim(self) -> str:
        if self.aim_ratio is not None:
            return f"ratio ≥ {self.aim_ratio:g}"
        return "-" if self.aim is None else f"{self.better} {_number(self.aim)}"


@dataclass(frozen=True, slots=True)
class Row:
    """What one benchmark found; `notes` say what the peer is and why a line is missing."""

    title: str
    lines: Sequence[Line]
    notes: Sequence[str] = field(default=())


def interleaved(rounds: int, *measurements: Callable[[], float]) -> tuple[Samples, ...]:
    """Measure several things in turn, `rounds` times, so that a noisy moment hits all of them."""
    found: list[list[float]] = [[] for _ in measurements]
    for _ in range(rounds):
        for values, measure in zip(found, measurements, strict=True):
            values.append(measure())
    return tuple(Samples.of(values) for values in found)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def rich_table(key: str, row: Row) -> Table:
    """Return one benchmark as a table for the terminal."""
    table = Table(title=f"({key}) {row.title}", title_justify="left")
    for heading in HEADINGS[1:]:
        table.add_column(heading, justify="left" if heading in ("measured", "unit") else "right")
    for line in row.lines:
        table.add_row(*line.cells(key)[1:])
    return table


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
