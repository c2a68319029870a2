"""Read tables with one row per aggregate, brought up to many events at once.

What several events say about a row is folded before anything is written: a row that begins and
changes within a batch is inserted once, as it ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from kpi_contracts.envelope import Envelope

Values = Mapping[str, Any]

_ROW = "row_id"


class ReadTable:
    """Writes a table whose columns `id` and `version` are those of an aggregate."""

    def __init__(self, table: sa.Table) -> None:
        # Built once: building a statement takes as long as executing it.
        self._insert = sa.insert(table)
        self._update = sa.update(table).where(table.c.id == sa.bindparam(_ROW))

    def write(self, connection: sa.Connection, told: Iterable[tuple[Envelope, Values]]) -> None:
        """Bring the rows up to some events, each given with the columns that it sets.

        The first event of an aggregate makes its row, so it sets all that must not be empty.
        """
        new: dict[int, dict[str, Any]] = {}
        changed: dict[int, dict[str, Any]] = {}
        for envelope, values in told:
            number = int(envelope.aggregate_id)
            rows = new if envelope.version == 1 or number in new else changed
            rows.setdefault(number, {}).update(values, version=envelope.version)
        for alike in _alike(new, "id"):
            execute_all(connection, self._insert, alike)
        for alike in _alike(changed, _ROW):
            execute_all(connection, self._update, alike)


def execute_all(
    connection: sa.Connection, statement: sa.Executable, rows: Sequence[Values]
) -> None:
    """Execute a statement for every row, if there is one."""
    if rows:
        # A list of one would be prepared as a batch, which costs more.
        connection.execute(statement, rows if len(rows) > 1 else rows[0])


def _alike(rows: Mapping[int, Values], key: str) -> Iterable[Sequence[Values]]:
    """Return the rows, their numbers as `key`, together with those that set the same columns."""
    groups: defaultdict[frozenset[str], list[Values]] = defaultdict(list)
    for number, values in rows.items():
        groups[frozenset(values)].append({key: number, **values})
    return groups.values()
