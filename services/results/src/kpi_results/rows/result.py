"""A stored result: its manifest, and verified access to its parts as one run of rows."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

from kpi_contracts.execution import Manifest
from kpi_results.rows.columns import Columns, arrow_type
from kpi_results.rows.disk import Held
from kpi_results.rows.errors import PartDamaged, RowsError
from kpi_results.rows.footers import Footer, footer_of
from kpi_results.rows.store import PartStore

if TYPE_CHECKING:
    from kpi_results.rows.row_files import RowFiles

RowNumbers: TypeAlias = "pa.Array[Any]"
"""Arrow array of `StoredResult.row_type`."""


class StoredResult:
    """The rows of one execution. Rows are numbered from 0 through all parts in their order."""

    def __init__(
        self, manifest: Manifest, store: PartStore, row_files: RowFiles | None = None
    ) -> None:
        self.manifest = manifest
        self.row_files = row_files
        self.columns = Columns(manifest.columns)
        self.rows = manifest.rows
        self.starts = tuple(accumulate((part.rows for part in manifest.parts), initial=0))
        self._store = store
        self._held: list[Held] = []
        if self.starts[-1] != self.rows:
            reason = f"the parts hold {self.starts[-1]} rows, not {self.rows}"
            if not manifest.parts:
                raise RowsError(reason)
            raise PartDamaged(manifest.parts[0].key, reason)

    @cached_property
    def fingerprint(self) -> str:
        """Identifies the stored rows themselves, whatever execution they belong to."""
        digest = hashlib.sha256()
        for part in self.manifest.parts:
            digest.update(bytes.fromhex(part.sha256))
        return digest.hexdigest()

    @property
    def row_type(self) -> pa.DataType:
        """The narrowest type that holds every row number."""
        return pa.uint32() if self.rows <= 1 << 32 else pa.uint64()

    def part_of(self, row: int) -> int:
        """Index of the part in which a row lies."""
        return bisect_right(self.starts, row) - 1

    def held(self, part: int) -> Held:
        """Hold a verified part on this machine. Raises PartDamaged."""
        return self._store.held(self.manifest.parts[part])

    def paths(self) -> list[Path]:
        """Return verified local paths of all parts, held as long as this object lives.

        Raises PartDamaged.
        """
        self._held = self._store.held_all(self.manifest.parts)
        return [held.path for held in self._held]

    def verify(self) -> None:
        """Raise PartDamaged if a part is not what the manifest says."""
        self._store.verify(self.manifest.parts)

    def footer(self, part: int) -> Footer:
        """Footer of a part. Raises PartDamaged."""
        entry = self.manifest.parts[part]
        with self.held(part) as path:
            try:
                footer = footer_of(path, entry.sha256)
            except (OSError, pa.ArrowException) as error:
                raise PartDamaged(entry.key, f"it is not readable Parquet ({error})") from error
        if footer.rows != entry.rows or len(footer.schema) != len(self.columns):
            raise PartDamaged(entry.key, "its rows or columns differ from the manifest's")
        return footer

    def schema(self) -> pa.Schema:
        """Physical names and exact Arrow types, read from the first part. Raises PartDamaged."""
        if self.manifest.parts:
            return self.footer(0).schema
        return pa.schema([(column.physical, arrow_type(column)) for column in self.columns])

    def empty_table(self) -> pa.Table:
        """Return a table with this result's columns and no row."""
        return self.schema().empty_table()
