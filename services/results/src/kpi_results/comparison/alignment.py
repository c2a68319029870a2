"""Which columns of two results belong together, and by which of them rows are recognised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kpi_results.comparison.errors import NotComparable
from kpi_results.rows.columns import Column, Columns


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """The same column in both results. If their types differ, their texts are compared."""

    before: Column
    after: Column

    @property
    def key(self) -> str:
        """The name both go by."""
        return self.after.key

    def sql(self, side: Literal["before", "after"]) -> str:
        """Name one side's column in a form that compares with the other side's."""
        name = (self.before if side == "before" else self.after).physical
        return name if self.before.type == self.after.type else f"{name}::VARCHAR"


@dataclass(frozen=True, slots=True)
class Alignment:
    """Columns by their part in a comparison. With no `values`, whole rows are the keys."""

    keys: tuple[ColumnPair, ...]
    values: tuple[ColumnPair, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def shared(self) -> tuple[ColumnPair, ...]:
        """All columns that both results have."""
        return self.keys + self.values


def align(before: Columns, after: Columns, keys: Sequence[str] = ()) -> Alignment:
    """Pair columns by their keys; without `keys`, rows are recognised by all shared columns.

    Raises NotComparable.
    """
    pairs = [ColumnPair(old, new) for new in after if (old := before.named(new.key)) is not None]
    shared = {pair.key for pair in pairs}
    for key in keys:
        if key not in shared:
            raise NotComparable(key, "is not a column of both runs")
    if not pairs:
        raise NotComparable("columns", "the two runs have no column in common")
    chosen = set(keys) or shared
    return Alignment(
        keys=tuple(pair for pair in pairs if pair.key in chosen),
        values=tuple(pair for pair in pairs if pair.key not in chosen),
        added=tuple(column.key for column in after if column.key not in shared),
        removed=tuple(column.key for column in before if column.key not in shared),
    )
