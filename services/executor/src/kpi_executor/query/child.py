"""What runs inside a query process.

Imported by the fork server before the first process is made: whatever is heavy is imported here,
so that a new process is ready in milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from contextlib import suppress
from multiprocessing import connection as pipes
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

import kpi_executor.sources.files
import kpi_executor.sources.postgresql
import kpi_executor.sources.sqlite  # noqa: F401
from kpi_executor.query.errors import QueryFailed
from kpi_executor.query.parquet import PartWriter
from kpi_executor.query.rows import FirstRows
from kpi_executor.query.task import ProcessSettings, QueryFailure, QueryOutcome, QueryTask
from kpi_executor.sources import ColumnTypesVary, Connector, Resources, SourceError, connect
from kpi_executor.sources.errors import first_line
from kpi_rows.objects import open_store
from kpi_rows.parts import attempt_prefix

_LAST_SECOND = 1
_ENGINE_SHARE = 2
"""Engines inside the process get a half of its memory; rows on their way the rest."""


class _Process:
    """The one query this process is running, for the thread that may have to stop it."""

    settings: ProcessSettings
    scratch: Path
    connector: Connector | None = None
    kept: tuple[object, Connector] | None = None


def initialize(settings: ProcessSettings, scratch: Path) -> None:
    """Prepare a fresh process: memory limit, and an end on SIGTERM or with its parent.

    ``scratch`` is a folder for this process alone; whoever ends the process empties it.
    """
    _Process.settings = settings
    _Process.scratch = scratch
    _limit_memory(settings.memory_bytes)
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    # The signal itself does nothing in the main thread, which may be deep in a driver; the
    # interpreter tells the watching thread by this socket at once.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(writer.fileno())
    threading.Thread(target=_watch, args=(reader, writer), daemon=True, name="watch").start()


def ready() -> int:
    """Return the process id: a first task that shows that the process is up."""
    return os.getpid()


def run(task: QueryTask) -> QueryOutcome | QueryFailure:
    """Run one query to the end. Every failure is an answer, none an exception."""
    try:
        return _run(task)
    except SourceError as error:
        return QueryFailure("SourceError", error.message, error.transient)
    except QueryFailed as error:
        return QueryFailure(type(error).__name__, error.message, error.transient)
    except (MemoryError, duckdb.OutOfMemoryException):
        limit = _Process.settings.memory_bytes >> 20
        return QueryFailure(
            "OutOfMemory", f"The query needs more than {limit:,} MB of memory; narrow the question."
        )
    except Exception as error:  # a driver's surprise must not end the process
        return QueryFailure(
            "Crashed", f"The query failed unexpectedly: {type(error).__name__}: {first_line(error)}"
        )


def _run(task: QueryTask) -> QueryOutcome:
    started = time.perf_counter()
    settings = _Process.settings
    resources = Resources(
        cache=settings.cache,
        scratch=_Process.scratch,
        memory_bytes=settings.memory_bytes // _ENGINE_SHARE,
        threads=settings.threads,
        # The pool's own clock decides; the server's is for a pool that is gone.
        timeout_seconds=task.timeout_seconds + _LAST_SECOND,
        connect_timeout_seconds=settings.connect_timeout_seconds,
    )
    connector = _connector(task, resources)
    _Process.connector = connector
    try:
        outcome = _store(task, connector, started)
    except BaseException:
        connector.close()
        raise
    finally:
        _Process.connector = None
    _release(task, connector)
    return outcome


def _connector(task: QueryTask, resources: Resources) -> Connector:
    """Return the connection of the previous query if it serves this one as well, or a new one."""
    kept, _Process.kept = _Process.kept, None
    if kept is not None:
        key, connector = kept
        if key == (task.source, task.timeout_seconds) and connector.serves(task.sql):
            return connector
        connector.close()
    return connect(task.source, _Process.settings.policy, resources)


def _release(task: QueryTask, connector: Connector) -> None:
    """Keep the connection for the next query, which is often of the same source."""
    if connector.serves(task.sql):
        _Process.kept = ((task.source, task.timeout_seconds), connector)
    else:
        connector.close()


def _store(task: QueryTask, connector: Connector, started: float) -> QueryOutcome:
    try:
        return _attempt(task, connector, started, exact_types=False)
    except ColumnTypesVary:
        return _attempt(task, connector, started, exact_types=True)


def _attempt(
    task: QueryTask, connector: Connector, started: float, *, exact_types: bool
) -> QueryOutcome:
    stream = connector.execute(task.sql, exact_types=exact_types)
    store = open_store(task.store_url)
    prefix = attempt_prefix(task.execution_id, task.attempt)
    writer = PartWriter(store, prefix, stream.names, stream.schema, task.limits)
    first = FirstRows(stream.names, task.first_rows)
    try:
        for batch in stream.batches:
            first.add(batch)
            writer.write(batch)
        manifest = writer.finish()
    except BaseException:
        with suppress(QueryFailed):
            writer.discard()
        raise
    return QueryOutcome(manifest, first.rows, (time.perf_counter() - started) * 1000)


def _limit_memory(limit: int) -> None:
    """Bound the memory that may be written to, above what the fresh process has already.

    The bound is on data, not on addresses: allocators reserve far more addresses than they use.
    """
    used = 0
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmData:"):
                used = int(line.split()[1]) * 1024
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (used + limit, used + limit))
    pa.set_cpu_count(_Process.settings.threads)


def _watch(wakeup: socket.socket, _kept_open: socket.socket) -> None:
    """Wait for SIGTERM or the parent's end; then stop the query where it runs, and this process."""
    parent = multiprocessing.parent_process()
    pipes.wait([wakeup] if parent is None else [wakeup, parent.sentinel])
    # Should a driver's cancel hang as well, the alarm's default action ends the process.
    signal.alarm(_LAST_SECOND)
    connector = _Process.connector
    if connector is not None:
        with suppress(Exception):
            connector.cancel()
    os._exit(os.EX_TEMPFAIL)
