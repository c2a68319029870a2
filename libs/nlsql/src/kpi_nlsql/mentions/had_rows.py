"""Had rows: in "customers with orders that are not paid" it is said of orders that they are not."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words_back, text_at

_HAVING = frozenset({"with", "have", "has", "having", "had"})
_DETERMINERS = frozenset({"a", "an", "any", "some", "one"})
_RELATIVES = frozenset({"that", "which", "who"})
_INDEFINITE = frozenset({"a", "an", "any"})
_NAMED = 0.6


def rows_had(items: Sequence[Item], denial: int) -> str | None:
    """Return the table of the rows that others are said to have, and of which it is denied here."""
    rows, lead = item_at(items, denial - 2), skip_words_back(items, denial - 3, _DETERMINERS)
    if rows is None or text_at(items, denial - 1) not in _RELATIVES or lead < 1:
        return None
    named = bool(rows.table_hits()) and rows.best_table() >= rows.best_column()
    had = items[lead].text in _HAVING and items[denial].is_cue("not")
    return rows.table_hits()[0].table if had and named else None


def one_of(items: Sequence[Item], table: str) -> bool:
    """Tell whether some row of a table is spoken of, none in particular: "that had a claim after".

    The rows asked for either have one or not, however many there are.
    """
    for at in range(2, len(items)):
        rows = items[at]
        dated = rows.text.endswith(" dated") and any(hit.table == table for hit in rows.hits[:1])
        named = rows.best_table() >= max(_NAMED, rows.best_column())
        if text_at(items, at - 1) not in _INDEFINITE or not (named or dated):
            continue
        if dated or rows.table_hits()[0].table == table:
            return True
    return False
