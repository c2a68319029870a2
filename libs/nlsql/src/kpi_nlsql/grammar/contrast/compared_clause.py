"""Compared clause: what a comparison is made of, stretch by stretch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kpi_nlsql.plans.plan import AggregateFunction, Operator

Blank = Literal["left", "right", "one"]


@dataclass(frozen=True, slots=True)
class Clause:
    """A comparison: positions of the items of its sides, of what both share, and of the rest.

    ``before`` is what stands before it, ``after`` what follows it.
    """

    operator: Operator
    left: tuple[int, ...]
    right: tuple[int, ...]
    common: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    told: frozenset[int]
    adds_up: bool = False
    together: AggregateFunction | None = None
    """How all rows of the right side are taken together: "the sum of its lines"."""
    attributive: bool = False
    """Whether the comparison stands before what it is about: "more seats than"."""
    in_time: bool | None = None
    """Whether dates are set against each other, or amounts: "later than", "cheaper than"."""
    measure: tuple[int, ...] = ()
    """Where the comparison itself says what is measured: "cheaper"."""
    blank: Blank | None = None
    """Which side has no value where the other has one, if that is what is said."""
