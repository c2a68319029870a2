"""A Celery worker with Redis as broker and Postgres as result backend, both synced to disk."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import programs, servers
from kpi_local.ports import LOOPBACK, free_port
from kpi_testkit import eventually
from kpi_testkit.processes import running

PROCESSES = 2  # as many as the executor has query processes
POLL_SECONDS = 0.002  # of the result backend, which tells nobody when a result is there
WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class CeleryPeer:
    """Celery, ready to run the query on the table of the stack."""

    task: Any
    path: str
    sql: str

    def seconds(self) -> float:
        """Send one task and return the time until its result was there."""
        began = time.perf_counter()
        self.task.delay(self.path, self.sql).get(timeout=WAIT_SECONDS, interval=POLL_SECONDS)
        return time.perf_counter() - began

    def rate(self, count: int) -> float:
        """Send `count` tasks and return how many ended per second."""
        began = time.perf_counter()
        results = [self.task.delay(self.path, self.sql) for _ in range(count)]
        for result in results:
            result.get(timeout=WAIT_SECONDS, interval=POLL_SECONDS)
        return count / (time.perf_counter() - began)


@contextmanager
def celery_peer(directory: Path, path: Path, sql: str) -> Iterator[CeleryPeer]:
    """Run broker, result backend and worker until the block ends.

    Raises:
        ProgramMissing: there is no Redis, or Celery is not installed.

    """
    redis = programs.require("redis-server", "redis-server")
    with servers.postgres(directory) as databases, running(directory) as processes:
        port = free_port()
        processes.start(redis, *_durable(port, directory), name="redis")
        from bench import celery_tasks

        variables = {
            celery_tasks.BROKER: f"redis://{LOOPBACK}:{port}/0",
            celery_tasks.BACKEND: "db+" + databases.create().replace("://", "+psycopg://"),
        }
        celery_tasks.app.conf.update(
            broker_url=variables[celery_tasks.BROKER],
            result_backend=variables[celery_tasks.BACKEND],
        )
        processes.module(
            "celery",
            "--app=bench.celery_tasks",
            "worker",
            f"--concurrency={PROCESSES}",
            "--loglevel=WARNING",
            env=variables | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        peer = CeleryPeer(celery_tasks.query, str(path), sql)
        eventually(lambda: peer.seconds() > 0, 30, "the Celery worker answers")
        yield peer


def _durable(port: int, directory: Path) -> list[str]:
    return [
        f"--port {port}",
        f"--bind {LOOPBACK}",
        f"--dir {directory}",
        "--save ''",
        "--appendonly yes",
        "--appendfsync always",
    ]
