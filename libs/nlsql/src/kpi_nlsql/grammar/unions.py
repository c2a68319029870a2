"""Unions: "SKUs present in A or in B" — the values that one of two tables has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_nlsql import plan
from kpi_nlsql.linking import Item
from kpi_nlsql.pairing import pairings
from kpi_nlsql.sentence import Candidate, Sentence

_SURE = 0.6
_JOINING = frozenset("or either in the from of a at on".split())  # noqa: SIM905
_USED = ("also", "all", "distinct", "count", "details", "both")


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the reading of a sentence about what is in one table or the other."""
    found = _tables(sentence.items)
    if found is None:
        return
    (first, left), (second, right) = found
    columns = _columns(sentence, left, right)
    if columns is None:
        return
    names, used = columns
    used |= {first, second}
    used |= {i for i, item in enumerate(sentence.items) if any(item.is_cue(k) for k in _USED)}
    counts = any(item.is_cue("count") for item in sentence.items)
    union = plan.SetQuery(
        "union", _values(left, [a for a, _ in names]), _values(right, [b for _, b in names])
    )
    told = ", ".join(a for a, _ in names)
    yield Candidate(
        plan=_counted(union, left) if counts else union,
        kind="reconcile",
        operation="IN",
        explanation=f"{'The number of' if counts else 'The'} different {told} of {left} or {right}",
        source_table=left,
        target_table=right,
        joined_columns=tuple(names),
        used=frozenset(used),
        features={"pairing": 0.95},
    )


def _tables(items: Sequence[Item]) -> tuple[tuple[int, str], tuple[int, str]] | None:
    """Return the positions and names of the two tables with nothing but "or" between them."""
    named = [
        (position, item.table_hits()[0].table)
        for position, item in enumerate(items)
        if item.best_table() >= _SURE and item.best_table() >= item.best_column() - 0.15
    ]
    if len(named) != 2 or named[0][1] == named[1][1]:
        return None
    between = items[named[0][0] + 1 : named[1][0]]
    told = any(item.text == "or" for item in between)
    plain = all(item.text in _JOINING or item.is_cue("also") for item in between)
    return (named[0], named[1]) if told and plain else None


def _columns(
    sentence: Sentence, left: str, right: str
) -> tuple[list[tuple[str, str]], set[int]] | None:
    """Return the columns that are named in both tables, else those that pair their rows."""
    found: dict[tuple[str, str], None] = {}
    used: set[int] = set()
    for position, item in enumerate(sentence.items):
        mine = [hit for hit in item.column_hits() if hit.table == left]
        theirs = [hit for hit in item.column_hits() if hit.table == right]
        if item.kind == "mention" and not item.values and (mine or theirs):
            used.add(position)
            if mine and theirs and min(mine[0].score, theirs[0].score) >= _SURE:
                found[str(mine[0].column), str(theirs[0].column)] = None
    if found:
        return list(found), used
    options = pairings(sentence, left, right)
    return (list(options[0].columns()), used) if options else None


def _values(table: str, columns: Sequence[str]) -> plan.Query:
    refs = [plan.ColumnRef(table, column) for column in columns]
    known: list[plan.Condition] = [plan.Not(plan.IsNull(ref)) for ref in refs]
    outputs = tuple(plan.Output(ref) for ref in refs)
    return plan.Query(outputs, plan.Source(table, table), where=plan.all_of(known))


def _counted(union: plan.SetQuery, name: str) -> plan.Query:
    total = plan.Output(plan.Aggregate("count", plan.Star()), "count")
    return plan.Query((total,), plan.Source(name, "u", union))
