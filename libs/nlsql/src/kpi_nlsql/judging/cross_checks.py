"""Cross-checks: what the sentence names against what the plan holds, whoever made the plan.

A reader marks the words it has used; here the finished plan itself is asked whether a table, column
or value that the sentence names in full stands in it, and whether it says something that no
word of the sentence asks for.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.judging.held import Held, best_name
from kpi_nlsql.judging.impossible import is_impossible
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import matches, queries
from kpi_nlsql.schema.graph import NEARLY_UNIQUE, Graph
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns
from kpi_nlsql.sentence import Sentence

NAMES = (
    "absent_tables", "absent_columns", "absent_values", "unsaid_outputs", "weak_outputs",
    "loose_matches", "impossible", "landed", "unsaid_tables", "absent_state",
)  # fmt: skip
"""Every cross-check, in a fixed order."""

_FULL = 0.95
_FAIR = 0.75
_HALF = 0.5
_MOST = 3.0


def cross_checks(sentence: Sentence, query: plan.Plan) -> dict[str, float]:
    """Return how often the sentence and the plan do not bear each other out, by name."""
    held = Held(query)
    items = sentence.items
    graph = sentence.graph
    shown = _asked(graph, held, _shown(query))
    found = {
        "absent_tables": sum(_absent_table(item, held) for item in items),
        "absent_columns": sum(
            _absent_column(item, held) and not _shows(item, shown, held) for item in items
        ),
        "absent_values": sum(_absent_value(item, held) for item in items),
        "absent_state": any(_absent_state(item, held, graph) for item in items),
        "unsaid_outputs": sum(best_name(items, column, held) < 0.01 for column in shown),
        "weak_outputs": sum(0.01 <= best_name(items, column, held) < _FAIR for column in shown),
        "loose_matches": sum(
            _is_loose(graph, select, held, shown) for select in queries(query) if matches(select)
        ),
        "impossible": is_impossible(graph, query),
        "landed": graph.landed,
        "unsaid_tables": sum(not _said(items, table, held) for table in held.tables),
    }
    return {name: min(float(amount), _MOST) for name, amount in found.items()}


def _absent_table(item: Item, held: Held) -> bool:
    best = item.best_table()
    if best < _FULL or best < item.best_column() or item.values:
        return False
    return not any(held.has(hit) for hit in item.table_hits() if hit.score >= _FULL)


def _absent_column(item: Item, held: Held) -> bool:
    best = item.best_column()
    if best < _FULL or best <= item.best_table() or item.values:
        return False
    return not any(held.has(hit) for hit in item.column_hits() if hit.score >= _FAIR)


def _shows(item: Item, shown: Sequence[plan.ColumnRef], held: Held) -> bool:
    """Tell whether a column halfway called so is shown: the plate, ``PLATE_NO``."""
    return any(best_name([item], column, held) >= _HALF for column in shown)


def _absent_value(item: Item, held: Held) -> bool:
    exact = {hit.value.lower() for hit in item.values if hit.score >= 1.0}
    named = max(item.best_table(), item.best_column()) >= _FAIR
    return bool(exact) and not named and item.kind == "mention" and not exact & held.constants


def _absent_state(item: Item, held: Held, graph: Graph) -> bool:
    """Tell whether a state leads to a place that nothing asks for: "available in each depot"."""
    if not item.is_cue("also"):
        return False
    state = item.text.split()[0]
    columns = (column for table in held.tables for column in graph.table(table).columns)
    known = any(value.lower() == state for column in columns for value in column.values)
    return known and state not in held.constants


def _shown(query: plan.Plan) -> list[plan.ColumnRef]:
    """Return the columns that are shown as they are."""
    first = next(queries(query))
    return [o.expression for o in first.outputs if isinstance(o.expression, plan.ColumnRef)]


def _asked(graph: Graph, held: Held, shown: Sequence[plan.ColumnRef]) -> list[plan.ColumnRef]:
    """Return what is shown but for keys beside the names of their rows: nobody asks for these."""
    unasked: set[tuple[str, str]] = set()
    for column in shown:
        name = held.table_of(column)
        table = graph.table(name) if graph.has_table(name) else None
        if table is not None and column.column in naming_columns(table):
            unasked |= {(name, key) for key in key_columns(table) if key != column.column}
    return [each for each in shown if (held.table_of(each), each.column) not in unasked]


def _said(items: Sequence[Item], table: str, held: Held) -> bool:
    """Tell whether a word names the table, or a column or value of it that the plan holds."""
    return any(
        any(hit.table == table and held.has(hit) for hit in item.hits)
        or any(value.table == table and held.has(value) for value in item.values)
        for item in items
    )


def _is_loose(
    graph: Graph, select: plan.Query, held: Held, shown: Sequence[plan.ColumnRef]
) -> bool:
    """Tell whether rows meet over columns none of which tells rows apart (a district, a date).

    Rows of one table that are alike in a column ("the same price and currency") are meant to, and
    so are those of which nothing but the column is asked for ("which districts of A are in B?").
    """
    varieties = []
    for match in matches(select):
        if held.names(match.left) == held.names(match.right) or [match.left] == shown:
            return False
        for side in (match.left, match.right):
            table, name = held.names(side)
            column = graph.find_column(table, name)
            if column is None:
                return False
            variety = graph.table(table).variety(column)
            varieties.append(1.0 if variety is None else variety)
    return len(matches(select)) == 1 and max(varieties) < NEARLY_UNIQUE / 2
