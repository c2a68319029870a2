"""Exports: all rows of a view as a file, and the manifest to check the file against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Response, request

from kpi_contracts.execution import Manifest
from kpi_contracts.result import ComparedRows, ResultExported, Selection
from kpi_eventsourcing.context import Context
from kpi_results import queries
from kpi_results.api import schemas
from kpi_results.api.caching import digest, immutable, is_known
from kpi_results.archive import Archive
from kpi_results.download import Download
from kpi_results.formats import NAMES
from kpi_results.shelf import selection_digest
from kpi_results.wish import Wish
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.etags import versioned
from kpi_service.problems import Problem

if TYPE_CHECKING:
    from kpi_results.reader import Exporting

FORMATS = f"any({', '.join(NAMES)})"

Prepare: TypeAlias = "Callable[[], Exporting]"
"""Begins an export; nothing is read before it is called."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows of an execution that an export holds."""

    selection: Selection
    compared: ComparedRows | None = None

    @property
    def digest(self) -> str:
        """The name of these rows among the exports made before."""
        return selection_digest(self.selection, self.compared)


def export_blueprint(archive: Archive) -> Blueprint:
    """Return the routes of …/executions/{id}/export/{format}."""
    blueprint = Blueprint("exports", __name__, url_prefix="/v1/landing-kpi/executions")

    @blueprint.route(f"/<id:execution_id>/export/<{FORMATS}:format_name>")
    @requires(*READERS)
    @versioned
    @blueprint.arguments(schemas.RowQuery, location="query")
    @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="*/*")
    def export(query: dict[str, Any], execution_id: int, format_name: str) -> Response:
        """Stream all rows of the view as a file; …/manifest has its size and SHA-256."""
        execution, manifest = archive.with_rows(execution_id)
        wish = Wish(**query)
        selection = archive.rows().select(manifest, wish)
        etag = digest(execution_id, format_name, selection)
        if is_known(etag):
            response = Response(status=304)
        elif request.method == "HEAD":
            response = Response()
        else:
            prepare = _preparing(archive, execution, manifest, wish, format_name)
            response = download(archive, execution, prepare)
        response.set_etag(etag)
        return immutable(response, archive.settings.max_age)

    @blueprint.route(f"/<id:execution_id>/export/<{FORMATS}:format_name>/manifest")
    @requires(*READERS)
    @blueprint.arguments(schemas.RowQuery, location="query")
    @blueprint.response(200, schemas.ExportManifest)
    def manifest(query: dict[str, Any], execution_id: int, format_name: str) -> dict[str, Any]:
        """Return rows, bytes and SHA-256 of an export, making it unless it was made before."""
        execution, manifest = archive.with_rows(execution_id)
        wish = Wish(**query)
        selection = archive.rows().select(manifest, wish)
        prepare = _preparing(archive, execution, manifest, wish, format_name)
        return manifest_of(archive, execution, format_name, Chosen(selection), prepare)

    return blueprint


def download(archive: Archive, execution: sa.RowMapping, prepare: Prepare) -> Response:
    """Answer with an export of an execution's rows, and put it on record."""
    context = command_context()
    with archive.watching(context):
        exporting = prepare()
        record = partial(_record, archive, execution, exporting, context)
        failed = partial(archive.failed, execution["id"], context)
        body = Download(exporting.export, record, failed)
    made = exporting.export.format
    response = Response(body, content_type=made.media_type, direct_passthrough=True)
    name = f"execution-{execution['id']}.{made.suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Total-Records"] = str(exporting.export.rows)
    query = f"?{urlencode(request.args)}" if request.args else ""
    response.headers["Link"] = f'<{request.path}/manifest{query}>; rel="describedby"'
    return response


def manifest_of(
    archive: Archive,
    execution: sa.RowMapping,
    format_name: str,
    chosen: Chosen,
    prepare: Prepare,
) -> dict[str, Any]:
    """Return the manifest of an export, making the export unless it was made before."""
    with archive.engine.connect() as connection:
        made: Any = queries.find_export(connection, execution["id"], format_name, chosen.digest)
    if made is None:
        made = _measured(archive, prepare)
    return {
        "success": True,
        "execution_id": execution["id"],
        "format": format_name,
        "selection": chosen.selection,
        "compared": chosen.compared,
        **{name: made[name] for name in ("rows", "bytes", "sha256")},
    }


def _preparing(
    archive: Archive,
    execution: sa.RowMapping,
    manifest: Manifest,
    wish: Wish,
    format_name: str,
) -> Prepare:
    return lambda: archive.rows().export(manifest, wish, format_name, dict(execution))


def _record(
    archive: Archive,
    execution: sa.RowMapping,
    exporting: Exporting,
    context: Context,
    export: Any,
) -> None:
    event = ResultExported(
        execution_id=execution["id"],
        kpi_id=execution["kpi_id"],
        format=export.format.name,
        selection=exporting.selection,
        rows=export.rows,
        bytes=export.bytes,
        sha256=export.sha256,
        complete=export.complete,
        compared=exporting.compared,
    )
    archive.recorder.exported(event, context)


def _measured(archive: Archive, prepare: Prepare) -> dict[str, Any]:
    with archive.watching(command_context()):
        export = prepare().export
        for _ in export:
            pass
    if not export.complete:
        raise Problem(503, "The export could not be made whole.", headers={"Retry-After": "5"})
    return {"rows": export.rows, "bytes": export.bytes, "sha256": export.sha256}
