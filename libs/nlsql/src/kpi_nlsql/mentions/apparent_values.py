"""Apparent values: words that some column has as a value, and what else they may be."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.deeds import is_inflected
from kpi_nlsql.english.function_words import COPULAS, POSSESSIVES
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, text_at

_TIMED = ("after", "before", "between", "recent", "older")
_LIVE = frozenset({"live", "lives", "lived"})
_MEANS = frozenset({"by", "via", "through", "with"})
_DATED = ("on", "at", "date", "time", "dt", "dat")
DETERMINERS = frozenset("a an the all any some their its his her each every these those".split())  # noqa: SIM905


def is_dated_deed(items: Sequence[Item], position: int) -> bool:
    """Tell whether a deed has a date: "samples received in May", whatever they are now."""
    item, behind = items[position], position + 1
    if text_at(items, behind) in POSSESSIVES:
        behind += 2  # "opened their relationship after 2015"
    timed = items[behind : behind + 1]
    told = any(
        other.text in {"in", "on", "during"} or any(other.is_cue(kind) for kind in _TIMED)
        for other in timed
    )
    dated = any(str(hit.column).lower().endswith(_DATED) for hit in item.column_hits())
    return item.text.endswith(("ed", "ing")) and told and dated


def is_deed(items: Sequence[Item], position: int) -> bool:
    """Tell whether a deed is told, not a status: "have never received an order"."""
    after = items[position + 1].text if position + 1 < len(items) else ""
    before = items[position - 1] if position else items[position]
    done = items[position].text.endswith("ed") and after in {"a", "an", "any"}
    told = before.is_cue("not") or before.last_word in {"have", "has", "had", "never"}
    if _leads_to_place(items, position) or _leads_to_means(items, position):
        return True
    if before.last_word == "never" and _names_other_rows(items[position]):
        return True  # "vehicles never rented" have no rental, whatever is Rented just now
    return (done and told and not _ends_so(items, position)) or _is_timed_deed(items, position)


def _ends_so(items: Sequence[Item], position: int) -> bool:
    # "have failed a module": rows that keep how it ended tell the module, and it has no such state
    behind = items[position + 2 : position + 3]
    held = {value.table for value in items[position].values if value.score >= 1.0}
    objects = {hit.table for item in behind for hit in item.table_hits()}
    told = {hit.table for item in behind for hit in item.column_hits()}
    return not held & objects and bool(held & told)


def _leads_to_place(items: Sequence[Item], position: int) -> bool:
    # "orders shipped to France" by their ship country; "customers living in Spain" are not Live.
    item, rest = items[position], items[position + 1 : position + 3]
    lead = rest[0].text if len(rest) > 1 else ""
    spelt = any(value.value.lower() == item.text for value in item.values)
    if (item.text.endswith("ing") and not spelt) or _is_finite(items, position):
        return lead in {"in", "at", "from", "near"}
    if item.text in _LIVE and items[max(position - 1, 0)].last_word not in COPULAS:
        return lead in {"in", "at", "near"}  # "who do not live in France"
    if not item.text.endswith("ed") or lead not in {"to", "from"}:
        return False
    verb = stem(item.text)
    return any(stems(value.column)[:1] == (verb,) for value in rest[1].values)


def _names_other_rows(item: Item) -> bool:
    """Tell whether a verb names the rows of a table that has no such value: ``rentals``."""
    held = {value.table for value in item.values if value.score >= 1.0}
    return is_inflected(item.text) and any(hit.table not in held for hit in item.table_hits())


def _leads_to_means(items: Sequence[Item], position: int) -> bool:
    # "receipts paid by card" have a method, whatever claims are Paid
    item, means_at = items[position], skip_words(items, position + 2, DETERMINERS)
    if not is_inflected(item.text) or text_at(items, position + 1) not in _MEANS:
        return False
    rest = items[means_at : means_at + 1]
    means = {value.table for each in rest for value in each.values if value.score >= 1.0}
    return bool(means) and means.isdisjoint(value.table for value in item.values)


def _is_finite(items: Sequence[Item], position: int) -> bool:
    # "do not live in Spain", "who live in Spain": a verb, whatever cards are Live
    before = items[max(position - 1, 0)]
    asks = set(before.text.split()) & {"do", "does", "did"}
    return bool(asks) or before.text in {"who", "that", "which", "neither"}


def _is_timed_deed(items: Sequence[Item], position: int) -> bool:
    # "most recently opened", "the date on which it was opened": when it was done, not its status.
    before = items[max(position - 3, 0) : position]
    dated = any(item.text in {"on which", "when"} for item in before)
    latest = position > 0 and before[-1].text in {"most recently", "least recently"}
    return items[position].text.endswith("ed") and (dated or latest)


def is_row_noun(items: Sequence[Item], found: Sequence[str], position: int) -> bool:
    """Tell whether a noun means the rows of a place: "flights in the schedule".

    Another table may have the value Flight.
    """
    item, lead = items[position], position + 1
    spelt = any(value.value.lower() == item.text for value in item.values)
    if spelt or not item.text.endswith("s") or not item.hits:
        return False
    if lead >= len(items) or items[lead].text not in {"in", "of", "from", "within"}:
        return False
    lead = skip_words(items, lead + 1, DETERMINERS)
    named = lead < len(items) and found[lead] == "table"
    return named and all(value.table != items[lead].table_hits()[0].table for value in item.values)
