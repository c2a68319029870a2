"""Codes told: "the Dublin warehouse DUB" is DUB; a name before a code only says what it stands for.

Whatever else is called so, such as the city of some customers, is not spoken of.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at
from kpi_nlsql.wording.rewriting import Step, rewritten

_NAMED = 0.5


def names_before_codes(items: Sequence[Item]) -> list[Item]:
    """Return the items without names of what a code behind them, and its column, tell."""
    return rewritten(items, (_before_code,), first=1)


def _before_code(items: Sequence[Item], position: int) -> Step | None:
    name, column, code = (item_at(items, position + n) for n in range(3))
    if name is None or column is None or code is None or not name.values or name.hits:
        return None
    if name.kind != "mention" or code.kind != "mention":
        return None
    named = {(h.table, h.column) for h in column.column_hits() if h.score >= _NAMED}
    held = {(v.table, v.column) for v in code.values if v.value.isupper()} & named
    own = {value.table for value in name.values} & {table for table, _ in held}
    return (position, position + 1, []) if held and not own else None
