"""The event store for checkpoints, the log, and the projections made from it."""

from alembic import op

from kpi_audit import checkpoints, history, log, tracking
from kpi_eventsourcing import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    connection = op.get_bind()
    schema.create_tables_v1(connection)
    log.create_tables_v1(connection)
    checkpoints.create_tables_v1(connection)
    tracking.metadata.create_all(connection, checkfirst=False)
    history.metadata.create_all(connection, checkfirst=False)
