"""Relation: two tables that a sentence sets against each other, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.reconciling.presence import Place
from kpi_nlsql.mentions.linking import Item


@dataclass(frozen=True, slots=True)
class Relation:
    """Two tables and how the sentence relates them; indexes are positions of items."""

    operation: str
    source: int
    target: int
    cue: int
    further: tuple[Place, ...] = ()
    either: bool = False
    through: int | None = None
    """The noun between: "tickets for trains that are not in the timetable"."""

    def tables(self, items: Sequence[Item]) -> tuple[str, str]:
        """Return the names of the source and of the target."""
        return table_at(items, self.source), table_at(items, self.target)


def table_at(items: Sequence[Item], position: int) -> str:
    """Return the table that the mention at a position most likely names."""
    return items[position].table_hits()[0].table
