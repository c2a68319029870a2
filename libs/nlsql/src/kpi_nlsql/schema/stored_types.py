"""Stored types: SQLite keeps any value in any column, whatever type the schema declares."""

from __future__ import annotations

from kpi_nlsql.schema.graph import Column

UNDECLARED = "text"
"""What a column without a declared type is taken for."""


def stored_type(declared: str, *, only_numbers: bool, only_texts: bool) -> str:
    """Return the type that the values of a column have; ``declared`` where that is no other."""
    family = Column("", declared).family
    if family == "text" and only_numbers:
        return "number"
    return "text" if family == "number" and only_texts else declared
