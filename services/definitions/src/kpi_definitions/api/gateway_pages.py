"""Pages that the gateway shows as its own: its errors in our one shape, and the index of documents.

The gateway serves no files and words no errors itself; it asks this service for them.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from kpi_service.problems import MEDIA_TYPE, Problem

SERVICES = {
    "definitions": "KPIs, their versions, bulk changes",
    "executor": "runs, jobs, previews, data sources, knowledge graphs, rulesets",
    "results": "history, drill-down, exports, comparisons",
    "audit": "audit log, metrics, statistics, verification",
}
DETAILS = {
    404: "There is nothing at this address; /docs lists what there is.",
    413: "The body is larger than the gateway takes (1 MB).",
    429: "Too many executions in a minute; wait a little and try again.",
    502: "The service behind this address is not there right now; try again shortly.",
    504: "The service behind this address did not answer in time; try again shortly.",
}
REPLACED_PATH = "X-Replaced-Path"
RETRY_AFTER = {429: "6", 502: "1", 504: "1"}

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>KPI Ledger</title>
<style>body{{font:16px/1.5 system-ui;margin:3em auto;max-width:40em}}td{{padding:.2em 1em}}</style>
<h1>KPI Ledger</h1><p>The services' documents, each with a page to try them:</p>
<table>{rows}</table></html>"""
ROW = (
    '<tr><td><a href="/docs/{name}/docs">{name}</a><td>{about}'
    '<td><a href="/docs/{name}/openapi.json">OpenAPI</a>'
)

gateway_pages = Blueprint("gateway_pages", __name__)


@gateway_pages.route(
    "/problems/<int:status>", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
)
def problem(status: int) -> Response:
    """Word an error of the gateway; `url`, or the path it replaced, is what was asked for."""
    known = status if status in DETAILS else HTTPStatus.NOT_FOUND
    worded = Problem(known, DETAILS[known])
    asked = urlsplit(request.args.get("url", "")).path or request.headers.get(REPLACED_PATH)
    body = worded.body() | {"instance": asked or request.path}
    response = current_app.response_class(
        current_app.json.dumps(body), status=known, mimetype=MEDIA_TYPE
    )
    if known in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[known]
    return response


@gateway_pages.get("/docs-index")
def index() -> str:
    """List the documents of all services."""
    rows = "".join(ROW.format(name=name, about=about) for name, about in SERVICES.items())
    return PAGE.format(rows=rows)
