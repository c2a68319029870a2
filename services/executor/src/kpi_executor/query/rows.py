"""A result's first rows as values that JSON can carry."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

MAX_FIRST_ROWS = 1_000


class FirstRows:
    """Collects the first ``limit`` rows of the batches that pass."""

    def __init__(self, names: Sequence[str], limit: int) -> None:
        self._keys = unique_names(names)
        self._left = min(limit, MAX_FIRST_ROWS)
        self._rows: list[Mapping[str, Any]] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Keep what is still wanted of one batch."""
        if self._left <= 0:
            return
        taken = batch.slice(0, self._left)
        self._left -= taken.num_rows
        columns = [json_values(column) for column in taken.columns]
        self._rows.extend(
            dict(zip(self._keys, row, strict=True)) for row in zip(*columns, strict=True)
        )

    @property
    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """Rows kept so far."""
        return tuple(self._rows)


def unique_names(names: Sequence[str]) -> list[str]:
    """Tell columns of the same name apart: ``id``, ``id (2)``."""
    found: dict[str, None] = {}
    copies: dict[str, int] = {}
    for name in names:
        unique = name
        while unique in found:
            copies[name] = copies.get(name, 1) + 1
            unique = f"{name} ({copies[name]})"
        found[unique] = None
    return list(found)


def json_values(column: pa.Array[Any]) -> list[Any]:
    """Return a column's values for JSON.

    Times become RFC 3339 texts; exact numbers become numbers where a double holds them and texts
    otherwise; NaN and the infinities become their names; bytes become hexadecimal.
    """
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind):
        return _times(column)
    values = column.to_pylist()
    convert = _converter(kind)
    if convert is None:
        return values
    return [None if value is None else convert(value) for value in values]


def _converter(kind: pa.DataType) -> Callable[[Any], Any] | None:
    if pa.types.is_floating(kind):
        return _float
    if pa.types.is_decimal(kind):
        return _decimal
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return bytes.hex
    return None


def _float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _decimal(value: Decimal) -> float | int | str:
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)


def _times(column: pa.Array[Any]) -> list[str | None]:
    last = 2 ** (column.type.bit_width - 1) - 1
    numbers = column.cast(pa.int64() if column.type.bit_width == 64 else pa.int32()).to_pylist()
    return [_time(value, number, last) for value, number in zip(column, numbers, strict=True)]


def _time(value: pa.Scalar[Any], number: int | None, last: int) -> str | None:
    if number is None:
        return None
    if abs(number) == last:
        return "infinity" if number > 0 else "-infinity"
    try:
        found = value.as_py()
    except (ValueError, OverflowError):  # years that Python's calendar does not have
        return str(value.cast(pa.string()).as_py())
    text: str = found.isoformat()
    if isinstance(found, dt.datetime) and found.tzinfo is not None:
        return text.replace("+00:00", "Z")
    return text
