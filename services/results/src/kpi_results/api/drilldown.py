"""The rows of an execution, a page at a time."""

from __future__ import annotations

from typing import Any

from kpi_contracts.result import ResultViewed
from kpi_results.api import schemas
from kpi_results.api.caching import digest, keep
from kpi_results.archive import Archive
from kpi_results.wish import Wish
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.etags import versioned

AD_HOC = "Ad-hoc query"
_OF_THE_RUN = (
    "kpi_id",
    "kpi_version",
    "execution_timestamp",
    "execution_time_ms",
    "generated_sql",
)


def drilldown_blueprint(archive: Archive) -> Blueprint:
    """Return the route of …/executions/{id}/drilldown."""
    blueprint = Blueprint("drilldown", __name__, url_prefix="/v1/landing-kpi/executions")

    @blueprint.route("/<id:execution_id>/drilldown")
    @requires(*READERS)
    @versioned
    @blueprint.arguments(schemas.DrilldownQuery, location="query")
    @blueprint.response(200, schemas.Drilldown)
    def drilldown(query: dict[str, Any], execution_id: int) -> dict[str, Any]:
        """Return a page of the rows, sorted, filtered and searched over all of them."""
        number, size = query.pop("page"), query.pop("page_size")
        context = command_context()
        execution, manifest = archive.with_rows(execution_id)
        with archive.watching(context):
            found = archive.rows().page(manifest, Wish(**query), number, size)
        view = ResultViewed(
            execution_id=execution_id,
            kpi_id=execution["kpi_id"],
            selection=found.selection,
            page=number,
            page_size=size,
            rows=len(found.rows),
        )
        archive.recorder.viewed(view, context)
        keep(digest(execution_id, found.selection, number, size), archive.settings.max_age)
        return {
            "success": True,
            "execution_id": execution_id,
            "kpi_name": execution["kpi_name"] or AD_HOC,
            **{name: execution[name] for name in _OF_THE_RUN},
            "total_records": found.total,
            "number_of_records": found.stored,
            "page": number,
            "page_size": size,
            "total_pages": found.pages,
            "columns": [column.key for column in found.columns],
            "column_types": [
                {"name": c.key, "label": c.name, "type": c.type, "kind": c.kind.value}
                for c in found.columns
            ],
            "data": found.rows,
        }

    return blueprint
