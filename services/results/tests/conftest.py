"""A place to keep results as the executor does, and everything needed to read them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi_contracts.execution import ColumnType, Manifest, Part
from kpi_results.rows.drilldown import Drilldown, Place
from kpi_results.rows.engine import EngineLimits
from kpi_results.rows.result import StoredResult

_EXECUTIONS = count(1)


@pytest.fixture(scope="session")
def drilldown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drilldown]:
    """One reader for all tests; every kept result has an execution of its own."""
    folder = tmp_path_factory.mktemp("results")
    place = Place(
        store_url=(folder / "store").as_uri(),
        cache=folder / "cache",
        limits=EngineLimits(threads=2),
    )
    reader = Drilldown(place)
    yield reader
    reader.close()


@pytest.fixture(scope="session")
def keep(drilldown: Drilldown) -> Callable[..., StoredResult]:
    """Write a table as parts of `part_rows` rows in row groups of `group_rows`."""

    def keep(
        table: pa.Table,
        *,
        names: Sequence[str] | None = None,
        group_rows: int = 7,
        part_rows: int = 20,
    ) -> StoredResult:
        folder = f"executions/{next(_EXECUTIONS)}/attempt-1"
        (drilldown.store.folder / folder).mkdir(parents=True)
        physical = table.rename_columns([f"c{index}" for index in range(table.num_columns)])
        parts = [
            _write_part(
                drilldown.store.folder,
                f"{folder}/part-{number:05d}.parquet",
                physical.slice(start, part_rows),
                group_rows,
            )
            for number, start in enumerate(range(0, table.num_rows, part_rows))
        ]
        shown = zip(names or table.column_names, table.schema.types, strict=True)
        columns = tuple(ColumnType(name, str(kind)) for name, kind in shown)
        size = sum(part.bytes for part in parts)
        return drilldown.result(Manifest(tuple(parts), table.num_rows, size, columns))

    return keep


def _write_part(root: Path, key: str, table: pa.Table, group_rows: int) -> Part:
    pq.write_table(table, root / key, row_group_size=group_rows)
    content = (root / key).read_bytes()
    return Part(key, table.num_rows, len(content), hashlib.sha256(content).hexdigest())
