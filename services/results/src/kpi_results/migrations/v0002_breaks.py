"""The ledger of breaks."""

from alembic import op

from kpi_results import ledger, remarks

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    connection = op.get_bind()
    ledger.metadata.create_all(connection, checkfirst=False)
    remarks.metadata.create_all(connection, checkfirst=False)
