"""The only wiring of the service: settings in, running parts out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.unit_of_work import each
from kpi_executor import executions, inventory, queue, replica
from kpi_executor.handlers import handlers
from kpi_executor.preparation import Model, Preparation
from kpi_executor.secrets import Secrets
from kpi_executor.settings import MEBIBYTE, ExecutorSettings
from kpi_executor.sources import DatabaseAddress, SourcePolicy
from kpi_service.database import make_engine, reader, verify_schema
from kpi_service.settings import ServiceSettings

if TYPE_CHECKING:
    from flask import Flask

    from kpi_bus.connection import Bus
    from kpi_executor.query import QueryPool
    from kpi_service.loops import Loop
    from kpi_service.worker import Worker

PACKAGE = "kpi_executor"
PROJECTIONS = (executions.project, queue.project, each(inventory.project))
RECOVER_SECONDS = 2.0
SWEEP_SECONDS = 300.0


def make_dispatcher(engine: sa.Engine, secrets: Secrets) -> Dispatcher:
    """Return what handles this service's commands."""
    return Dispatcher(engine, PROJECTIONS, handlers(secrets))


def source_policy(settings: ServiceSettings, own: ExecutorSettings) -> SourcePolicy:
    """Return what sources may reach; our own database is never one."""
    url = sa.make_url(settings.database_url)
    ours = DatabaseAddress(url.host or "localhost", url.port or 5432, url.database or "")
    siblings = tuple(
        DatabaseAddress(ours.host, ours.port, name)
        for name in (ours.database, "definitions", "executor", "results", "audit")
    )
    return SourcePolicy(allow_private_hosts=own.allow_private_sources, own_databases=siblings)


def make_preparation(
    engine: sa.Engine, secrets: Secrets, settings: ServiceSettings, own: ExecutorSettings
) -> Preparation:
    """Return what plans queries, with the language model that the settings name."""
    policy = source_policy(settings, own)
    model = Model(own.llm, policy, own.cache) if own.llm else None
    return Preparation(reader(engine), secrets, model)


def make_api(settings: ServiceSettings) -> Flask:
    """Return the REST application."""
    from kpi_bus.freshness import ReadYourWrites, StreamHead
    from kpi_executor.api.blueprints import blueprints
    from kpi_executor.api.problems import PROBLEMS
    from kpi_executor.api.running import Runs
    from kpi_executor.waiting import Waiters
    from kpi_service.app import create_app

    own = ExecutorSettings.from_environment()
    engine = make_engine(
        settings.database_url, name="executor api", pool_size=settings.database_pool
    )
    secrets = Secrets.from_file(own.secrets_key)
    dispatch = make_dispatcher(engine, secrets)
    fresh = ReadYourWrites(
        engine,
        StreamHead(settings.nats_url, name="executor api"),
        consumer=replica.CONSUMER,
        subjects=replica.SUBJECTS,
    )
    runs = Runs(reader(engine), dispatch, Waiters(engine, settings.database_url), fresh)
    return create_app(
        settings,
        title="KPI Ledger: executor",
        blueprints=blueprints(
            engine,
            dispatch,
            make_preparation(engine, secrets, settings, own),
            runs,
            source_policy(settings, own),
            own.cache,
        ),
        engine=engine,
        readiness={"database": lambda: verify_schema(engine, PACKAGE)},
        errors=PROBLEMS,
    )


async def run_worker(worker: Worker) -> None:
    """Run queries, heed the bus and publish what was committed, until the worker stops."""
    from kpi_executor.query import ProcessSettings, QueryPool
    from kpi_service.loops import run_loops

    settings, own = worker.settings, ExecutorSettings.from_environment()
    engine = make_engine(settings.database_url, name="executor worker", pool_size=12)
    secrets = Secrets.from_file(own.secrets_key)
    processes = ProcessSettings(
        cache=own.cache,
        policy=source_policy(settings, own),
        memory_bytes=own.query_memory_mb * MEBIBYTE,
    )
    worker.readiness.add("database", lambda: verify_schema(engine, PACKAGE))
    with ExitStack() as stack:
        pool = stack.enter_context(QueryPool(own.query_workers, processes))
        await run_loops(
            worker,
            "executor",
            lambda bus: _loops(worker, own, engine, secrets, pool, bus),
        )


def _loops(
    worker: Worker,
    own: ExecutorSettings,
    engine: sa.Engine,
    secrets: Secrets,
    pool: QueryPool,
    bus: Bus,
) -> Sequence[Loop]:
    from kpi_bus.commands import CommandLoop
    from kpi_bus.projection import ProjectionLoop
    from kpi_bus.relay import Relay
    from kpi_contracts import subjects
    from kpi_contracts.streams import KPI_COMMANDS
    from kpi_executor.worker import upkeep
    from kpi_executor.worker.attempts import Attempts
    from kpi_executor.worker.bus_commands import cancel_handler, execute_handler, execute_together
    from kpi_executor.worker.periodic import Periodic

    dispatch = make_dispatcher(engine, secrets)
    return [
        Relay(engine, bus, "executor"),
        ProjectionLoop(
            bus,
            engine,
            consumer=replica.CONSUMER,
            subjects=replica.SUBJECTS,
            project=replica.project,
        ),
        CommandLoop(
            bus,
            KPI_COMMANDS.name,
            "executor-execute",
            subjects.EXECUTE,
            execute_handler(reader(engine), dispatch),
            together=execute_together(dispatch),
            concurrency=4,
        ),
        CommandLoop(
            bus, KPI_COMMANDS.name, "executor-cancel", subjects.CANCEL, cancel_handler(dispatch)
        ),
        Attempts(
            engine,
            dispatch,
            make_preparation(engine, secrets, worker.settings, own),
            pool,
            database_url=worker.settings.database_url,
            store_url=own.store_url,
            slots=2 * own.query_workers + 2,
        ),
        Periodic("recover", RECOVER_SECONDS, lambda: upkeep.recover(dispatch)),
        Periodic("sweep", SWEEP_SECONDS, lambda: upkeep.sweep(engine)),
    ]
