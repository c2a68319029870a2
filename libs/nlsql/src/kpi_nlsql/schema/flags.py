"""Flags: columns that say yes or no, whatever they say it with: Y and N, 1 and 0, X or nothing."""

from __future__ import annotations

import re

from kpi_nlsql.schema.graph import Column

TRUE = frozenset({"y", "yes", "t", "true", "1", "x"})
FALSE = frozenset({"n", "no", "f", "false", "0"})
FLAG_TAILS = ("flag", "flg", "fl", "ind", "indicator", "yn")
"""What the names of flags end with."""
_CALLED = re.compile(
    rf"^(?:is|has|was)(?:_|(?=[A-Z]))|(?:_|(?<=[a-z]))(?:{'|'.join(FLAG_TAILS)})$",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"[A-Za-z]{4,}ed|.*(?:_|(?<=[a-z])(?=[A-Z]))(?i:required|needed|allowed|enabled|supported)"
)
"""What was done with a row, ``returned`` and ``Cancelled``, with no more than two values.

Or what holds of it: ``visa_required``.
"""

_TWO = 2


def is_flag(column: Column) -> bool:
    """Tell whether the values of a column only say yes or no."""
    if column.values and not {*column.values} <= {"0", "1"}:
        return len(column.values) <= _TWO and {v.lower() for v in column.values} <= TRUE | FALSE
    if column.family == "boolean":
        return True
    few = column.distinct is not None and column.distinct <= _TWO
    number = column.family == "number" or bool(column.values)
    called = _CALLED.search(column.name) or _DONE.fullmatch(column.name)
    return number and few and called is not None


def set_values(column: Column) -> tuple[str, ...]:
    """Return the values that say yes, as stored."""
    if column.values:
        return tuple(value for value in column.values if value.lower() in TRUE)
    return ("1",)


def unset_values(column: Column) -> tuple[str, ...]:
    """Return the values that say no, as stored; none where nothing says it."""
    if column.values:
        return tuple(value for value in column.values if value.lower() in FALSE)
    return ("0",)
