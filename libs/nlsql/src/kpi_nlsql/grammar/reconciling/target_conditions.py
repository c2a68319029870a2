"""Conditions on the other table: "missing from the active vendors of B".

What is said of the rows that a row must, or must not, meet is read as a question for these rows
alone, and becomes part of the match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.grammar import general
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Sentence
from kpi_nlsql.wording.rewriting import SHOW_ALL

_INTO = frozenset("in from within into on at among amongst under".split())  # noqa: SIM905
"""What stands behind these is said of the place: "not registered in A", "not in the open A"."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of the rows of a table: a query for them, and the items that say it."""

    query: plan.Query | None = None
    used: frozenset[int] = frozenset()

    def match(self, on: Sequence[plan.Condition], table: str, alias: str) -> plan.Query:
        """Return the query for the rows that a row meets; ``alias`` is used where none is set."""
        if self.query is None:
            return plan.Query(_ANY, plan.Source(table, alias), where=plan.all_of(list(on)))
        terms = [*on, *([self.query.where] if self.query.where else [])]
        return plan.Query(_ANY, self.query.source, self.query.joins, plan.all_of(terms))

    def alias(self, default: str) -> str:
        """Return the alias that the rows of the table go by."""
        return default if self.query is None else self.query.source.alias


_ANY = (plan.Output(plan.Constant(1)),)
NOTHING = Said()


def said_of(sentence: Sentence, position: int, cue: int, source: str) -> Said:
    """Return what is said of the rows of the table mentioned at a position behind a cue."""
    items, table = sentence.items, sentence.items[position].table_hits()[0].table
    lead = [at for at in range(cue, position) if items[at].last_word in _INTO]
    before = [at for at in range(max([cue, *lead]) + 1, position) if _tells(items[at], table)]
    if not before:
        return NOTHING
    kept = [*before, position]
    rows = replace(sentence, items=(*SHOW_ALL, *(items[at] for at in kept)))
    first = next(iter(general.read(rows)), None)
    if first is None or not isinstance(first.plan, plan.Query):
        return NOTHING
    query = first.plan
    if query.source.table != table or query.where is None or query.group or query.limit:
        return NOTHING
    if source in {step.source.alias for step in query.joins}:
        return NOTHING
    used = {kept[at - len(SHOW_ALL)] for at in first.used if at >= len(SHOW_ALL)}
    return Said(query, frozenset(used))


def _tells(item: Item, table: str) -> bool:
    """Tell whether an item says which value a column of the table has."""
    return any(hit.table == table for hit in item.values)
