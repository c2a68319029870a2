"""What single KPIs say about keeping their results, in place of what the service is set to."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kpi_contracts.envelope import Actor
from kpi_eventsourcing.schema import TIMESTAMP

metadata = sa.MetaData()

rules = sa.Table(
    "kpi_retention",
    metadata,
    sa.Column("kpi_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("runs", sa.BigInteger),
    sa.Column("days", sa.Float),
    sa.Column("changed_at", TIMESTAMP, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)
"""Newest runs, and days, that a KPI's rows are kept; NULL leaves it to the service's setting."""

TABLES = (rules,)


def set_rule(
    connection: sa.Connection, kpi_id: int, *, runs: int | None, days: float | None, actor: Actor
) -> None:
    """Put a KPI's rule in the place of the one it had, if any."""
    values = {
        "runs": runs,
        "days": days,
        "changed_at": sa.func.now(),
        "changed_by": actor.subject,
    }
    connection.execute(
        insert(rules)
        .values(kpi_id=kpi_id, **values)
        .on_conflict_do_update(index_elements=["kpi_id"], set_=values)
    )


def get_rule(connection: sa.Connection, kpi_id: int) -> sa.RowMapping | None:
    """Return a KPI's rule, None if it has none."""
    query = sa.select(rules).where(rules.c.kpi_id == kpi_id)
    return connection.execute(query).mappings().one_or_none()
