"""Value roles: where what stands beside a mention tells that it is a value, or that it is none."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.function_words import COPULAS
from kpi_nlsql.english.words import lemma, parts, stem, stems
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at

_SURE_TABLE = 0.6
_EXACT = 0.95
_HALF = 0.6
_LEADS_TO_VALUE = frozenset({"is", "are", "of", "equals", "in", "=", "(", ",", "not", "either"})
_OR = frozenset({"or", "nor"})
_ADVERBS = frozenset({"currently", "presently"})
_MARKED = frozenset({"marked", "flagged", "labelled", "labeled", "tagged"})
_TIMED = ("after", "before", "between", "recent")
_DATED = ("on", "at", "date", "time", "dt", "dat")
DETERMINERS = frozenset("a an the all any some their its his her each every these those".split())  # noqa: SIM905


def tells_state(items: Sequence[Item], position: int) -> bool:
    """Tell whether a mention says of what kind, or in what state, the rows beside it are."""
    return any(told(items, position) for told in (_describes, _is_state, _is_mark))


def is_value_of_column(items: Sequence[Item], found: Sequence[str], position: int) -> bool:
    """Tell whether a mention is a value of the column beside it, or one more of some column."""
    beside = _is_value_of(items, position) or _is_value_before(items, position)
    return beside or _is_other_value(items, found, position)


def is_dated_deed(items: Sequence[Item], position: int) -> bool:
    """Tell whether a deed has a date: "samples received in May", whatever they are now."""
    item, behind = items[position], item_at(items, position + 1)
    timed = behind is not None and any(behind.is_cue(kind) for kind in _TIMED)
    if text_at(items, position + 1) in {"in", "on", "during"}:
        when = item_at(items, position + 2)
        timed = when is not None and not when.hits and when.text not in DETERMINERS
    dated = {hit.table for hit in item.column_hits() if str(hit.column).lower().endswith(_DATED)}
    before = items[position - 1].table_hits()[:1] if position else ()
    other = any(
        hit.table not in dated for hit in before
    )  # "bills opened in May", which have no such date
    return item.text.endswith("ed") and timed and bool(dated) and not other


def is_deed(items: Sequence[Item], position: int) -> bool:
    """Tell whether a deed is told, not a status: "have never received an order"."""
    before = items[position - 1] if position else items[position]
    done = items[position].text.endswith("ed") and text_at(items, position + 1) in {
        "a",
        "an",
        "any",
    }
    told = before.is_cue("not") or before.last_word in {"have", "has", "had", "never"}
    return (done and told) or _leads_to_place(items, position)


def _leads_to_place(items: Sequence[Item], position: int) -> bool:
    # "orders shipped to France" by their ship country; "customers living in Spain" are not Live.
    item, rest = items[position], items[position + 1 : position + 3]
    lead = rest[0].text if len(rest) > 1 else ""
    spelt = any(value.value.lower() == item.text for value in item.values)
    if (item.text.endswith("ing") and not spelt) or _is_finite(items, position):
        return lead in {"in", "at", "from", "near"}
    if not item.text.endswith("ed") or lead not in {"to", "from"}:
        return False
    verb = stem(item.text)
    return any(stems(value.column)[:1] == (verb,) for value in rest[1].values)


def _is_finite(items: Sequence[Item], position: int) -> bool:
    # "do not live in Spain", "who live in Spain": a verb, whatever cards are Live
    before = items[max(position - 1, 0)]
    asks = set(before.text.split()) & {"do", "does", "did"}
    return bool(asks) or before.text in {"who", "that", "which", "neither"}


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
    told = told and text_at(items, position + 1) not in {"=", "is"}  # "is_active = N"
    return bool(held) and told and item.best_table() < _EXACT


def _is_mark(items: Sequence[Item], position: int) -> bool:
    # "marked Subscribed" tells a state, though the rows are called subscribers.
    item, before = items[position], items[max(position - 1, 0)]
    return before.text in _MARKED and bool(_held(item)) and item.best_table() < _EXACT


def _describes(items: Sequence[Item], position: int) -> bool:
    # "Tax references", where a column of the references holds Tax, are those with this value.
    item, following = items[position], item_at(items, position + 1)
    if following is None:
        return False
    if _is_called_so(item) or following.best_table() < _SURE_TABLE:
        return False
    owner = following.table_hits()[0].table
    return any(table == owner for table, _ in _held(item))


def _is_called_so(item: Item) -> bool:
    """Tell whether a name is said as it is: "admissible" is no ``Admissibility``.

    A value that is written just so is rather meant then.
    """
    exact = [hit for hit in item.hits if hit.score >= _EXACT]
    if not any(value.value.lower() == item.text for value in item.values):
        return bool(exact)
    words = {lemma(word) for word in item.text.split()}
    return any(words & {lemma(part) for part in parts(hit.column or hit.table)} for hit in exact)


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
    while before > 0 and items[before].text in _LEADS_TO_VALUE:
        before -= 1
    while before > 1 and items[before].text in {"or", "and", ","} and items[before - 1].values:
        before -= 2  # "type Storage or Pilotage"
    if before < 0:
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
