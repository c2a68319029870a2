"""Owned columns: "the price in A differs from the cost in B" — each column told with its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.reconciling.differing import LEAVING_OUT
from kpi_nlsql.grammar.reconciling.relation import Relation
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words

_SURE_TABLE = 0.6
_SURE_COLUMN = 0.6
_OF = frozenset({"in", "of", "from", "within", "on"})
_PASSED = frozenset({"the", "our", "a", "an"})


@dataclass(frozen=True, slots=True)
class Owned:
    """A column and the table it is said to be of, with where both stand."""

    position: int
    column: str
    owner: int
    table: str


def owned_columns(items: Sequence[Item]) -> list[Owned]:
    """Return the columns of a sentence that are told with the table that has them."""
    found = (_owned(items, position) for position in range(len(items)))
    return [owned for owned in found if owned is not None]


def compares_owned(items: Sequence[Item]) -> Relation | None:
    """Return the tables whose columns, told each with its table, are said to differ or agree."""
    owned = owned_columns(items)
    if len(owned) != 2 or owned[0].table == owned[1].table:
        return None
    left, right = owned
    for position in range(left.position, len(items)):
        operation = _operation(items, position)
        between = left.owner < position < right.position
        if operation is not None and (between or position > right.owner):
            return Relation(operation, left.owner, right.owner, position)
    return None


def _operation(items: Sequence[Item], position: int) -> str | None:
    item = items[position]
    denied = items[position - 1].is_cue("not")
    differs = item.is_cue("compare", "!=") and item.text not in LEAVING_OUT
    if item.is_cue("mismatch") or differs or item.text == "different":
        return "NOT_EQUALS"
    if item.is_cue("compare", "=") or item.is_cue("agree"):
        return "NOT_EQUALS" if denied else "EQUALS"
    return None


def _owned(items: Sequence[Item], position: int) -> Owned | None:
    owner = _owner(items, position)
    if owner is None:
        return None
    table = items[owner].table_hits()[0].table
    hits = [hit for hit in items[position].column_hits() if hit.table == table]
    if not hits or hits[0].score < _SURE_COLUMN or items[position].values:
        return None
    return Owned(position, str(hits[0].column), owner, table)


def _owner(items: Sequence[Item], position: int) -> int | None:
    """Return where the table stands that "in", "of" or "from" leads to behind a mention."""
    following = position + 1
    if following < len(items) and items[following].text.endswith("ed"):
        following += 1  # "the premium reported in B"
    if items[position].kind != "mention" or following >= len(items):
        return None
    if items[following].text not in _OF:
        return None
    following = skip_words(items, following + 1, _PASSED)
    sure = following < len(items) and items[following].best_table() >= _SURE_TABLE
    return following if sure else None
