"""What reflection finds: tables, columns, keys, and evidence for joins and values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LogicalType = Literal[
    "integer", "number", "text", "boolean", "date", "timestamp", "time", "binary", "other"
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``values`` holds different texts of a text column: all, or those of a sample.

    ``distinct`` is how many different values there are, None where nobody has counted them all;
    ``unique`` tells that every row has a value and no two the same one.
    """

    name: str
    type: LogicalType
    native_type: str
    nullable: bool = True
    values: tuple[str, ...] = ()
    distinct: int | None = None
    unique: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``columns`` of this table refer to ``target_columns`` of (``schema``, ``table``)."""

    columns: tuple[str, ...]
    target_schema: str
    target_table: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view; ``rows`` is an estimate, None if unknown."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    rows: int | None = None


# The first word found in a native type decides; order matters (``timestamp`` before ``time``).
_WORDS: tuple[tuple[str, LogicalType], ...] = (
    ("interval", "other"),
    ("bool", "boolean"),
    ("timestamp", "timestamp"),
    ("datetime", "timestamp"),
    ("date", "date"),
    ("time", "time"),
    ("point", "other"),
    ("int", "integer"),
    ("serial", "integer"),
    ("char", "text"),
    ("text", "text"),
    ("clob", "text"),
    ("uuid", "text"),
    ("enum", "text"),
    ("string", "text"),
    ("name", "text"),
    ("dec", "number"),
    ("num", "number"),
    ("real", "number"),
    ("floa", "number"),
    ("doub", "number"),
    ("money", "number"),
    ("blob", "binary"),
    ("bytea", "binary"),
    ("binary", "binary"),
)


def logical_type(native: str) -> LogicalType:
    """Return the logical type of a database's type name (``numeric(12,2)`` → ``number``)."""
    lowered = native.lower()
    if "[" in lowered or lowered.startswith(("struct", "map", "json")):
        return "other"
    return next((logical for word, logical in _WORDS if word in lowered), "other")
