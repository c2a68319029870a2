"""The only wiring of the service: settings in, running parts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi_audit.ingest import CONSUMER, take_in
from kpi_audit.log import first_at
from kpi_audit.settings import AuditSettings
from kpi_audit.signing import SigningKey, TrustedKeys
from kpi_contracts import definition
from kpi_contracts.subjects import EVENTS, events_of
from kpi_service.database import make_engine, verify_schema
from kpi_service.settings import ServiceSettings

if TYPE_CHECKING:
    from flask import Flask

    from kpi_service.worker import Worker

PACKAGE = "kpi_audit"
RELAY = "audit-relay"  # not the consumer's name: both park what they cannot handle
BATCH = 500
PACE = 0.05  # seconds between two batches of events
LONGEST_STATEMENT = 600.0  # seconds; replays compare whole tables


def make_api(settings: ServiceSettings) -> Flask:
    """Return the REST application."""
    from kpi_audit.api.kpis import kpi_blueprint
    from kpi_audit.api.log import log_blueprint
    from kpi_audit.api.problems import PROBLEMS
    from kpi_audit.api.tracking import tracking_blueprint
    from kpi_bus.freshness import ReadYourWrites, StreamHead
    from kpi_service.app import create_app

    url = settings.database_url
    engine = make_engine(url, name="audit api", pool_size=settings.database_pool)
    long_running = make_engine(
        url, name="audit api, long", pool_size=6, statement_timeout=LONGEST_STATEMENT
    )
    keys = TrustedKeys(AuditSettings.from_environment(settings).keys)
    head = StreamHead(settings.nats_url, name="audit api")
    fresh = ReadYourWrites(
        engine,
        head,
        consumer=CONSUMER,
        subjects=[events_of(definition.AGGREGATE)],
    )
    app = create_app(
        settings,
        title="KPI Ledger: audit",
        blueprints=[
            kpi_blueprint(engine, fresh),
            tracking_blueprint(engine),
            log_blueprint(engine, long_running, keys),
        ],
        engine=engine,
        readiness={"database": lambda: verify_schema(engine, PACKAGE)},
        errors=PROBLEMS,
    )
    app.extensions["kpi_close"] = (head.close, engine.dispose, long_running.dispose)
    return app


async def run_worker(worker: Worker) -> None:
    """Take in events, sign the chain and publish its checkpoints, until the worker stops."""
    from kpi_audit.sealing import SealTimer
    from kpi_bus.projection import ProjectionLoop
    from kpi_bus.relay import Relay
    from kpi_service.loops import run_loops

    settings = AuditSettings.from_environment(worker.settings)
    engine = make_engine(worker.settings.database_url, name="audit worker", pool_size=6)
    worker.readiness.add("database", lambda: verify_schema(engine, PACKAGE))
    key = SigningKey.load_or_create(settings.keys)
    await run_loops(
        worker,
        "audit",
        lambda bus: [
            ProjectionLoop(
                bus,
                engine,
                consumer=CONSUMER,
                subjects=[EVENTS],
                project_many=take_in,
                first_at=first_at,
                batch=BATCH,
                pace=PACE,
            ),
            Relay(engine, bus, RELAY),
            SealTimer(
                engine,
                key,
                every=settings.checkpoint_entries,
                seconds=settings.checkpoint_seconds,
            ),
        ],
    )
