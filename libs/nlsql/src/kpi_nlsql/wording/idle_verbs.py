"""Idle verbs: "contracts that pay an advance above 500" have it, whatever rows are called payments.

A verb that some table is called by says no more than "have" where its object is a column of the
rows themselves, or names the other rows and nothing ties it to both: "never sell a sublicence".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kpi_nlsql.english.deeds import is_verb
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.wording.bare_deeds import names_rows, subject_at, table_of
from kpi_nlsql.wording.rewriting import HAVE, Step, rewritten

_NAMES_ROWS = 0.6
_COLUMN = 0.5
_DETERMINERS = frozenset({"a", "an", "the", "any", "some", "their", "its"})
_SELLING = frozenset("sell sells sold selling go goes retail retails rent rents".split())  # noqa: SIM905
_BY = frozenset({"by", "via", "with", "in", "through", "per"})
_AT = frozenset({"in", "at", "near"})
_COST = Item("word", "cost", 0, 0)


def idle_verbs_out(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with verbs that name no rows here put as "have", or as "cost"."""
    return rewritten(items, (_priced, _by_kind, _placed, partial(_idle, graph)), first=1)


def _placed(items: Sequence[Item], position: int) -> Step | None:
    """Read "vehicles stationed in Austria" as those in Austria, where the stations are."""
    verb, at = items[position], skip_words(items, position + 2, _DETERMINERS)
    place, rows = item_at(items, at), items[position - 1]
    if place is None or text_at(items, position + 1) not in _AT or not verb.text.endswith("ed"):
        return None
    if verb.best_table() < _NAMES_ROWS or verb.values or not names_rows(rows):
        return None
    there = {value.table for value in place.values}
    told = verb.table_hits()[0].table
    return (position, position + 1, []) if told in there and told != table_of(rows) else None


def _priced(items: Sequence[Item], position: int) -> Step | None:
    """Read "titles that sell for less than 10" as those that cost less than 10."""
    compared = item_at(items, position + 2)
    told = items[position].text in _SELLING and text_at(items, position + 1) == "for"
    if not told or compared is None:
        return None
    bounds = compared.is_cue("compare") or compared.is_cue("between")
    return (position, position + 2, [_COST]) if bounds else None


def _by_kind(items: Sequence[Item], position: int) -> Step | None:
    """Read "invoices paid by card" as those with the method Card that their verb is of."""
    verb, value = items[position], item_at(items, position + 2)
    if value is None or text_at(items, position + 1) not in _BY:
        return None
    least = _COLUMN if verb.best_table() > 0 else 0.0 if is_verb(verb.text) else 1.0
    told = {(hit.table, hit.column) for hit in verb.column_hits() if hit.score >= least}
    rows = {table_of(item) for item in items[:position] if names_rows(item)}
    if not any((v.table, v.column) in told and v.table in rows for v in value.values):
        return None
    return position, position + 2, []


def _idle(graph: Graph, items: Sequence[Item], position: int) -> Step | None:
    verb, noun = items[position], skip_words(items, position + 1, _DETERMINERS)
    if verb.best_table() < _NAMES_ROWS or " " in verb.text or verb.text.endswith("s"):
        return None
    rows = item_at(items, noun)
    at = subject_at(items, position) if noun > position + 1 else None
    if rows is None or at is None:
        return None
    subject, told = table_of(items[at]), verb.table_hits()[0].table
    if not (_is_own_column(rows, subject, told) or _meets(rows, subject, told, graph)):
        return None
    return position, position + 1, [] if items[position - 1].is_cue("not") else [HAVE]


def _is_own_column(item: Item, subject: str, verb: str) -> bool:
    """Tell whether a column of the subject's rows is named, and none of what the verb names."""
    owners = {hit.table for hit in item.column_hits() if hit.score >= _COLUMN}
    column = item.best_column() > item.best_table()
    return column and subject in owners and verb not in owners


def _meets(item: Item, subject: str, verb: str, graph: Graph) -> bool:
    """Tell whether rows are named that the subject's meet, and those of the verb do not."""
    if not names_rows(item):
        return False
    met = item.table_hits()[0].table
    related = graph.joins_between(subject, met) and not graph.joins_between(verb, met)
    return met not in {subject, verb} and bool(related)
