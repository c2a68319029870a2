"""What a plan holds: its tables, columns and constants, whatever its aliases, looked up by name."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import expressions, queries, sources, texts


class Held:
    """The tables, columns and constants of a plan."""

    def __init__(self, query: plan.Plan) -> None:
        selects = list(queries(query))
        self.aliases = {
            source.alias: source.table
            for select in selects
            for source in sources(select)
            if source.query is None
        }
        self.tables = set(self.aliases.values())
        leaves = [leaf for select in selects for leaf in expressions(select)]
        self.columns = {self.names(leaf) for leaf in leaves if isinstance(leaf, plan.ColumnRef)}
        self.constants = {
            str(leaf.value).lower() for leaf in leaves if isinstance(leaf, plan.Constant)
        }
        self.constants |= {text.lower() for select in selects for text in texts(select)}

    def table_of(self, column: plan.ColumnRef) -> str:
        """Return the table that a reference is to a column of."""
        return self.aliases.get(column.source, column.source)

    def names(self, column: plan.ColumnRef) -> tuple[str, str]:
        """Return the table and the column a reference is to."""
        return self.table_of(column), column.column.lower()

    def has(self, hit: NameHit | ValueHit) -> bool:
        """Tell whether the table, or the column, of a hit stands in the plan."""
        if hit.column is None:
            return hit.table in self.tables
        return (hit.table, hit.column.lower()) in self.columns


def best_name(items: Sequence[Item], column: plan.ColumnRef, held: Held) -> float:
    """Return how well a mention names the column, 0..1."""
    wanted = held.names(column)
    return max(
        (
            hit.score
            for item in items
            for hit in item.column_hits()
            if (hit.table, str(hit.column).lower()) == wanted
        ),
        default=0.0,
    )
