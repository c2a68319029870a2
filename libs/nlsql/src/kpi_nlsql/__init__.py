"""Plain-language questions over a graph of tables, turned into SQL that explains itself."""

from kpi_nlsql.answer import Alternative, Answer, Refusal
from kpi_nlsql.engine import Engine, ReadOptions
from kpi_nlsql.schema.graph import Column, Graph, Join, Table
from kpi_nlsql.schema.ruleset import ColumnPair, Normalisation, Ruleset, TableRule

__all__ = [
    "Alternative",
    "Answer",
    "Column",
    "ColumnPair",
    "Engine",
    "Graph",
    "Join",
    "Normalisation",
    "ReadOptions",
    "Refusal",
    "Ruleset",
    "Table",
    "TableRule",
]
