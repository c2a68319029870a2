"""What every route that runs something shares: accept, wait, show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa
from flask import request

from kpi_bus.freshness import ReadYourWrites
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import replica
from kpi_executor.api import views
from kpi_executor.commands import RunKpi
from kpi_executor.waiting import Waiters
from kpi_service.auth import current_user
from kpi_service.context import command_context
from kpi_service.idempotency import HEADER

JOBS = "/v1/landing-kpi/jobs"
# An execution may have to wait for a worker, and be tried again, before its query can run.
GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of KPIs on behalf of the current request's caller."""

    reading: sa.Engine
    dispatch: Dispatcher
    waiters: Waiters
    fresh: ReadYourWrites

    def find_kpi(self, kpi_id: int, version: int | None) -> replica.Kpi:
        """Return a KPI that may have been defined a moment ago.

        Raises:
            VersionNotReached: `version` has not arrived here after 2 s.
            UnknownKpi: there is none that can be run.

        """
        if version is not None:
            replica.wait_for_version(self.reading, kpi_id, version)
        else:
            self.fresh.find(lambda: self._known(kpi_id))
        with self.reading.connect() as connection:
            return replica.find(connection, kpi_id, version)

    def accept(self, kpi_id: int, body: dict[str, Any], version: int | None = None) -> int:
        """Accept a run and return its execution's id; raises CommandRefused."""
        self.find_kpi(kpi_id, version)
        command = RunKpi(
            kpi_id=kpi_id,
            kpi_version=version,
            parameters=views.parameters_from(body),
            origin="api",
            command_id=command_id_of_request("kpi", kpi_id),
        )
        execution_id: int = self.dispatch(command, command_context())
        return execution_id

    def view(self, execution_id: int) -> dict[str, Any]:
        """Return an execution as it stands; raises ExecutionNotFound."""
        with self.reading.connect() as connection:
            return views.execution_view(connection, execution_id)

    def wait(self, execution_id: int, timeout_seconds: float) -> bool:
        """Wait for the end of an execution whose attempts may take `timeout_seconds`."""
        return self.waiters.wait(execution_id, timeout_seconds + GRACE_SECONDS)

    def finished(self, execution_id: int, body: dict[str, Any]) -> Any:
        """Return the answer of a run once it has ended; 202 if that takes too long."""
        ended = self.wait(execution_id, body["timeout_seconds"])
        content = views.answer(self.view(execution_id))
        return content if ended else (content, 202, {"Location": f"{JOBS}/{execution_id}"})

    def _known(self, kpi_id: int) -> bool | None:
        query = sa.select(replica.kpis.c.id).where(replica.kpis.c.id == kpi_id)
        with self.reading.connect() as connection:
            return connection.execute(query).first() is not None or None


def command_id_of_request(*about: object) -> UUID | None:
    """Return the id that makes a repeated request find its first execution.

    It follows from caller, Idempotency-Key and what is asked for, so that not even a crash before
    the first answer was stored leads to a second run.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    return uuid5(NAMESPACE_URL, "\0".join(map(str, (current_user().subject, key, *about))))


def accepted(execution_id: int, message: str = "KPI execution accepted") -> Any:
    """Return the answer of a run that goes on in the background."""
    url = f"{JOBS}/{execution_id}"
    content = {
        "success": True,
        "message": message,
        "job_id": str(execution_id),
        "execution_id": execution_id,
        "status_url": url,
    }
    return content, 202, {"Location": url}
