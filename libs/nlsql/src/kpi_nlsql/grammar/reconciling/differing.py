"""Differing: which two tables a sentence compares, column by column."""

from __future__ import annotations

from kpi_nlsql.grammar.reconciling.composite_keys import key_mentions
from kpi_nlsql.grammar.reconciling.relation import Relation, table_at
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import text_at

_SURE_COLUMN = 0.95
_LEADING_ON = frozenset({"between", "in", "of", "for", "from", "compare", "reconcile"})
CLAUSES = frozenset({"where", "whose", "for which", "in which", "when"})
DIFFERENT = frozenset(
    "differs from|different from|not equal to|is not equal to|not the same as|different|"  # noqa: SIM905
    "different to|not equal".split("|")
)
LEAVING_OUT = frozenset({"except", "except for", "excluding", "apart from", "but not in"})
"""Cues that leave rows out, and set nothing against anything: "excluding the closed ones"."""


def different(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    """Return the tables that the item at the position says to differ."""
    item = items[position]
    if denies_column(items, position):
        return _compared(items, tables, position, "NOT_EQUALS")
    if item.text == "different" and tables[-1] == position + 1:
        return None  # "players with a different club" sets no two tables against each other
    told = item.is_cue("mismatch") or item.is_cue("compare_tables") or item.text in DIFFERENT
    told = told or (item.text == "other than" and text_at(items, position + 1) in {"in", "on"})
    return _compared(items, tables, position, "NOT_EQUALS") if told else None


def agreeing(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    """Return the tables that the item at the position says to agree."""
    item = items[position]
    denied = position > 0 and items[position - 1].is_cue("not")
    if position > 0 and items[position - 1].text == "for":
        return None  # "for the same order" tells the key
    if _tells_key(items, position):
        return None
    agrees = item.is_cue("agree") or (item.text == "equal" and _sure_column(items, position + 1))
    if denied or not agrees or not _has_shared_column(items):
        return None
    return _compared(items, tables, position, "EQUALS")


def _tells_key(items: tuple[Item, ...], position: int) -> bool:
    # "also in the recall list with the same item and batch": rows are paired by both.
    keys = key_mentions(items)
    also = any(item.is_cue("also") and "also" in item.text for item in items[:position])
    return also and len(keys) > 1 and 0 < keys[0] - position <= 2


def _compared(
    items: tuple[Item, ...], tables: list[int], position: int, operation: str
) -> Relation | None:
    tables = _without_again(items, tables, position)
    last = tables[-1]
    tables = [table for table in tables if not _is_compared(items, table, position, last)]
    others = [table for table in tables if table_at(items, table) != table_at(items, last)]
    if not others:
        return None
    near = [table for table in others if not _leads(items, table)] or others
    leads_on = items[position].text.split()[-1] in _LEADING_ON
    if not near or (position + 1 == near[0] and not leads_on):
        return None  # "different customers" are compared with nothing
    return Relation(operation, near[-1], last, position)


def _without_again(items: tuple[Item, ...], tables: list[int], position: int) -> list[int]:
    # "whose price differs from B and that are active in A": A is no side once more.
    told = [table for table in tables if items[table].placed or not _leads(items, table)]
    known = list(dict.fromkeys(table_at(items, table) for table in told))
    second = next((t for t in told if len(known) > 1 and table_at(items, t) == known[1]), None)
    if len(known) != 2 or second is None:
        return tables
    return [table for table in tables if table <= max(second, position)] or tables


def _is_compared(items: tuple[Item, ...], table: int, position: int, last: int) -> bool:
    # "with different carrier in A and B": the carrier is what is compared, not a side.
    held = {hit.table for hit in items[table].column_hits()}
    told = items[table - 1].is_cue("distinct") or items[table - 1].is_cue("mismatch")
    beside = table == position + 1 and told and table != last
    return beside and table_at(items, last) in held


def denies_column(items: tuple[Item, ...], position: int) -> bool:
    """Tell whether a column is denied to be what it is elsewhere: "X in A is not the X in B"."""
    if not items[position].is_cue("not"):
        return False
    clause = [at for at in range(position) if items[at].text in CLAUSES]
    behind = position + 1
    while behind < len(items) - 1 and items[behind].text in {"the", "a", "an", "equal", "to"}:
        behind += 1
    if not clause or behind >= len(items) or items[behind].best_column() < _SURE_COLUMN:
        return False
    named = {(hit.table, hit.column) for hit in items[behind].column_hits()}
    return any(
        named & {(hit.table, hit.column) for hit in item.column_hits()}
        for item in items[clause[-1] + 1 : position]
    )


def _leads(items: tuple[Item, ...], position: int) -> bool:
    """Tell whether the mention is the subject at the start of the sentence."""
    return all(item.is_cue("show") or item.is_cue("all") for item in items[:position])


def _sure_column(items: tuple[Item, ...], position: int) -> bool:
    return position < len(items) and items[position].best_column() >= _SURE_COLUMN


def _has_shared_column(items: tuple[Item, ...]) -> bool:
    return any(
        item.best_column() >= _SURE_COLUMN and item.best_table() < item.best_column()
        for item in items
    )
