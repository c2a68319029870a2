"""What can be asked of the definitions service.

`expected` holds the versions the caller accepts (from `If-Match`); None means any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kpi_contracts.definition import PinnedReading
from kpi_definitions.definition import Fields


@dataclass(frozen=True, slots=True)
class CreateKpi:
    """Define a new KPI."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class UpdateKpi:
    """Give some fields new values."""

    kpi_id: int
    values: Mapping[str, Any]
    expected: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class DeleteKpi:
    """Put a KPI away."""

    kpi_id: int
    expected: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class RestoreKpi:
    """Take a deleted KPI back into use."""

    kpi_id: int
    expected: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class RollBackKpi:
    """Make the fields of an earlier version those of a new one."""

    kpi_id: int
    to_version: int
    expected: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class PinReading:
    """Approve a reading of a KPI's sentence; it is run as it stands from now on."""

    kpi_id: int
    reading: PinnedReading
    expected: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class UnpinReading:
    """Let the engine read the sentence again."""

    kpi_id: int
    expected: frozenset[int] | None = None
