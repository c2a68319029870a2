"""What a worker does for all: recover what others lost, forget what was kept long enough."""

from __future__ import annotations

import sqlalchemy as sa
import structlog

from kpi_contracts.envelope import Actor
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import first_rows, metrics
from kpi_executor.commands import RecoverLost

EXECUTOR = Actor("executor", "service")

log = structlog.get_logger(__name__)


def recover(dispatch: Dispatcher) -> None:
    """Queue anew what was held by workers that are gone."""
    count: int = dispatch(RecoverLost(), Context.by(EXECUTOR))
    if count:
        log.warning("attempts.recovered", count=count)
        metrics.recovered.inc(count)


def sweep(engine: sa.Engine) -> None:
    """Delete first rows that nobody waits for any more."""
    with engine.begin() as connection:
        first_rows.sweep(connection)
