"""The engine, migrations and readiness, on a real Postgres."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpi_service import database
from kpi_service.database import SchemaMismatch, make_engine, migrate, reader, verify_schema

FIRST = '''
"""Create a table, noisily."""
from alembic import op
import sqlalchemy as sa
revision = "v0001"
down_revision = None

def upgrade():
    op.create_table("books", sa.Column("id", sa.BigInteger, primary_key=True))
    op.execute("SELECT pg_sleep(0.3)")
'''
SECOND = '''
"""Fail or not."""
from alembic import op
revision = "v0002"
down_revision = "v0001"

def upgrade():
    op.execute("ALTER TABLE books ADD title text")
    op.execute({statement!r})
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """An importable package with one migration; its name is new for each test."""
    name = f"sample_{abs(hash(request.node.nodeid))}"
    (tmp_path / name / "migrations").mkdir(parents=True)
    (tmp_path / name / "__init__.py").touch()
    (tmp_path / name / "migrations" / "v0001_books.py").write_text(FIRST)
    monkeypatch.syspath_prepend(tmp_path)
    return name


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = make_engine(database_url, name="test", pool_size=2, statement_timeout=0.5)
    yield engine
    engine.dispose()


def test_processes_that_migrate_at_once_migrate_once(
    package: str, database_url: str, engine: sa.Engine
) -> None:
    with pytest.raises(SchemaMismatch, match="at revision none, not at v0001: run migrate"):
        verify_schema(engine, package)
    revisions: list[str] = []
    threads = [
        threading.Thread(target=lambda: revisions.append(migrate(database_url, package)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert revisions == ["v0001"] * 3
    verify_schema(engine, package)


def test_a_failing_migration_leaves_nothing_behind(
    package: str, database_url: str, engine: sa.Engine, tmp_path: Path
) -> None:
    migration = tmp_path / package / "migrations" / "v0002_title.py"
    migration.write_text(SECOND.format(statement="SELECT 1/0"))
    with pytest.raises(sa.exc.DataError):
        migrate(database_url, package)
    assert not sa.inspect(engine).has_table("books")
    migration.write_text(SECOND.format(statement="SELECT 1"))
    assert migrate(database_url, package) == "v0002"


def test_a_slow_statement_is_ended_by_the_server(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError, match="timeout"):
        connection.execute(sa.text("SELECT pg_sleep(5)"))


def test_an_exhausted_pool_fails_instead_of_hanging(engine: sa.Engine) -> None:
    with engine.connect(), engine.connect(), pytest.raises(sa.exc.TimeoutError):
        engine.connect()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="not on this system")
def test_a_server_gone_without_a_word_is_noticed_also_behind_a_request(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        with socket.socket(fileno=os.dup(raw.fileno())) as line:
            patience = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert 10_000 <= patience <= 30_000


def test_a_reader_opens_no_transaction(engine: sa.Engine) -> None:
    with reader(engine).connect() as connection:
        first = connection.scalar(sa.text("SELECT now()"))
        assert connection.scalar(sa.text("SELECT now()")) > first
    with engine.connect() as connection:
        first = connection.scalar(sa.text("SELECT now()"))
        assert connection.scalar(sa.text("SELECT now()")) == first


def test_sessions_speak_utc_and_say_who_they_are(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SHOW TimeZone")) == "UTC"
        assert connection.scalar(sa.text("SHOW application_name")) == "test"


def _end_session(server: sa.Engine, engine: sa.Engine) -> None:
    with engine.connect() as connection:
        pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    with server.connect() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def test_a_connection_that_broke_while_it_rested_is_never_handed_out(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "REST_SECONDS", 0.0)
    server = make_engine(database_url, name="server", pool_size=1)
    engine = make_engine(database_url, name="tested", pool_size=1)
    _end_session(server, engine)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    for each in (engine, server):
        each.dispose()


def test_a_connection_that_breaks_in_use_costs_one_error_and_no_more(database_url: str) -> None:
    server = make_engine(database_url, name="server", pool_size=1)
    engine = make_engine(database_url, name="tested", pool_size=1)
    _end_session(server, engine)
    with pytest.raises(sa.exc.OperationalError), engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    for each in (engine, server):
        each.dispose()
