"""Comparison of runs: what is new, resolved, persisting or changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Response

from kpi_contracts.execution import Manifest
from kpi_contracts.result import ComparedRows, ResultViewed, Selection
from kpi_eventsourcing.context import Context
from kpi_results.api import comparison_schemas, schemas
from kpi_results.api.caching import digest, keep
from kpi_results.api.exports import FORMATS, Chosen, Prepare, download, manifest_of
from kpi_results.archive import Archive
from kpi_results.wish import CLASSES, Question, Wish
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.etags import versioned

if TYPE_CHECKING:
    from kpi_results.comparing import ClassPage, Compared
    from kpi_results.reader import Exporting

_NO_PAGE = {"page": 1, "page_size": 1}


def comparison_blueprint(archive: Archive) -> Blueprint:
    """Return the route of /v1/landing-kpi/compare-executions."""
    blueprint = Blueprint("comparisons", __name__, url_prefix="/v1/landing-kpi")

    @blueprint.route("/compare-executions")
    @requires(*READERS)
    @versioned
    @blueprint.arguments(comparison_schemas.CompareQuery, location="query")
    @blueprint.response(200, comparison_schemas.Comparison)
    def compare(query: dict[str, Any]) -> dict[str, Any]:
        """Compare runs: the first with the last, and step by step if there are more than two."""
        ids: list[int] = query.pop("execution_ids")
        context = command_context()
        opened = [archive.with_rows(execution_id) for execution_id in ids]
        manifests = [manifest for _, manifest in opened]
        question = _question(archive, query, opened[-1][0], manifests)
        with archive.watching(context):
            compared = archive.rows().compare(manifests, question)
        executions = [execution for execution, _ in opened]
        _record(archive, executions, question, compared, context)
        keep(digest(ids, question), archive.settings.max_age)
        return _answer(executions, question, compared)

    @blueprint.route(f"/compare-executions/export/<{FORMATS}:format_name>")
    @requires(*READERS)
    @blueprint.arguments(comparison_schemas.ClassQuery, location="query")
    @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="*/*")
    def export_class(query: dict[str, Any], format_name: str) -> Response:
        """Stream all rows of a class as a file."""
        asked = _class_asked(archive, query, format_name)
        return download(archive, asked.holder, asked.prepare)

    @blueprint.route(f"/compare-executions/export/<{FORMATS}:format_name>/manifest")
    @requires(*READERS)
    @blueprint.arguments(comparison_schemas.ClassQuery, location="query")
    @blueprint.response(200, schemas.ExportManifest)
    def class_manifest(query: dict[str, Any], format_name: str) -> dict[str, Any]:
        """Return rows, bytes and SHA-256 of a class's export, making it unless it was before."""
        asked = _class_asked(archive, query, format_name)
        return manifest_of(archive, asked.holder, format_name, asked.chosen, asked.prepare)

    return blueprint


@dataclass(frozen=True, slots=True)
class _ClassAsked:
    """One class to be exported, and the execution that holds its rows."""

    holder: sa.RowMapping
    chosen: Chosen
    prepare: Prepare


def _class_asked(archive: Archive, query: dict[str, Any], format_name: str) -> _ClassAsked:
    opened = [archive.with_rows(number) for number in query.pop("execution_ids")]
    manifests = [manifest for _, manifest in opened]
    row_class = query["row_class"]
    own, other = (0, -1) if row_class == "resolved" else (-1, 0)
    holder = opened[own][0]
    question = _question(archive, {**query, **_NO_PAGE}, opened[-1][0], manifests)
    compared = ComparedRows(
        row_class=row_class, compared_with=opened[other][0]["id"], key=tuple(question.key)
    )
    rows = archive.rows()
    chosen = Chosen(rows.select(manifests[own], question.wish), compared)

    def prepare() -> Exporting:
        return rows.export_class(manifests, question, compared, format_name, dict(holder))

    return _ClassAsked(holder, chosen, prepare)


def _question(
    archive: Archive,
    query: dict[str, Any],
    latest: sa.RowMapping,
    manifests: Sequence[Manifest],
) -> Question:
    number, size = query.pop("page"), query.pop("page_size")
    named = query.pop("key", None)
    only = query.pop("row_class", None)
    key = (
        named.split(",")
        if named
        else archive.rows().natural_key(latest["joined_columns"], manifests)
    )
    return Question(
        key=key,
        classes=(only,) if only else CLASSES,
        wish=Wish(**query),
        page=number,
        page_size=size,
    )


def _record(
    archive: Archive,
    executions: Sequence[sa.RowMapping],
    question: Question,
    compared: Compared,
    context: Context,
) -> None:
    """Put on record whose rows were shown: resolved and changed ones are of the first run too."""
    shown = {name: len(found.rows) for name, found in compared.classes.items()}
    old = shown.get("resolved", 0) + shown.get("changed", 0)
    recent = sum(shown.values()) - shown.get("resolved", 0)
    for execution, rows in ((executions[0], old), (executions[-1], recent)):
        if rows:
            view = ResultViewed(
                execution_id=execution["id"],
                kpi_id=execution["kpi_id"],
                selection=Selection(filters=question.wish.filters, search=question.wish.search),
                page=question.page,
                page_size=question.page_size,
                rows=rows,
            )
            archive.recorder.viewed(view, context)


def _answer(
    executions: Sequence[sa.RowMapping], question: Question, compared: Compared
) -> dict[str, Any]:
    comparison = compared.comparison
    ids = [execution["id"] for execution in executions]
    return {
        "success": True,
        "execution_ids": ids,
        "limit_reached": [one["id"] for one in executions if one["limit_reached"]],
        "key": question.key,
        "counts": {name: getattr(comparison, name) for name in CLASSES},
        "changed_columns": comparison.changed_columns,
        "added_columns": comparison.alignment.added,
        "removed_columns": comparison.alignment.removed,
        "classes": {name: _page(found, question) for name, found in compared.classes.items()},
        "trend": [
            {"execution_id": execution_id, **asdict(step)}
            for execution_id, step in zip(ids, compared.steps, strict=False)
        ],
    }


def _page(found: ClassPage, question: Question) -> dict[str, Any]:
    return {
        "total_records": found.total,
        "page": question.page,
        "page_size": question.page_size,
        "total_pages": found.pages,
        "columns": [column.key for column in found.columns],
        "data": found.rows,
    }
