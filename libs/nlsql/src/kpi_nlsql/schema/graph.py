"""The knowledge graph: tables, columns, keys and joins as plain, frozen data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

JoinKind = Literal["foreign_key", "candidate"]
TypeFamily = Literal["text", "number", "date", "boolean", "other"]
Contents = Literal["dates", "amounts"]

NEARLY_UNIQUE = 0.9
_TIED = 0.8
"""The variety of a column from which on it tells rows apart, whatever its few repetitions."""

_SAME_THINGS = 0.8
"""The score from which on the keys of two tables surely hold the same things."""

_MONTH = re.compile(r"\d{4}-(0\d|1[0-2])")
_NUMERIC = re.compile(r"[-+]?\d+(\.\d+)?")
_DATE = re.compile(r"\d{4}-(0\d|1[0-2])(-\d\d)?(?!\d)")
_FAMILIES: tuple[tuple[TypeFamily, tuple[str, ...]], ...] = (
    ("boolean", ("bool", "bit")),
    ("date", ("date", "time", "year")),
    ("number", ("int", "num", "dec", "real", "float", "double", "money", "serial")),
    ("text", ("char", "text", "string", "clob", "uuid", "enum")),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``values`` is its value dictionary: the distinct values of a sample, or empty.

    ``distinct`` is how many values it has; None where nobody has counted. ``holds`` tells what
    its texts are where the values themselves are not kept. ``numbers`` are the telling numbers
    (of four digits or more) of a column that may number rows: evidence for joins.
    """

    name: str
    type: str = "text"
    nullable: bool = True
    display_names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    unique: bool = False
    distinct: int | None = None
    holds: Contents | None = None
    numbers: tuple[int, ...] = ()

    @property
    def family(self) -> TypeFamily:
        """The broad type, read from the declared one: what may be compared with what."""
        declared = self.type.lower()
        for family, markers in _FAMILIES:
            if any(marker in declared for marker in markers):
                return family
        return "other"

    @property
    def dated(self) -> bool:
        """Whether its values are dates, also where dates are kept as text."""
        if self.family == "date" or self.holds == "dates":
            return True
        return bool(self.values) and all(map(_DATE.match, self.values[:20]))

    @property
    def monthly(self) -> bool:
        """Whether its values are months, as ``2025-07``: no dates that could be cut down to one."""
        return bool(self.values) and all(map(_MONTH.fullmatch, self.values[:20]))

    @property
    def measures(self) -> bool:
        """Whether its values are amounts, also where numbers are kept as text."""
        if self.family == "number" or self.holds == "amounts":
            return True
        return bool(self.values) and all(map(_NUMERIC.fullmatch, self.values[:20]))


@dataclass(frozen=True, slots=True)
class Table:
    """A table. ``row_count`` is None where nobody has counted.

    ``key_pairs`` are columns that together tell rows apart where no column alone does.
    """

    name: str
    schema: str | None = None
    columns: tuple[Column, ...] = ()
    primary_key: tuple[str, ...] = ()
    row_count: int | None = None
    display_names: tuple[str, ...] = ()
    key_pairs: tuple[tuple[str, ...], ...] = ()

    def column(self, name: str) -> Column:
        """Return the column of this name, in any case. Raises KeyError where there is none."""
        found = self.find(name)
        if found is None:
            raise KeyError(f"{self.name} has no column {name}")
        return found

    def find(self, name: str) -> Column | None:
        """Return the column of this name, in any case; None where there is none."""
        wanted = name.lower()
        for column in self.columns:
            if column.name.lower() == wanted:
                return column
        return None

    def has(self, name: str) -> bool:
        """Tell whether the table has a column of this name, in any case."""
        return self.find(name) is not None

    def variety(self, column: Column) -> float | None:
        """Return how many of the rows have a value of their own, 0..1; None where unknown."""
        if column.unique or self.primary_key == (column.name,):
            return 1.0
        known = column.distinct or len(column.values)
        return min(1.0, known / self.row_count) if known and self.row_count else None

    def identifies(self, columns: tuple[str, ...]) -> bool:
        """Tell whether these columns tell (nearly all) rows apart."""
        if set(self.primary_key) == set(columns) or set(columns) in map(set, self.key_pairs):
            return True
        if len(columns) > 1 or (len(self.primary_key) > 1 and columns[0] in self.primary_key):
            return False
        variety = self.variety(self.column(columns[0]))
        return variety is not None and variety >= NEARLY_UNIQUE

    def may_repeat(self, columns: Collection[str]) -> bool:
        """Tell whether rows, being counted, may share what these columns hold."""
        unique = any(self.column(name).unique for name in columns)
        return self.row_count is not None and set(self.primary_key) != set(columns) and not unique


@dataclass(frozen=True, slots=True)
class Join:
    """How two tables meet: equal columns, pairwise. ``score`` lies in 0..1."""

    left_table: str
    left_columns: tuple[str, ...]
    right_table: str
    right_columns: tuple[str, ...]
    kind: JoinKind = "foreign_key"
    score: float = 1.0
    evidence: str = ""

    def reversed(self) -> Join:
        """Return the same join seen from the other table."""
        return replace(
            self,
            left_table=self.right_table,
            left_columns=self.right_columns,
            right_table=self.left_table,
            right_columns=self.left_columns,
        )


@dataclass(frozen=True)
class Graph:
    """A version of the knowledge graph over one data source."""

    name: str
    version: int = 1
    dialect: str = "sqlite"
    tables: tuple[Table, ...] = ()
    joins: tuple[Join, ...] = ()
    _by_name: dict[str, Table] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {table.name.lower(): table for table in self.tables})

    def table(self, name: str) -> Table:
        """Return the table of this name, in any case. Raises KeyError where there is none."""
        return self._by_name[name.lower()]

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name, in any case."""
        return name.lower() in self._by_name

    def find_column(self, table: str, name: str) -> Column | None:
        """Return a column of a table, both in any case; None where one of them is not known."""
        return self.table(table).find(name) if self.has_table(table) else None

    @cached_property
    def references(self) -> frozenset[tuple[str, str]]:
        """The columns (table, column) that are foreign keys."""
        return frozenset(
            (join.left_table, column)
            for join in self.joins
            if join.kind == "foreign_key"
            for column in join.left_columns
        )

    @cached_property
    def landed(self) -> bool:
        """Whether tables of several systems lie side by side.

        No declared key ties many of them, or two tables keep the same things under different keys
        (``site_code`` of the inventory and ``site_id`` of the network management).
        """
        return self._is_loosely_tied() or any(self._kept_twice(join) for join in self.joins)

    def _is_loosely_tied(self) -> bool:
        tied = {
            table
            for join in self.joins
            if join.kind == "foreign_key"
            for table in (join.left_table, join.right_table)
        }
        return len(tied) <= _TIED * len(self.tables)

    def _kept_twice(self, join: Join) -> bool:
        if join.kind == "foreign_key" or join.score < _SAME_THINGS:
            return False
        names = [
            tuple(map(str.lower, columns)) for columns in (join.left_columns, join.right_columns)
        ]
        if not self.pairs_one_to_one(join) or names[0] == names[1]:
            return False
        return self.joins_between(join.left_table, join.right_table)[0].kind != "foreign_key"

    def joins_between(self, left: str, right: str) -> list[Join]:
        """Return the joins of two tables, seen from ``left``, best first."""
        return list(self._joins_by_pair.get((left, right), ()))

    @cached_property
    def _joins_by_pair(self) -> dict[tuple[str, str], list[Join]]:
        found: dict[tuple[str, str], list[Join]] = defaultdict(list)
        for join in self._joins_either_way():
            found[join.left_table, join.right_table].append(join)
        for joins in found.values():
            joins.sort(key=lambda j: (j.kind != "foreign_key", not self.tells(j), -j.score))
        return found

    def joins_from(self, table: str) -> list[Join]:
        """Return the joins of a table with any other, seen from it, as they stand in the graph."""
        return list(self._joins_by_table.get(table, ()))

    @cached_property
    def _joins_by_table(self) -> dict[str, list[Join]]:
        found: dict[str, list[Join]] = defaultdict(list)
        for join in self._joins_either_way():
            found[join.left_table].append(join)
        return found

    def _joins_either_way(self) -> Iterator[Join]:
        """Yield each join as seen from either of its tables; of a table with itself, once."""
        for join in self.joins:
            yield join
            if join.left_table != join.right_table:
                yield join.reversed()

    def tells(self, join: Join) -> bool:
        """Tell whether the columns of a join tell the rows of one side apart.

        Two bookings of a flight are not the same booking. Where nothing was counted, any may.
        """
        sides = self._sides(join)
        counted = all(table.row_count for table, _ in sides)
        return not counted or any(table.identifies(columns) for table, columns in sides)

    def pairs_one_to_one(self, join: Join) -> bool:
        """Tell whether the columns of a join tell the rows of either side apart."""
        return all(table.identifies(columns) for table, columns in self._sides(join))

    def _sides(self, join: Join) -> list[tuple[Table, tuple[str, ...]]]:
        left, right = self.table(join.left_table), self.table(join.right_table)
        return [(left, join.left_columns), (right, join.right_columns)]

    def to_json(self) -> dict[str, Any]:
        """Return plain dicts and lists, ready for any JSON writer."""
        return {
            "name": self.name,
            "version": self.version,
            "dialect": self.dialect,
            "tables": [asdict(table) for table in self.tables],
            "joins": [asdict(join) for join in self.joins],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Graph:
        """Read what ``to_json`` wrote, also after a trip through JSON text."""
        return cls(
            name=data["name"],
            version=data.get("version", 1),
            dialect=data.get("dialect", "sqlite"),
            tables=tuple(_table(table) for table in data.get("tables", ())),
            joins=tuple(_join(join) for join in data.get("joins", ())),
        )


def _strings(values: Iterable[Any] | None) -> tuple[str, ...]:
    return tuple(str(value) for value in values or ())


def _column(data: Mapping[str, Any]) -> Column:
    return Column(
        name=data["name"],
        type=data.get("type", "text"),
        nullable=data.get("nullable", True),
        display_names=_strings(data.get("display_names")),
        values=_strings(data.get("values")),
        unique=data.get("unique", False),
        distinct=data.get("distinct"),
        holds=data.get("holds"),
    )


def _table(data: Mapping[str, Any]) -> Table:
    return Table(
        name=data["name"],
        schema=data.get("schema"),
        columns=tuple(_column(column) for column in data.get("columns", ())),
        primary_key=_strings(data.get("primary_key")),
        row_count=data.get("row_count"),
        display_names=_strings(data.get("display_names")),
        key_pairs=tuple(_strings(pair) for pair in data.get("key_pairs", ())),
    )


def _join(data: Mapping[str, Any]) -> Join:
    return Join(
        left_table=data["left_table"],
        left_columns=_strings(data["left_columns"]),
        right_table=data["right_table"],
        right_columns=_strings(data["right_columns"]),
        kind=data.get("kind", "foreign_key"),
        score=data.get("score", 1.0),
        evidence=data.get("evidence", ""),
    )
