"""Plainness: how sure it is that a comparison is meant of just these two columns."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.wording import (
    column_names,
    counts_years,
    is_key,
    kind_of,
    says_kind,
)
from kpi_nlsql.schema.graph import Column
from kpi_nlsql.sentence import Sentence

_LEAST_SAID = 0.4
_WHOLE = 0.8
_HALF = 0.5
_CLOSE = 0.35
_RIVALLED = 0.15


def is_plain(sentence: Sentence, choice: Choice, clause: Clause) -> bool:
    """Tell whether both columns are named well enough, and may be compared at all."""
    sides = (choice.left, choice.right)
    columns = [side.meant(sentence.graph) for side in sides]
    kinds = {kind_of(column) for column in columns}
    if "number" in kinds and any(map(_holds_words, columns)):
        return False
    if "date" in kinds and len(kinds) > 1 and not any(map(counts_years, columns)):
        return False
    if clause.operator == "=" and all(map(is_key, columns)):
        return False  # "where the order number equals the order id" tells how rows are paired
    if clause.operator == "!=":
        return min(side.said for side in sides) >= _LEAST_SAID
    rows = clause.together is not None and choice.right.said >= _HALF
    sure = choice.right.said >= _WHOLE or (rows and _says_kind(columns[1]))
    return sure and choice.left.said >= _WHOLE


def clearness(ranked: Sequence[Choice]) -> float:
    """Return how clearly the first choice stands before those that compare something else."""
    best = ranked[0]
    for other in ranked[1:]:
        tables = {other.left.table, other.right.table}
        same = tables == {best.left.table, best.right.table}
        if not same or set(other.columns) != set(best.columns):
            return 1.0 if best.score - other.score >= _CLOSE else _RIVALLED
    return 1.0


def _says_kind(column: Column) -> bool:
    """Tell whether a name only adds what kind of value it is: the lowest bid's ``BidAmount``."""
    return any(says_kind(name[-1]) for name in column_names(column))


def _holds_words(column: Column) -> bool:
    """Tell whether no value of a column is a number: a quantity is no segment."""
    known = [value for value in column.values if value.strip()]
    return bool(known) and not any(any(map(str.isdigit, value)) for value in known)
