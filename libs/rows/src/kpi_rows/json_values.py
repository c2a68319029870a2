"""Arrow columns as values that JSON holds without loss.

| Arrow type | in JSON |
|---|---|
| integers | a number up to ±(2^53 - 1); beyond, a string of digits (cell by cell) |
| decimals | a string with all digits of the column's scale |
| floats | a number; `"NaN"`, `"Infinity"`, `"-Infinity"` as strings |
| text, boolean | as they are |
| date | `YYYY-MM-DD` |
| timestamp without zone | `YYYY-MM-DDThh:mm:ss[.fraction]` |
| timestamp with zone | the same in UTC with `Z` |
| time | `hh:mm:ss[.fraction]` |
| duration | `PT<seconds>S` |
| binary | base64 |
| ±infinity of a date or timestamp | `"infinity"`, `"-infinity"` |
| list, struct, map | array, object, array of `[key, value]` |
| NULL | `null` |

Fractions of a second have as many digits as the column's unit. A value without a form of its own
(an extension type, say) is shown as Arrow prints it.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
AnyArray: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"

EXACT_INTEGER = (1 << 53) - 1
_UNITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def json_values(column: AnyArray) -> list[JsonValue]:
    """One JSON value per cell of the column."""
    for applies, convert in _CONVERSIONS:
        if applies(column.type):
            return convert(column)
    return [None if value is None else str(value) for value in column.to_pylist()]


def _as_they_are(column: AnyArray) -> list[JsonValue]:
    values: list[JsonValue] = column.to_pylist()
    return values


def _decoded(column: AnyArray) -> list[JsonValue]:
    return json_values(column.cast(column.type.value_type))


def _storage(column: AnyArray) -> list[JsonValue]:
    return [value for array in _chunks(column) for value in json_values(array.storage)]


def _integers(column: AnyArray) -> list[JsonValue]:
    values: list[int | None] = column.to_pylist()
    if types.is_integer(column.type) and column.type.bit_width < 64:
        return list(values)
    return [
        value if value is None or -EXACT_INTEGER <= value <= EXACT_INTEGER else str(value)
        for value in values
    ]


def _floats(column: AnyArray) -> list[JsonValue]:
    values: list[float | None] = column.to_pylist()
    return [
        value if value is None or math.isfinite(value) else _not_finite(value) for value in values
    ]


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _decimals(column: AnyArray) -> list[JsonValue]:
    values: list[Decimal | None] = column.to_pylist()
    return [None if value is None else f"{value:f}" for value in values]


def _dates(column: AnyArray) -> list[JsonValue]:
    return _as_they_are(date_text(column))


def date_text(column: AnyArray) -> AnyArray:
    """Dates as ISO 8601 text."""
    days = column.cast(pa.date32())
    return _with_infinities(days.cast(pa.string()), days.cast(pa.int32()))


def _times(column: AnyArray) -> list[JsonValue]:
    return _as_they_are(column.cast(pa.string()))


def _timestamps(column: AnyArray) -> list[JsonValue]:
    return _as_they_are(timestamp_text(column))


def timestamp_text(column: AnyArray) -> AnyArray:
    """Timestamps as RFC 3339 text; those with a zone in UTC."""
    unit, zone = column.type.unit, column.type.tz
    # Arrow writes a timestamp with a zone ten times as slowly, and wraps its year beyond 32767.
    in_utc = column.cast(pa.timestamp(unit, zone and "UTC")).cast(pa.timestamp(unit))
    text: AnyArray = in_utc.cast(pa.string())
    text = pc.replace_substring(text, " ", "T", max_replacements=1)
    if zone is not None:
        utc, nothing = pa.scalar("Z", text.type), pa.scalar("", text.type)
        text = pc.binary_join_element_wise(text, utc, nothing)
    return _with_infinities(text, in_utc.cast(pa.int64()))


def _with_infinities(text: AnyArray, counts: AnyArray) -> AnyArray:
    """Name the counts by which PostgreSQL and DuckDB mean the end and the beginning of time."""
    last = (1 << (counts.type.bit_width - 1)) - 1
    if pc.any(pc.equal(pc.abs(counts), last)).as_py():
        text = pc.if_else(pc.equal(counts, last), "infinity", text)
        text = pc.if_else(pc.equal(counts, -last), "-infinity", text)
    return text


def _durations(column: AnyArray) -> list[JsonValue]:
    digits = _UNITS[column.type.unit]
    counts: list[int | None] = column.cast(pa.int64()).to_pylist()
    return [None if count is None else _duration(count, digits) for count in counts]


def _duration(count: int, digits: int) -> str:
    sign = "-" if count < 0 else ""
    return f"{sign}PT{Decimal(abs(count)).scaleb(-digits):f}S"


def _binaries(column: AnyArray) -> list[JsonValue]:
    values: list[bytes | None] = column.to_pylist()
    return [None if value is None else base64.b64encode(value).decode() for value in values]


def _lists(column: AnyArray) -> list[JsonValue]:
    return [
        None if not cell.is_valid else list(json_values(cell.values)) for cell in _cells(column)
    ]


def _maps(column: AnyArray) -> list[JsonValue]:
    return [None if not cell.is_valid else _pairs(cell.values) for cell in _cells(column)]


def _pairs(entries: pa.StructArray) -> list[JsonValue]:
    keys, values = json_values(entries.field(0)), json_values(entries.field(1))
    return [[key, value] for key, value in zip(keys, values, strict=True)]


def _structs(column: AnyArray) -> list[JsonValue]:
    return [value for array in _chunks(column) for value in _struct_cells(array)]


def _struct_cells(array: pa.StructArray) -> list[JsonValue]:
    names = [field.name for field in array.type]
    fields = [json_values(field) for field in array.flatten()]
    valid = array.is_valid().to_pylist()
    rows = zip(*fields, strict=True) if fields else ((),) * len(array)
    return [
        dict(zip(names, row, strict=True)) if is_valid else None
        for is_valid, row in zip(valid, rows, strict=True)
    ]


def _cells(column: AnyArray) -> list[Any]:
    return list(column)


def _chunks(column: AnyArray) -> list[Any]:
    return column.chunks if isinstance(column, pa.ChunkedArray) else [column]


def _is_binary(kind: pa.DataType) -> bool:
    return types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)


def _is_list(kind: pa.DataType) -> bool:
    return types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)


def _is_plain(kind: pa.DataType) -> bool:
    return (
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_string_view(kind)
        or types.is_boolean(kind)
        or types.is_null(kind)
    )


_CONVERSIONS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Any], list[JsonValue]]], ...] = (
    (_is_plain, _as_they_are),
    (types.is_integer, _integers),
    (types.is_decimal, _decimals),
    (types.is_floating, _floats),
    (types.is_date, _dates),
    (types.is_timestamp, _timestamps),
    (types.is_time, _times),
    (types.is_duration, _durations),
    (types.is_dictionary, _decoded),
    (_is_binary, _binaries),
    (types.is_map, _maps),
    (_is_list, _lists),
    (types.is_struct, _structs),
    (lambda kind: isinstance(kind, pa.BaseExtensionType), _storage),
)
