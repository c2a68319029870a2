"""The only wiring of the service: settings in, running parts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from kpi_definitions import catalogue, reviews
from kpi_definitions.handlers import HANDLERS
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.unit_of_work import each
from kpi_service.database import make_engine, verify_schema
from kpi_service.settings import ServiceSettings

if TYPE_CHECKING:
    from flask import Flask

    from kpi_service.worker import Worker

PACKAGE = "kpi_definitions"


def make_dispatcher(engine: sa.Engine) -> Dispatcher:
    """Return what handles this service's commands."""
    return Dispatcher(engine, [each(catalogue.project), each(reviews.settle)], HANDLERS)


def make_api(settings: ServiceSettings) -> Flask:
    """Return the REST application."""
    from kpi_definitions.api.bulk import bulk_blueprint
    from kpi_definitions.api.gateway_pages import gateway_pages
    from kpi_definitions.api.kpis import kpi_blueprint
    from kpi_definitions.api.problems import PROBLEMS
    from kpi_definitions.api.readings import reading_blueprint
    from kpi_definitions.api.versions import version_blueprint
    from kpi_service.app import create_app

    engine = make_engine(
        settings.database_url, name="definitions api", pool_size=settings.database_pool
    )
    dispatch = make_dispatcher(engine)
    app = create_app(
        settings,
        title="KPI Ledger: definitions",
        blueprints=[
            kpi_blueprint(engine, dispatch),
            bulk_blueprint(engine, dispatch),
            version_blueprint(engine, dispatch),
            reading_blueprint(engine, dispatch),
        ],
        engine=engine,
        readiness={"database": lambda: verify_schema(engine, PACKAGE)},
        errors=PROBLEMS,
    )
    app.register_blueprint(gateway_pages)
    return app


async def run_worker(worker: Worker) -> None:
    """Publish what was committed and heed drifted graphs, until the worker stops."""
    from kpi_bus.projection import ProjectionLoop
    from kpi_bus.relay import Relay
    from kpi_service.loops import run_loops

    engine = make_engine(worker.settings.database_url, name="definitions worker", pool_size=4)
    worker.readiness.add("database", lambda: verify_schema(engine, PACKAGE))
    await run_loops(
        worker,
        "definitions",
        lambda bus: [
            Relay(engine, bus, "definitions"),
            ProjectionLoop(
                bus,
                engine,
                consumer=reviews.CONSUMER,
                subjects=reviews.SUBJECTS,
                project=reviews.project,
            ),
        ],
    )
