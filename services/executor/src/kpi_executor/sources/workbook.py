"""Sheets of an Excel (or LibreOffice) workbook as Arrow tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

_MOST_EXACT_INTEGER = 2.0**53


def read(file: Path) -> list[tuple[str, pa.Table]]:
    """Return (sheet's name, table) of every sheet with a header row and at least one column.

    Raises `ValueError` with a sentence if the file is no workbook or has no such sheet.
    """
    try:
        with CalamineWorkbook.from_path(str(file)) as workbook:
            sheets = [
                (sheet.name, _table(workbook.get_sheet_by_name(sheet.name).iter_rows()))
                for sheet in workbook.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
            ]
    except CalamineError as error:
        raise ValueError(f"it is no workbook that can be read ({error})") from None
    found = [(name, table) for name, table in sheets if table.num_columns]
    if not found:
        raise ValueError("it has no sheet with a header row")
    return found


def _table(rows: Iterable[Sequence[Any]]) -> pa.Table:
    filled = (row for row in rows if any(cell != "" for cell in row))
    header = next(iter(filled), None)
    if header is None:
        return pa.table({})
    columns: list[list[Any]] = [[] for _ in header]
    for row in filled:
        for column, cell in zip(columns, row, strict=True):
            column.append(None if cell == "" else cell)
    kept = [
        (title, column)
        for title, column in zip(header, columns, strict=True)
        if title != "" or any(cell is not None for cell in column)
    ]
    return pa.Table.from_arrays(
        [_array(column) for _, column in kept], names=_names([title for title, _ in kept])
    )


def _names(titles: list[Any]) -> list[str]:
    """Every column needs a name of its own to be asked for."""
    names: list[str] = []
    taken: set[str] = set()
    for number, title in enumerate(titles, start=1):
        plain = str(_shown(title)).strip() or f"column {number}"
        name, copy = plain, 2
        while name.casefold() in taken:
            name, copy = f"{plain} {copy}", copy + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _array(cells: list[Any]) -> pa.Array[Any]:
    values, kind = _values(cells)
    array: pa.Array[Any] = pa.array(values, type=kind)
    return array


def _values(cells: list[Any]) -> tuple[list[Any], pa.DataType | None]:
    """Return the cells with one type; None lets Arrow see the type."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {float}:
        whole = all(
            cell is None or (cell.is_integer() and abs(cell) <= _MOST_EXACT_INTEGER)
            for cell in cells
        )
        # A workbook knows only floating-point numbers.
        return ([_whole(cell) for cell in cells] if whole else cells), None
    if kinds == {dt.date, dt.datetime}:
        return [_midnight(cell) for cell in cells], pa.timestamp("us")
    if len(kinds) == 1 and kinds != {dt.timedelta}:
        return cells, None
    return [None if cell is None else str(_shown(cell)) for cell in cells], pa.string()


def _whole(cell: float | None) -> int | None:
    return None if cell is None else int(cell)


def _midnight(cell: dt.date | dt.datetime | None) -> dt.datetime | None:
    if cell is None or isinstance(cell, dt.datetime):
        return cell
    return dt.datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - cells have no zone


def _shown(cell: Any) -> Any:
    """Return a number without decimals as people write it."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
