"""Roles: what each mention stands for: a table, a column or a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kpi_nlsql.english.deeds import is_inflected
from kpi_nlsql.mentions.apparent_values import DETERMINERS, is_dated_deed, is_deed, is_row_noun
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.value_roles import is_value_of_column, tells_state
from kpi_nlsql.mentions.walking import skip_words_back, text_at

Role = Literal["table", "column", "value", "none"]

_SURE_TABLE = 0.6
_LIKELY_TABLE = 0.7
_EXACT = 0.95
_COUNTED = 0.84
_ANY = frozenset({"a", "an", "any", "each", "every"})
"""What leads to one row of many: "used in any contract" names no place."""


def roles(items: Sequence[Item], references: frozenset[tuple[str, str]]) -> list[Role]:
    """Return the role of each item; ``none`` for those that name no data."""
    found: list[Role] = [
        "column" if _is_flag_column(items, position) else _role(item)
        for position, item in enumerate(items)
    ]
    for position in range(len(items)):
        if found[position] in {"table", "column"} and tells_state(items, position):
            found[position] = "value"
    for position in range(len(items)):
        if found[position] == "column" and (
            _is_counted(items, position) or _is_asked(items, found, position)
        ):
            found[position] = "table"
        if found[position] == "table" and _is_noun_of(items, position):
            found[position] = "column"
        if found[position] == "table" and _is_rather_column(items, found, position, references):
            found[position] = "column"
        if found[position] == "column" and _is_done_to(items, found, position):
            found[position] = "none"
        if is_value_of_column(items, found, position):
            found[position] = "value"
        elif found[position] == "value":
            found[position] = _role_of_value(items, found, position)
    return found


def _role_of_value(items: Sequence[Item], found: Sequence[Role], position: int) -> Role:
    """Return what a word stands for that some column has as a value."""
    if is_dated_deed(items, position):
        return "column"
    if _is_done_for(items, found, position):
        return "none"
    rows = is_row_noun(items, found, position)
    return "none" if rows or is_deed(items, position) else "value"


def _is_done_for(items: Sequence[Item], found: Sequence[Role], position: int) -> bool:
    # "the highest price paid for a material": no other rows that are Paid are spoken of.
    item, before = items[position], items[max(position - 1, 0)]
    led = text_at(items, position + 1) in {"for", "by"}
    if not position or found[position - 1] != "column" or not led:
        return False
    tables = {hit.table for hit in before.column_hits()}
    return is_inflected(item.text) and not any(value.table in tables for value in item.values)


def _is_done_to(items: Sequence[Item], found: Sequence[Role], position: int) -> bool:
    # "the gross amount paid to workers" is shown by no ``PAY_PERIOD``
    item = items[position]
    weak = is_inflected(item.text) and item.best_column() < _SURE_TABLE
    after = items[min(position + 1, len(items) - 1)]
    led = after.text in {"to", "for", "by", "against"} or after.is_cue("not")
    return weak and led and position > 0 and found[position - 1] == "column"


def _is_counted(items: Sequence[Item], position: int) -> bool:
    # "count of opt-ins", "more than 5 opt-ins": what is counted are the rows called so.
    item, before = items[position], _before_values(items, position - 1)
    counted = before.is_cue("count") or before.number is not None
    # "more than 8 accounts" are rows of ``CBS_ACCOUNT``, though others have a ``LEDGER_ACCT``.
    heads = [hit.table for hit in item.table_hits() if hit.score >= _SURE_TABLE]
    own = [hit.table for hit in item.column_hits() if hit.score >= _EXACT]
    enough = _SURE_TABLE if counted and len(heads) == 1 and heads[0] not in own else _COUNTED
    if item.best_table() < enough or not item.text.endswith("s"):
        return False
    best = item.column_hits()[0].column if item.column_hits() else None
    plural = best is not None and best.lower().endswith("s")
    # "all PO lines" are rows of ``PO_LINE``, though it numbers them in a column called so.
    itself = any(hit.table == item.table_hits()[0].table for hit in item.column_hits()[:1])
    counted = counted or (itself and _before_values(items, position - 1).is_cue("all"))
    return not plural and (counted or _is_denied_subject(items, position))


def _is_asked(items: Sequence[Item], found: Sequence[Role], position: int) -> bool:
    # "show all open PO lines" asks for rows, whichever column of theirs is called so, too.
    item = items[position]
    if item.best_table() < _COUNTED or position == 0:
        return False
    best, table = item.best_column(), item.table_hits()[0].table
    own = [hit for hit in item.column_hits() if hit.table == table and hit.score == best]
    plural = item.text.endswith("s") and not any(str(h.column).lower().endswith("s") for h in own)
    opens = all(
        items[at].is_cue("show") or items[at].is_cue("all") or found[at] == "value"
        for at in range(position)
        if items[at].text not in DETERMINERS - _ANY
    )
    return bool(own) and plural and opens


def _denial_follows(items: Sequence[Item], position: int) -> bool:
    # "the cost units which have no staff": the units, though each of the staff has a cost unit
    return any(item.is_cue("not") for item in items[position + 1 : position + 3])


def _is_denied_subject(items: Sequence[Item], position: int) -> bool:
    # "analysers never used", "brokers without policies": rows are what lacks something.
    opens = all(item.is_cue("show") or item.is_cue("all") for item in items[:position])
    after = items[position + 1] if position + 1 < len(items) else items[position]
    return opens and after.is_cue("not") and after.last_word in {"never", "without"}


def _is_noun_of(items: Sequence[Item], position: int) -> bool:
    # "products in RBP GPU" speaks of rows of the table named, not of one called like products.
    item = items[position]
    if item.best_table() >= _EXACT:
        return False
    own = item.table_hits()[0].table
    if position + 1 < len(items) and _is_column_of(items[position + 1], own):
        return False  # "invoices per shipment status"
    denied = position > 0 and items[position - 1].is_cue("not")  # "number of A without B"
    tables = {
        other.table_hits()[0].table
        for index, other in enumerate(items)
        if index != position
        if other.best_table() >= _LIKELY_TABLE and _holds(items, index, position)
        if not (denied and items[index - 1].is_cue("count"))
    }
    return own not in tables and any(hit.table in tables for hit in item.column_hits())


def _is_column_of(item: Item, table: str) -> bool:
    named = any(hit.table == table and hit.score >= _SURE_TABLE for hit in item.column_hits())
    return named and item.kind == "mention" and item.best_column() > item.best_table()


def _holds(items: Sequence[Item], place: int, position: int) -> bool:
    """Tell whether the rows of a place may be called by the noun at a position.

    "Lines on orders from customers" and "the amount of bookings made by customers" name rows of
    three tables, "all titles from publishers" those of two.
    """
    lead = items[skip_words_back(items, place - 1, DETERMINERS - _ANY)].last_word
    if lead not in {"in", "from", "within", "of"}:
        return False
    if place < position:
        grouped = items[position - 1].is_cue("group")
        run = all(item.kind == "mention" for item in items[place:position])
        return lead != "of" or grouped or run
    if any(item.is_cue("aggregate") for item in items[position + 1 : place]):
        return False  # "accounts by total value in the backlog" tells where the values are
    before = _before_values(items, skip_words_back(items, position - 1, DETERMINERS))
    told = before.is_cue("all") or before.text == "on"
    return not (told and items[place].text.endswith("s"))


def _before_values(items: Sequence[Item], position: int) -> Item:
    """Return what stands before values that end at a position: "of [all] hardback titles"."""
    while position > 0 and items[position].values and not items[position].hits:
        position -= 1
    return items[max(position, 0)]


def _role(item: Item) -> Role:
    if item.kind in {"quoted", "number"}:
        return "value" if item.values or item.kind == "quoted" else "none"
    if item.kind != "mention":
        return "none"
    table, column = item.best_table(), item.best_column()
    name = max(table, column)
    if not item.hits:
        return "value"
    if item.values and (name < 0.7 or (name < 0.9 and item.text.split()[0] != item.text)):
        return "value"
    if table < _EXACT and _is_flag(item):
        return "value"
    if not column:
        return "table" if table >= _SURE_TABLE else "value" if item.values else "none"
    if table >= _SURE_TABLE and table >= column - 0.001:
        return "table"
    if table >= _LIKELY_TABLE and column < _EXACT and item.text.endswith("s"):
        return "table"
    if item.values and name < 0.95 and item.values[0].score >= 1.0:
        return "value"
    return "column"


def _is_flag(item: Item) -> bool:
    # "active" names the column ``is_active`` and at once its value Y: the value is meant.
    columns = {(hit.table, hit.column) for hit in item.column_hits()}
    return any(
        (value.table, value.column) in columns and value.value.lower() != item.text
        for value in item.values
    )


def _is_flag_column(items: Sequence[Item], position: int) -> bool:
    # "per active flag", "different approvals", "active = N", "an active value of 1".
    item, before = items[position], items[max(position - 1, 0)]
    if not (item.hits and _is_flag(item)):
        return False
    if before.is_cue("group") or before.is_cue("distinct") or before.text == "by":
        return True
    told = [other.text for other in items[position + 1 : position + 4]]
    owned = {(value.table, value.column) for value in item.values}
    further = (value for other in items[position + 1 : position + 4] for value in other.values)
    equal = told[:1] in (["="], ["value"], ["equals"], ["is"])
    named = equal and any((value.table, value.column) in owned for value in further)
    return named or told[:1] == ["value"]


def _is_rather_column(
    items: Sequence[Item],
    found: Sequence[Role],
    position: int,
    references: frozenset[tuple[str, str]],
) -> bool:
    # A word that is a table's and a column's name is the column if its owner is also mentioned.
    item = items[position]
    if position + 1 < len(items) and found[position + 1] in {"column", "table"}:
        return False
    if _is_counted(items, position) or (
        _denial_follows(items, position) and _is_asked(items, found, position)
    ):
        return False
    first = item.text.endswith("s") and not any(other.hits for other in items[:position])
    columns = [
        hit
        for hit in item.column_hits()
        if hit.score >= item.best_table() - 0.05 and (hit.table, hit.column) not in references
        if not (first and hit.table == item.table_hits()[0].table)
    ]
    if not columns:
        return False
    if position and (items[position - 1].is_cue("group") or _is_owner(items, found, position)):
        return False
    owners = {hit.table for hit in columns}
    named = {
        other.table_hits()[0].table
        for index, other in enumerate(items)
        if index != position and found[index] == "table"
    }
    return bool(owners & named)


def _is_owner(items: Sequence[Item], found: Sequence[Role], position: int) -> bool:
    """Tell whether "of" stands before the mention and a column before that."""
    before = skip_words_back(items, position - 1, DETERMINERS | {"all the"})
    return before > 0 and items[before].text == "of" and found[before - 1] == "column"
