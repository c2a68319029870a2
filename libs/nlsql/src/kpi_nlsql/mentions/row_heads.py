"""Row heads: whether the rows that a noun means are those of another table than the one beside."""

from __future__ import annotations

from kpi_nlsql.english.words import stems
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph, Table

_NAMES_TABLE = 0.6
_SURE_TABLE = 0.8
_ONCE = 0.9


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


def has_others(item: Item, table: str, graph: Graph) -> bool:
    """Tell whether a noun names rows of another table, and rows here are known to be several of it.

    "Patients that are in billing" have bills there, some more than one: these are no patients.
    """
    hits = item.table_hits()
    if not hits or hits[0].table == table or hits[0].score < _SURE_TABLE:
        return False
    for join in graph.joins_between(hits[0].table, table)[:1]:
        sides = ((join.left_table, join.left_columns), (join.right_table, join.right_columns))
        return any(_repeats(graph.table(name), columns) for name, columns in sides)
    return False


def _repeats(table: Table, columns: tuple[str, ...]) -> bool:
    known = [table.variety(table.column(column)) for column in columns]
    return bool(known) and all(each is not None and each < _ONCE for each in known)
