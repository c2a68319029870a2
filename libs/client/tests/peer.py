"""A small KPI Ledger that tests of the client talk to; `serving` puts it on a port.

It speaks the documented shapes and keeps everything it was asked, so that a test can say
what went over the wire. :attr:`Peer.faults` makes its next answers go wrong.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

TOKEN = "header.claims.signature"
TEXT = "Show me all products in RBP GPU which are not in OPS Excel"
SQL = "SELECT DISTINCT rbp.* FROM rbp\nWHERE ops.sku IS NULL"
ESCAPE = "\x1b[31mred\x1b[0m"


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Reply:
    """One answer; ``chunks`` instead of a body streams them."""

    status: int = 200
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    chunks: list[bytes] | None = None
    cut: bool = False


def problem(status: int, detail: str, **more: Any) -> Reply:
    """An RFC 9457 answer."""
    title = {401: "Unauthorized", 404: "Not Found", 409: "Conflict"}.get(status, "Problem")
    body = {"success": False, "type": "about:blank", "title": title, "status": status}
    return Reply(status, {**body, "detail": detail, "trace_id": "0af7651916cd43dd", **more})


Fault = Reply | str  # "drop": the connection is closed without an answer


class Peer:
    """State of the server, shared by its handlers."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self.faults: deque[Fault] = deque()
        self.kpis: dict[int, dict[str, Any]] = {}
        self.sources: dict[int, dict[str, Any]] = {}
        self.rows: list[dict[str, Any]] = [
            {"SKU": f"SKU{number:03}", "NAME": ESCAPE, "PRICE": number / 2, "NOTE": None}
            for number in range(120)
        ]
        self.outcome = "success"
        self.states = ["queued", "running"]  # what a job reports before its outcome
        self.jobs: dict[str, Iterator[str]] = {}
        self.answered: dict[str, Reply] = {}
        self.missing: dict[str, dict[str, str]] = {}  # service → what it is not ready for
        self.chain_valid = True
        self.reading: dict[str, Any] = {}  # what a preview answers otherwise than usual
        self.limit_reached = False  # by runs
        self.graphs = ["demo"]
        self.manifest: dict[str, Any] = {}  # of the export; without one there is no link to it
        self.export = Reply(chunks=[b"SKU,PRICE\n", b"SKU000,0.0\n"])

    def add_kpi(self, name: str, **fields: Any) -> dict[str, Any]:
        """Store a KPI as if somebody had created it."""
        kpi_id = len(self.kpis) + 1
        kpi = {"id": kpi_id, "name": name, "nl_definition": TEXT, "alias_name": None}
        kpi |= {"group_name": None, "is_active": True, "created_by": "ada", "version": 1}
        self.kpis[kpi_id] = kpi | {"created_at": "2026-01-02T03:04:05Z", **fields}
        return self.kpis[kpi_id]

    def sent(self, method: str, path: str) -> list[Request]:
        """The requests that had this method and path."""
        return [r for r in self.requests if (r.method, r.path) == (method, path)]

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        open_to_all = request.path.endswith("/readyz")
        if not open_to_all and request.headers.get("authorization") != f"Bearer {TOKEN}":
            return problem(401, "the token is not accepted")
        key = request.headers.get("idempotency-key")
        if key in self.answered:
            return self.answered[key]
        reply = self._route(request)
        if key is not None:
            self.answered[key] = reply
        return reply

    def _route(self, request: Request) -> Reply:
        for method, pattern, handle in ROUTES:
            match = re.fullmatch(pattern, request.path)
            if method == request.method and match:
                return handle(self, request, *match.groups())
        return problem(404, f"no route {request.path}")

    def graph(self, name: str) -> dict[str, Any]:
        """A knowledge graph in the documented shape, without its content."""
        return {"id": 1, "name": name, "source_id": 1, "tables": 3, "joins": 2, "version": 1}

    def execution(self, kpi_id: int, execution_id: int = 101) -> dict[str, Any]:
        """A finished execution in the documented shape."""
        failed = self.outcome != "success"
        return {
            "id": execution_id,
            "kpi_id": kpi_id,
            "execution_status": self.outcome,
            "execution_timestamp": "2026-01-02T03:04:05Z",
            "execution_time_ms": 125.5,
            "number_of_records": 0 if failed else len(self.rows),
            "limit_reached": self.limit_reached and not failed,
            "generated_sql": SQL,
            "operation": "NOT_IN",
            "joined_columns": [["SKU", "SKU"]],
            "confidence_score": 0.95,
            "error_message": "Unable to find join columns" if failed else None,
            "result_data": None if failed else self.rows[:1000],
        }


def create_kpi(peer: Peer, request: Request) -> Reply:
    if len(request.body["name"]) < 3:
        return problem(422, "the body is invalid", errors={"name": ["Shorter than 3."]})
    if any(kpi["name"] == request.body["name"] for kpi in peer.kpis.values()):
        return problem(409, "the name is taken")
    kpi = peer.add_kpi(**request.body)
    return Reply(201, {"success": True, "kpi": kpi}, {"ETag": '"1"'})


def list_kpis(peer: Peer, request: Request) -> Reply:
    search = request.query.get("search", "").casefold()
    found = [
        {name: value for name, value in kpi.items() if name != "version"}
        for kpi in peer.kpis.values()
        if search in f"{kpi['name']} {kpi['alias_name']}".casefold()
    ]
    offset, limit = (int(request.query.get(name, default)) for name, default in PAGE)
    return Reply(
        200, {"success": True, "total": len(found), "kpis": found[offset : offset + limit]}
    )


PAGE = (("offset", "0"), ("limit", "50"))


def one_kpi(peer: Peer, request: Request, kpi_id: str) -> Reply:
    kpi = peer.kpis.get(int(kpi_id))
    if kpi is None:
        return problem(404, f"there is no KPI {kpi_id}")
    expected = request.headers.get("if-match")
    if expected not in (None, f'"{kpi["version"]}"'):
        return problem(412, "somebody changed the KPI")
    if request.method != "GET":
        kpi |= request.body | {"version": kpi["version"] + 1}
    if request.method == "DELETE":
        kpi["is_active"] = False
    if request.path.endswith("/restore"):
        kpi["is_active"] = True
    return Reply(200, {"success": True, "kpi": kpi}, {"ETag": f'"{kpi["version"]}"'})


def execute(peer: Peer, request: Request, kpi_id: str) -> Reply:
    done = peer.outcome == "success"
    return Reply(200, {"success": done, "execution_result": peer.execution(int(kpi_id))})


def execute_async(peer: Peer, request: Request, kpi_id: str) -> Reply:
    job_id = f"job-{kpi_id}"
    peer.jobs[job_id] = iter([*peer.states, peer.outcome])
    body = {"success": True, "job_id": job_id, "execution_id": 101, "status": "pending"}
    return Reply(202, body, {"Location": f"/v1/landing-kpi/jobs/{job_id}"})


def job(peer: Peer, request: Request, job_id: str) -> Reply:
    status = next(peer.jobs[job_id])
    ended = status == peer.outcome
    result = peer.execution(int(job_id.removeprefix("job-"))) if ended else None
    return Reply(200, {"success": True, "job_id": job_id, "status": status, "result": result})


def cancel(peer: Peer, request: Request, execution_id: str) -> Reply:
    return Reply(202, {"success": True})


def executions(peer: Peer, request: Request, kpi_id: str = "1") -> Reply:
    listed = [peer.execution(int(kpi_id), execution_id) for execution_id in (102, 101)]
    return Reply(200, {"success": True, "total": 7, "executions": listed})


def execution(peer: Peer, request: Request, execution_id: str) -> Reply:
    return Reply(200, {"success": True, "execution": peer.execution(1, int(execution_id))})


def drilldown(peer: Peer, request: Request, execution_id: str) -> Reply:
    page, size = int(request.query["page"]), int(request.query["page_size"])
    body = {
        "success": True,
        "execution_id": int(execution_id),
        "kpi_name": "Product Mismatch",
        "total_records": len(peer.rows),
        "page": page,
        "page_size": size,
        "total_pages": -(-len(peer.rows) // size),
        "columns": list(peer.rows[0]),
        "data": peer.rows[(page - 1) * size : page * size],
        "generated_sql": SQL,
    }
    return Reply(200, body)


def export(peer: Peer, request: Request, execution_id: str, name: str) -> Reply:
    if not peer.manifest:
        return peer.export
    query = f"?{urlencode(request.query)}" if request.query else ""
    link = f'<{request.path}/manifest{query}>; rel="describedby"'
    return replace(peer.export, headers={**peer.export.headers, "Link": link})


def manifest(peer: Peer, request: Request, execution_id: str, name: str) -> Reply:
    return Reply(200, {"success": True, **peer.manifest})


def preview(peer: Peer, request: Request, kpi_id: str = "") -> Reply:
    return Reply(200, {**READING, **peer.reading})


READING: dict[str, Any] = {
    "success": True,
    "understood": True,
    "explanation": "Rows of RBP without a row of OPS that has the same SKU",
    "generated_sql": SQL,
    "sql_query_type": "anti_join",
    "operation": "NOT_IN",
    "joined_columns": [["SKU", "PLANNING_SKU"]],
    "source_table": "rbp",
    "target_table": "ops",
    "confidence_score": 0.9,
    "alternatives": [{"explanation": "Rows in both", "confidence": 0.4}],
    "unknown_words": [],
    "closest": [],
    "plan": {"kind": "anti_join", "left": {"table": "rbp"}},
    "remark": None,
}


def audit_log(peer: Peer, request: Request, kpi_id: str) -> Reply:
    entry = {"id": 1, "kpi_id": int(kpi_id), "action": "CREATE", "performed_by": "ada"}
    entry |= {"performed_at": "2026-01-02T03:04:05Z", "changes": {"name": ESCAPE}}
    return Reply(200, {"success": True, "total": 1, "audit_log": [entry]})


def verify(peer: Peer, request: Request) -> Reply:
    return Reply(200, {"success": True, "valid": peer.chain_valid, "events": 12})


def add_source(peer: Peer, request: Request) -> Reply:
    shown = {name: value for name, value in request.body.items() if name != "password"}
    source = {"id": len(peer.sources) + 1, "kind": "sqlite", **shown}
    peer.sources[source["id"]] = source
    return Reply(201, {"success": True, "source": source})


def list_sources(peer: Peer, request: Request) -> Reply:
    listed = list(peer.sources.values())
    offset, limit = (int(request.query.get(name, default)) for name, default in PAGE)
    shown = listed[offset : offset + limit]
    return Reply(200, {"success": True, "total": len(listed), "sources": shown})


def one_source(peer: Peer, request: Request, source_id: str) -> Reply:
    if request.method == "DELETE":
        return Reply(200, {"success": True, "source": peer.sources.pop(int(source_id))})
    return Reply(200, {"success": True, "source": peer.sources[int(source_id)]})


def add_graph(peer: Peer, request: Request) -> Reply:
    name = request.body["name"]
    if name in peer.graphs:
        return problem(409, "there is a graph of this name")
    peer.graphs.append(name)
    return Reply(201, {"success": True, "graph": peer.graph(name), "content": {"tables": []}})


def refresh_graph(peer: Peer, request: Request, name: str) -> Reply:
    if name not in peer.graphs:
        return problem(404, f"there is no graph {name}")
    return Reply(200, {"success": True, "graph": peer.graph(name)})


def pin(peer: Peer, request: Request, kpi_id: str) -> Reply:
    kpi = peer.kpis[int(kpi_id)]
    if request.headers.get("if-match") != f'"{kpi["version"]}"':
        return problem(412, "somebody changed the KPI")
    kpi["version"] += 1
    kpi["pinned_reading"] = request.body or None
    return Reply(200, {"success": True, "kpi": kpi}, {"ETag": f'"{kpi["version"]}"'})


def compare(peer: Peer, request: Request) -> Reply:
    return Reply(200, {**COMPARISON, "limit_reached": [102] if peer.limit_reached else []})


def class_page(columns: list[str], *rows: dict[str, Any]) -> dict[str, Any]:
    """One page of a class of a comparison."""
    place = {"page": 1, "page_size": 10, "total_pages": 1}
    return {**place, "total_records": len(rows), "columns": columns, "data": list(rows)}


BEFORE, AFTER = {"SKU": "SKU002", "PRICE": 3}, {"SKU": "SKU002", "PRICE": 4}
COMPARISON: dict[str, Any] = {
    "success": True,
    "execution_ids": [101, 102],
    "limit_reached": [],
    "key": ["SKU"],
    "counts": {"new": 1, "resolved": 0, "persisting": 5, "changed": 1},
    "changed_columns": {"PRICE": 1},
    "added_columns": [],
    "removed_columns": ["NOTE"],
    "classes": {
        "new": class_page(["SKU", "NAME"], {"SKU": "SKU001", "NAME": ESCAPE}),
        "resolved": class_page(["SKU"]),
        "changed": class_page(
            ["SKU", "PRICE"], {"before": BEFORE, "after": AFTER, "columns": ["PRICE"]}
        ),
    },
    "trend": [],
}


def list_graphs(peer: Peer, request: Request) -> Reply:
    return Reply(200, {"success": True, "graphs": [{"name": name} for name in peer.graphs]})


def readyz(peer: Peer, request: Request, service: str) -> Reply:
    if missing := peer.missing.get(service):
        return problem(503, "not ready", errors={part: [why] for part, why in missing.items()})
    return Reply(200, {"status": "ready"})


Handle = Callable[..., Reply]
V1 = "/v1/landing-kpi"
ROUTES: list[tuple[str, str, Handle]] = [
    ("POST", f"{V1}/kpis", create_kpi),
    ("GET", f"{V1}/kpis", list_kpis),
    ("GET", rf"{V1}/kpis/(\d+)", one_kpi),
    ("PUT", rf"{V1}/kpis/(\d+)", one_kpi),
    ("DELETE", rf"{V1}/kpis/(\d+)", one_kpi),
    ("POST", rf"{V1}/kpis/(\d+)/restore", one_kpi),
    ("POST", rf"{V1}/kpis/(\d+)/execute", execute),
    ("POST", rf"{V1}/kpis/(\d+)/execute-async", execute_async),
    ("GET", rf"{V1}/jobs/([\w-]+)", job),
    ("GET", rf"{V1}/kpis/(\d+)/executions", executions),
    ("GET", f"{V1}/executions", executions),
    ("GET", rf"{V1}/executions/(\d+)", execution),
    ("POST", rf"{V1}/executions/(\d+)/cancel", cancel),
    ("GET", rf"{V1}/executions/(\d+)/drilldown", drilldown),
    ("GET", rf"{V1}/executions/(\d+)/export/(\w+)", export),
    ("GET", rf"{V1}/executions/(\d+)/export/(\w+)/manifest", manifest),
    ("POST", f"{V1}/preview", preview),
    ("POST", rf"{V1}/kpis/(\d+)/preview", preview),
    ("GET", rf"{V1}/kpis/(\d+)/audit-log", audit_log),
    ("POST", "/v1/audit/verify", verify),
    ("POST", "/sources", add_source),
    ("GET", "/sources", list_sources),
    ("GET", r"/sources/(\d+)", one_source),
    ("DELETE", r"/sources/(\d+)", one_source),
    ("GET", "/kg", list_graphs),
    ("POST", "/kg", add_graph),
    ("POST", r"/kg/(\w+)/refresh", refresh_graph),
    ("PUT", rf"{V1}/kpis/(\d+)/reading", pin),
    ("DELETE", rf"{V1}/kpis/(\d+)/reading", pin),
    ("GET", f"{V1}/compare-executions", compare),
    ("GET", r"/docs/(\w+)/readyz", readyz),
]
