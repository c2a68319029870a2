"""Declared joins: foreign keys as the schema spells them, in the spelling of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpi_nlsql.schema.graph import Join, Table


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``columns`` of ``table`` refer to those of ``target``; none named: to its primary key."""

    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...] = ()


def declared_joins(tables: Sequence[Table], keys: Iterable[ForeignKey]) -> Iterator[Join]:
    """Yield the joins that foreign keys declare between these tables.

    A schema may spell names in another case, or refer to a table or column that is not there: such
    a key joins nothing.
    """
    named = {table.name.lower(): table for table in tables}
    for key in keys:
        table, target = named.get(key.table.lower()), named.get(key.target.lower())
        if table is None or target is None:
            continue
        left = key.columns
        right = key.target_columns or target.primary_key[: len(left)]
        if len(left) == len(right) and all(map(table.has, left)) and all(map(target.has, right)):
            yield Join(
                table.name,
                tuple(table.column(name).name for name in left),
                target.name,
                tuple(target.column(name).name for name in right),
                evidence="foreign key",
            )
