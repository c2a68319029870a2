"""Which columns of two results belong together, and by which of them rows are recognised."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_float
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kpi_results.comparison.errors import NotComparable
from kpi_results.rows.coercion import decimal_shape
from kpi_results.rows.columns import Column, Columns, Kind
from kpi_rows.json_values import JsonValue

_EXACT = frozenset((Kind.INTEGER, Kind.DECIMAL))


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """The same column in both results. If their types differ, their texts are compared.

    But numbers are compared by value: exact ones as such, a float with another one as floats.
    """

    before: Column
    after: Column

    @property
    def key(self) -> str:
        """The name both go by."""
        return self.after.key

    def sql(self, side: Literal["before", "after"]) -> str:
        """Name one side's column in a form that compares with the other side's."""
        column = self.before if side == "before" else self.after
        if self.before.type == self.after.type:
            return column.physical
        if self._as_floats:
            return f"{column.physical}::{self._float_type}"
        return _exact_text(column) if self._as_exact else f"{column.physical}::VARCHAR"

    def differs(self, old: JsonValue, new: JsonValue) -> bool:
        """Whether two values, as pages show them, differ in that form."""
        if old is None or new is None or self.before.type == self.after.type:
            return old != new
        if self._as_exact:
            return Decimal(str(old)) != Decimal(str(new))
        if self._as_floats:
            return self._float(old) != self._float(new)
        return str(old) != str(new)

    def _float(self, value: JsonValue) -> float:
        number = float(str(value))
        return number if self._float_type == "DOUBLE" else c_float(number).value

    @property
    def _kinds(self) -> set[Kind]:
        return {self.before.kind, self.after.kind}

    @property
    def _as_exact(self) -> bool:
        return self._kinds <= _EXACT

    @property
    def _as_floats(self) -> bool:
        return Kind.FLOAT in self._kinds and bool(self._kinds & _EXACT)

    @property
    def _float_type(self) -> str:
        return "DOUBLE" if "double" in (self.before.type, self.after.type) else "FLOAT"


@dataclass(frozen=True, slots=True)
class Alignment:
    """Columns by their part in a comparison. With no `values`, whole rows are the keys."""

    keys: tuple[ColumnPair, ...]
    values: tuple[ColumnPair, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def shared(self) -> tuple[ColumnPair, ...]:
        """All columns that both results have."""
        return self.keys + self.values


def _exact_text(column: Column) -> str:
    """Write a number without the zeros that only its type gives it."""
    text = f"{column.physical}::VARCHAR"
    if column.kind is Kind.INTEGER:
        return text
    precision, scale = decimal_shape(column.type)
    if precision == scale:  # DuckDB then leaves out the zero before the point
        text = f"regexp_replace({text}, '^(-?)[.]', '\\10.')"
    return f"rtrim(rtrim({text}, '0'), '.')" if scale > 0 else text


def align(before: Columns, after: Columns, keys: Sequence[str] = ()) -> Alignment:
    """Pair columns by their keys; without `keys`, rows are recognised by all shared columns.

    Raises NotComparable.
    """
    pairs = [ColumnPair(old, new) for new in after if (old := before.named(new.key)) is not None]
    shared = {pair.key for pair in pairs}
    for key in keys:
        if key not in shared:
            raise NotComparable(key, "is not a column of both runs")
    if not pairs:
        raise NotComparable("columns", "the two runs have no column in common")
    chosen = set(keys) or shared
    return Alignment(
        keys=tuple(pair for pair in pairs if pair.key in chosen),
        values=tuple(pair for pair in pairs if pair.key not in chosen),
        added=tuple(column.key for column in after if column.key not in shared),
        removed=tuple(column.key for column in before if column.key not in shared),
    )
