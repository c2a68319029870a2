"""Views as DuckDB SQL. Values travel as parameters; only column positions are written out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from kpi_results.rows.coercion import Scalar, decimal_shape
from kpi_results.rows.columns import Column, Kind
from kpi_results.rows.filters import Condition, Filter, Operator
from kpi_results.rows.query import SortKey, ViewQuery
from kpi_results.rows.result import StoredResult
from kpi_results.rows.search import search_terms

ROW = "row_number_"
WITHIN = "rows_within_"

_INTEGERS = {
    "int8": "TINYINT",
    "int16": "SMALLINT",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "uint8": "UTINYINT",
    "uint16": "USMALLINT",
    "uint32": "UINTEGER",
    "uint64": "UBIGINT",
}
_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.TIMESTAMP_TZ: "TIMESTAMPTZ",
    Kind.TIME: "TIME",
    Kind.DURATION: "BIGINT",
    Kind.BINARY: "BLOB",
}
_COMPARISONS: dict[Operator, str] = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}


@dataclass(slots=True)
class Statement:
    """SQL under construction, with the values bound so far."""

    parameters: list[object] = field(default_factory=list)

    def bind(self, value: object, sql_type: str) -> str:
        """Add a value; returns the text that stands for it."""
        self.parameters.append(value)
        return f"${len(self.parameters)}::{sql_type}"

    def rows_of(self, result: StoredResult) -> str:
        """Name the stored rows as a relation of all columns plus the row number `ROW`.

        Raises PartDamaged, since every part is verified for it.
        """
        files = self.bind([str(path) for path in result.paths()], "VARCHAR[]")
        number = f"{self._first_row(result)} + file_row_number"
        kind = "UINTEGER" if result.row_type.bit_width == 32 else "UBIGINT"
        # Extremes in a footer leave NaN out; DuckDB must not conclude that there is none.
        parts = f"read_parquet({files}, can_have_nan = true)"
        return f"(SELECT *, ({number})::{kind} AS {ROW} FROM {parts})"  # noqa: S608

    def _first_row(self, result: StoredResult) -> str:
        """Return the number of the first row of the part being read."""
        size = result.manifest.parts[0].rows
        if all(start == part * size for part, start in enumerate(result.starts[:-1])):
            return f"file_index * {size}"
        starts = self.bind(list(result.starts[:-1]), "BIGINT[]")
        return f"({starts})[(file_index + 1)::BIGINT]"

    def where(self, query: ViewQuery, columns: Sequence[Column]) -> str:
        """Condition that selects the view's rows."""
        terms = []
        if query.within is not None:
            terms.append(f"{ROW} IN (SELECT {ROW} FROM {WITHIN})")  # noqa: S608
        if query.filter is not None:
            terms.append(self._filter(query.filter))
        if query.search is not None:
            terms.append(_any(search_terms(columns, query.search, self.bind)))
        return " AND ".join(f"({term})" for term in terms) or "true"

    def _filter(self, tree: Filter) -> str:
        if isinstance(tree, Condition):
            return self._condition(tree)
        members = [f"({self._filter(member)})" for member in tree.members]
        return " AND ".join(members) or "true" if tree.mode == "all" else _any(members)

    def _condition(self, condition: Condition) -> str:
        column, name = condition.column, condition.column.physical
        match condition.operator:
            case "is_null":
                return f"{name} IS {'' if condition.values[0] else 'NOT '}NULL"
            case "eq":
                return self._equal(column, condition.values)
            case "in":
                return self._equal(column, condition.values)
            case "ne":
                return f"({self._equal(column, condition.values)}) IS NOT TRUE"
            case "contains":
                return f"contains({name}, {self._value(column, condition.values[0])})"
            case "starts_with":
                prefix = self._value(column, condition.values[0])
                return f"{name} >= {prefix} AND starts_with({name}, {prefix})"
            case "between":
                low, high = (self._value(column, value) for value in condition.values)
                return f"{name} BETWEEN {low} AND {high}"
            case "lt" | "le" | "gt" | "ge":
                sign = _COMPARISONS[condition.operator]
                return self._ordered(column, sign, condition.values[0])

    def _equal(self, column: Column, values: Sequence[Scalar]) -> str:
        name = column.physical
        plain = [value for value in values if value is not None and not _is_nan(value)]
        terms = []
        if len(plain) == 1:
            terms.append(f"{name} = {self._value(column, plain[0])}")
        elif plain:
            terms.append(f"{name} IN ({', '.join(self._value(column, v) for v in plain)})")
        if any(value is None for value in values):
            terms.append(f"{name} IS NULL")
        if any(_is_nan(value) for value in values):
            terms.append(f"isnan({name})")
        return _any(terms)

    def _ordered(self, column: Column, sign: str, value: Scalar) -> str:
        comparison = f"{column.physical} {sign} {self._value(column, value)}"
        if column.kind is Kind.FLOAT and sign in (">", ">="):
            # DuckDB holds NaN to be greater than every number.
            return f"{comparison} AND NOT isnan({column.physical})"
        return comparison

    def _value(self, column: Column, value: Scalar) -> str:
        if isinstance(value, Decimal):
            return self.bind(f"{value:f}", _decimal_type(column, value))
        return self.bind(value, sql_type_of(column))


def order_by(sort: Sequence[SortKey]) -> str:
    """Total order of a view: its keys, NaN and NULL last, then the row number."""
    return ", ".join([*(_order_key(key) for key in sort), ROW])


def sql_type_of(column: Column) -> str:
    """DuckDB's type for values compared with the column."""
    if column.kind is Kind.INTEGER:
        return _INTEGERS[column.type]
    if column.kind is Kind.FLOAT:
        return "DOUBLE" if column.type == "double" else "FLOAT"
    return _TYPES[column.kind]


def _order_key(key: SortKey) -> str:
    name = key.column.physical
    if key.descending and key.column.kind is Kind.FLOAT:
        # NaN is DuckDB's greatest number, also when negated: ascending keeps it last.
        return f"-{name} ASC NULLS LAST"
    return f"{name} {'DESC' if key.descending else 'ASC'} NULLS LAST"


def _decimal_type(column: Column, value: Decimal) -> str:
    """Return the column's own type where it holds the value: only then statistics are used."""
    precision, scale = decimal_shape(column.type)
    exponent = value.as_tuple().exponent
    fraction = max(0, -exponent) if isinstance(exponent, int) else 0
    whole = max(1, value.adjusted() + 1)
    if fraction <= scale and whole <= precision - scale:
        return f"DECIMAL({precision}, {scale})"
    return f"DECIMAL({min(38, max(whole, precision - scale) + max(fraction, scale))}, {fraction})"


def _is_nan(value: Scalar) -> bool:
    return isinstance(value, float) and math.isnan(value)


def _any(terms: Sequence[str]) -> str:
    return " OR ".join(terms) or "false"
