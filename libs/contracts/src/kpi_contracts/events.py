"""Every event of the house: importing this module fills the catalogue."""

from kpi_contracts import (
    audit,
    breaks,
    definition,
    execution,
    graph,
    result,
    retention,
    ruleset,
    source,
)

__all__ = [
    "audit",
    "breaks",
    "definition",
    "execution",
    "graph",
    "result",
    "retention",
    "ruleset",
    "source",
]
