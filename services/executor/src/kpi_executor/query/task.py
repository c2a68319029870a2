"""What travels between the pool and its processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpi_contracts.execution import Manifest
from kpi_executor.sources import Source, SourcePolicy


@dataclass(frozen=True, slots=True)
class ResultLimits:
    """The largest result that is accepted; a larger one is an error, never a shorter result."""

    rows: int = 100_000_000
    bytes: int = 50 << 30


@dataclass(frozen=True, slots=True)
class QueryTask:
    """One attempt of one execution. ``sql`` comes from the guard.

    ``store_url`` is a folder (``file:///…``) or bucket (``s3://…``); ``first_rows`` (at most
    1,000) come back with the outcome; ``timeout_seconds`` counts from the start of the query.
    """

    execution_id: int
    attempt: int
    source: Source
    sql: str
    store_url: str
    timeout_seconds: float = 300.0
    limits: ResultLimits = field(default_factory=ResultLimits)
    first_rows: int = 0


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """A finished query: where its rows lie, the first of them, and how long it took."""

    manifest: Manifest
    first_rows: tuple[Mapping[str, Any], ...]
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class QueryFailure:
    """A failed query as plain data; `kpi_executor.query.pool` makes the typed error of it."""

    kind: str
    message: str
    transient: bool = False


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """What every query process of a pool is given.

    ``memory_bytes`` bounds what one query may allocate; ``cache`` keeps converted files;
    ``scratch`` (default: the system's) is where large queries spill while they run.
    """

    cache: Path
    policy: SourcePolicy = field(default_factory=SourcePolicy)
    memory_bytes: int = 2 << 30
    threads: int = 1
    connect_timeout_seconds: float = 10.0
    scratch: Path | None = None
