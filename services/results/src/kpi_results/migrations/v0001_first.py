"""The event store, the index of executions, and what became of their results."""

from alembic import op

from kpi_eventsourcing import schema
from kpi_results import index, shelf
from kpi_service import idempotency

revision = "0001"
down_revision = None


def upgrade() -> None:
    connection = op.get_bind()
    schema.create_tables_v1(connection)
    idempotency.create_tables_v1(connection)
    index.metadata.create_all(connection, checkfirst=False)
    shelf.metadata.create_all(connection, checkfirst=False)
