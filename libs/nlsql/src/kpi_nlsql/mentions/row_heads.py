"""Row heads: whether the rows that a noun means are those of another table than the one beside."""

from __future__ import annotations

from kpi_nlsql.english.words import stems
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph

_NAMES_TABLE = 0.6


def names_another(item: Item, table: str) -> bool:
    """Tell whether a mention names, at least in part, a table other than this one."""
    hits = item.table_hits()
    return bool(hits) and hits[0].table != table and hits[0].score >= _NAMES_TABLE


def heads_another(item: Item, table: str, graph: Graph) -> bool:
    """Tell whether what a noun means are the rows of another table, not only described by it.

    "employees" are those of ``hr_employees``; "products" are not all of ``product_master``.
    """
    hits = item.table_hits()
    if not hits or hits[0].table == table or hits[0].score < _NAMES_TABLE:
        return False
    names = [stems(name) for name in graph.table(hits[0].table).display_names]
    said = stems(item.text)
    # "SAP materials" are those of ``SAP_MATERIAL_MASTER``
    whole = len(said) > 1 and any({*said} <= {*name} for name in names)
    return whole or any(name[-1:] == said[-1:] for name in names)
