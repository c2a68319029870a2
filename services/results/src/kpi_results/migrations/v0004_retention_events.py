"""Rules of retention become events: those there are already, as if they had been set as such."""

import sqlalchemy as sa
from alembic import op

from kpi_contracts.envelope import Actor
from kpi_contracts.ids import uuid7
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.unit_of_work import Work, each
from kpi_results import rules
from kpi_results.rules import Limits, RetentionRule

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    connection = op.get_bind()
    # On a new database, revision 0003 has made the table as it is today.
    op.execute("ALTER TABLE kpi_retention ADD COLUMN IF NOT EXISTS bytes bigint")
    work = Work(connection, [each(rules.project)])
    for row in connection.execute(sa.select(rules.rules)).mappings().all():
        rule = work.load(RetentionRule, row["kpi_id"])
        limits = Limits(runs=row["runs"], days=row["days"], bytes=row["bytes"])
        work.append(rule, rule.set(limits), _as_it_was_set(row))


def _as_it_was_set(row: sa.RowMapping) -> Context:
    """Return whose word the rule is, and since when."""
    return Context(
        actor=Actor(row["changed_by"], "user"), correlation_id=uuid7(), time=row["changed_at"]
    )
