"""What the executor is told by its environment, beside what every service is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from marshmallow.validate import OneOf, Range

from kpi_service.settings import DEFAULT_HOME, environment

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ExecutorSettings:
    """Where rows go and what queries may use. Memory in MiB per query."""

    store_url: str
    secrets_key: Path
    cache: Path
    query_workers: int
    query_memory_mb: int
    allow_private_sources: bool

    @classmethod
    def from_environment(cls) -> ExecutorSettings:
        """Read the settings; raises SettingsError naming every bad variable."""
        with environment() as env:
            home = (env.path("HOME", DEFAULT_HOME) or DEFAULT_HOME).absolute()
            return cls(
                store_url=env.str("STORE_URL", f"file://{home / 'store'}"),
                secrets_key=env.path("SECRETS_KEY_FILE", home / "keys" / "secrets.key"),
                cache=(env.path("CACHE", home / "cache") or home / "cache") / "sources",
                query_workers=env.int("QUERY_WORKERS", 2, validate=Range(1, 256)),
                query_memory_mb=env.int("QUERY_MEMORY_MB", 2048, validate=Range(64, 1_048_576)),
                allow_private_sources=env.bool(
                    "ALLOW_PRIVATE_SOURCES", True, validate=OneOf((True, False))
                ),
            )
