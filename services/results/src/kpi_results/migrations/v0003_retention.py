"""What single KPIs say about keeping their results."""

from alembic import op

from kpi_results import rules

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    rules.metadata.create_all(op.get_bind(), checkfirst=False)
