"""Row filters as one types them, ``PRICE:ge=10``, as the API takes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

OPERATORS = frozenset(
    {"eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "starts_with", "is_null", "between"}
)
_LISTS = frozenset({"in", "between"})


def filters_of(conditions: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Read conditions; several on one column are all kept.

    A value is sent as text, which the service reads as the column's type: ``SKU=007`` works
    for a column of text and one of numbers. Only ``true``, ``false``, ``null``, a quoted text
    and a list are read as JSON; ``in`` and ``between`` also take values joined with commas.
    """
    filters: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        column, operator, value = _parts(condition)
        filters.setdefault(column, {})[operator] = value
    return filters


def _parts(condition: str) -> tuple[str, str, Any]:
    left, equals, text = condition.partition("=")
    column, colon, operator = left.rpartition(":")
    if not colon or operator not in OPERATORS:  # a colon may be part of the column's name
        column, operator = left, "eq"
    if not (column and equals):
        raise click.BadParameter(f"{condition!r} is not COLUMN[:OP]=VALUE", param_hint="--filter")
    return column, operator, _value(operator, text)


def _value(operator: str, text: str) -> Any:
    value = _read(text)
    if operator in _LISTS and not isinstance(value, list):
        return [_read(part.strip()) for part in text.split(",")]
    return value


def _read(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if value is None or isinstance(value, bool | str | list) else text
