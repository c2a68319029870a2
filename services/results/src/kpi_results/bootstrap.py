"""The only wiring of the service: settings in, running parts out."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from kpi_results import index
from kpi_results.allocation import give_back_early
from kpi_results.settings import ResultsSettings
from kpi_service.database import make_engine, reader, verify_schema
from kpi_service.settings import ServiceSettings

if TYPE_CHECKING:
    from flask import Flask

    from kpi_bus.connection import Bus
    from kpi_results.archive import Archive
    from kpi_results.reader import RowReader
    from kpi_service.loops import Loop
    from kpi_service.worker import Worker

PACKAGE = "kpi_results"
PACE = 0.02  # seconds between two batches of events
COMPARE_EVERY = 1.0  # seconds between looks for results to compare
API_THREADS = 16
"""More than the other services have: downloads hold a thread for as long as the client takes."""


def make_api(settings: ServiceSettings, own: ResultsSettings | None = None) -> Flask:
    """Return the REST application; `own` settings are read from the environment by default."""
    from kpi_results.api.breaks import break_blueprint
    from kpi_results.api.comparisons import comparison_blueprint
    from kpi_results.api.drilldown import drilldown_blueprint
    from kpi_results.api.executions import execution_blueprint
    from kpi_results.api.exports import export_blueprint
    from kpi_results.api.problems import PROBLEMS
    from kpi_results.api.retention import retention_blueprint
    from kpi_results.handlers import make_dispatcher
    from kpi_service.app import create_app

    give_back_early()
    own = own or ResultsSettings.from_environment(settings)
    connections = settings.api_threads + 1  # and one for the recorder
    engine = make_engine(settings.database_url, name="results api", pool_size=connections)
    archive = make_archive(engine, settings, own)
    dispatch = make_dispatcher(engine)
    return create_app(
        settings,
        title="KPI Ledger: results",
        blueprints=[
            execution_blueprint(archive),
            drilldown_blueprint(archive),
            export_blueprint(archive),
            comparison_blueprint(archive),
            break_blueprint(archive, dispatch),
            retention_blueprint(archive, dispatch),
        ],
        engine=engine,
        readiness={
            "database": lambda: verify_schema(engine, PACKAGE),
            "object store": lambda: check_store(own.store_url),
        },
        errors=PROBLEMS,
    )


def make_archive(engine: sa.Engine, settings: ServiceSettings, own: ResultsSettings) -> Archive:
    """Return what the API reads from; the row engine is loaded when it is first asked for."""
    from kpi_bus.freshness import ReadYourWrites, StreamHead
    from kpi_results.archive import Archive
    from kpi_results.handlers import make_dispatcher
    from kpi_results.recorder import Recorder

    reading = reader(engine)
    head = StreamHead(settings.nats_url, name="results api")
    recorder = Recorder(make_dispatcher(engine), viewed=own.viewed)
    atexit.register(recorder.close)  # nobody joins its thread: see `kpi_service.processes`
    return Archive(
        engine=reading,
        fresh=ReadYourWrites(reading, head, consumer=index.CONSUMER, subjects=index.SUBJECTS),
        rows=lazily(own),
        recorder=recorder,
        settings=own,
    )


def lazily(own: ResultsSettings) -> Callable[[], RowReader]:
    """Return a function that makes the row reader at its first call."""
    lock = Lock()

    @cache
    def made() -> RowReader:
        from kpi_results.reader import RowReader

        return RowReader(own)

    def rows() -> RowReader:
        with lock:
            return made()

    return rows


def check_store(url: str) -> None:
    """Raise FileNotFoundError while the folder of a `file://` store is missing."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not Path(unquote(parts.path)).is_dir():
        raise FileNotFoundError(f"the object store {url} is not there")


async def run_worker(worker: Worker) -> None:
    """Take in events, publish what follows from them, compare and keep, until stopped."""
    from kpi_service.loops import run_loops

    give_back_early()
    own = ResultsSettings.from_environment(worker.settings)
    engine = make_engine(worker.settings.database_url, name="results worker", pool_size=8)
    worker.readiness.add("database", lambda: verify_schema(engine, PACKAGE))
    worker.readiness.add("object store", lambda: check_store(own.store_url))
    await run_loops(worker, "results", lambda bus: make_loops(bus, engine, own))


def make_loops(bus: Bus, engine: sa.Engine, own: ResultsSettings) -> Sequence[Loop]:
    """Return everything the worker runs."""
    from kpi_bus.projection import ProjectionLoop
    from kpi_bus.relay import Relay
    from kpi_results.differences import Differences
    from kpi_results.entering import LedgerClerk
    from kpi_results.handlers import make_dispatcher
    from kpi_results.keeping import Retention
    from kpi_results.periodic import Periodic
    from kpi_results.rows.store import PartStore
    from kpi_results.scrubbing import EVERY as SCRUB_EVERY
    from kpi_results.scrubbing import Scrubber
    from kpi_results.sweeping import Sweeper
    from kpi_results.taking_in import take_in

    every = own.keeping.every.total_seconds()
    dispatch = make_dispatcher(engine)
    rows = lazily(own)
    differences = Differences(engine, dispatch, rows)
    clerk = LedgerClerk(engine, dispatch, rows, most=own.breaks)
    retention = Retention(engine, dispatch, own.keeping)
    scrubber = Scrubber(engine, dispatch, own.store_url, own.scrubbing)
    store = PartStore(own.store_url, own.cache, cache_bytes=own.parts_bytes)
    return [
        ProjectionLoop(
            bus,
            engine,
            consumer=index.CONSUMER,
            subjects=index.SUBJECTS,
            project_many=take_in,
            pace=PACE,
        ),
        Relay(engine, bus, "results"),
        Periodic("differences", differences.next, every=COMPARE_EVERY),
        Periodic("ledger", clerk.next, every=COMPARE_EVERY),
        Periodic("retention", retention.expire, every=every),
        Periodic("sweeper", Sweeper(engine, store, own.keeping).sweep, every=every),
        Periodic("scrubber", scrubber.step, every=SCRUB_EVERY),
    ]
