"""The event store, and the catalogue of KPIs with its versions."""

from alembic import op

from kpi_definitions import catalogue, reviews
from kpi_definitions.tables import metadata
from kpi_eventsourcing import schema
from kpi_service import idempotency

revision = "0001"
down_revision = None

# One metadata holds them all; naming the modules here makes sure that each is imported.
MODULES = (catalogue, reviews)


def upgrade() -> None:
    connection = op.get_bind()
    schema.create_tables_v1(connection)
    idempotency.create_tables_v1(connection)
    metadata.create_all(connection, checkfirst=False)
