"""Excel workbooks in constant memory. Rows beyond a sheet's limit go on in a further sheet.

What Excel cannot hold as a value becomes text, never another value: integers beyond 2^53,
decimals of more than 15 digits, dates before 1900 or without end, NaN and infinities. A text longer
than a cell may be is cut and says so in the cell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import xlsxwriter
from pyarrow import types
from xlsxwriter.worksheet import Worksheet

from kpi_results.exports.errors import ExportRefused
from kpi_results.exports.formulas import guard
from kpi_results.exports.subject import Subject
from kpi_results.exports.text_columns import as_text
from kpi_rows.json_values import EXACT_INTEGER, AnyArray

SHEET_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_TEXT = 32_767
_EXACT_DIGITS = 15
_FIRST_YEAR = 1900
_PIECE = 8_192
_CHUNK = 1 << 18
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}

Cells = list[Any]
Put = Callable[[Worksheet, int, int, Any], None]


def write_excel(subject: Subject, *, sheet_rows: int = SHEET_ROWS) -> Iterator[bytes]:
    """Yield the file's bytes, once the workbook is complete. Raises ExportRefused."""
    if len(subject.columns) > MAX_COLUMNS:
        raise ExportRefused("excel", f"holds at most {MAX_COLUMNS} columns; use csv or parquet")
    with TemporaryDirectory(prefix="kpi-excel-") as folder:
        path = Path(folder) / "export.xlsx"
        with xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": folder}) as workbook:
            # Else it is the time of the export, and no two files had the same hash.
            workbook.set_properties({"created": subject.about.executed_at.replace(tzinfo=None)})
            _fill(workbook, subject, sheet_rows)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _fill(workbook: xlsxwriter.Workbook, subject: Subject, sheet_rows: int) -> None:
    puts: list[Put] | None = None
    sheet, row = _new_sheet(workbook, subject), 1
    for table in subject.pieces(lambda table: table, _PIECE):
        puts = puts or [_put_of(workbook, column.type) for column in table.columns]
        for cells in zip(*(_cells(column) for column in table.columns), strict=True):
            if row == sheet_rows:
                sheet, row = _new_sheet(workbook, subject), 1
            for place, (put, cell) in enumerate(zip(puts, cells, strict=True)):
                if cell is not None:
                    put(sheet, row, place, cell)
            row += 1


def _new_sheet(workbook: xlsxwriter.Workbook, subject: Subject) -> Worksheet:
    number = len(workbook.worksheets()) + 1
    sheet = workbook.add_worksheet(f"Rows {number}")
    bold = workbook.add_format({"bold": True})
    for place, column in enumerate(subject.columns):
        sheet.write_string(0, place, _fitting(guard(column.name)), bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _cells(column: AnyArray) -> Cells:
    """Return the column as Python values that the column's `Put` understands."""
    kind = column.type
    if types.is_dictionary(kind):
        return _cells(column.cast(kind.value_type))
    if types.is_timestamp(kind):
        zone = None if kind.tz is None else "UTC"
        in_utc = column.cast(pa.timestamp(kind.unit, zone)).cast(pa.timestamp(kind.unit))
        if kind.unit == "ns":  # of which Python has none
            in_utc = in_utc.cast(pa.timestamp("us"), safe=False)
        return _moments_or_texts(column, in_utc)
    if types.is_date(kind):
        return _moments_or_texts(column, column)
    if _is_direct(kind):
        return column.to_pylist()
    return as_text(column).to_pylist()


def _moments_or_texts(column: AnyArray, plain: AnyArray) -> Cells:
    """Return Python's dates and times, and texts for what it has none for: years BC, infinity."""
    try:
        return plain.to_pylist()
    except (OverflowError, ValueError):
        texts = as_text(column).to_pylist()
        return [_moment(cell, text) for cell, text in zip(plain, texts, strict=True)]


def _moment(cell: pa.Scalar[Any], text: str | None) -> Any:
    try:
        return cell.as_py()
    except (OverflowError, ValueError):
        return text


def _is_direct(kind: pa.DataType) -> bool:
    checks = (
        types.is_integer,
        types.is_floating,
        types.is_decimal,
        types.is_boolean,
        types.is_string,
        types.is_large_string,
    )
    return any(check(kind) for check in checks)


def _put_of(workbook: xlsxwriter.Workbook, kind: pa.DataType) -> Put:
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return _put_number
    if types.is_boolean(kind):
        return lambda sheet, row, place, cell: _discard(sheet.write_boolean(row, place, cell))
    if types.is_date(kind):
        return _moments(workbook, "yyyy-mm-dd")
    if types.is_timestamp(kind):
        return _moments(workbook, "yyyy-mm-dd hh:mm:ss.000")
    return _put_text


def _put_number(sheet: Worksheet, row: int, place: int, cell: int | float | Decimal) -> None:
    if _is_exact(cell):
        sheet.write_number(row, place, cell)
    else:
        sheet.write_string(row, place, f"{cell:f}" if isinstance(cell, Decimal) else _named(cell))


def _is_exact(cell: float | Decimal) -> bool:
    if isinstance(cell, Decimal):
        return len(cell.as_tuple().digits) <= _EXACT_DIGITS
    if isinstance(cell, int):
        return -EXACT_INTEGER <= cell <= EXACT_INTEGER
    return math.isfinite(cell)


def _named(cell: float) -> str:
    if isinstance(cell, int):
        return str(cell)
    if math.isnan(cell):
        return "NaN"
    return "Infinity" if cell > 0 else "-Infinity"


def _moments(workbook: xlsxwriter.Workbook, pattern: str) -> Put:
    shown = workbook.add_format({"num_format": pattern})

    def put(sheet: Worksheet, row: int, place: int, cell: date | datetime | time | str) -> None:
        if isinstance(cell, str):
            _put_text(sheet, row, place, cell)
        elif isinstance(cell, date) and cell.year < _FIRST_YEAR:
            sheet.write_string(row, place, cell.isoformat())
        else:
            sheet.write_datetime(row, place, cell, shown)

    return put


def _put_text(sheet: Worksheet, row: int, place: int, cell: str) -> None:
    sheet.write_string(row, place, _fitting(guard(cell)))


def _fitting(text: str) -> str:
    if len(text) <= MAX_TEXT:
        return text
    note = f"… [cut: {len(text)} characters; export as csv for all]"
    return text[: MAX_TEXT - len(note)] + note


def _discard(_: object) -> None:
    return None
