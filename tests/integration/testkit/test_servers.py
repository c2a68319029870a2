from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import nats
import psycopg
import pytest
from nats.js.api import StreamConfig

from kpi_local import unprivileged
from kpi_testkit import Databases, EmbeddedPostgres, NatsServer, PostgresServer
from kpi_testkit.processes import Process


def test_a_fresh_database_is_empty_and_owned_by_an_ordinary_role(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT rolsuper, (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, 0)


def test_the_schema_belongs_to_the_tests_role(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE event (id int)")
        connection.execute("LISTEN appended")


def test_a_template_is_prepared_once_and_copied(databases: Databases) -> None:
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE copied (id int)")

    urls = [databases.create(databases.template("sample", prepare)) for _ in range(2)]

    assert len(prepared) == 1
    for url in urls:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM copied").fetchone() == (0,)


def test_postgres_keeps_what_was_committed_when_it_is_killed(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=True)
    try:
        server.start()
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        server.kill()
        server.start()
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        server.close()


def test_a_cluster_whose_making_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    unprivileged.own(tmp_path)
    code = "from pathlib import Path; from kpi_local.postgres import Postgres; "
    code += f"Postgres(Path({str(tmp_path)!r}) / 'postgres', 1).prepare()"
    making = Process([sys.executable, "-c", code], log=tmp_path / "making.log").start()
    making.wait_until(lambda: bool([*tmp_path.glob("postgres/*/PG_VERSION")]), 60)
    making.close()
    server = EmbeddedPostgres(tmp_path)
    try:
        server.start()
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT 42").fetchone() == (42,)
    finally:
        server.close()


def test_a_wrong_password_is_refused(postgres_server: PostgresServer) -> None:
    url = postgres_server.url().replace(postgres_server.password("postgres"), "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_streams_survive_the_death_of_the_server(nats_server: NatsServer) -> None:
    async def publish() -> None:
        client = await nats.connect(nats_server.url)
        await client.jetstream().add_stream(StreamConfig(name="KEPT", subjects=["kept"]))
        await client.jetstream().publish("kept", b"1")
        await client.close()

    async def count() -> int:
        client = await nats.connect(nats_server.url)
        info = await client.jetstream().stream_info("KEPT")
        await client.close()
        return info.state.messages

    asyncio.run(publish())
    nats_server.kill()
    nats_server.start()
    assert asyncio.run(count()) == 1


def test_every_test_starts_without_streams(nats_url: str) -> None:
    async def streams() -> int:
        client = await nats.connect(nats_url)
        info = await client.jetstream().account_info()
        await client.close()
        return info.streams

    assert asyncio.run(streams()) == 0
