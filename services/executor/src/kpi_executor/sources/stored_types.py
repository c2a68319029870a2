"""What SQLite really stores: any value in any column, whatever type the schema declares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi_executor.sources.tables import Column, LogicalType, Table

_NUMBER = r"^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$"


def as_stored(table: Table, sample: Sequence[pa.Array[Any]]) -> Table:
    """Return the table with the logical types of its values, where these say otherwise.

    Columns without a declared type (those of most views) have one then.
    """
    columns = [
        _stored(column, values) for column, values in zip(table.columns, sample, strict=True)
    ]
    return replace(table, columns=tuple(columns))


def _stored(column: Column, values: pa.Array[Any]) -> Column:
    found = _type(values)
    if not column.native_type and found is not None:
        return replace(column, type=found)
    if column.type == "text" and found in ("integer", "number"):
        return replace(column, type=found)
    if column.type in ("integer", "number") and found == "text" and not _any_number(values):
        return replace(column, type="text")
    return column


def _type(values: pa.Array[Any]) -> LogicalType | None:
    """Return the logical type of the values; None where there are none, or bytes."""
    if values.null_count == len(values):
        return None
    if pa.types.is_integer(values.type):
        return "integer"
    if pa.types.is_floating(values.type):
        return "number"
    return "text" if pa.types.is_string(values.type) else None


def _any_number(values: pa.Array[Any]) -> bool:
    """Tell whether some of the values that arrived as texts are stored as numbers."""
    return bool(pc.any(pc.match_substring_regex(values, _NUMBER)).as_py())
