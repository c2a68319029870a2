"""The event store, and the catalogue of KPIs with its versions."""

from alembic import op

from kpi_definitions import catalogue
from kpi_eventsourcing import schema
from kpi_service import idempotency

revision = "0001"
down_revision = None


def upgrade() -> None:
    connection = op.get_bind()
    schema.create_tables_v1(connection)
    idempotency.create_tables_v1(connection)
    catalogue.metadata.create_all(connection, checkfirst=False)
