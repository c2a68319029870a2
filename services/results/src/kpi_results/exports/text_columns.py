"""Columns as the CSV writer should see them: its own types where its text is ours, else text."""

from __future__ import annotations

from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from kpi_results.exports.formulas import guard_column
from kpi_rows.json_values import AnyArray, date_text, json_values, timestamp_text

_WRITTEN_ALIKE = (types.is_integer, types.is_boolean, types.is_time)
_MOST_PLAIN_DIGITS = 6  # behind the point; with more, Arrow writes small decimals as 1E-7


def csv_column(column: AnyArray) -> AnyArray:
    """Cells whose CSV text equals the one in JSON, formulas guarded, NULL kept apart from ""."""
    kind = column.type
    if types.is_dictionary(kind):
        return csv_column(column.cast(kind.value_type))
    if types.is_string(kind) or types.is_large_string(kind):
        return guard_column(column)
    if types.is_floating(kind):
        return _floats(column)
    if types.is_timestamp(kind):
        return timestamp_text(column)
    if types.is_decimal(kind):
        return _decimals(column)
    if any(is_alike(kind) for is_alike in _WRITTEN_ALIKE):
        return column
    if types.is_date(kind):
        return date_text(column)
    return guard_column(as_text(column))


def _floats(column: AnyArray) -> AnyArray:
    """Leave floats to the writer, unless some are not finite and need their names."""
    if pc.all(pc.is_finite(column)).as_py() is not False:
        return column
    return as_text(column)


def _decimals(column: AnyArray) -> AnyArray:
    """Leave decimals to the writer, unless it would give some of them an exponent."""
    if 0 <= column.type.scale <= _MOST_PLAIN_DIGITS:
        return column
    exponents = pc.match_substring(column.cast(pa.string()), "E")
    return as_text(column) if pc.any(exponents).as_py() else column


def as_text(column: AnyArray) -> AnyArray:
    """Return every cell as the text it has in JSON."""
    return pa.chunked_array(
        [pa.array([_text(value) for value in json_values(column)], pa.string())]
    )


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return repr(value) if isinstance(value, float) else orjson.dumps(value).decode()
