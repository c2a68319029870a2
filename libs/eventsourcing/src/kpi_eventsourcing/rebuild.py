"""A projection made anew from its events in shadow tables, to compare or to swap in.

The projection itself is not told: a schema translation on the connection sends its statements to
the shadow schema. It must therefore be written with the `Table` objects, not with literal SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import sqlalchemy as sa

from kpi_eventsourcing.errors import RebuildMismatch

SHADOW = "rebuild"

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Rebuild(Generic[E]):
    """The tables of a projection and the function that fills them from one event after another."""

    engine: sa.Engine
    tables: Sequence[sa.Table]
    project: Callable[[sa.Connection, E], None]

    def run(self, events: Iterable[E]) -> int:
        """Fill fresh shadow tables from `events`, first to last; return how many there were."""
        count = 0
        with self.engine.begin() as connection:
            connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE"))
            connection.execute(sa.text(f"CREATE SCHEMA {SHADOW}"))
            for table in self.tables:
                self._shadow(table).create(connection)
        with self.engine.connect() as plain:
            connection = plain.execution_options(schema_translate_map={None: SHADOW})
            with connection.begin():
                for event in events:
                    self.project(connection, event)
                    count += 1
        return count

    def verify(self) -> None:
        """Compare live and shadow tables; raises RebuildMismatch for the first that differs."""
        with self.engine.connect() as connection:
            for table in self.tables:
                rows = connection.execute(sa.text(_difference(table))).scalar_one()
                if rows:
                    raise RebuildMismatch(table.name, rows)

    def swap(self) -> None:
        """Put the shadow tables in the place of the live ones, in one transaction."""
        with self.engine.begin() as connection:
            for table in self.tables:
                connection.execute(sa.text(f"DROP TABLE {table.name} CASCADE"))
                connection.execute(sa.text(f"ALTER TABLE {SHADOW}.{table.name} SET SCHEMA public"))
        self.discard()

    def discard(self) -> None:
        """Remove the shadow tables."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE"))

    @staticmethod
    def _shadow(table: sa.Table) -> sa.Table:
        return table.to_metadata(sa.MetaData(), schema=SHADOW)


def _difference(table: sa.Table) -> str:
    # As text, because json and other types without equality cannot be compared by EXCEPT.
    columns = ", ".join(f"{column.name}::text" for column in table.columns)
    live = f"SELECT {columns} FROM {table.name}"  # noqa: S608 - names from our own tables
    shadow = f"SELECT {columns} FROM {SHADOW}.{table.name}"  # noqa: S608
    return (
        f"SELECT count(*) FROM ((({live}) EXCEPT ALL ({shadow}))"  # noqa: S608
        f" UNION ALL (({shadow}) EXCEPT ALL ({live}))) AS different"
    )
