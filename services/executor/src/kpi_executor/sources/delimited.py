"""CSV and TSV files: where their table begins, and that none of their lines is left out unseen."""

from __future__ import annotations

import gzip
import re
from itertools import islice
from pathlib import Path

import duckdb

from kpi_executor.sources import duckdb_engine

SUFFIXES = (".csv", ".tsv", ".csv.gz")
_DELIMITERS = ",;\t|"
_RAGGED = "its lines have different numbers of fields"


def convert(connection: duckdb.DuckDBPyConnection, file: Path, target: Path) -> int:
    """Write the file's rows as Parquet and return how many they are.

    Types are those that hold for every row of the file, not for a sample. Raises `ValueError` with
    a sentence where the file is no table.
    """
    name = duckdb_engine.text(str(file))
    try:
        skipped = _lines_before(connection, file, name)
        converted = connection.execute(
            f"COPY (SELECT * FROM read_csv({name}, sample_size = -1, skip = {skipped})) "  # noqa: S608
            f"TO {duckdb_engine.text(str(target))} (FORMAT parquet, ROW_GROUP_SIZE 100000)"
        ).fetchone()
    except duckdb.InvalidInputException as error:
        raise _plainly(error) from None
    return int(converted[0]) if converted else 0


def _lines_before(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> int:
    """Count the lines of text before the table.

    DuckDB leaves out whatever comes before the lines that agree in their number of fields, also
    rows that have one field less; and where no delimiter divides all lines alike, it takes each
    for one field. Both are refused here.
    """
    found = connection.execute(
        f'SELECT "Delimiter", "SkipRows", len("Columns") FROM sniff_csv({name})'  # noqa: S608
    ).fetchone()
    delimiter, skipped, columns = found or (",", 0, 0)
    lines = _beginning(file, skipped + 1)
    for number, line in enumerate(lines[:skipped], start=1):
        if _is_divided(line, delimiter) and not line.startswith("#"):
            raise ValueError(f"line {number} has another number of fields than those that follow")
    first = lines[skipped:]
    if columns == 1 and any(_is_divided(line, one) for line in first for one in _DELIMITERS):
        raise ValueError(_RAGGED)
    return int(skipped)


def _beginning(file: Path, lines: int) -> list[str]:
    opened = gzip.open if file.suffix.lower() == ".gz" else open
    with opened(file, "rt", encoding="utf-8-sig", errors="replace", newline=None) as text:
        return list(islice(text, lines))


def _is_divided(line: str, delimiter: str) -> bool:
    """Whether a line has several fields. Python's `csv` fails on those of more than 128 KiB."""
    of_it = re.escape(delimiter)
    quoted = r'"(?:[^"]|"")*+(?:"|\Z)'
    return re.match(f"(?:{quoted})?+[^{of_it}]*{of_it}", line) is not None


def _plainly(error: duckdb.Error) -> Exception:
    """Say in a sentence what DuckDB says in a page."""
    message = str(error)
    if "not utf-8 encoded" in message:
        return ValueError("it is not in UTF-8; save it with that encoding")
    if "detect the CSV parsing dialect" in message:
        return ValueError(_RAGGED)
    return error
