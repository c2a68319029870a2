"""A read table gets the same rows from many events at once as from one after the other."""

from typing import Any

import sqlalchemy as sa

from kpi_contracts.definition import DefinitionDeleted
from kpi_contracts.envelope import Envelope
from kpi_eventsourcing.read_table import ReadTable, Values
from kpi_testkit.builders import envelope

things = sa.Table(
    "things",
    sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("remark", sa.Text),
)

# Aggregates 1 to 3 at once, their events interleaved; 3 is known already.
TOLD: list[tuple[int, int, Values]] = [
    (1, 1, {"name": "one"}),
    (3, 2, {"remark": "changed"}),
    (2, 1, {"name": "two", "remark": "new"}),
    (1, 2, {"remark": "changed"}),
    (3, 3, {"name": "drei"}),
    (1, 3, {"remark": None}),
]


def told() -> list[tuple[Envelope, Values]]:
    return [(envelope(DefinitionDeleted(), key, version), row) for key, version, row in TOLD]


def rows_after(engine: sa.Engine, *batches: list[tuple[Envelope, Values]]) -> list[tuple[Any, ...]]:
    table = ReadTable(things)
    with engine.begin() as connection:
        things.drop(connection, checkfirst=True)
        things.create(connection)
        table.write(connection, [(envelope(DefinitionDeleted(), 3), {"name": "three"})])
        for batch in batches:
            table.write(connection, batch)
        rows = connection.execute(sa.select(things).order_by(things.c.id))
        return [tuple(row) for row in rows]


def test_folded_events_leave_what_single_ones_leave(engine: sa.Engine) -> None:
    one_by_one = rows_after(engine, *([event] for event in told()))
    assert rows_after(engine, told()) == one_by_one
    assert one_by_one == [
        (1, 3, "one", None),
        (2, 1, "two", "new"),
        (3, 3, "drei", "changed"),
    ]


def test_nothing_told_changes_nothing(engine: sa.Engine) -> None:
    assert rows_after(engine, []) == [(3, 1, "three", None)]
