"""Projections equal their rebuild from the log, and a replay tells where they do not."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest
import sqlalchemy as sa

from kpi_audit import log
from kpi_audit.bootstrap import PACKAGE
from kpi_audit.errors import ReplayRunning
from kpi_audit.history import kpi_history
from kpi_audit.ingest import project
from kpi_audit.log import Entry
from kpi_audit.replay import replay
from kpi_contracts.messages import encode
from kpi_eventsourcing.rebuild import Rebuild
from kpi_service.database import make_engine, migrate
from kpi_testkit import eventually_async
from tests.integration.audit.harness import audit_loop, ingest, kept, publish_all
from tests.integration.audit.story import CANCELLED, FAILED, REJECTED, TIMED_OUT, Story, busy
from tests.integration.audit.tampering import Tamper
from tests.integration.bus.harness import bus_to, running, within_time


def eventful() -> Story:
    story = Story()
    story.create(7)
    story.edit(7)
    story.run(1, 7)
    for number, end in enumerate((FAILED, TIMED_OUT, CANCELLED), start=2):
        story.run(number, 7, end)
    story.run(5, None)
    story.tell(6, "bus", REJECTED)
    story.look_after(7, 1)
    return story


def test_the_rebuilt_projections_equal_the_live_ones(engine: sa.Engine, nats_url: str) -> None:
    records = eventful().records
    ingest(nats_url, engine, records)
    outcome = replay(engine)
    assert outcome.equal
    assert outcome.entries == len(records)
    with engine.connect() as connection:
        assert not connection.dialect.has_schema(connection, "rebuild")


def test_a_database_from_before_gets_the_history_it_lacks(
    engine: sa.Engine, nats_url: str, audit_url: str
) -> None:
    ingest(nats_url, engine, eventful().records)
    new = ("PIN", "UNPIN", "VIEW", "EXPORT", "EXPIRE", "ASSIGN", "COMMENT")
    with engine.begin() as connection:
        gone = connection.execute(sa.delete(kpi_history).where(kpi_history.c.action.in_(new)))
        assert gone.rowcount == len(new)
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    assert not replay(engine).equal
    migrate(audit_url, PACKAGE)
    assert replay(engine).equal


def test_a_falsified_projection_is_named(engine: sa.Engine, nats_url: str, tamper: Tamper) -> None:
    ingest(nats_url, engine, eventful().records)
    tamper.falsify_history(1)
    outcome = replay(engine)
    assert not outcome.equal
    assert (outcome.table, outcome.rows) == ("kpi_history", 2)


def test_a_replay_beside_incoming_events_is_equal_and_loses_none(
    engine: sa.Engine, nats_url: str
) -> None:
    records = busy(kpis=60, runs=10)
    messages = [encode(record) for record in records]

    async def scenario() -> None:
        async with bus_to(nats_url) as bus, running(audit_loop(bus, engine).run):
            publishing = asyncio.create_task(publish_all(bus, messages))
            outcomes = [await asyncio.to_thread(replay, engine) for _ in range(3)]
            await publishing

            async def all_kept() -> bool:
                return len(kept(engine)) == len(records)

            await eventually_async(all_kept, 60)
            assert all(outcome.equal for outcome in outcomes)

    within_time(scenario())
    assert replay(engine).entries == len(records)


def test_one_replay_at_a_time(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": 0x7265706C})
        with pytest.raises(ReplayRunning):
            replay(engine)


def test_a_replay_may_take_longer_than_a_session_may_idle(
    audit_url: str, engine: sa.Engine, nats_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(connection: sa.Connection, entries: Sequence[Entry]) -> None:
        project(connection, entries)
        time.sleep(0.1)

    def compared_slowly(rebuild: Rebuild[Sequence[Entry]]) -> None:
        time.sleep(1.0)
        verify(rebuild)

    verify = Rebuild.verify
    ingest(nats_url, engine, eventful().records)
    monkeypatch.setattr("kpi_audit.replay.project", slowly)
    monkeypatch.setattr("kpi_audit.log.entries", partial(log.entries, page=2))
    monkeypatch.setattr(Rebuild, "verify", compared_slowly)
    with impatient(audit_url) as hasty:
        assert replay(hasty).equal
        assert replay(hasty).equal  # and it is no longer running


@contextmanager
def impatient(url: str) -> Iterator[sa.Engine]:
    """Make an engine whose sessions end when they idle within a transaction."""
    engine = make_engine(url, name="impatient")

    @sa.event.listens_for(engine, "connect")
    def hurry(connection: psycopg.Connection, _: object) -> None:
        connection.execute("SET idle_in_transaction_session_timeout = '500ms'")
        connection.commit()

    yield engine
    engine.dispose()
