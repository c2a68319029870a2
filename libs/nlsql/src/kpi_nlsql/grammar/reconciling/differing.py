"""Differing: which two tables a sentence compares, column by column."""

from __future__ import annotations

from kpi_nlsql.grammar.reconciling.relation import Relation, table_at
from kpi_nlsql.mentions.linking import Item

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
    told = item.is_cue("mismatch") or item.is_cue("compare_tables") or item.text in DIFFERENT
    return _compared(items, tables, position, "NOT_EQUALS") if told else None


def agreeing(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    """Return the tables that the item at the position says to agree."""
    item = items[position]
    denied = position > 0 and items[position - 1].is_cue("not")
    if position > 0 and items[position - 1].text == "for":
        return None  # "for the same order" tells the key
    agrees = item.is_cue("agree") or item.text == "equal"
    return _compared(items, tables, position, "EQUALS") if agrees and not denied else None


def _compared(
    items: tuple[Item, ...], tables: list[int], position: int, operation: str
) -> Relation | None:
    tables = _without_again(items, tables, position)
    last = tables[-1]
    others = [table for table in tables if table_at(items, table) != table_at(items, last)]
    if not others:
        return None
    near = [table for table in others if not _leads(items, table)] or others
    leads_on = items[position].text.split()[-1] in _LEADING_ON
    if position + 1 == near[0] and not leads_on:
        return None  # "different customers" are compared with nothing
    return Relation(operation, near[-1], last, position)


def _without_again(items: tuple[Item, ...], tables: list[int], position: int) -> list[int]:
    # "whose price differs from B and that are active in A": A is no side once more.
    told = [table for table in tables if items[table].placed or not _leads(items, table)]
    known = list(dict.fromkeys(table_at(items, table) for table in told))
    if len(known) != 2:
        return tables
    second = next(table for table in told if table_at(items, table) == known[1])
    return [table for table in tables if table <= max(second, position)]


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
