"""The first rows of a result, kept briefly for the caller who waits for the run's answer.

All rows lie in the object store, and the results service serves them; this only spares the
executor's API from reading Parquet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from kpi_eventsourcing.schema import TIMESTAMP
from kpi_executor.executions import metadata

KEPT = timedelta(hours=1)

first_rows = sa.Table(
    "first_rows",
    metadata,
    sa.Column("execution_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("rows", JSON, nullable=False),
    sa.Column("kept_at", TIMESTAMP, nullable=False, server_default=sa.func.now(), index=True),
)


def keep(connection: sa.Connection, execution_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store the first rows of a result."""
    values = {"execution_id": execution_id, "rows": list(rows)}
    connection.execute(sa.insert(first_rows).values(values))


def of(connection: sa.Connection, execution_id: int) -> Sequence[Mapping[str, Any]] | None:
    """Return the first rows of a result, None if none are kept."""
    query = sa.select(first_rows.c.rows).where(first_rows.c.execution_id == execution_id)
    rows: Sequence[Mapping[str, Any]] | None = connection.execute(query).scalar()
    return rows


def sweep(connection: sa.Connection) -> None:
    """Forget what was kept long enough."""
    connection.execute(sa.delete(first_rows).where(first_rows.c.kept_at < sa.func.now() - KEPT))
