"""Every route of the service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor.api.graphs import graph_blueprint
from kpi_executor.api.identity import identity
from kpi_executor.api.jobs import job_blueprint
from kpi_executor.api.previews import preview_blueprint
from kpi_executor.api.rulesets import ruleset_blueprint
from kpi_executor.api.running import Runs
from kpi_executor.api.runs import run_blueprint
from kpi_executor.api.sources import source_blueprint
from kpi_executor.preparation import Preparation
from kpi_executor.sources import SourcePolicy
from kpi_service.blueprint import Blueprint


def blueprints(
    engine: sa.Engine,
    dispatch: Dispatcher,
    preparation: Preparation,
    runs: Runs,
    policy: SourcePolicy,
    cache: Path,
) -> Sequence[Blueprint]:
    """Return the blueprints, wired."""
    return [
        run_blueprint(runs),
        job_blueprint(runs),
        preview_blueprint(runs, preparation),
        source_blueprint(engine, dispatch),
        graph_blueprint(engine, dispatch, preparation, policy, cache),
        ruleset_blueprint(engine, dispatch),
        identity,
    ]
