"""A result's first rows as values that JSON can carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from kpi_rows.json_values import JsonValue, json_values
from kpi_rows.names import unique_names

MAX_FIRST_ROWS = 1_000


class FirstRows:
    """Collects the first ``limit`` rows of the batches that pass."""

    def __init__(self, names: Sequence[str], limit: int) -> None:
        self._keys = unique_names(names)
        self._left = min(limit, MAX_FIRST_ROWS)
        self._rows: list[Mapping[str, JsonValue]] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Keep what is still wanted of one batch."""
        if self._left <= 0:
            return
        taken = batch.slice(0, self._left)
        self._left -= taken.num_rows
        columns = [json_values(column) for column in taken.columns]
        self._rows.extend(
            dict(zip(self._keys, row, strict=True)) for row in zip(*columns, strict=True)
        )

    @property
    def rows(self) -> tuple[Mapping[str, JsonValue], ...]:
        """Rows kept so far."""
        return tuple(self._rows)
