"""The columns of a result: what they are called, by whom, and what kind of value they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

import pyarrow as pa

from kpi_contracts.execution import ColumnType
from kpi_rows.names import unique_names
from kpi_rows.parts import physical_name


class Kind(Enum):
    """Families of Arrow types that are filtered, sorted and searched alike."""

    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMP_TZ = "timestamp with time zone"
    TIME = "time"
    DURATION = "duration"
    BINARY = "binary"
    OTHER = "other"


_PREFIXES: tuple[tuple[str, Kind], ...] = (
    ("int", Kind.INTEGER),
    ("uint", Kind.INTEGER),
    ("float", Kind.FLOAT),
    ("halffloat", Kind.FLOAT),
    ("double", Kind.FLOAT),
    ("decimal", Kind.DECIMAL),
    ("string", Kind.TEXT),
    ("large_string", Kind.TEXT),
    ("dictionary<values=string", Kind.TEXT),
    ("dictionary<values=large_string", Kind.TEXT),
    ("bool", Kind.BOOLEAN),
    ("date", Kind.DATE),
    ("timestamp", Kind.TIMESTAMP),
    ("time", Kind.TIME),
    ("duration", Kind.DURATION),
    ("binary", Kind.BINARY),
    ("large_binary", Kind.BINARY),
    ("fixed_size_binary", Kind.BINARY),
)


def kind_of(arrow_type: str) -> Kind:
    """Return the family of an Arrow type, given as Arrow writes it (`decimal128(18, 2)`)."""
    if arrow_type.startswith("timestamp") and "tz=" in arrow_type:
        return Kind.TIMESTAMP_TZ
    return next((kind for prefix, kind in _PREFIXES if arrow_type.startswith(prefix)), Kind.OTHER)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `name` is the query's and may repeat; `key` is unique within the result."""

    index: int
    name: str
    key: str
    type: str
    kind: Kind

    @property
    def physical(self) -> str:
        """The column's name inside the Parquet files."""
        return physical_name(self.index)


class Columns(Sequence[Column]):
    """All columns of a result, in order, also reachable by key."""

    def __init__(self, types: Sequence[ColumnType]) -> None:
        keys = unique_names([column.name for column in types])
        self._columns = tuple(
            Column(index, column.name, key, column.type, kind_of(column.type))
            for index, (column, key) in enumerate(zip(types, keys, strict=True))
        )
        self._by_key = {column.key: column for column in self._columns}

    def named(self, key: str) -> Column | None:
        """Return the column with this key, or None."""
        return self._by_key.get(key)

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # both overloads of Sequence
        return self._columns[index]

    def __iter__(self) -> Iterator[Column]:
        return iter(self._columns)


def arrow_type(column: Column) -> pa.DataType:
    """Return the column's type rebuilt from its written form; text for forms Arrow cannot parse.

    Good enough for results without rows; with rows the exact types stand in the parts.
    """
    alias = cast("Callable[[str], pa.DataType]", pa.type_for_alias)
    try:
        return alias(column.type)
    except ValueError:
        return pa.string()
