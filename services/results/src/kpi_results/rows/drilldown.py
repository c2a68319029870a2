"""Everything a process needs to read stored rows, wired together once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from kpi_contracts.execution import Manifest
from kpi_results.rows.engine import Engine, EngineLimits
from kpi_results.rows.pages import Page, read_page
from kpi_results.rows.query import ViewQuery
from kpi_results.rows.result import StoredResult
from kpi_results.rows.store import PartStore
from kpi_results.rows.streams import RowStream, open_stream
from kpi_results.rows.views import Views


class Drilldown:
    """Store, engine and views of one process. Serves all its threads; close it at the end."""

    def __init__(
        self,
        store_url: str,
        cache: Path,
        *,
        limits: EngineLimits | None = None,
        views_bytes: int = 4 << 30,
        parts_bytes: int = 8 << 30,
    ) -> None:
        """`cache` may be shared by processes; the two limits bound what is kept in it."""
        # Gives memory back after large readings; Arrow's own pools keep it.
        pa.set_memory_pool(pa.system_memory_pool())
        self.store = PartStore(store_url, cache, cache_bytes=parts_bytes)
        self.engine = Engine([self.store.folder], cache / "spill", limits)
        self.views = Views(self.engine, cache / "views", limit=views_bytes)

    def result(self, manifest: Manifest) -> StoredResult:
        """Name the rows behind a manifest; nothing is read yet."""
        return StoredResult(manifest, self.store)

    def page(
        self, result: StoredResult, query: ViewQuery, *, page: int = 1, page_size: int = 50
    ) -> Page:
        """Read one page. Raises InvalidPage, PartDamaged, BusyReading or EngineFailure."""
        return read_page(self.views, result, query, page=page, page_size=page_size)

    def stream(self, result: StoredResult, query: ViewQuery) -> RowStream:
        """Open all rows of a view. Raises PartDamaged, BusyReading or EngineFailure."""
        return open_stream(self.views, self.engine, result, query)

    def close(self) -> None:
        """Finish what runs in the background and give everything back."""
        self.views.close()
        self.engine.close()
        self.store.close()
