"""Same things: two tables whose rows number the same things, each in its own system."""

from __future__ import annotations

from kpi_nlsql.schema.graph import Graph, Table


def same_things(graph: Graph, left: str, right: str) -> bool:
    """Tell whether the rows of two tables go one to one by what numbers them in either.

    The items of a shop's catalogue are the articles of the article master; an invoice is no order,
    though most orders have one.
    """
    if left == right:
        return False
    joins = graph.joins_between(left, right)[:1]
    return any(
        graph.pairs_one_to_one(join)
        and _numbers(graph.table(left), join.left_columns)
        and _numbers(graph.table(right), join.right_columns)
        for join in joins
    )


def _numbers(table: Table, columns: tuple[str, ...]) -> bool:
    return columns == table.primary_key or columns[0] == table.columns[0].name
