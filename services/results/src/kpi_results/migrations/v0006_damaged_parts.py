"""Which parts are damaged now: those on record, none of which has been repaired yet."""

from alembic import op

from kpi_results.shelf import damaged_parts

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # On a new database, revision 0001 has made the table with the others of its module.
    damaged_parts.create(op.get_bind(), checkfirst=True)
    op.execute(
        """
        INSERT INTO damaged_parts (execution_id, part)
        SELECT DISTINCT (data->>'execution_id')::bigint, data->>'part' FROM events
        WHERE type = 'io.kpiledger.result.damaged.v1'
        """
    )
