"""How columns of a PostgreSQL result travel and what they become.

The driver decodes the usual types by itself. NUMERIC becomes a decimal: of its own precision, or,
where it has none (as a sum has), of a scale that the rows tell; where that takes more than 38
digits, or some value is no number, it is text. All else is cast to text by the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi_executor.sources.errors import ColumnTypesVary, SourceError

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

    @property
    def is_open(self) -> bool:
        """Whether this is a NUMERIC whose decimal type only its rows tell."""
        return self.oid == NUMERIC and self.decimal is None


def selected(position: int, field: Field) -> str:
    """Return the expression that brings column c<position> over in a type that is understood."""
    name = f"c{position}"
    return name if field.oid in _NATIVE or field.oid == NUMERIC else f"{name}::text"


def measured(position: int) -> str:
    """Return the aggregates that tell what column c<position>, an open NUMERIC, takes.

    They are its most digits behind the point and before it, and whether all are numbers.
    """
    name = f"c{position}"
    digits = f"length(ltrim(trunc({name})::text, '-0'))"
    return f"max(scale({name})), max({digits}), bool_and({name}::text !~ '[A-Za-z]')"


def fitting(scale: int | None, digits: int | None, *, numbers: bool | None) -> pa.DataType | None:
    """Return the decimal type for what was measured, None if there is none that holds it."""
    if numbers is False or (digits or 0) + (scale or 0) > _MOST_DIGITS:
        return None
    return pa.decimal128(_MOST_DIGITS, scale or 0)


def guessed(array: pa.Array[Any]) -> pa.DataType | None:
    """Measure the first rows of an open NUMERIC, as the driver delivers them."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    texts: Any = pc.utf8_ltrim(array, "-0")
    point: Any = pc.find_substring(texts, ".")
    length: Any = pc.utf8_length(texts)
    whole = pc.less(point, pa.scalar(0))
    scale = pc.max(pc.if_else(whole, 0, pc.subtract(pc.subtract(length, point), 1))).as_py()
    digits = pc.max(pc.if_else(whole, length, point)).as_py()
    words = pc.any(pc.match_substring_regex(array, "[A-Za-z]")).as_py()
    return fitting(scale, digits, numbers=not words)


def stored_type(
    field: Field, kind: pa.DataType, open_type: pa.DataType | None = None
) -> pa.DataType:
    """Return the type to store for a column that the driver delivers as ``kind``."""
    if open_type is not None:
        return open_type
    if field.decimal is not None:
        return field.decimal
    if isinstance(kind, pa.BaseExtensionType):
        return pa.string()
    return kind


def stored(
    array: pa.Array[Any], kind: pa.DataType, name: str, *, varies: bool = False
) -> pa.Array[Any]:
    """Convert one column of a batch; raises `SourceError` for a value that cannot be stored.

    One that the rows before did not let expect raises `ColumnTypesVary`.
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_timestamp(kind):
        return _times(array, kind, name, pa.int64(), _EARLIEST_MICROSECOND, _INFINITY_MICROSECONDS)
    if pa.types.is_date32(kind):
        return _times(array, kind, name, pa.int32(), _EARLIEST_DAY, _INFINITY_DAYS)
    try:
        return array if array.type == kind else array.cast(kind)
    except pa.ArrowInvalid:
        if varies:
            raise ColumnTypesVary(f"The column {name!r} changed while it was read.") from None
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
