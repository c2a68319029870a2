"""Everything a process needs to read stored rows, wired together once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from kpi_contracts.execution import Manifest
from kpi_results.rows.engine import Engine, EngineLimits
from kpi_results.rows.heavy import HeavyReadings
from kpi_results.rows.pages import Page, read_page
from kpi_results.rows.query import ViewQuery
from kpi_results.rows.result import StoredResult
from kpi_results.rows.row_files import RowFiles
from kpi_results.rows.store import Mark, PartStore
from kpi_results.rows.streams import RowStream, open_stream
from kpi_results.rows.transcribing import Transcriber
from kpi_results.rows.views import Views


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where results lie and what reading them may cost; crosses processes.

    `cache` may be shared by processes; `views_bytes`, `row_files_bytes` and `parts_bytes` bound
    what is kept in it.
    `verified` are the marks of parts that were found whole.
    """

    store_url: str
    cache: Path
    limits: EngineLimits = field(default_factory=EngineLimits)
    views_bytes: int = 4 << 30
    row_files_bytes: int = 8 << 30
    parts_bytes: int = 8 << 30
    verified: Mapping[str, Mark] = field(default_factory=dict)


class Drilldown:
    """Store, engine and views of one process. Serves all its threads; close it at the end."""

    def __init__(self, place: Place) -> None:
        # Gives memory back after large readings; Arrow's own pools keep it.
        pa.set_memory_pool(pa.system_memory_pool())
        self._place = place
        self.store = PartStore(
            place.store_url,
            place.cache,
            cache_bytes=place.parts_bytes,
            verified=place.verified,
        )
        self.engine = Engine([self.store.folder], place.cache / "spill", place.limits)
        self.heavy = HeavyReadings(self, place.limits)
        self.row_files = RowFiles(
            place.cache / "row-files", self.engine.spill, place.row_files_bytes
        )
        self.transcriber = Transcriber(self.heavy, self.row_files)
        self.views = Views(self.engine, self.heavy, place.cache / "views", limit=place.views_bytes)

    def place(self) -> Place:
        """Describe this reader for a process that does one heavy reading for it."""
        return replace(
            self._place, limits=self._place.limits.aside(), verified=self.store.verified()
        )

    def result(self, manifest: Manifest) -> StoredResult:
        """Name the rows behind a manifest; nothing is read yet."""
        return StoredResult(manifest, self.store, self.row_files)

    def page(
        self, result: StoredResult, query: ViewQuery, *, page: int = 1, page_size: int = 50
    ) -> Page:
        """Read one page. Raises InvalidPage, PartDamaged, BusyReading or EngineFailure."""
        found = read_page(self.views, result, query, page=page, page_size=page_size)
        if not query.is_plain:  # its rows may lie anywhere
            self.transcriber.want(result)
        return found

    def stream(self, result: StoredResult, query: ViewQuery) -> RowStream:
        """Open all rows of a view. Raises PartDamaged, BusyReading or EngineFailure."""
        return open_stream(self, result, query)

    def close(self) -> None:
        """End what runs in the background and give everything back."""
        self.heavy.close()
        self.transcriber.close()
        self.views.close()
        self.engine.close()
        self.store.close()
