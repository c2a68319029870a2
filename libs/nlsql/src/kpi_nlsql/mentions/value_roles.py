"""Value roles: where what stands beside a mention tells that it is a value, whatever it names."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.function_words import COPULAS
from kpi_nlsql.english.words import parts
from kpi_nlsql.mentions.apparent_values import DETERMINERS
from kpi_nlsql.mentions.called_so import is_called_so
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at

_SURE_TABLE = 0.6
_EXACT = 0.95
_HALF = 0.6
_LEADS_TO_VALUE = frozenset({"is", "are", "of", "equals", "in", "=", "(", ",", "not", "either"})
_OR = frozenset({"or", "nor"})
_ADVERBS = frozenset({"currently", "presently"})
_MARKED = frozenset({"marked", "flagged", "labelled", "labeled", "tagged"})


def tells_state(items: Sequence[Item], position: int) -> bool:
    """Tell whether a mention says of what kind, or in what state, the rows beside it are."""
    told = (_describes, _is_state, _is_mark, _is_spelt_so)
    return any(tells(items, position) for tells in told)


def is_value_of_column(items: Sequence[Item], found: Sequence[str], position: int) -> bool:
    """Tell whether a mention is a value of the column beside it, or one more of some column."""
    beside = _is_value_of(items, position) or _is_value_before(items, position)
    return beside or _is_other_value(items, found, position)


def _held(item: Item) -> set[tuple[str, str]]:
    """Return the columns that hold what is said as a value, just as it is spelt."""
    return {(value.table, value.column) for value in item.values if value.score >= 1.0}


def _is_state(items: Sequence[Item], position: int) -> bool:
    # "have not been closed" tells a state, whatever table of closes there is.
    item, before = items[position], items[max(position - 1, 0)]
    held = _held(item)
    if before.text in _ADVERBS and held:
        return True  # "are currently berthed"
    told = before.is_cue("not") or before.last_word in COPULAS
    return bool(held) and told and item.text.endswith("ed") and item.best_table() < _EXACT


def _is_spelt_so(items: Sequence[Item], position: int) -> bool:
    # "complex" is a value of ``complexity``, which shares no more than its stem.
    item = items[position]
    held, said = _held(item), {item.text, item.text.removesuffix("s")}
    named = {(hit.table, hit.column) for hit in item.column_hits() if hit.score >= _EXACT}
    if not named or not named <= held or item.best_table() >= _EXACT:
        return False
    return not any(said & set(parts(str(column))) for _, column in named)


def _is_mark(items: Sequence[Item], position: int) -> bool:
    # "marked Subscribed" tells a state, though the rows are called subscribers.
    item, before = items[position], items[max(position - 1, 0)]
    return before.text in _MARKED and bool(_held(item)) and item.best_table() < _EXACT


def _describes(items: Sequence[Item], position: int) -> bool:
    # "Tax references", where a column of the references holds Tax, are those with this value.
    item, following = items[position], item_at(items, position + 1)
    if following is None:
        return False
    if is_called_so(item) or following.best_table() < _SURE_TABLE:
        return _is_kind(item, items[max(position - 1, 0)], following)
    owner = following.table_hits()[0].table
    return any(table == owner for table, _ in _held(item))


def _is_kind(item: Item, before: Item, noun: Item) -> bool:
    # "the premium vehicles" are of this category, though an insurance has its premium, too.
    led = before.text in DETERMINERS or before.text == "of" or before.is_cue("count")
    rows = noun.kind == "mention" and noun.text.endswith("s") and not noun.values
    held = bool(_held(item)) and not item.best_table()
    return held and led and rows and noun.best_column() < _EXACT


def _is_value_before(items: Sequence[Item], position: int) -> bool:
    # "the RM channel": a value right before its column, though managers are called so, too.
    column = item_at(items, position + 1)
    if column is None or not 0 < items[position].best_table() < _EXACT:
        return False
    named = {(hit.table, hit.column) for hit in column.column_hits() if hit.score >= _EXACT}
    return bool(named & _held(items[position]))


def _is_value_of(items: Sequence[Item], position: int) -> bool:
    # "billing status Billing": a value right behind its column, whatever else is called so.
    before = position - 1
    while before > 0 and (items[before].text in _LEADS_TO_VALUE or _listed(items, before)):
        before -= 1
    while before > 1 and items[before].text in {"or", "and", ","} and items[before - 1].values:
        before -= 2  # "type Storage or Pilotage"
    if before < 0 or not items[position].values:
        return False
    # "status retired": right behind it, a column half named is enough for a value as it is spelt.
    beside = before == position - 1 and bool(_held(items[position]))
    least = _HALF if beside else _EXACT
    columns = {(h.table, h.column) for h in items[before].column_hits() if h.score >= least}
    return any((value.table, value.column) in columns for value in items[position].values)


def _is_other_value(items: Sequence[Item], found: Sequence[str], position: int) -> bool:
    # "suspended or conditional": one more value of a column, though others are called so, too.
    for at in (position - 2, position + 2):
        other = item_at(items, at)
        if other is None or found[at] != "value" or items[(at + position) // 2].text not in _OR:
            continue
        if _held(other) & _held(items[position]):
            return True
    return False


def _listed(items: Sequence[Item], position: int) -> bool:
    """Tell whether an earlier value of a list in parentheses stands here: "in (A, B)"."""
    opened = any(item.text == "(" for item in items[max(position - 6, 0) : position])
    return opened and bool(items[position].values)
