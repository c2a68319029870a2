"""The settings of the audit service beside those that every service has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from marshmallow.validate import Range

from kpi_service.settings import ServiceSettings, environment


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """When the chain is signed (entries, seconds), and where the keys lie."""

    keys: Path
    checkpoint_entries: int = 1000
    checkpoint_seconds: float = 10.0

    @classmethod
    def from_environment(cls, service: ServiceSettings) -> AuditSettings:
        """Read KPI_AUDIT_CHECKPOINT_ENTRIES and …_SECONDS; raises SettingsError."""
        with environment() as env:
            return cls(
                keys=service.home / "keys",
                checkpoint_entries=env.int(
                    "AUDIT_CHECKPOINT_ENTRIES", 1000, validate=Range(1, 1_000_000)
                ),
                checkpoint_seconds=env.float(
                    "AUDIT_CHECKPOINT_SECONDS", 10.0, validate=Range(0.1, 86_400)
                ),
            )
