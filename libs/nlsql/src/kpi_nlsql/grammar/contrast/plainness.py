"""Plainness: how sure it is that a comparison is meant of just these two columns."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.wording import counts_years, kind_of
from kpi_nlsql.schema.graph import Column
from kpi_nlsql.sentence import Sentence

_LEAST_SAID = 0.4
_WHOLE = 0.8
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
    least = _LEAST_SAID if clause.operator == "!=" else _WHOLE
    return min(side.said for side in sides) >= least


def clearness(ranked: Sequence[Choice]) -> float:
    """Return how clearly the first choice stands before those that compare something else."""
    best = ranked[0]
    for other in ranked[1:]:
        tables = {other.left.table, other.right.table}
        same = tables == {best.left.table, best.right.table}
        if not same or set(other.columns) != set(best.columns):
            return 1.0 if best.score - other.score >= _CLOSE else _RIVALLED
    return 1.0


def _holds_words(column: Column) -> bool:
    """Tell whether no value of a column is a number: a quantity is no segment."""
    known = [value for value in column.values if value.strip()]
    return bool(known) and not any(any(map(str.isdigit, value)) for value in known)
