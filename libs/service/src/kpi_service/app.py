"""The Flask application every service is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Flask, request
from sqlalchemy import Engine

from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_service import auth, converters, document, operations, problems, spans, telemetry
from kpi_service.blueprint import Blueprint
from kpi_service.health import health
from kpi_service.problems import Problem, ProblemFor
from kpi_service.provider import OrjsonProvider
from kpi_service.readiness import Check, Readiness
from kpi_service.settings import ServiceSettings
from kpi_service.tokens import TokenVerifier, keys_from


def create_app(
    settings: ServiceSettings,
    *,
    title: str,
    blueprints: Sequence[Blueprint],
    engine: Engine,
    readiness: Mapping[str, Check],
    errors: ProblemFor | None = None,
) -> Flask:
    """Return the application of one service; nothing is connected to yet.

    `readiness` names what /readyz asks for beside the token keys: `{"database": callable, ...}`,
    each raising while its thing is missing. `errors` says what callers are told of the service's
    domain errors. Raises LookupError if a view does not say who may call it.
    """
    app = Flask(f"kpi-{settings.name}", static_folder=None)
    app.json = OrjsonProvider(app)
    app.url_map.merge_slashes = False  # no redirect for //, which scanners try
    app.extensions["kpi_engine"] = engine

    verifier = TokenVerifier(
        keys_from(settings.jwks), issuer=settings.issuer, audience=settings.audience
    )
    auth.register(app, verifier)
    app.extensions["kpi_readiness"] = Readiness({"token keys": verifier.check_keys, **readiness})

    spans.export_traces(settings.name, settings.otlp_endpoint, app=app, engine=engine)
    telemetry.observe(app)
    problems.register(app, {ConcurrencyConflict: conflict, **(errors or {})})
    converters.register(app)
    app.register_blueprint(health)
    api = document.describe(app, title)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    operations.guard(app)
    return app


def conflict(_error: ConcurrencyConflict) -> Problem:
    """Return what a caller is told whose change came too late each time it was tried."""
    status = 412 if "If-Match" in request.headers else 409
    return Problem(status, "Someone else changed it at the same moment. Read it again and retry.")
