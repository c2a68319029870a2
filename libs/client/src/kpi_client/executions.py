"""Running KPIs: now, in the background, many at once; and the list of past runs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from kpi_client.errors import StillRunning, Unavailable
from kpi_client.kpis import ROOT as KPIS
from kpi_client.kpis import Kpis
from kpi_client.models import FINISHED, Batch, Execution, ExecutionList, ExecutionParameters, Job
from kpi_client.transport import Transport

ROOT = "/v1/landing-kpi"
DEFAULT_TIMEOUT = 300.0
_ANSWER_MARGIN = 15.0  # seconds the service may need beyond the query's own timeout
_OUTAGE_PATIENCE = 30.0  # seconds a restarting service may be away while we wait for a job
_SHORTEST_POLL, _LONGEST_POLL = 0.05, 1.0

Progress = Callable[[Job], None]


def succeeded(execution: Execution) -> bool:
    """Whether the run ended well."""
    return execution.get("execution_status") == "success"


class Executions:
    """The ``executor`` service, and the executions the ``results`` service lists."""

    def __init__(self, transport: Transport, kpis: Kpis) -> None:
        self._transport = transport
        self._kpis = kpis

    def execute(
        self,
        kpi_id: int,
        params: ExecutionParameters | None = None,
        *,
        kpi_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Execution:
        """Run a KPI and wait for the end in one request.

        A query that fails is an answer, not an exception: see :func:`succeeded`.
        """
        body = self._request(kpi_id, params, kpi_version)
        wait = float(body.get("timeout_seconds") or DEFAULT_TIMEOUT)
        answer = self._transport.create(
            f"{KPIS}/{kpi_id}/execute",
            body,
            idempotency_key=idempotency_key,
            read_timeout=wait + _ANSWER_MARGIN,
        )
        return cast(Execution, answer.body["execution_result"])

    def execute_async(
        self,
        kpi_id: int,
        params: ExecutionParameters | None = None,
        *,
        kpi_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Accept a run and return at once; see :meth:`wait`."""
        body = self._request(kpi_id, params, kpi_version)
        path = f"{KPIS}/{kpi_id}/execute-async"
        return cast(Job, self._transport.create(path, body, idempotency_key=idempotency_key).body)

    def job(self, job_id: str) -> Job:
        """Read the state of an asynchronous run."""
        return cast(Job, self._transport.get(f"{ROOT}/jobs/{job_id}").body)

    def wait(
        self, job: Job, *, timeout: float = math.inf, on_progress: Progress | None = None
    ) -> Execution:
        """Poll a job until it has ended; ``on_progress`` is called with every state read.

        Every accepted run ends some day, so the default is to wait as long as it takes. A
        service that is away for a moment (a restart) does not end the wait.

        Raises:
            StillRunning: not ended within ``timeout`` seconds; the run goes on.
            Unavailable: the service stayed away.

        """
        started = reached = time.monotonic()
        pause = _SHORTEST_POLL
        status = job.get("status", "pending")
        while (waited := time.monotonic() - started) < timeout:
            try:
                state = self.job(job["job_id"])
            except Unavailable:
                if time.monotonic() - reached > _OUTAGE_PATIENCE:
                    raise
            else:
                reached, status = time.monotonic(), state["status"]
                if on_progress is not None:
                    on_progress(state)
                if status in FINISHED:
                    return self._ended(job, state)
            time.sleep(max(0.0, min(pause, timeout - waited)))
            pause = min(pause * 1.5, _LONGEST_POLL)
        raise StillRunning(job["job_id"], status, timeout)

    def run(
        self,
        kpi_id: int,
        params: ExecutionParameters | None = None,
        *,
        kpi_version: int | None = None,
        on_accepted: Progress | None = None,
        on_progress: Progress | None = None,
    ) -> Execution:
        """:meth:`execute_async`, then :meth:`wait` for the end of the last attempt."""
        job = self.execute_async(kpi_id, params, kpi_version=kpi_version)
        if on_accepted is not None:
            on_accepted(job)
        return self.wait(job, on_progress=on_progress)

    def batch(
        self,
        kpi_ids: Sequence[int],
        params: ExecutionParameters | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Batch:
        """Run several KPIs with the same parameters; each has its own result or error."""
        params = params or {}
        body = {"kpi_ids": list(kpi_ids), "execution_params": params}
        each = float(params.get("timeout_seconds") or DEFAULT_TIMEOUT)
        answer = self._transport.create(
            f"{ROOT}/batch-execute",
            body,
            idempotency_key=idempotency_key,
            read_timeout=each * max(1, len(kpi_ids)) + _ANSWER_MARGIN,
        )
        return cast(Batch, answer.body)

    def cancel(self, execution_id: int, reason: str | None = None) -> dict[str, Any]:
        """Ask for the end of a run that is under way."""
        body = {} if reason is None else {"reason": reason}
        return self._transport.create(f"{ROOT}/executions/{execution_id}/cancel", body).body

    def retry(self, execution_id: int) -> dict[str, Any]:
        """Run a failed execution again, as a new one."""
        return self._transport.create(f"{ROOT}/executions/{execution_id}/retry", {}).body

    def preview(
        self,
        nl_definition: str | None = None,
        *,
        kpi_id: int | None = None,
        params: ExecutionParameters | None = None,
    ) -> dict[str, Any]:
        """Show the SQL, plan and confidence of a text or a stored KPI; nothing runs."""
        if kpi_id is not None:
            path, body = f"{KPIS}/{kpi_id}/preview", self._request(kpi_id, params, None)
        else:
            path, body = f"{ROOT}/preview", {**(params or {}), "nl_definition": nl_definition}
        return self._transport.send("POST", path, json=body).body

    def list(
        self,
        kpi_id: int | None = None,
        *,
        status: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        **filters: str | None,
    ) -> ExecutionList:
        """List the executions of one KPI or of all, newest first, without rows."""
        path = f"{ROOT}/executions" if kpi_id is None else f"{KPIS}/{kpi_id}/executions"
        params = {"status": status, "limit": limit, "offset": offset, **filters}
        return cast(ExecutionList, self._transport.get(path, params).body)

    def get(self, execution_id: int) -> Execution:
        """Read one execution."""
        answer = self._transport.get(f"{ROOT}/executions/{execution_id}")
        return cast(Execution, answer.body["execution"])

    def _ended(self, job: Job, state: Job) -> Execution:
        result = state.get("result")
        if result is not None:
            return result
        execution_id = state.get("execution_id") or job.get("execution_id")
        if execution_id is not None:
            return self.get(execution_id)
        return {"execution_status": state["status"], "error_message": state.get("error")}

    def _request(
        self, kpi_id: int, params: Mapping[str, Any] | None, kpi_version: int | None
    ) -> dict[str, Any]:
        return {**(params or {}), **self._at_least(kpi_id, kpi_version)}

    def _at_least(self, kpi_id: int, kpi_version: int | None) -> dict[str, int]:
        """Give the version the executor must have caught up with.

        Without the definitions service it cannot be learned; the executor answers alone,
        so that must not keep anybody from running a KPI.
        """
        try:
            version = kpi_version or self._kpis.version_of(kpi_id)
        except Unavailable:
            version = None
        return {} if version is None else {"kpi_version": version}
