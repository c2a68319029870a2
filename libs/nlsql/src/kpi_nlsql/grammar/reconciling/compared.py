"""Compared columns: which column of one table is set against which of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.english.function_words import COPULAS
from kpi_nlsql.grammar.reconciling.differing import CLAUSES
from kpi_nlsql.grammar.reconciling.owned_columns import owned_columns
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.sentence import Sentence

_SURE = 0.6
_PERHAPS = 0.45
_PARTLY = 0.5
_EXACT = 0.95
_WITHIN = 6


@dataclass(frozen=True, slots=True)
class Sides:
    """The two tables of a comparison, how rows pair up, and where the word for it stands."""

    source: str
    target: str
    pairing: Pairing
    cue: int

    def key_columns(self) -> set[str]:
        """Return the names of the columns that pair the rows, in lower case."""
        return {column.lower() for pair in self.pairing.columns() for column in pair}


def compared_columns(sentence: Sentence, sides: Sides, used: set[int]) -> list[tuple[str, str]]:
    """Return the columns to compare: those named, else all that both tables have but the key."""
    if named := named_columns(sentence.items, sides, used):
        return named
    if _names_another(sentence.items, sides):
        return []
    left, right = sentence.graph.table(sides.source), sentence.graph.table(sides.target)
    return [
        (column.name, right.column(column.name).name)
        for column in left.columns
        if right.has(column.name) and column.name.lower() not in sides.key_columns()
    ]


def named_columns(items: Sequence[Item], sides: Sides, used: set[int]) -> list[tuple[str, str]]:
    """Return the columns to compare that the items name; none if they name none."""
    beside = told_beside(items, sides, used) or _told_with_tables(items, sides, used)
    if beside is not None:
        shared_columns(items, sides, used)
        return [beside]
    symmetric = any(item.is_cue("between") for item in items) or _stands_before(items, sides)
    told = None if symmetric else _across(items, sides, used)
    shared = shared_columns(items, sides, used)
    if told is not None and told[0].lower() != told[1].lower():
        return [told]
    return shared


def _stands_before(items: Sequence[Item], sides: Sides) -> bool:
    """Tell whether the cue stands before what is compared: "in both with different prices"."""
    following = items[sides.cue + 1 : sides.cue + 2]
    told = items[sides.cue].is_cue("distinct") or items[sides.cue].is_cue("mismatch")
    tables = (sides.source, sides.target)
    return told and any(
        all(_column(item, table, _EXACT) is not None for table in tables) for item in following
    )


def _names_another(items: Sequence[Item], sides: Sides) -> bool:
    """Tell whether a column beside the comparison is named that the two tables do not share.

    "accounts with a description that differs in B", where B has none: nothing else is compared.
    """
    clause = range(_relative_before(items, sides.cue), sides.cue)
    return any(_is_of_one_side(items[at], sides) for at in clause) or any(
        item.kind == "mention"
        and item.best_column() >= _PARTLY
        and item.best_column() > item.best_table()
        and not any(str(hit.column).lower() in sides.key_columns() for hit in item.column_hits())
        for item in (*items[max(sides.cue - 1, 0) : sides.cue], *items[sides.cue + 1 :][:1])
    )


def _relative_before(items: Sequence[Item], cue: int) -> int:
    """Return where the clause begins whose subject is compared: "with a name that differs"."""
    start = cue - 1
    while start > 0 and (items[start].is_cue("relative") or items[start].text in COPULAS):
        start -= 1
    while start > 0 and not (items[start].is_cue("relative") or items[start].kind == "mark"):
        start -= 1
    return start if start > 0 else cue


def _is_of_one_side(item: Item, sides: Sides) -> bool:
    exact = {hit.table for hit in item.column_hits() if hit.score >= _EXACT}
    key = any(str(hit.column).lower() in sides.key_columns() for hit in item.column_hits())
    named = item.kind == "mention" and not item.values and item.best_table() < item.best_column()
    return named and not key and len(exact & {sides.source, sides.target}) == 1


def told_beside(items: Sequence[Item], sides: Sides, used: set[int]) -> tuple[str, str] | None:
    """Return the columns told beside their tables: "A (price) and B (cost)", "price (A)"."""
    left = _beside(items, sides.source)
    right = _beside(items, sides.target)
    if left is None or right is None or left[0] == right[0]:
        return None
    used |= {left[0], right[0]}
    return left[1], right[1]


def _told_with_tables(
    items: Sequence[Item], sides: Sides, used: set[int]
) -> tuple[str, str] | None:
    """Return the columns told each with its table: "the price in A and the cost in B"."""
    owned = {told.table: told for told in owned_columns(items)}
    if len(owned) != 2 or not {sides.source, sides.target} <= set(owned):
        return None
    left, right = owned[sides.source], owned[sides.target]
    used |= set(range(left.position, left.owner)) | set(range(right.position, right.owner))
    return left.column, right.column


def _beside(items: Sequence[Item], table: str) -> tuple[int, str] | None:
    """Return the column in parentheses behind the table, or the one that has the table in them."""
    for position in range(len(items) - 2):
        first, opened, second = items[position : position + 3]
        if opened.text != "(":
            continue
        for owner, at in ((first, position + 2), (second, position)):
            tables = owner.table_hits()[:1]
            found = _column(items[at], table, _SURE)
            if tables and tables[0].table == table and found is not None:
                return at, found[0]
    return None


def clause_start(items: Sequence[Item], cue: int) -> int | None:
    """Return where the clause with the comparison begins ("where …"), if it is one."""
    found = [at for at in range(cue) if items[at].text in CLAUSES]
    return found[-1] if found else None


def shared_columns(items: Sequence[Item], sides: Sides, used: set[int]) -> list[tuple[str, str]]:
    """Return the columns that a mention names in both tables.

    What is halfway called like a noun beside the cue counts alone: "products differ in price".
    """
    clause = clause_start(items, sides.cue)
    start = -1 if clause is None else clause
    columns: dict[tuple[str, str], bool] = {}
    for position, item in enumerate(items):
        mine, theirs = _column(item, sides.source, 0.0), _column(item, sides.target, 0.0)
        if item.kind != "mention" or mine is None or theirs is None:
            continue
        used.add(position)
        beside = position in {sides.cue - 1, sides.cue + 1} or _heads(items, position)
        named = min(mine[1], theirs[1]) >= (_PARTLY if beside else _SURE)
        if named and (position > start or beside) and mine[0].lower() not in sides.key_columns():
            columns[mine[0], theirs[0]] = min(mine[1], theirs[1]) >= _SURE
    return [pair for pair, sure in columns.items() if sure] or list(columns)


def _heads(items: Sequence[Item], position: int) -> bool:
    # "mileage deviations, fleet list vs. tracker": what deviates stands right before
    return any(item.is_cue("mismatch") for item in items[position + 1 : position + 2])


def _across(items: Sequence[Item], sides: Sides, used: set[int]) -> tuple[str, str] | None:
    """Return a column named before the comparison and one of the other table named behind it."""
    start = clause_start(items, sides.cue) or 0
    before = range(sides.cue - 1, start - 1, -1)
    behind = range(sides.cue + 1, min(sides.cue + _WITHIN, len(items)))
    for one, other, turned in (
        (sides.source, sides.target, False),
        (sides.target, sides.source, True),
    ):
        first = _first(items, before, one, sides.key_columns())
        second = _first(items, behind, other, sides.key_columns())
        if first is not None and second is not None:
            used.update({first[0], second[0]})
            return (second[1], first[1]) if turned else (first[1], second[1])
    return None


def _first(
    items: Sequence[Item], positions: range, table: str, keys: set[str]
) -> tuple[int, str] | None:
    """Return the first mention of a column of the table that names no table at the same time."""
    for position in positions:
        item = items[position]
        if item.text in {"by", "per"}:
            return None  # "not the same in B, by category" compares no category
        found = _column(item, table, _PERHAPS)
        keyed = found is not None and found[0].lower() in keys
        if item.kind == "mention" and found is not None and item.best_table() < found[1]:
            return None if keyed else (position, found[0])
        if item.kind == "mention" and item.best_table() < item.best_column():
            return None
    return None


def _column(item: Item, table: str, least: float) -> tuple[str, float] | None:
    hits = [hit for hit in item.column_hits() if hit.table == table and hit.score >= least]
    return (str(hits[0].column), hits[0].score) if hits else None
