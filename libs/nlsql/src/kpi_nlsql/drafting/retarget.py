"""Retargeting: the same plan over another table that has the same columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Graph


def retargeted(query: plan.Query, graph: Graph) -> Iterator[tuple[str, plan.Query]]:
    """Yield the other tables that a query over one table could mean, with the query over them.

    A table qualifies if it has every column the query uses, and every value it compares with
    where the value dictionary knows the column's values.
    """
    own = query.source.table
    if query.joins or query.source.query is not None:
        return
    columns = {ref.column for ref in _refs(query)}
    if not columns or any(ref.source != query.source.alias for ref in _refs(query)):
        return
    values = [(term.left.column, term.right.value) for term in _equalities(query)]
    for table in graph.tables:
        if table.name == own or not all(map(table.has, columns)):
            continue
        known = all(
            not table.column(name).values or value in table.column(name).values
            for name, value in values
        )
        if known:
            yield table.name, _moved(query, own, table.name)


def _moved(value: Any, old: str, new: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_moved(part, old, new) for part in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    if isinstance(value, plan.Source):
        return plan.Source(new, new)
    changes = {
        field.name: new
        if field.name == "source" and getattr(value, field.name) == old
        else _moved(getattr(value, field.name), old, new)
        for field in dataclasses.fields(value)
    }
    return dataclasses.replace(value, **changes)


def _walk(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for part in value:
            yield from _walk(part)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield value
        for field in dataclasses.fields(value):
            yield from _walk(getattr(value, field.name))


def _refs(query: plan.Query) -> list[plan.ColumnRef]:
    return [part for part in _walk(query) if isinstance(part, plan.ColumnRef)]


def _equalities(query: plan.Query) -> Iterator[Any]:
    for part in _walk(query):
        if (
            isinstance(part, plan.Compare)
            and part.operator == "="
            and isinstance(part.left, plan.ColumnRef)
            and isinstance(part.right, plan.Constant)
        ):
            yield part
