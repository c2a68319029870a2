"""Matching by a key: "entries that are matched by reference on the statement" are in both."""

from __future__ import annotations

from kpi_nlsql.grammar.reconciling.relation import Relation, table_at
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words

_MATCHING = frozenset("match matches matched matching agree agrees agreeing tie ties tied".split())  # noqa: SIM905
_BY = frozenset({"by", "on", "via", "through"})
_WITH = frozenset({"with", "to", "on", "in", "against"})
_ARTICLES = frozenset({"a", "an", "the", "some", "any", "one"})
_PARTLY = 0.5


def matching_by(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    """Return the tables whose rows are said to match by a column that both have."""
    if items[position].text not in _MATCHING or position + 4 > len(items):
        return None
    if items[position + 1].text not in _BY:
        return None
    key = skip_words(items, position + 2, _ARTICLES | {"their", "its"})
    lead = key + 1
    target = skip_words(items, lead + 1, _ARTICLES)
    if target >= len(items) or items[lead].text not in _WITH or target not in tables:
        return None
    sources = [
        at for at in tables if at < position and table_at(items, at) != table_at(items, target)
    ]
    if not sources or any(item.is_cue("not") for item in items[sources[-1] : position]):
        return None
    sides = {table_at(items, sources[-1]), table_at(items, target)}
    named = {hit.table for hit in items[key].column_hits() if hit.score >= _PARTLY}
    return Relation("IN", sources[-1], target, position) if sides <= named else None
