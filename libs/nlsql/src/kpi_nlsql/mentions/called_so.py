"""Called so: whether a mention is the very name of a table or column, or shares its stem only."""

from __future__ import annotations

from kpi_nlsql.english.words import lemma, parts
from kpi_nlsql.mentions.linking import Item

_EXACT = 0.95


def is_called_so(item: Item) -> bool:
    """Tell whether a name is said as it is: "admissible" is no ``Admissibility``.

    A value that is written just so is rather meant then.
    """
    words = {lemma(word) for word in item.text.split()}
    exact = [hit for hit in item.hits if hit.score >= _EXACT]
    written = any(value.value.lower() == item.text for value in item.values)
    if not written or " " in item.text:
        return bool(exact)
    return any(words & {lemma(part) for part in parts(hit.column or hit.table)} for hit in exact)
