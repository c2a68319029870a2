"""Filters as people send them (JSON), checked against the columns and kept as a small tree.

    {"status": "open", "amount": {"ge": 10, "lt": 20}, "or": [{"a": null}, {"b": {"in": [1, 2]}}]}

The members of an object must all hold. `and` and `or` with a list of objects combine; with
anything else they are columns of that name. What each operator means for NULL and NaN:

- a bare value means `eq`; `null` means `is_null`;
- `eq`, `in` find NULL only where the value is null; NaN equals NaN (sent as `"NaN"`);
- `ne` is the opposite of `eq`, so it keeps rows that are NULL;
- `gt ge lt le between` never find NULL or NaN; `between` includes both ends;
- `contains` and `starts_with` are for text and heed upper and lower case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from kpi_results.rows.coercion import Scalar, coerce
from kpi_results.rows.columns import Column, Columns, Kind
from kpi_results.rows.errors import InvalidFilter

Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts_with", "is_null", "between"
]

MAX_CONDITIONS = 200
MAX_DEPTH = 16
MAX_VALUES = 10_000

_OPERATORS = frozenset(get_args(Operator))
_TEXT_ONLY = frozenset({"contains", "starts_with"})
_ORDERED = frozenset({"lt", "le", "gt", "ge", "between"})
_UNORDERED_KINDS = frozenset({Kind.BOOLEAN, Kind.BINARY})


@dataclass(frozen=True, slots=True)
class Condition:
    """One column under one operator. `values` are already of the column's type."""

    column: Column
    operator: Operator
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Combination:
    """Conditions of which all or any must hold; `all` of none holds always, `any` never."""

    mode: Literal["all", "any"]
    members: tuple[Filter, ...]


Filter = Condition | Combination


def parse_filters(document: object, columns: Columns) -> Filter | None:
    """Check a filter document. None stands for "every row". Raises InvalidFilter."""
    if document is None or document == {}:
        return None
    parsed = _parse_object(document, columns, depth=1)
    if sum(1 for _ in conditions_of(parsed)) > MAX_CONDITIONS:
        raise InvalidFilter("filters", f"more than {MAX_CONDITIONS} conditions")
    return parsed


def conditions_of(tree: Filter) -> Iterator[Condition]:
    """Every condition of a filter."""
    if isinstance(tree, Condition):
        yield tree
    else:
        for member in tree.members:
            yield from conditions_of(member)


def _parse_object(document: object, columns: Columns, depth: int) -> Filter:
    if not isinstance(document, Mapping):
        raise InvalidFilter("filters", "must be an object of column names and values")
    if depth > MAX_DEPTH:
        raise InvalidFilter("filters", f"nested deeper than {MAX_DEPTH}")
    members: list[Filter] = []
    for key, value in document.items():
        if key in ("and", "or") and _is_list_of_objects(value):
            parts = tuple(_parse_object(part, columns, depth + 1) for part in value)
            members.append(Combination("all" if key == "and" else "any", parts))
        else:
            members.extend(_parse_column(str(key), value, columns))
    return members[0] if len(members) == 1 else Combination("all", tuple(members))


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, Mapping) for part in value)


def _parse_column(key: str, value: object, columns: Columns) -> Iterator[Condition]:
    column = columns.named(key)
    if column is None:
        raise InvalidFilter(key, "there is no such column")
    if not isinstance(value, Mapping):
        yield _condition(column, "eq", value)
        return
    if not value:
        raise InvalidFilter(key, f"names no operator; known are {_known()}")
    for operator, operand in value.items():
        if operator not in _OPERATORS:
            raise InvalidFilter(key, f"unknown operator {operator!r}; known are {_known()}")
        yield _condition(column, cast(Operator, operator), operand)


def _known() -> str:
    return " ".join(get_args(Operator))


def _condition(column: Column, operator: Operator, operand: object) -> Condition:
    _check_applies(column, operator)
    if operator == "is_null":
        if not isinstance(operand, bool):
            raise InvalidFilter(column.key, "is_null takes true or false")
        return Condition(column, "is_null", (operand,))
    if operator in ("eq", "ne") and operand is None:
        return Condition(column, "is_null", (operator == "eq",))
    values = _operands(column, operator, operand)
    if operator == "in":
        return Condition(column, "in", tuple(_value_or_null(column, value) for value in values))
    return Condition(column, operator, tuple(_value(column, operator, value) for value in values))


def _check_applies(column: Column, operator: Operator) -> None:
    kind = column.kind
    if operator in _TEXT_ONLY and kind is not Kind.TEXT:
        raise InvalidFilter(column.key, f"{operator} is for text, the column is {column.type}")
    if kind is Kind.OTHER and operator != "is_null":
        raise InvalidFilter(column.key, f"{column.type} columns can only be tested with is_null")
    if operator in _ORDERED and kind in _UNORDERED_KINDS:
        raise InvalidFilter(column.key, f"{operator} is not defined for {column.type}")


def _operands(column: Column, operator: Operator, operand: object) -> Sequence[object]:
    if operator not in ("in", "between"):
        return (operand,)
    if not isinstance(operand, list):
        raise InvalidFilter(column.key, f"{operator} takes a list")
    if operator == "between" and len(operand) != 2:
        raise InvalidFilter(column.key, "between takes a list of two values")
    if len(operand) > MAX_VALUES:
        raise InvalidFilter(column.key, f"in takes at most {MAX_VALUES} values")
    return operand


def _value_or_null(column: Column, value: object) -> Scalar:
    return None if value is None else coerce(column, value)


def _value(column: Column, operator: Operator, value: object) -> Scalar:
    coerced = coerce(column, value)
    if operator in _ORDERED and isinstance(coerced, float) and coerced != coerced:
        raise InvalidFilter(column.key, f"{operator} cannot take NaN; use eq or ne")
    return coerced
