"""Grouped counts: differences counted "per sales channel" are counted, then put together by it.

The reconciling readers count rows of one table; by which of its columns they are counted is read
here, from the rest of the sentence cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from kpi_nlsql.apart.rest_read import Reader, rest_read
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Candidate, Sentence

_NAMED = 0.8
_LISTING = frozenset({"and", ","})


@dataclass(frozen=True, slots=True)
class _Groups:
    """The items from ``start`` to before ``end`` say by which columns, named at ``columns``."""

    start: int
    end: int
    columns: tuple[int, ...]


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield the counts of differences between two tables, put together by a column of one."""
    groups = _groups(sentence.items)
    if groups is None or not any(item.is_cue("count") for item in sentence.items):
        return
    clause = range(groups.start, groups.end)
    yield from rest_read(sentence, clause, reader, partial(_grouped, sentence, groups))


def _groups(items: tuple[Item, ...]) -> _Groups | None:
    start = next((at for at, item in enumerate(items) if item.is_cue("group")), None)
    if start is None:
        return None
    end, columns = start + 1, list[int]()
    while end < len(items) and (_is_column(items[end]) or items[end].text in _LISTING):
        if _is_column(items[end]):
            columns.append(end)
        end += 1
    return _Groups(start, columns[-1] + 1, tuple(columns)) if columns else None


def _is_column(item: Item) -> bool:
    return item.kind == "mention" and item.best_column() >= _NAMED and not item.values


def _grouped(sentence: Sentence, groups: _Groups, candidate: Candidate) -> plan.Query | None:
    """Return the plan with its count made for each value of the columns, if it has them."""
    query = candidate.plan
    if candidate.kind != "reconcile" or not isinstance(query, plan.Query) or query.group:
        return None
    if not all(isinstance(output.expression, plan.Aggregate) for output in query.outputs):
        return None
    keys: list[plan.Expression] = []
    for position in groups.columns:
        own = [
            hit
            for hit in sentence.items[position].column_hits()
            if hit.table == query.source.table and hit.score >= _NAMED
        ]
        if not own:
            return None
        keys.append(plan.ColumnRef(query.source.alias, str(own[0].column)))
    outputs = (*(plan.Output(key) for key in keys), *query.outputs)
    return replace(query, outputs=outputs, group=tuple(keys))
