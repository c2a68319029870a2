"""When the parts of results were last hashed."""

from alembic import op

from kpi_results import scrubs

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    scrubs.metadata.create_all(op.get_bind(), checkfirst=False)
