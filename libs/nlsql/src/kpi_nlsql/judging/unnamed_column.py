"""Unnamed columns: where the only column shown is named by no word, rows are asked for."""

from __future__ import annotations

from kpi_nlsql.judging.held import Held, best_name
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import queries
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns
from kpi_nlsql.sentence import Sentence

_NAMED = 0.9


def only_column(query: plan.Plan) -> plan.ColumnRef | None:
    """Return the column that is shown, where it is all that is."""
    first = next(queries(query))
    shown = [output.expression for output in first.outputs]
    return shown[0] if len(shown) == 1 and isinstance(shown[0], plan.ColumnRef) else None


def unnamed_column(sentence: Sentence, query: plan.Plan) -> plan.ColumnRef | None:
    """Return the only column shown, where it neither names its rows nor is named.

    "Which moves have not been invoiced?" asks for moves, not for the day of each (``move_dt``).
    """
    column, graph = only_column(query), sentence.graph
    if column is None or not graph.landed or not isinstance(query, plan.Query) or query.group:
        return None
    if query.distinct and any(item.is_cue("distinct") for item in sentence.items):
        return None  # "unique sources of readings": of rows, no one would ask for different ones
    held = Held(query)
    name = held.table_of(column)
    if graph.find_column(name, column.column) is None:
        return None
    telling = {*naming_columns(graph.table(name)), *key_columns(graph.table(name))}
    weak = best_name(sentence.items, column, held) < _NAMED
    return column if weak and column.column not in telling else None


def is_told(query: plan.Plan) -> bool:
    """Tell whether all that is shown is what a condition tells.

    "Which freelance teachers get more than 40 an hour?" asks for teachers, not for what they get.
    """
    column = only_column(query)
    return column is not None and any(
        _tells(term, column) for term in plan.parts(next(queries(query)).where)
    )


def _tells(term: plan.Condition, column: plan.ColumnRef) -> bool:
    if isinstance(term, plan.Compare):
        return term.left == column and isinstance(term.right, plan.Constant)
    return isinstance(term, plan.Between | plan.OneOf) and term.subject == column
