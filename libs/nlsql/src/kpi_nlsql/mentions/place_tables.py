"""Place tables: which table a place is that is told by its system: "not in billing".

The nouns that the sentence speaks of say which of the tables of a system is meant, and that no
value is that goes by the name of the system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token, parts, stem
from kpi_nlsql.mentions.homes import naming_rows
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.place_leads import DETERMINERS, lead_of, leads_to
from kpi_nlsql.mentions.systems import best_joined, is_system
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.schema.graph import Column, Graph, Table

_EXACT = 0.95
_NAMES_TABLE = 0.6
_MAY_NAME_TABLE = 0.4
_RIVAL = 0.05
_HOLDS_KIND = 0.4
_HAVING = frozenset({"have", "has", "with", "having"})


def places_named(items: Sequence[Item]) -> list[Item]:
    """Return the items with systems that go by a value of rows nobody speaks of told as systems.

    "Subscribers in the HLR but not in billing" are in no ticket of the category Billing.
    """
    nouns = (item for item in items if not item.values and not is_system(item))
    spoken = {hit.table for item in nouns for hit in item.hits if hit.score >= _NAMES_TABLE}
    return [
        replace(item, values=())
        if item.values
        and is_system(replace(item, values=()))
        and item.best_table() > _MAY_NAME_TABLE
        and leads_to(items, at, listed=True)
        and not spoken & {value.table for value in item.values}
        else item
        for at, item in enumerate(items)
    ]


def without_whereabouts(items: Sequence[Item]) -> list[Item]:
    """Return the items without where rows are kept that others have, or lack.

    "Services that have no subscription in billing" have none at all, whatever else is billed.
    """
    told = list(items)
    at = len(told) - 1
    while at > 1:
        lead = skip_words_back(told, at - 1, DETERMINERS)
        if lead > 1 and told[lead].text in {"in", "on"} and _keeps(told, lead, told[at]):
            del told[lead : at + 1]
            at = lead
        at -= 1
    return told


def _keeps(items: Sequence[Item], lead: int, place: Item) -> bool:
    """Tell whether a place is a system, and the rows before "in" are had, and of no table of it.

    They are named in full, and spoken of behind the rows that have, or lack, them.
    """
    rows = items[lead - 1]
    before = items[max(lead - 5, 0) : lead - 1]
    had = any(item.is_cue("not") or item.text in _HAVING for item in before)
    named = rows.best_table() >= _EXACT and rows.best_table() >= rows.best_column()
    spoken = any(item.best_table() >= _NAMES_TABLE for item in items[: lead - 2])
    if not (had and named and spoken and is_system(place)) or place.best_table() >= _EXACT:
        return False
    return rows.table_hits()[0].table not in {hit.table for hit in place.table_hits()}


def narrowed(
    items: list[Item], places: Sequence[int], tokens: Sequence[Token], graph: Graph
) -> list[Item]:
    """Return the items with each place told by a system as the one table that is meant."""
    for position in places:
        tables = _tables(items[position])
        sure = items[position].best_table() >= _EXACT or len(tables) < 2
        if sure or not (is_proper(items[position], tokens) or is_system(items[position])):
            continue
        chosen = _best_supported(items, position, places, graph)
        chosen = chosen or best_joined(items, position, graph)
        if chosen is None:
            continue
        items[position] = replace(items[position], hits=(NameHit(chosen, None, _EXACT),))
    return items


def _best_supported(
    items: Sequence[Item], position: int, places: Sequence[int], graph: Graph
) -> str | None:
    """Return the one table of a system that a noun speaks of; the first noun decides."""
    tables = _tables(items[position])
    rows = items[max(lead_of(items, position) - 1, 0)]
    if rows.best_table() >= _NAMES_TABLE and rows.table_hits()[0].table in tables:
        return rows.table_hits()[0].table  # "no settlement at the processor"
    clause = [at for at in range(position) if items[at].text == "whose"]
    own = range(clause[-1] + 1, position) if clause else range(0)
    for at in [*own, *range(len(items))]:
        noun = items[at]
        if at in places or noun.kind != "mention":
            continue
        # "boilers from SAP": the one table of SAP that knows boilers
        support = {table: _support(noun, graph.table(table)) for table in tables}
        ranked = sorted(support, key=lambda table: -support[table])
        if support[ranked[0]] > support[ranked[1]] + _RIVAL:
            return ranked[0]
    return None


def _tables(item: Item) -> list[str]:
    hits = item.table_hits()
    return [hit.table for hit in hits if hit.score >= hits[0].score - 0.3]


def _support(noun: Item, table: Table) -> float:
    """Tell how well a noun speaks of the rows of a table: best one that has a row for each."""
    own = max((hit.score for hit in noun.table_hits() if hit.table == table.name), default=0.0)
    kinds = any(hit.table == table.name and hit.column for hit in noun.values)
    own = max(own, _HOLDS_KIND if kinds and not noun.hits else 0.0, _namesake(noun, table))
    keys = [
        column
        for column in table.columns
        if any(hit.table == table.name and hit.column == column.name for hit in noun.column_hits())
    ] or _keys_of(noun, table)
    if not keys:
        return own
    return max(own, 0.3 + max(table.variety(column) or 0.0 for column in keys) / 4)


def _namesake(noun: Item, table: Table) -> float:
    # "CRM subscribers in billing": ``bil_subs`` holds there what ``crm_subs`` does
    hit = next(iter(noun.table_hits()), None)
    if hit is None or hit.score < _NAMES_TABLE or hit.score < noun.best_column():
        return 0.0
    return hit.score if parts(hit.table)[-1:] == parts(table.name)[-1:] else 0.0


def _keys_of(noun: Item, table: Table) -> list[Column]:
    return [key for word in noun.text.split() for key in naming_rows((stem(word),), table)]


def is_proper(item: Item, tokens: Sequence[Token]) -> bool:
    """Tell whether a mention is written as the name of a system: "OPS Excel", not "orders"."""
    written = tokens[item.start : item.end]
    return bool(written) and all(not token.text.islower() for token in written)
