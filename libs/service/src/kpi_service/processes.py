"""`python -m kpi_<name> api|worker|migrate`: the processes of a service."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

import structlog

from kpi_service import logging
from kpi_service.settings import ServiceSettings, SettingsError
from kpi_service.worker import Work, run_worker

if TYPE_CHECKING:
    from flask import Flask

_log = structlog.stdlib.get_logger(__name__)


def run(
    name: str,
    *,
    api: Callable[[ServiceSettings], Flask],
    worker: Work,
    migrations: str,
    api_threads: int = 8,
    arguments: Sequence[str] | None = None,
) -> NoReturn:
    """Run the process that the command line names, and exit with its code.

    `api` makes the application, `worker` runs the loops until its `stop` is set. Let both import
    what they need when called: a worker then never loads Flask. `migrations` is the package that
    holds `migrations/`. `api_threads` is the default of KPI_API_THREADS.
    """
    chosen = list(sys.argv[1:] if arguments is None else arguments)
    kinds: dict[str, Callable[[ServiceSettings], int]] = {
        "api": lambda settings: _serve(settings, api),
        "worker": lambda settings: run_worker(settings, worker),
        "migrate": lambda settings: _migrate(settings, migrations),
    }
    if len(chosen) != 1 or chosen[0] not in kinds:
        sys.exit(f"usage: python -m {migrations} {'|'.join(kinds)}")
    try:
        settings = ServiceSettings.from_environment(name, api_threads=api_threads)
    except SettingsError as error:
        sys.exit(str(error))
    logging.configure(f"kpi-{name} {chosen[0]}", settings.log_level)
    try:
        code = kinds[chosen[0]](settings)
    except Exception:
        _log.exception("process failed")
        code = 1
    sys.exit(code)


def _serve(settings: ServiceSettings, api: Callable[[ServiceSettings], Flask]) -> int:
    from kpi_service.server import serve

    app = api(settings)
    _log.info("api started", address=str(settings.bind))
    serve(app, settings.bind, threads=settings.api_threads)
    _log.info("api stopped")
    _leave(0)


def _leave(code: int) -> NoReturn:
    """End the process without tearing the interpreter down.

    Granian's threads still hold Python objects then; meeting the shutdown, they abort the process.
    """
    atexit._run_exitfuncs()  # exporters flush here, connections are closed
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _migrate(settings: ServiceSettings, package: str) -> int:
    from kpi_service.database import migrate

    _log.info("migrated", revision=migrate(settings.database_url, package))
    return 0
