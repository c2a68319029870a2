"""Files as Parquet: each converted once and kept until it changes.

Below the cache folder lies one folder per file and state of that file (path, size, time of change)
with the Parquet files and an index of their tables, moved into place when it is complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kpi_executor.sources import delimited, duckdb_engine, workbook
from kpi_executor.sources.connector import Resources
from kpi_executor.sources.errors import SourceError, first_line

_INDEX = "tables.json"


@dataclass(frozen=True, slots=True)
class ConvertedTable:
    """A table and the Parquet file that holds it."""

    name: str
    parquet: Path
    rows: int


def table_name(file: Path) -> str:
    """``OPS Excel.xlsx`` → ``OPS Excel``; the sheets of a larger workbook add their names."""
    name = file.name
    return name[: -len(".csv.gz")] if name.lower().endswith(".csv.gz") else file.stem


def tables_of(file: Path, resources: Resources) -> list[ConvertedTable]:
    """Return the tables of one file, converting it if that has not been done yet.

    Raises `SourceError` naming the file if it cannot be read.
    """
    try:
        if file.suffix.lower() == ".parquet":
            rows = int(pq.read_metadata(file).num_rows)
            return [ConvertedTable(table_name(file), file, rows)]
        return _cached(file, resources)
    except (OSError, pa.ArrowException, duckdb.Error, ValueError) as error:
        raise SourceError(
            f"The file {file.name!r} cannot be read as a table: {first_line(error)}"
        ) from None


def _cached(file: Path, resources: Resources) -> list[ConvertedTable]:
    state = file.stat()
    path = hashlib.sha256(os.fsencode(file.resolve())).hexdigest()[:32]
    folder = resources.cache / path / f"{state.st_mtime_ns}-{state.st_size}"
    if not (folder / _INDEX).is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        working = Path(tempfile.mkdtemp(prefix="converting-", dir=folder.parent))
        try:
            _convert(file, working, resources)
            _move_into_place(working, folder)
        finally:
            shutil.rmtree(working, ignore_errors=True)
    index = json.loads((folder / _INDEX).read_text("utf-8"))
    return [ConvertedTable(row["name"], folder / row["file"], row["rows"]) for row in index]


def _move_into_place(working: Path, folder: Path) -> None:
    older = [entry for entry in folder.parent.iterdir() if entry not in (working, folder)]
    # Another process may have been faster: its result is as good.
    with suppress(OSError):
        working.rename(folder)
    for entry in older:
        if not entry.name.startswith("converting-"):
            shutil.rmtree(entry, ignore_errors=True)


def _convert(file: Path, folder: Path, resources: Resources) -> None:
    if file.name.lower().endswith(delimited.SUFFIXES):
        tables = [(table_name(file), _convert_delimited(file, folder / "0.parquet", resources))]
    else:
        sheets = workbook.read(file)
        tables = [
            (table_name(file) if len(sheets) == 1 else f"{table_name(file)} {name}", table.num_rows)
            for name, table in sheets
        ]
        for number, (_, table) in enumerate(sheets):
            pq.write_table(table, folder / f"{number}.parquet", row_group_size=100_000)
    index = [
        {"name": name, "file": f"{number}.parquet", "rows": rows}
        for number, (name, rows) in enumerate(tables)
    ]
    (folder / _INDEX).write_text(json.dumps(index), "utf-8")


def _convert_delimited(file: Path, target: Path, resources: Resources) -> int:
    with duckdb.connect(":memory:", config=duckdb_engine.settings(resources)) as connection:
        return delimited.convert(connection, file, target)
