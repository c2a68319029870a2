"""Picks: of the rows that have something in common, those that come first by a column."""

from __future__ import annotations

from kpi_nlsql.assembly.filters import row_conditions
from kpi_nlsql.assembly.frame import ROWS, Frame, Unreadable
from kpi_nlsql.assembly.peers import common_key
from kpi_nlsql.drafting.draft import Pick, Term
from kpi_nlsql.plans import plan


def picked(frame: Frame, pick: Pick, terms: list[Term]) -> plan.Condition:
    """Return that no row alike comes before; what is said of the row is said of those, too.

    Raises Unreadable.
    """
    table, name = pick.ref.chosen
    if table != pick.table or table not in _sources(frame):
        raise Unreadable("the rows are picked by a column of others")
    alias = frame.alias(table)
    own, other = plan.ColumnRef(table, name), plan.ColumnRef(alias, name)
    where: list[plan.Condition] = [
        plan.Match(plan.ColumnRef(alias, key), plan.ColumnRef(table, key))
        for hits in pick.keys
        for key in common_key(frame, table, hits)
    ]
    said = [term for term in terms if frame.table_of(term) == table and term.kind != "exists"]
    where += row_conditions(frame, said, {table: alias})
    source = plan.Source(table, alias)
    if pick.limit == 1:
        first = plan.Aggregate("max" if pick.descending else "min", other)
        query = plan.Query((plan.Output(first),), source, where=plan.all_of(where))
        return plan.Compare(own, "=", query)
    where.append(plan.Compare(other, ">" if pick.descending else "<", own))
    query = plan.Query((plan.Output(ROWS),), source, where=plan.all_of(where))
    return plan.Compare(plan.Constant(pick.limit), ">", query)


def _sources(frame: Frame) -> set[str]:
    """Return the tables that the query is sure to read."""
    shown = {wanted.ref.chosen[0] for wanted in frame.draft.wanted if wanted.ref}
    return shown | {frame.entity}
