"""The answer that every change of a KPI gets: what happened, and the KPI as it is now."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kpi_definitions import queries
from kpi_service.etags import set_etag


def kpi_answer(reading: sa.Engine, kpi_id: int, message: str | None = None) -> dict[str, Any]:
    """Return a KPI with its ETag, and what happened to it; raises KpiNotFound, KpiDeleted.

    `reading` is a `reader` of the service's engine.
    """
    with reading.connect() as connection:
        kpi = queries.get_kpi(connection, kpi_id)
    set_etag(kpi["version"])
    told = {"message": message} if message else {}
    return {"success": True, **told, "kpi": kpi}
