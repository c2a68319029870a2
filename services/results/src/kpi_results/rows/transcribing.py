"""Row files of the results that people look into, made in the background."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import structlog

from kpi_contracts.execution import Manifest
from kpi_results.rows.errors import RowsError
from kpi_results.rows.heavy import HeavyReadings
from kpi_results.rows.result import StoredResult
from kpi_results.rows.row_files import RowFiles

if TYPE_CHECKING:
    from kpi_results.rows.drilldown import Drilldown

LEAST_ROWS = 65_536  # below, a page decodes all there is in the time of a request

_log = structlog.stdlib.get_logger(__name__)


class Transcriber:
    """Makes row files, one result after the other. One instance serves all threads."""

    def __init__(self, heavy: HeavyReadings, files: RowFiles) -> None:
        self._heavy = heavy
        self._files = files
        self._asked: set[str] = set()
        self._lock = threading.Lock()
        self._background = ThreadPoolExecutor(1, "transcribe")

    def want(self, result: StoredResult) -> None:
        """Have the row files of a result made, unless there are some, or they cannot be kept."""
        if result.rows < LEAST_ROWS or self._files.hold(result):
            return
        with self._lock:
            if result.fingerprint in self._asked:
                return
            self._asked.add(result.fingerprint)
            self._background.submit(self._make, result)

    def close(self) -> None:
        """Wait for the making, which ends with the heavy readings, and let the thread go."""
        self._background.shutdown(cancel_futures=True)

    def _make(self, result: StoredResult) -> None:
        """Make them; a result that cannot have them is not asked about again."""
        try:
            made = self._heavy.run_aside(partial(_make_row_files, result.manifest), result.rows)
        except (RowsError, OSError, pa.ArrowException) as error:
            # Pages go on without; who reads a damaged part meets the damage in person.
            _log.warning("row files not made", reason=str(error))
            return
        if made:
            with self._lock:
                self._asked.discard(result.fingerprint)


def _make_row_files(manifest: Manifest, drilldown: Drilldown) -> bool:
    return drilldown.row_files.make(drilldown.result(manifest))
