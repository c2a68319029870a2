"""Errors of drill-down.

RowsError
├── PartDamaged          a part is missing, cut or changed: its rows must not be shown
├── RowSetGone           a kept set of rows was given up to make room; compute it again
├── BusyReading          too many heavy readings at once; ask again shortly
└── InvalidQuery         the caller asked for something that cannot be
    ├── InvalidPage     page or page size out of range
    ├── InvalidSort     a sort key that names no column
    ├── InvalidSearch   a search text that cannot be searched for
    └── InvalidFilter   a filter that does not fit its column
"""

from __future__ import annotations

from kpi_rows.parts import execution_of


class RowsError(Exception):
    """Something about reading stored rows failed."""


class PartDamaged(RowsError):
    """A part does not match its manifest, so no row of it is shown."""

    def __init__(self, key: str, reason: str) -> None:
        self.key = key
        self.reason = reason
        super().__init__(f"part {key} is damaged: {reason}; run the KPI again to restore its rows")

    @property
    def execution_id(self) -> int:
        """The execution whose part it is. Raises ValueError for what is nobody's."""
        found = execution_of(self.key)
        if found is None:
            raise ValueError(f"{self.key} belongs to no execution")
        return found

    def __reduce__(self) -> tuple[type[PartDamaged], tuple[str, str]]:
        return PartDamaged, (self.key, self.reason)


class RowSetGone(RowsError):
    """A kept set of rows was given up to make room."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the set of rows {name[:12]} is no longer kept; compare again")

    def __reduce__(self) -> tuple[type[RowSetGone], tuple[str]]:
        return RowSetGone, (self.name,)


class BusyReading(RowsError):
    """Every slot for heavy readings stayed taken for `waited` seconds."""

    def __init__(self, waited: float) -> None:
        self.waited = waited
        super().__init__(f"no slot for a heavy reading within {waited:g} s; try again")

    def __reduce__(self) -> tuple[type[BusyReading], tuple[float]]:
        return BusyReading, (self.waited,)


class InvalidQuery(RowsError):
    """What the caller asked for cannot be; `field` names the parameter or the column."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


class InvalidPage(InvalidQuery):
    """A page or page size outside its range."""


class InvalidSort(InvalidQuery):
    """A sort key that names no column, or names one twice."""


class InvalidSearch(InvalidQuery):
    """A search text that is empty, too long or not text."""


class InvalidFilter(InvalidQuery):
    """A filter that does not fit its column; `column` is the column's key."""

    @property
    def column(self) -> str:
        """The column, or the combinator, that the reason is about."""
        return self.field
