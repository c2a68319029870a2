"""What changed between two versions of a graph, and which KPIs that concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from kpi_contracts.graph import SchemaChange
from kpi_executor.executions import executions

Content = Mapping[str, Any]
Columns = Mapping[str, str]


def schema_changes(old: Content, new: Content) -> tuple[SchemaChange, ...]:
    """Return the tables and columns that came, went or changed their type, by name."""
    before, after = _tables(old), _tables(new)
    return tuple(
        change
        for schema, table in sorted({*before, *after})
        for change in _table_changes(table, before.get((schema, table)), after.get((schema, table)))
    )


def breaking(changes: Sequence[SchemaChange]) -> tuple[SchemaChange, ...]:
    """Return the changes that a query over the old tables may not survive."""
    return tuple(change for change in changes if change.change != "added")


def kpis_run_on(connection: sa.Connection, kg_name: str, tables: Sequence[str]) -> tuple[int, ...]:
    """Return the KPIs whose runs on a graph have read one of the tables."""
    mentioned = sa.or_(*(sa.func.strpos(executions.c.generated_sql, table) > 0 for table in tables))
    query = (
        sa.select(executions.c.kpi_id)
        .distinct()
        .where(
            executions.c.kpi_id.is_not(None),
            executions.c.parameters.op("->>")("kg_name") == kg_name,
            mentioned,
        )
        .order_by(executions.c.kpi_id)
    )
    return tuple(connection.execute(query).scalars().all())


def _tables(content: Content) -> dict[tuple[str, str], Columns]:
    """Return each table's columns; two schemas may have a table of one name."""
    return {
        (table.get("schema") or "", table["name"]): {
            column["name"]: column["type"] for column in table["columns"]
        }
        for table in content["tables"]
    }


def _table_changes(
    table: str, before: Columns | None, after: Columns | None
) -> Iterator[SchemaChange]:
    if before is None:
        yield SchemaChange(table, None, "added")
    elif after is None:
        yield SchemaChange(table, None, "removed")
    else:
        yield from _column_changes(table, before, after)


def _column_changes(table: str, before: Columns, after: Columns) -> Iterator[SchemaChange]:
    for column in sorted({*before, *after}):
        if column not in before:
            yield SchemaChange(table, column, "added")
        elif column not in after:
            yield SchemaChange(table, column, "removed")
        elif before[column] != after[column]:
            yield SchemaChange(table, column, "retyped")
