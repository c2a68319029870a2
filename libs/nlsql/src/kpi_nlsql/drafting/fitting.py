"""Fitting: whether a column can be compared with the numbers or dates of the sentence."""

from __future__ import annotations

import re

from kpi_nlsql.drafting.draft import Draft, Ref
from kpi_nlsql.schema.graph import Column

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
