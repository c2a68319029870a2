"""Fitting: whether a column can be compared with the numbers or dates of the sentence."""

from __future__ import annotations

import re

from kpi_nlsql.drafting.draft import Draft, Ref
from kpi_nlsql.schema.graph import Column, Graph

Literal = str | int | float

_DATE = re.compile(r"\d{4}-(\d\d(-\d\d)?|[QH]\d)")
_COMPARING = frozenset({"compare", "between"})
_YEARS = range(1000, 2101)


def literals_of(draft: Draft, ref: Ref) -> list[Literal]:
    """Return what a reference is compared with, by size or by date."""
    return [
        value
        for term in draft.terms
        if term.ref is ref and term.kind in _COMPARING and term.against == "value"
        for value in term.values
    ]


def compared_with(draft: Draft, ref: Ref) -> tuple[str, str] | None:
    """Return the column that a reference is compared with, as far as is known."""
    for term in draft.terms:
        if term.against != "column" or term.ref is None or term.other is None:
            continue
        if ref is not term.ref and ref is not term.other:
            continue
        other = term.other if term.ref is ref else term.ref
        best = other.hits[0] if other.hits else None
        return other.choice or ((best.table, str(best.column)) if best is not None else None)
    return None


def unlike(column: Column, other: tuple[str, str] | None, graph: Graph) -> bool:
    """Tell whether a column is compared with itself, or with one of another kind.

    "Insured for less than their previous value" compares values, whoever the insurer is.
    """
    if other is None:
        return False
    against = graph.table(other[0]).column(other[1])
    if against is column:
        return True
    return (column.dated, column.measures) != (against.dated, against.measures)


def unfit(column: Column, literals: list[Literal]) -> bool:
    """Tell whether a column of texts is compared with numbers, or one without dates with dates."""
    if not literals or not column.values:
        return False
    dates = all(isinstance(value, str) and _DATE.match(value) for value in literals)
    if dates:
        return not column.dated
    numbers = all(not isinstance(value, str) for value in literals)
    years = all(value in _YEARS for value in literals)
    return numbers and not column.measures and not (years and column.dated)
