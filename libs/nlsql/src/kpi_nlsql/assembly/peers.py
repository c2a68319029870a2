"""Peers: comparing a row with the rows that have something in common with it."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.assembly.frame import Frame, Unreadable, aggregate_function
from kpi_nlsql.drafting.conditions import multiplied
from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.plans import plan

_SURE = 0.8
_LEAST = 0.5


def against_peers(
    frame: Frame, term: Term, subject: plan.ColumnRef, among: Sequence[plan.Condition], alias: str
) -> plan.Condition:
    """Return the comparison with an average (or extreme) over the rows alike and ``among``.

    ``alias`` is what the other rows go by. Raises Unreadable.
    """
    assert term.ref is not None
    table, name = term.other.chosen if term.other is not None else term.ref.chosen
    if table != term.ref.chosen[0] and term.peers:
        raise Unreadable("the rows have nothing in common with the others")
    function = aggregate_function(str(term.values[0]) if term.values else "avg")
    alike = [
        plan.Match(plan.ColumnRef(alias, key), plan.ColumnRef(subject.source, key))
        for hits in term.peers
        for key in common_key(frame, table, hits)
    ]
    inner = plan.Query(
        outputs=(
            plan.Output(multiplied(plan.Aggregate(function, plan.ColumnRef(alias, name)), term)),
        ),
        source=plan.Source(table, alias),
        where=plan.all_of([*alike, *among]),
    )
    return plan.Compare(subject, term.operator, inner)


def common_key(frame: Frame, table: str, hits: Sequence[NameHit]) -> tuple[str, ...]:
    """Return the columns by which rows of the table share what a noun names.

    "Their department" is a column called so or the reference to the table of departments.
    Raises Unreadable.
    """
    held = [hit for hit in hits if hit.table == table and hit.column and hit.score >= _LEAST]
    if held and held[0].score >= _SURE:
        return (str(held[0].column),)
    for hit in hits:
        if hit.column is None and hit.table != table:
            found = frame.paths.path(table, hit.table)
            if found is not None and len(found[1]) == 1 and not frame.multiplies(found[1]):
                return found[1][0].left_columns
    if held:
        return (str(held[0].column),)
    raise Unreadable("the rows have nothing in common with the others")
