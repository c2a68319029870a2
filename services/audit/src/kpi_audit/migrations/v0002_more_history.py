"""Readings, rows and breaks in the history of KPIs: what the log holds of them already."""

import sqlalchemy as sa
from alembic import op

from kpi_audit import history, log
from kpi_contracts.envelope import from_record
from kpi_contracts.errors import ContractError

revision = "0002"
down_revision = "0001"

TYPES = (
    "io.kpiledger.definition.pinned.v1",
    "io.kpiledger.definition.unpinned.v1",
    "io.kpiledger.result.viewed.v1",
    "io.kpiledger.result.exported.v1",
    "io.kpiledger.result.exported.v2",
    "io.kpiledger.result.expired.v1",
    "io.kpiledger.break.assigned.v1",
    "io.kpiledger.break.commented.v1",
)
PAGE = 2000


def upgrade() -> None:
    connection = op.get_bind()
    log.hold_writers(connection)
    after = 0
    while rows := connection.execute(_behind(after)).all():
        for row in rows:
            _project(connection, log.entry_of(row))
        after = rows[-1].seq


def _behind(seq: int) -> sa.Select[tuple[int]]:
    table = log.audit_log
    query = sa.select(table).where(table.c.seq > seq, table.c.type.in_(TYPES))
    return query.order_by(table.c.seq).limit(PAGE)


def _project(connection: sa.Connection, entry: log.Entry) -> None:
    """As the worker does it: what cannot be projected is passed over."""
    try:
        with connection.begin_nested():
            history.project(connection, [(entry.seq, from_record(entry.record))])
    except (ContractError, ValueError, sa.exc.DataError):
        return
