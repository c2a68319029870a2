"""Row nouns: "payroll lines" and "the ward stock file" are the table before the noun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kpi_nlsql.english.row_words import ROW_STEMS, ROWS
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.homes import calls_by_key, home_of, names_rows, numbers_rows
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.systems import is_system
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.schema.same_things import same_things

_EXACT = 0.95
_NAMES_TABLE = 0.55
_CLEAR = 0.1
_KEPT = frozenset({"reference", "references", "master", "list", "register"})
"""What a table may be called by itself, too: "the diagnosis reference" is ``ref_diagnosis``."""
_PARTS = frozenset({"items", "lines", "positions", "rows"})
_SYSTEMS = frozenset(
    "tool system application app platform software module database table".split()  # noqa: SIM905
)
_PARTLY = 0.6


def merged(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with every table and the noun of its rows made one mention."""
    found: list[Item] = []
    for told in items:
        item = _as_rows(told, graph)
        before = found[-1] if found else None
        if before is not None and before.kind == "mention":
            if (is_system(before) and _is_file(item)) or _calls_system(before, item):
                found[-1] = replace(before, end=item.end)
                continue
            home = _at_home(before, item, graph)
            if home is not None:
                found[-1] = replace(item, start=before.start, hits=(NameHit(home, None, 1.0),))
                continue
            table = _table_of_system(before, item) or _table_of_rows(before, item, graph)
            if table is not None:
                found[-1] = replace(
                    before, end=item.end, hits=(NameHit(table, None, 1.0),), values=()
                )
                continue
        found.append(item)
    return found


def _as_rows(item: Item, graph: Graph) -> Item:
    """Return "purchase order items" as the rows of the purchase orders, which number them so."""
    words = item.text.split()
    if item.kind != "mention" or len(words) < 2 or item.values or words[-1] not in _PARTS:
        return item
    if item.best_table() >= _EXACT or item.best_column() < _EXACT:
        return item
    owner = tuple(stem(word) for word in words[:-1])
    tables = dict.fromkeys(hit.table for hit in item.column_hits() if hit.score >= _EXACT)
    called = [
        name
        for name in tables
        if any(stems(told)[-len(owner) :] == owner for told in graph.table(name).display_names)
    ]
    return replace(item, hits=(NameHit(called[0], None, 1.0),)) if len(called) == 1 else item


def calls_rows(item: Item) -> bool:
    """Tell whether a mention is only a word for rows: "postings" that have a posting date."""
    plural = item.text.endswith("s") and stem(item.text) in ROW_STEMS
    return plural and item.best_column() < _PARTLY and item.best_table() < _PARTLY


def _table_of_system(before: Item, item: Item) -> str | None:
    """Return the one table of a system that the noun beside it names: "the site inventory"."""
    if is_system(before) and item.kind == "mention" and not is_system(item):
        before, item = item, before  # "SAP fixed assets"
    if not is_system(item) or item.best_table() >= _EXACT or before.values:
        return None
    mine, best = before.table_hits(), before.best_table()
    if not mine or best >= _EXACT or best < max(_PARTLY, before.best_column()):
        return None
    system = {hit.table for hit in item.table_hits()}
    told = [hit.table for hit in mine if hit.score > best - _CLEAR and hit.table in system]
    return told[0] if len(told) == 1 else None


def _at_home(before: Item, item: Item, graph: Graph) -> str | None:
    """Return the one table of a system that numbers the rows of a noun: "SAP assets"."""
    if not is_system(before) or item.kind != "mention" or not item.text.endswith("s"):
        return None
    if item.values or item.best_table() >= _PARTLY or item.best_column() >= _EXACT:
        return None
    tables = [graph.table(hit.table) for hit in before.table_hits()]
    return home_of(item, tables)


def _is_file(item: Item) -> bool:
    # "the custodian statement" is where its rows come from, whatever statements else are dated.
    return item.text in ROWS and item.best_table() < _NAMES_TABLE and item.best_column() < _EXACT


def _calls_system(before: Item, item: Item) -> bool:
    # "the consolidation tool" is where its rows come from; "the warehouses table" is no furniture
    table = not before.values and before.best_table() >= max(_NAMES_TABLE, before.best_column())
    if not table or item.hits or item.text not in _SYSTEMS:
        return False
    own = {hit.table for hit in before.table_hits()}
    return not any(value.table in own for value in item.values)


def _sole_table(item: Item) -> str | None:
    """Return the table that a mention names and no other is as likely, column or table."""
    hits = item.table_hits()
    if not hits or hits[0].score < _NAMES_TABLE or item.best_column() > hits[0].score:
        return None
    rivals = [hit for hit in hits[1:] if hit.score > hits[0].score - _CLEAR]
    return None if rivals else hits[0].table


def _table_of_rows(before: Item, item: Item, graph: Graph) -> str | None:
    """Return the one table that a mention names, where the noun behind it means its rows."""
    if (numbered := _numbered(before, item, graph)) is not None:
        return numbered
    table = _sole_table(before)
    if table and _are_its_own(before, item, table, graph):
        return table
    return table if table and _means_rows(before, item, graph.table(table)) else None


def _numbered(before: Item, item: Item, graph: Graph) -> str | None:
    """Return the table called by a noun that numbers what is behind it: "conservation reports".

    Its rows have a ``ReportNo``, though a conservator is called alike.
    """
    mine = before.table_hits()
    if not mine or mine[0].score < _PARTLY or before.values or item.values:
        return None
    if is_system(before) or item.best_table() >= _PARTLY:
        return None
    part = max(before.best_column(), item.best_column()) < _EXACT and " " not in item.text
    rows = part and item.kind == "mention" and item.text.endswith("s")
    table = graph.table(mine[0].table)
    return table.name if rows and numbers_rows((stem(item.text),), table) else None


def _are_its_own(before: Item, item: Item, table: str, graph: Graph) -> bool:
    """Tell whether a noun means the rows of a table, though another holds the same: "web items"."""
    plural = item.text.endswith("s") and not before.text.endswith("s")
    if item.kind != "mention" or not plural or item.values or before.values:
        return False
    named = item.best_table() >= max(_PARTLY, item.best_column())
    return named and same_things(graph, table, item.table_hits()[0].table)


def _means_rows(before: Item, item: Item, table: Table) -> bool:
    if item.kind == "quoted" or item.best_table() >= _EXACT or " " in item.text or item.values:
        return False
    if calls_by_key(item, table):
        return True
    own = [hit for hit in item.column_hits() if hit.table == table.name]
    if any(hit.score >= _EXACT for hit in own):
        return False
    if item.text in _KEPT and any(hit.table == table.name for hit in item.table_hits()):
        return True
    word = stem(item.text)
    if item.text.endswith("ed") and not item.table_hits():
        return False  # "claims reported in May"
    if item.text in ROWS or word in ROWS or word in ROW_STEMS:
        return True
    if item.kind != "mention" or _is_column(before, word, table):
        return False
    if before.best_table() < _EXACT and any(v.score >= 1.0 for v in before.values):
        return False  # "delivered deliveries"
    if not item.text.endswith("s"):
        return numbers_rows((word,), table)  # "an MT700 message" has its ``MSG_ID``
    return names_rows((word,), table) or _only_describes(before, item, word, table)


def _only_describes(before: Item, item: Item, word: str, table: Table) -> bool:
    # "RBP CPU products", where the table only tells the products' family, are its rows.
    own = [hit for hit in item.column_hits() if hit.table == table.name]
    names = [name for hit in own for name in table.column(str(hit.column)).display_names]
    told = before.best_table() >= _EXACT and bool(own)
    return told and all(stems(name)[-1:] != (word,) for name in names)


def _is_column(before: Item, word: str, table: Table) -> bool:
    """Tell whether the two words together speak of a column ("card types": ``card_type_code``)."""
    pair = (stem(before.last_word), word)
    names = [stems(name) for column in table.columns for name in column.display_names]
    return any(pair in pairwise(name) for name in names)
