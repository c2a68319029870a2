"""Listed keys: "item numbers in the stock without sales" have none anywhere, each told once.

A row of the stock is told by its store, too, and so are the sales; who asks for the numbers alone
speaks of what is sold nowhere.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import text_at
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.sentence import Sentence

_SURE = 0.95
_PLACES = frozenset({"in", "from", "on", "within"})


def by_listed_key(sentence: Sentence, query: plan.Query) -> plan.Query:
    """Return the query with matches denied by the one column listed, and each value once."""
    key = query.outputs[0].expression if len(query.outputs) == 1 else None
    if not isinstance(key, plan.ColumnRef) or query.joins or query.group or query.limit:
        return query
    if key.source != query.source.alias or not _lists(sentence, query.source.table, key.column):
        return query
    terms = plan.conjuncts(query.where)
    found = [_denied_by(key, term, query.source.table, sentence.graph) for term in terms]
    if not any(found):
        return query
    told = [denied or term for denied, term in zip(found, terms, strict=True)]
    return replace(query, where=plan.all_of(told), distinct=True)


def _lists(sentence: Sentence, table: str, column: str) -> bool:
    """Tell whether the values of a column are asked for, and no rows: "item numbers in A"."""
    items = sentence.items
    return any(
        item.text.endswith("s")
        and text_at(items, at + 1) in _PLACES
        and _names(item, table, column)
        for at, item in enumerate(items)
    )


def _names(item: Item, table: str, column: str) -> bool:
    return any((h.table, h.column) == (table, column) and h.score >= _SURE for h in item.hits)


def _denied(term: plan.Condition) -> plan.Query | None:
    """Return the query for the rows that are denied; None if a condition denies no rows."""
    denied = term.term if isinstance(term, plan.Not) else None
    return denied.query if isinstance(denied, plan.Exists) else None


def _denied_by(
    key: plan.ColumnRef, term: plan.Condition, table: str, graph: Graph
) -> plan.Condition | None:
    """Return the denial of the rows that meet a key alone; None if there are no such rows."""
    query = _denied(term)
    if query is None:
        return None
    terms = plan.conjuncts(query.where)
    matches = [m for m in terms if isinstance(m, plan.Match) and m.left.source == key.source]
    joins = graph.joins_between(table, query.source.table)
    columns = [join.right_columns[0] for join in joins if join.left_columns == (key.column,)]
    by = [match for match in matches if match.left == key]
    if not by and columns and not query.joins:
        by = [plan.Match(key, plan.ColumnRef(query.source.alias, columns[0]))]
    if not by:
        return None
    kept = [each for each in terms if each not in matches]
    return plan.Not(plan.Exists(replace(query, where=plan.all_of([*by, *kept]))))
