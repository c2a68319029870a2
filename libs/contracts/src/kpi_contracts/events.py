"""Every event of the house: importing this module fills the catalogue."""

from kpi_contracts import audit, definition, execution, graph, result, source

__all__ = ["audit", "definition", "execution", "graph", "result", "source"]
