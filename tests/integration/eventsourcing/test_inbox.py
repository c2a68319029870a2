"""The inbox hands out every event once and in order, whatever the deliveries look like."""

from datetime import UTC, datetime
from itertools import islice

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_contracts.definition import DefinitionDeleted
from kpi_contracts.envelope import Actor, Envelope, to_record
from kpi_contracts.ids import uuid7
from kpi_eventsourcing.inbox import Delivered, Inbox, Intake, Repeat
from kpi_eventsourcing.schema import checkpoints, held, stream_versions

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def record(aggregate_id: str, version: int) -> Envelope:
    return Envelope(
        id=uuid7(),
        aggregate="definition",
        aggregate_id=aggregate_id,
        version=version,
        time=CREATED,
        actor=Actor("ann", "user"),
        correlation_id=uuid7(),
        data=DefinitionDeleted(),
    )


def deliveries(pairs: list[tuple[str, int]]) -> list[Delivered]:
    return [
        Delivered(seq, to_record(record(aggregate_id, version)))
        for seq, (aggregate_id, version) in enumerate(pairs, start=1)
    ]


def admit(engine: sa.Engine, messages: list[Delivered]) -> list[tuple[str, int]]:
    with engine.begin() as connection:
        admitted = Inbox("test").admit(connection, CREATED, messages)
    return [(message.record.aggregate_id, message.record.version) for message in admitted]


def clear(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        for table in (checkpoints, stream_versions, held):
            connection.execute(sa.delete(table))


def test_a_redelivered_batch_has_no_second_effect(engine: sa.Engine) -> None:
    messages = deliveries([("7", 1), ("8", 1), ("7", 2)])
    assert admit(engine, messages) == [("7", 1), ("8", 1), ("7", 2)]
    assert admit(engine, messages) == []


def test_what_comes_for_a_version_that_is_taken_or_held_is_told(engine: sa.Engine) -> None:
    first, third, other_first, other_third = deliveries([("7", 1), ("7", 3), ("7", 1), ("7", 3)])
    with engine.begin() as connection:
        intake = Inbox("test").take_in(connection, CREATED, [first, third, other_first])
        assert intake.admitted == [first]
        assert intake.repeats == [Repeat(other_first)]
        later = Inbox("test").take_in(connection, CREATED, [other_third])
        assert later == Intake([], [Repeat(other_third, third.record.id)])
    second = Delivered(5, to_record(record("7", 2)))
    with engine.begin() as connection:
        assert Inbox("test").admit(connection, CREATED, [second]) == [second, third]


def test_a_refilled_stream_is_read_from_its_start_without_repeating(engine: sa.Engine) -> None:
    admit(engine, deliveries([("7", 1), ("7", 2)]))
    refilled = deliveries([("7", 1), ("7", 2), ("7", 3)])
    with engine.begin() as connection:
        later = datetime(2026, 2, 1, tzinfo=UTC)
        assert Inbox("test").position(connection, later) == 0
        admitted = Inbox("test").admit(connection, later, refilled)
    assert [message.record.version for message in admitted] == [3]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    copies=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4)), max_size=25),
    order=st.randoms(use_true_random=False),
    cut=st.integers(1, 9),
)
def test_shuffled_and_repeated_deliveries_come_out_once_and_in_order(
    engine: sa.Engine, copies: list[tuple[str, int]], order: object, cut: int
) -> None:
    clear(engine)
    pairs = [(key, version) for key in "abc" for version in range(1, 5)] + copies
    order.shuffle(pairs)  # type: ignore[attr-defined]
    messages, out = iter(deliveries(pairs)), []
    while batch := list(islice(messages, cut)):
        out += admit(engine, batch)
    for key in "abc":
        assert [version for name, version in out if name == key] == [1, 2, 3, 4]
    with engine.connect() as connection:
        assert connection.execute(sa.select(held)).all() == []
