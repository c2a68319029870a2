"""The few requests the newcomer's walk makes, through the gateway like anybody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any
from urllib.parse import quote

import httpx

from kpi_local.errors import NotReady, TourFailed
from kpi_local.waiting import wait_until

KPIS = "/v1/landing-kpi/kpis"
EXECUTIONS = "/v1/landing-kpi/executions"
EXECUTE_TIMEOUT = 120  # seconds a query may take
MAX_RECORDS = 100_000
PROJECTION_TIMEOUT = 10  # seconds until every service has heard of an event

Json = dict[str, Any]


class Ledger:
    """KPI Ledger's REST API as one user sees it. Every method raises TourFailed on a problem."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def register_source(self, name: str, location: str, password: str | None = None) -> Json:
        """Make the data at `location` known, unless they are, under `name` or the next free one."""
        listed = self._get("/sources", limit=1000)["sources"]
        for source in listed:
            if source["location"] == location:
                return dict(source)
        body = {"name": _free_name(name, {source["name"] for source in listed})}
        body["location"] = location
        if password is not None:
            body["password"] = password
        return dict(self._send("POST", "/sources", json=body)["source"])

    def build_graph(self, source: Json) -> Json:
        """Build the graph named after a source, or read it again; return its tables and joins."""
        name = source["name"]
        known = [graph["name"] for graph in self._get("/kg", limit=1000)["graphs"]]
        if name in known:
            self._send("POST", f"/kg/{quote(name)}/refresh")
        else:
            self._send("POST", "/kg", json={"name": name, "source_id": source["id"]})
        return dict(self._get(f"/kg/{quote(name)}")["content"])

    def define(self, definition: Mapping[str, str]) -> Json:
        """Create a KPI, or find the one that has this name already."""
        listed = self._get(KPIS, search=definition["name"])["kpis"]
        for kpi in listed:
            if kpi["name"] == definition["name"]:
                return self._kpi(int(kpi["id"]))
        created = self._send("POST", KPIS, json=dict(definition))
        return self._kpi(int(created["kpi"]["id"]))

    def execute(self, kpi: Json, graph: str) -> Json:
        """Run a KPI to its end, whichever that is."""
        body = {
            "kg_name": graph,
            "limit_records": MAX_RECORDS,
            "timeout_seconds": EXECUTE_TIMEOUT,
            "kpi_version": kpi["version"],
        }
        answer = self._send("POST", f"{KPIS}/{kpi['id']}/execute", json=body)
        return dict(answer["execution_result"])

    def rows(self, execution_id: int, count: int) -> Json:
        """Return the first page of an execution's rows, once the results service has them."""
        path = f"{EXECUTIONS}/{execution_id}"

        def finished() -> bool:
            return bool(self._get(path)["execution"]["execution_status"] == "success")

        self._wait(finished, f"the results service has execution {execution_id}")
        return self._get(f"{path}/drilldown", page=1, page_size=count)

    def history(self, kpi_id: int) -> list[Json]:
        """Return who did what to a KPI, newest first, once the audit has heard of a run."""
        entries: list[Json] = []

        def told() -> bool:
            entries[:] = self._get(f"{KPIS}/{kpi_id}/audit-log")["audit_log"]
            return any(entry["action"] == "EXECUTE" for entry in entries)

        self._wait(told, f"the audit log holds a run of KPI {kpi_id}")
        return entries

    def verify(self) -> Json:
        """Let the audit chain be recomputed."""
        return self._send("POST", "/v1/audit/verify", json={})

    def _kpi(self, kpi_id: int) -> Json:
        answer = self._answer("GET", f"{KPIS}/{kpi_id}")
        version = int(answer.headers["ETag"].removeprefix("W/").strip('"'))
        return {**answer.json()["kpi"], "version": version}

    def _wait(self, ready: Callable[[], bool], what: str) -> None:
        """Wait for a service that hears of events a moment after they happened."""
        try:
            wait_until(ready, PROJECTION_TIMEOUT, what, "")
        except NotReady as error:
            raise TourFailed(str(error)) from None

    def _get(self, path: str, **params: str | int) -> Json:
        return self._send("GET", path, params=params)

    def _send(self, method: str, path: str, **request: Any) -> Json:
        return dict(self._answer(method, path, **request).json())

    def _answer(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **request)
        except httpx.TransportError as error:
            raise TourFailed(f"{method} {path}: no answer ({error})") from error
        if response.is_error:
            raise TourFailed(f"{method} {path}: {response.status_code} {response.text[:1000]}")
        return response


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(free for n in count(2) if (free := f"{name}_{n}") not in taken)
