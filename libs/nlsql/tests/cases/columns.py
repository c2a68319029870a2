"""Columns of the written schemas, told by what they hold."""

from __future__ import annotations

from kpi_nlsql import Column


def text(name: str, *values: str, unique: bool = False) -> Column:
    """Return a column of texts; `values` are all that it holds."""
    return Column(name, "varchar(80)", values=values, unique=unique)


def number(name: str, unique: bool = False) -> Column:
    """Return a column of amounts or, where it is unique, of whole numbers."""
    return Column(name, "int" if unique else "decimal(12,2)", unique=unique)


def date(name: str, *values: str) -> Column:
    """Return a column of dates; `values` are all that it holds."""
    return Column(name, "date", values=values)
