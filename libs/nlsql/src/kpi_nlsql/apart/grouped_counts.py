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
    if any(item.is_cue("count") for item in sentence.items):
        yield from put_together(sentence, reader)


def put_together(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield the figures read without the columns they are told by, each for every value of them."""
    groups = _groups(sentence.items)
    if groups is not None:
        clause = range(groups.start, groups.end)
        yield from rest_read(sentence, clause, reader, partial(_grouped, sentence, groups))


def _groups(items: tuple[Item, ...]) -> _Groups | None:
    start = next((at for at in range(len(items)) if _leads(items, at)), None)
    if start is None:
        return None
    end, columns = start + 1, list[int]()
    while end < len(items) and (_is_column(items[end]) or items[end].text in _LISTING):
        if _is_column(items[end]):
            columns.append(end)
        end += 1
    return _Groups(start, columns[-1] + 1, tuple(columns)) if columns else None


def _leads(items: tuple[Item, ...], position: int) -> bool:
    # "number of products whose price differs, by category"
    if items[position].text != "by":
        return items[position].is_cue("group")
    return position > 0 and (items[position - 1].text == "," or _ends(items, position + 1))


def _ends(items: tuple[Item, ...], position: int) -> bool:
    """Tell whether columns end the sentence: "… whose price differs from A by category"."""
    rest = [item for item in items[position:] if item.kind != "mark" or item.text in _LISTING]
    told = all(_is_column(item) or item.text in _LISTING for item in rest)
    return told and bool(rest) and not items[position - 2].is_cue("mismatch")


def _is_column(item: Item) -> bool:
    named = max(item.best_column(), item.best_table())
    return item.kind == "mention" and named >= _NAMED and not item.values


def _grouped(sentence: Sentence, groups: _Groups, candidate: Candidate) -> plan.Query | None:
    """Return the plan with its count made for each value of the columns, if it has them."""
    query = candidate.plan
    if candidate.kind != "reconcile" or not isinstance(query, plan.Query) or query.group:
        return None
    if not all(isinstance(output.expression, plan.Aggregate) for output in query.outputs):
        return None
    bare = sentence.items[groups.start].text == "by"
    told = {left for left, _ in candidate.joined_columns} if bare else set[str]()
    keys: list[plan.Expression] = []
    for position in groups.columns:
        own = _own_column(sentence, sentence.items[position], query.source.table)
        if own is None or own in told:
            return None
        keys.append(plan.ColumnRef(query.source.alias, own))
    outputs = (*(plan.Output(key) for key in keys), *query.outputs)
    return replace(query, outputs=outputs, group=tuple(keys))


def _own_column(sentence: Sentence, item: Item, table: str) -> str | None:
    """Return the column of a table that an item names: itself, or the rows it refers to."""
    named = [hit for hit in item.column_hits() if hit.table == table and hit.score >= _NAMED]
    if named:
        return str(named[0].column)
    rows = [hit.table for hit in item.table_hits()[:1] if hit.score >= _NAMED]
    joins = [join for other in rows for join in sentence.graph.joins_between(table, other)[:1]]
    return next((join.left_columns[0] for join in joins if len(join.left_columns) == 1), None)
