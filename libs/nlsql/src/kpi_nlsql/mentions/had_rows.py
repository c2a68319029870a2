"""Had rows: in "customers with orders that are not paid" it is said of orders that they are not."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words_back, text_at

_HAVING = frozenset({"with", "have", "has", "having", "had"})
_DETERMINERS = frozenset({"a", "an", "any", "some", "one"})
_RELATIVES = frozenset({"that", "which", "who"})


def rows_had(items: Sequence[Item], denial: int) -> str | None:
    """Return the table of the rows that others are said to have, and of which it is denied here."""
    rows, lead = item_at(items, denial - 2), skip_words_back(items, denial - 3, _DETERMINERS)
    if rows is None or text_at(items, denial - 1) not in _RELATIVES or lead < 1:
        return None
    named = bool(rows.table_hits()) and rows.best_table() >= rows.best_column()
    had = items[lead].text in _HAVING and items[denial].is_cue("not")
    return rows.table_hits()[0].table if had and named else None
