"""When the parts of each result were last found whole, and which are to be looked at again.

No event tells of the former: whatever is lost here is only checked again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kpi_eventsourcing.schema import TIMESTAMP
from kpi_results.shelf import READABLE, damaged_parts, results

metadata = sa.MetaData()

scrubs = sa.Table(
    "scrubs",
    metadata,
    sa.Column("execution_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("parts", sa.Integer, nullable=False),
    sa.Column("verified_at", TIMESTAMP),
)
"""`parts` have been found whole in the round under way, all of them at `verified_at`."""

_BOTH = results.outerjoin(scrubs, scrubs.c.execution_id == results.c.execution_id)
# The executor hashes what it writes, so a new result counts as checked when it is stored.
_CHECKED = sa.func.coalesce(scrubs.c.verified_at, results.c.stored_at)


def due(connection: sa.Connection, every: timedelta, limit: int) -> Sequence[sa.RowMapping]:
    """Return `execution_id` and `parts` of results not checked for that long, the oldest first."""
    done = sa.func.coalesce(scrubs.c.parts, 0).label("parts")
    query = (
        sa.select(results.c.execution_id, done)
        .select_from(_BOTH)
        .where(*READABLE, sa.func.now() - _CHECKED > every)
        .order_by(_CHECKED, results.c.execution_id)
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def damaged(connection: sa.Connection) -> Mapping[int, Collection[str]]:
    """Return the keys of parts with damage on record, by execution; none of expired results."""
    query = (
        sa.select(
            damaged_parts.c.execution_id, sa.func.array_agg(damaged_parts.c.part).label("parts")
        )
        .join(results, results.c.execution_id == damaged_parts.c.execution_id)
        .where(results.c.expired_at.is_(None))
        .group_by(damaged_parts.c.execution_id)
    )
    return {row.execution_id: row.parts for row in connection.execute(query)}


def oldest(connection: sa.Connection) -> datetime | None:
    """Return when the result that waits the longest was checked; None if there is none."""
    query = sa.select(sa.func.min(_CHECKED)).select_from(_BOTH).where(*READABLE)
    found: datetime | None = connection.execute(query).scalar_one()
    return found


def note_parts(connection: sa.Connection, execution_id: int, parts: int) -> None:
    """Note how many parts have been found whole in the round under way."""
    _put(connection, execution_id, parts=parts)


def note_whole(connection: sa.Connection, execution_id: int) -> None:
    """Note that all parts have been found whole."""
    _put(connection, execution_id, parts=0, verified_at=sa.func.now())


def _put(connection: sa.Connection, execution_id: int, **values: Any) -> None:
    connection.execute(
        insert(scrubs)
        .values(execution_id=execution_id, **values)
        .on_conflict_do_update(index_elements=["execution_id"], set_=values)
    )
