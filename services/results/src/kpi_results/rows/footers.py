"""Footers of Parquet parts: which rows lie in which row group, and each group's extremes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

# Only this writer is known to store the exact smallest and largest value, never a bound of it.
_EXACT_WRITER = "parquet-cpp-arrow"


@dataclass(frozen=True, slots=True)
class Footer:
    """A part's footer. `starts[g]` is the first row of group g; one entry more ends the part.

    `leaves` gives the position of a flat column's values; nested ones have several, none here.
    """

    metadata: pq.FileMetaData
    schema: pa.Schema
    starts: tuple[int, ...]
    leaves: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Rows in the part."""
        return self.starts[-1]

    @property
    def groups(self) -> int:
        """Row groups in the part."""
        return len(self.starts) - 1

    def group_of(self, row: int) -> int:
        """Return the row group in which a row of the part lies."""
        return bisect_right(self.starts, row) - 1

    def statistics(self, group: int, name: str) -> pq.Statistics | None:
        """Exact extremes of one flat column in one group, where the writer recorded them."""
        leaf = self.leaves.get(name)
        if leaf is None or not (self.metadata.created_by or "").startswith(_EXACT_WRITER):
            return None
        chunk = self.metadata.row_group(group).column(leaf)
        return chunk.statistics if chunk.is_stats_set else None


@lru_cache(maxsize=128)
def footer_of(path: Path, sha256: str) -> Footer:  # noqa: ARG001  # the hash keys the cache
    """Read a verified part's footer; kept for the most recently used parts."""
    with pq.ParquetFile(path) as file:
        metadata, schema = file.metadata, file.schema_arrow
    sizes = (metadata.row_group(group).num_rows for group in range(metadata.num_row_groups))
    leaves = {metadata.schema.column(leaf).path: leaf for leaf in range(metadata.num_columns)}
    return Footer(metadata, schema, tuple(accumulate(sizes, initial=0)), leaves)
