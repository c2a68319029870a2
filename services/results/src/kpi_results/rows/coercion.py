"""From a JSON value to a value of a column's type, or a clear refusal.

Accepted are the forms in which `json_values` shows the column's values, so that a value copied
from a page can be sent back as a filter.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

from kpi_results.rows.columns import Column, Kind
from kpi_results.rows.errors import InvalidFilter

Scalar = str | int | float | Decimal | bool | bytes | date | datetime | time | None

_MAX_TEXT = 10_000
_INFINITIES = ("infinity", "-infinity")
_DECIMAL_TYPE = re.compile(r"decimal\d+\((\d+), (-?\d+)\)")
_INTEGER_TYPE = re.compile(r"(u?)int(\d+)")
_WHOLE = re.compile(r"[+-]?\d{1,40}")
_DURATION = re.compile(r"(-?)PT(\d{1,12}(?:\.\d{1,9})?)S")
_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_MAX_DIGITS = 38


def coerce(column: Column, value: object) -> Scalar:
    """Return the value as the column's type. Raises InvalidFilter naming the column."""
    return _COERCIONS[column.kind](column, value)


def _refuse(column: Column, value: object, expected: str) -> InvalidFilter:
    shown = repr(value) if len(repr(value)) <= 80 else repr(value)[:77] + "..."
    return InvalidFilter(column.key, f"{shown} is not {expected} (the column is {column.type})")


def _text(column: Column, value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise _refuse(column, value, f"text of at most {_MAX_TEXT} characters")
    if "\0" in value or not _is_encodable(value):
        raise _refuse(column, value, "text that can be stored")
    return value


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _integer(column: Column, value: object) -> int:
    whole = _whole(value)
    if whole is None:
        raise _refuse(column, value, "a whole number")
    low, high = integer_range(column.type)
    if not low <= whole <= high:
        raise _refuse(column, value, f"between {low} and {high}")
    return whole


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return None


def integer_range(arrow_type: str) -> tuple[int, int]:
    """Smallest and largest value of an Arrow integer type."""
    match = _INTEGER_TYPE.fullmatch(arrow_type)
    if match is None:
        raise ValueError(f"{arrow_type} is no integer type")
    bits = int(match[2])
    return (0, (1 << bits) - 1) if match[1] else (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def _float(column: Column, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _refuse(column, value, "a number")
    try:
        return float(value)
    except (ValueError, OverflowError) as error:
        raise _refuse(column, value, 'a number, "NaN", "Infinity" or "-Infinity"') from error


def _decimal(column: Column, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _refuse(column, value, "a number")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise _refuse(column, value, "a number") from error
    if not number.is_finite():
        raise _refuse(column, value, "a finite number")
    precision, scale = decimal_shape(column.type)
    if not _fits_beside(number, precision - scale, scale):
        raise _refuse(column, value, f"comparable within {_MAX_DIGITS} digits")
    return number


def decimal_shape(arrow_type: str) -> tuple[int, int]:
    """Precision and scale of an Arrow decimal type."""
    match = _DECIMAL_TYPE.fullmatch(arrow_type)
    if match is None:
        raise ValueError(f"{arrow_type} is no decimal type")
    return int(match[1]), int(match[2])


def _fits_beside(number: Decimal, whole_digits: int, scale: int) -> bool:
    """Whether one 38-digit decimal type holds both the number and the column's values."""
    exponent = number.as_tuple().exponent
    fraction = max(0, -exponent) if isinstance(exponent, int) else 0
    whole = max(whole_digits, number.adjusted() + 1)
    return whole + max(scale, fraction) <= _MAX_DIGITS


def _boolean(column: Column, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refuse(column, value, "true or false")
    return value


def _date(column: Column, value: object) -> date | str:
    if value in _INFINITIES:
        return str(value)
    try:
        return date.fromisoformat(_text(column, value))
    except ValueError as error:
        raise _refuse(column, value, "a date (YYYY-MM-DD)") from error


def _timestamp(column: Column, value: object) -> datetime | str:
    if value in _INFINITIES:
        return str(value)
    moment = _moment(column, value)
    if moment.tzinfo is not None:
        raise _refuse(column, value, "a timestamp without zone")
    return moment


def _timestamp_tz(column: Column, value: object) -> datetime | str:
    """Take a timestamp without zone as UTC."""
    if value in _INFINITIES:
        return str(value)
    moment = _moment(column, value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _moment(column: Column, value: object) -> datetime:
    try:
        return datetime.fromisoformat(_text(column, value))
    except (ValueError, OverflowError) as error:
        raise _refuse(column, value, "a timestamp (RFC 3339)") from error


def _time(column: Column, value: object) -> time:
    try:
        moment = time.fromisoformat(_text(column, value))
    except ValueError as error:
        raise _refuse(column, value, "a time (hh:mm:ss)") from error
    if moment.tzinfo is not None:
        raise _refuse(column, value, "a time without zone")
    return moment


def _duration(column: Column, value: object) -> int:
    """Count a duration (`PT90.5S`) in the column's unit, as the parts store it."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _refuse(column, value, 'a duration in seconds such as "PT90.5S"')
    unit = column.type.removeprefix("duration[").removesuffix("]")
    count = Decimal(match[1] + match[2]) * _UNITS[unit]
    if count != count.to_integral_value() or abs(count) >= 1 << 63:
        raise _refuse(column, value, f"a duration the unit {unit} can hold")
    return int(count)


def _binary(column: Column, value: object) -> bytes:
    try:
        return base64.b64decode(_text(column, value), validate=True)
    except binascii.Error as error:
        raise _refuse(column, value, "base64") from error


def _other(column: Column, value: object) -> Scalar:
    raise _refuse(column, value, "comparable")


_COERCIONS: dict[Kind, Callable[[Column, object], Scalar]] = {
    Kind.INTEGER: _integer,
    Kind.FLOAT: _float,
    Kind.DECIMAL: _decimal,
    Kind.TEXT: _text,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
    Kind.TIMESTAMP_TZ: _timestamp_tz,
    Kind.TIME: _time,
    Kind.DURATION: _duration,
    Kind.BINARY: _binary,
    Kind.OTHER: _other,
}
