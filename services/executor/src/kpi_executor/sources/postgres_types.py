"""How columns of a PostgreSQL result travel and what they become.

The driver decodes the usual types by itself. NUMERIC with a precision becomes a decimal, without
one a double; all else is cast to text by the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi_executor.sources.errors import SourceError

NUMERIC = 1700
# bool, bytea, name, int8, int2, int4, text, float4, float8, bpchar, varchar, date, time,
# timestamp, timestamptz
_NATIVE = frozenset((16, 17, 19, 20, 21, 23, 25, 700, 701, 1042, 1043, 1082, 1083, 1114, 1184))
_MOST_DIGITS = 38

# The driver shifts PostgreSQL's epoch (2000) to Unix's and lets the shift overflow. No time before
# 4713 BC exists there, so whatever comes out below that is one of these overflows.
_EARLIEST_MICROSECOND = -210_866_803_200_000_000
_INFINITY_MICROSECONDS = (2**63 - 1) + 946_684_800_000_000 - 2**64
_EARLIEST_DAY = -2_440_588
_INFINITY_DAYS = (2**31 - 1) + 10_957 - 2**32


@dataclass(frozen=True, slots=True)
class Field:
    """A result's column as the server describes it; ``modifier`` is its typmod, -1 if none."""

    name: str
    oid: int
    modifier: int

    @property
    def decimal(self) -> pa.DataType | None:
        """The decimal type of a NUMERIC with a precision of at most 38 digits."""
        if self.oid != NUMERIC or self.modifier < 4:
            return None
        precision = (self.modifier - 4) >> 16 & 0xFFFF
        scale = (self.modifier - 4) & 0x7FF
        if scale > precision or precision > _MOST_DIGITS:
            return None
        return pa.decimal128(precision, scale)


def selected(position: int, field: Field) -> str:
    """Return the expression that brings column c<position> over in a type that is understood."""
    name = f"c{position}"
    if field.oid in _NATIVE or field.decimal is not None:
        return name
    return f"{name}::float8" if field.oid == NUMERIC else f"{name}::text"


def stored_type(field: Field, kind: pa.DataType) -> pa.DataType:
    """Return the type to store for a column that the driver delivers as ``kind``."""
    if field.decimal is not None:
        return field.decimal
    if isinstance(kind, pa.BaseExtensionType):
        return pa.string()
    return kind


def stored(array: pa.Array[Any], kind: pa.DataType, name: str) -> pa.Array[Any]:
    """Convert one column of a batch; raises `SourceError` for a value that cannot be stored."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_timestamp(kind):
        return _times(array, kind, name, pa.int64(), _EARLIEST_MICROSECOND, _INFINITY_MICROSECONDS)
    if pa.types.is_date32(kind):
        return _times(array, kind, name, pa.int32(), _EARLIEST_DAY, _INFINITY_DAYS)
    try:
        return array if array.type == kind else array.cast(kind)
    except pa.ArrowInvalid:
        raise SourceError(
            f"The column {name!r} holds NaN, which an exact number cannot be; cast it to "
            "double precision in the query."
        ) from None


def _times(
    array: pa.Array[Any],
    kind: pa.DataType,
    name: str,
    raw: pa.DataType,
    earliest: int,
    infinity: int,
) -> pa.Array[Any]:
    """Put ±infinity where DuckDB and Parquet readers expect it: at the ends of the range."""
    numbers = array.cast(raw)
    smallest = pc.min(numbers).as_py()
    if smallest is None or smallest >= earliest:
        return array
    last = 2 ** (raw.bit_width - 1) - 1
    endless = pc.equal(numbers, pa.scalar(infinity, raw))
    ever = pc.equal(numbers, pa.scalar(infinity + 1, raw))
    numbers = pc.if_else(endless, pa.scalar(last, raw), numbers)
    numbers = pc.if_else(ever, pa.scalar(-last, raw), numbers)
    finite = pc.and_not(pc.less(numbers, pa.scalar(earliest, raw)), ever)
    if pc.any(finite).as_py():
        raise SourceError(
            f"The column {name!r} holds a time after the year 294246, which cannot be stored; "
            "cast it to text in the query."
        )
    restored: pa.Array[Any] = numbers.cast(kind)
    return restored
