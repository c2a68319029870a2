"""What the bus is tried on: writers of events, and a projection that would show a repetition."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import sqlalchemy as sa

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import DefinitionDeleted, DefinitionUpdated, FieldChange
from kpi_contracts.envelope import Actor, Envelope
from kpi_eventsourcing.aggregate import Aggregate
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.schema import events
from kpi_eventsourcing.unit_of_work import UnitOfWork

SOMEBODY = Actor("ann", "user")

tables = sa.MetaData()
seen = sa.Table(
    "seen",
    tables,
    sa.Column("number", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("aggregate_id", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)


class Plain(Aggregate):
    """An aggregate without rules."""

    name: ClassVar[str] = "definition"

    def apply(self, event: DomainEvent) -> None:
        """Keep nothing."""


def engine_for(url: str) -> sa.Engine:
    return sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"), pool_size=10)


def append(
    engine: sa.Engine, aggregate_id: str, *data: DomainEvent, hold: float = 0.0
) -> list[Envelope]:
    """Commit events of one aggregate; `hold` keeps the transaction open for some seconds."""
    with UnitOfWork(engine) as uow:
        aggregate = uow.load(Plain, aggregate_id)
        written = uow.append(aggregate, data or [DefinitionDeleted()], Context.by(SOMEBODY))
        if hold:
            uow.connection.execute(sa.text("SELECT pg_sleep(:hold)"), {"hold": hold})
        uow.commit()
    return written


def updated(text: str) -> DefinitionUpdated:
    return DefinitionUpdated(changes=(FieldChange("description", "", text),))


def write_many(engine: sa.Engine, writer: int, count: int, aggregates: int = 5) -> None:
    """Append events one by one; some transactions stay open a little longer than others."""
    for number in range(count):
        hold = 0.02 if number % (3 + writer) == 0 else 0.0
        append(engine, f"{writer}-{number % aggregates}", hold=hold)


def note(connection: sa.Connection, envelope: Envelope) -> None:
    """Project an event into `seen`, where a second effect would be a second row."""
    connection.execute(
        sa.insert(seen).values(
            event_id=envelope.id,
            aggregate_id=envelope.aggregate_id,
            version=envelope.version,
        )
    )


def projected(engine: sa.Engine) -> list[tuple[str, int]]:
    with engine.connect() as connection:
        rows = connection.execute(sa.select(seen).order_by(seen.c.number))
        return [(row.aggregate_id, row.version) for row in rows]


def committed(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return [str(key) for key in connection.scalars(sa.select(events.c.id))]


def assert_once_and_in_order(engine: sa.Engine, expected: int) -> None:
    """Check that each event took effect once, and each aggregate's in the order of versions."""
    pairs = projected(engine)
    assert len(pairs) == expected
    assert [pair for pair, times in Counter(pairs).items() if times > 1] == []
    versions: dict[str, list[int]] = {}
    for aggregate_id, version in pairs:
        versions.setdefault(aggregate_id, []).append(version)
    assert all(numbers == sorted(numbers) for numbers in versions.values())


def aggregates_of(pairs: Sequence[tuple[str, int]]) -> set[str]:
    return {aggregate_id for aggregate_id, _ in pairs}
