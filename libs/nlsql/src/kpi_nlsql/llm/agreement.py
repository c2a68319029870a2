"""Whether two queries say the same."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from kpi_nlsql.llm.normal_form import NormalForm

SameRows = Callable[[], bool | None]
"""Whether both queries return the same rows; None where that was not found out."""


class Agreement(Enum):
    """How far two readings agree, the strongest first; the value completes a sentence."""

    SAME_SQL = "it wrote the same query"
    SAME_ROWS = "its query returns the same rows"
    SAME_SHAPE = "its query uses the same tables, columns, values and operations"
    DIFFERENT = "its query asks for something else"


def compare(rules: NormalForm | None, model: NormalForm, same_rows: SameRows) -> Agreement:
    """Compare two queries by text, then by rows, then by what they are made of.

    Rows that differ outweigh a like shape; ``same_rows`` is only called where the texts differ.
    ``rules`` is None where their query has no normal form: then only rows can agree.
    """
    if rules is not None and rules.text == model.text:
        return Agreement.SAME_SQL
    same = same_rows()
    if same is None:
        alike = rules is not None and rules.shape == model.shape
        return Agreement.SAME_SHAPE if alike else Agreement.DIFFERENT
    return Agreement.SAME_ROWS if same else Agreement.DIFFERENT
