"""Events of a reconciliation ruleset: explicit joins that win over inferred ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpi_contracts.catalogue import DomainEvent, event

AGGREGATE = "ruleset"


@event(AGGREGATE, "stored")
class RulesetStored(DomainEvent):
    """A ruleset was written, in the place of an older one of its name."""

    name: str
    rules: tuple[Mapping[str, Any], ...]
