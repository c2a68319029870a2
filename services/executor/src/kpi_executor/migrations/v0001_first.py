"""The event store, executions and their queue, sources, graphs, rulesets, and the KPI replica."""

from alembic import op

from kpi_eventsourcing import schema
from kpi_executor import executions, first_rows, inventory, queue, replica
from kpi_service import idempotency

revision = "0001"
down_revision = None

# One metadata holds them all; naming the modules here makes sure that each is imported.
MODULES = (executions, first_rows, inventory, queue, replica)


def upgrade() -> None:
    connection = op.get_bind()
    schema.create_tables_v1(connection)
    idempotency.create_tables_v1(connection)
    executions.metadata.create_all(connection, checkfirst=False)
