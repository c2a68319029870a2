"""Relation: two tables that a sentence sets against each other, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.reconciling.presence import Place
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back

_ARTICLES = frozenset({"the", "our", "a", "an"})
_TELLING = frozenset({"of", "from", "in", "with", "for", "dated", "whose"})
_INTO = frozenset("in within inside on among amongst".split())  # noqa: SIM905


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


def told_there(items: Sequence[Item], tables: Sequence[int], cue: int, target: int) -> bool:
    """Tell whether rows are in the table, too: "in orders of 2023 but not in those of 2024".

    What is said of the rows there makes the difference, and nothing is missing from the table.
    """
    for at in tables:
        lead = skip_words_back(items, at - 1, _ARTICLES)
        placed = 0 < lead < at and items[lead].last_word in _INTO
        told = at + 1 < cue and items[at + 1].text in _TELLING
        if placed and told and table_at(items, at) == table_at(items, target):
            return True
    return False
