"""Rivals: other tables whose rows go by the same noun as those of the table that was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import stems
from kpi_nlsql.mentions.homes import naming_rows
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import NEARLY_UNIQUE, Graph, Table
from kpi_nlsql.sentence import Candidate, Sentence


def rivals(sentence: Sentence, candidate: Candidate) -> int:
    """Count the tables that the sentence may mean as well as the one it was read to mean.

    "vendors" may be those of ``sap_vendors`` or of ``crm_vendors``; a table that is called
    vendors and nothing else has no rival.
    """
    table = candidate.source_table
    if table is None:
        return 0
    mentions = [item for item in sentence.items if _best(item) == table]
    if not mentions or any(_is_full_name(item, table) for item in mentions):
        return 0
    return min(len(_others(sentence.graph, item, table)) for item in mentions)


def _best(item: Item) -> str | None:
    hits = item.table_hits()
    return hits[0].table if hits else None


def _is_full_name(item: Item, table: str) -> bool:
    return stems(item.text) == stems(table)


def _others(graph: Graph, item: Item, table: str) -> Sequence[str]:
    words = stems(item.text)
    if not _has_one_row_each(graph.table(table), words):
        return []
    return [
        hit.table
        for hit in item.table_hits()
        if hit.table != table
        and stems(hit.table)[-len(words) :] == words
        and _has_one_row_each(graph.table(hit.table), words)
    ]


def _has_one_row_each(table: Table, words: tuple[str, ...]) -> bool:
    """Tell whether the rows are what the noun says, not only related to it (``has_amenity``)."""
    return any(
        (table.variety(column) or 0.0) >= NEARLY_UNIQUE for column in naming_rows(words, table)
    )
