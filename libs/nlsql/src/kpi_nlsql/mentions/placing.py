"""Placing: "customers in SAP" are the rows of one table, found by the noun and its place together.

A sentence about landed tables names a table by the system it comes from ("in SAP", "from the
planning tool") and its rows by what they describe ("products"). Here the two become one mention
of the table before the grammar reads the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token, stem
from kpi_nlsql.mentions.homes import naming_rows
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.place_leads import (
    DENIES,
    DETERMINERS,
    INTO,
    Place,
    acts_in,
    is_denied,
    is_set_against,
    is_told,
    lead_of,
    leads_in,
    leads_to,
)
from kpi_nlsql.mentions.place_nouns import counted_keys, held_by_others, is_noun, told_otherwise
from kpi_nlsql.mentions.place_tables import (
    is_proper,
    narrowed,
    places_named,
    without_whereabouts,
)
from kpi_nlsql.mentions.row_heads import has_others, heads_another
from kpi_nlsql.mentions.systems import of_another_system, system_rows, whole_tables
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.mentions.walking import skip_words, text_at
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.wording.rewriting import ALSO_IN

_EXACT = 0.95
_NAMES_TABLE = 0.6
_MAY_NAME_TABLE = 0.4
_RELATIVES = frozenset({"that", "which", "who"})


def placed(items: Sequence[Item], tokens: Sequence[Token], graph: Graph) -> tuple[Item, ...]:
    """Return the items with places resolved, and the noun of the rows made one with its place."""
    items = without_whereabouts(system_rows(whole_tables(places_named(items))))
    items = _with_systems_sure(items, tokens)
    told = narrowed(list(items), _place_positions(items), tokens, graph)
    told = _plain_nouns(told, graph)
    place = _own_place(told)
    if place is None or any(_is_of_system(told, at, place, tokens) for at in range(place.start)):
        return tuple(told)
    loose = place.start > 0 and not place.told and place.lead == "in"
    if loose and of_another_system(told[place.start - 1], place.table, tokens):
        lead = replace(ALSO_IN, start=told[place.start].start, end=told[place.start].end)
        return (*told[: place.start], lead, *told[place.start + 1 :])
    told = counted_keys(told, place.start, graph.table(place.table))
    told = held_by_others(told, place.start, place.table, _denied_tables(told), graph)
    noun = _noun(told, place, graph, tokens)
    if noun is None:
        return tuple(told)
    if told[noun].best_table() >= _EXACT and told[noun].table_hits()[0].table == place.table:
        state = _state(told[place.start : place.position], graph.table(place.table))
    else:
        state = []
    rows = replace(told[noun], hits=(NameHit(place.table, None, 1.0),), values=(), placed=True)
    told[noun] = rows
    further = _further_place(told, place)
    if further is not None:
        told[further] = replace(ALSO_IN, start=told[further].start, end=told[further].end)
    kept = [at for at in range(place.start) if not (at > noun and _is_done_there(told[at]))]
    return (*(told[at] for at in kept), *state, *told[place.position + 1 :])


def _with_systems_sure(items: Sequence[Item], tokens: Sequence[Token]) -> list[Item]:
    """Return the items with the system behind "of" as the one table it is: "materials of SAP"."""
    told = list(items)
    for at, item in enumerate(items):
        if text_at(items, at - 1) != "of" or item.kind != "mention" or item.values:
            continue
        hits = item.table_hits()
        sole = len(hits) == 1 and hits[0].score >= max(_NAMES_TABLE, item.best_column())
        if sole and is_proper(item, tokens):
            told[at] = replace(item, hits=(NameHit(hits[0].table, None, 1.0),))
    return told


def _is_done_there(item: Item) -> bool:
    # "trades booked in Murex" are in it, whatever their ``Book`` is
    return item.kind == "mention" and item.text.endswith("ed") and not item.values


def _state(lead: Sequence[Item], table: Table) -> list[Item]:
    """Return the state told in the words that lead to a place: "titles available in A" of A."""
    for item in lead:
        word = item.text.split()[0]
        for column in table.columns if item.is_cue("also") else ():
            for value in column.values:
                if value.lower() == word:
                    held = ValueHit(table.name, column.name, value, 1.0)
                    return [Item("mention", word, item.start, item.start + 1, values=(held,))]
    return []


def _further_place(items: Sequence[Item], place: Place) -> int | None:
    """Return the "and" to another place the rows are said to be in: "materials in A and B"."""
    position = place.position + 1
    behind = skip_words(items, position + 1, DETERMINERS)
    if not place.told or text_at(items, position) != "and" or behind >= len(items):
        return None
    return position if behind in _place_positions(items) else None


# Which mentions are places


def _place_positions(items: Sequence[Item]) -> list[int]:
    found: list[int] = []
    for position, item in enumerate(items):
        if _may_be_table(item) and leads_to(items, position, bool(found)):
            found.append(position)
    return found


def _may_be_table(item: Item) -> bool:
    best = item.best_table()
    return item.kind == "mention" and best >= _MAY_NAME_TABLE and best >= item.best_column() - 0.15


# What the nouns beside places are


def _plain_nouns(items: list[Item], graph: Graph) -> list[Item]:
    """Take from nouns the tables they only describe, where the places have columns called so.

    "products" in two systems are not the rows of ``product_master``; and where "ERP parts" are one
    of the places, "parts" alone are those of the place named first.
    """
    places = _place_positions(items)
    tables = {items[at].table_hits()[0].table for at in places if _sure(items[at])}
    if len(tables) < 2:
        return items
    first = next(items[at].table_hits()[0].table for at in places if _sure(items[at]))
    return [
        replace(item, hits=tuple(item.column_hits()))
        if at not in places and _describes(item, tables, first, graph)
        else item
        for at, item in enumerate(items)
    ]


def _denied_tables(items: Sequence[Item]) -> set[str]:
    """Return the tables that the rows are said not to be in."""
    return {
        items[at].table_hits()[0].table
        for at in _place_positions(items)
        if is_denied(items, lead_of(items, at) + 1)
    }


def _sure(item: Item) -> bool:
    return item.best_table() >= _NAMES_TABLE


def _describes(item: Item, tables: set[str], first: str, graph: Graph) -> bool:
    hits = item.table_hits()
    if item.kind != "mention" or not hits or hits[0].score >= _EXACT:
        return False
    others = tables - {hits[0].table}
    held = any(hit.table in others for hit in item.column_hits())
    if not held or all(has_others(item, table, graph) for table in others):
        return False
    if hits[0].table not in tables and not heads_another(item, "", graph):
        return True
    word = (stem(item.text),)  # each numbers them: "parts" in two lists are no ``ERP_PARTS``
    numbered = all(naming_rows(word, graph.table(table)) for table in others)
    # "employees that are in the training, not in the badges": each may have had several
    held_twice = others if hits[0].table in tables else {first}
    several = any(has_others(item, table, graph) for table in held_twice)
    plain = item.text.endswith("s") and " " not in item.text and item.best_column() < _EXACT
    return plain and numbered and not several


# What the rows of a place are called


def _own_place(items: Sequence[Item]) -> Place | None:
    """Return the first place rows are said to be in; None where they are denied or compared."""
    for position in _place_positions(items):
        lead = lead_of(items, position)
        start = lead
        item = items[lead]
        if any(item.is_cue(kind) for kind in DENIES) or item.last_word not in INTO:
            return None
        if item.is_cue("also") and "also" in item.text.split():
            return None  # "orders that are also in the ledger" are in another table, too
        while start > 0 and leads_in(items[start - 1]):
            start -= 1
        if is_denied(items, start) or acts_in(items, start):
            continue
        if start > 0 and items[start - 1].number is not None and not _has_amount(items, position):
            continue  # "more than 1,000 in unpaid invoices" is an amount
        if items[position].best_table() < _NAMES_TABLE:
            return None
        told = start < lead or items[lead].kind == "cue" or is_told(items, lead)
        return Place(start, position, items[position].table_hits()[0].table, told, items[lead].text)
    return None


def _has_amount(items: Sequence[Item], position: int) -> bool:
    """Tell whether a column of the place was compared: "a price above 400 in the price list"."""
    table = items[position].table_hits()[0].table
    return any(
        hit.table == table and hit.score >= _EXACT
        for item in items[:position]
        for hit in item.column_hits()
    )


def _noun(items: Sequence[Item], place: Place, graph: Graph, tokens: Sequence[Token]) -> int | None:
    """Return the position of the noun that the rows of the place are called by, if there is one."""
    table = graph.table(place.table)
    if _compares(items[: place.start]):
        return None
    proper = is_proper(items[place.position], tokens)
    places = set(_place_positions(items))
    before = range(place.start) if place.start else range(place.position + 1, len(items))
    for position in before:
        item = items[position]
        if position in places or item.kind != "mention":
            continue
        before_it = items[max(position - 1, 0)]
        if before_it.is_cue("group") or before_it.is_cue("distinct"):
            continue
        if before_it.text in {"where", "whose", "with"}:
            return None
        if told_otherwise(item, items[position + 1 : place.start], place):
            continue
        if is_noun(item, items[place.start - 1], table, graph, place, proper):
            return position
        if item.best_table() >= _EXACT and item.best_table() >= item.best_column():
            return None
    return None


def _is_of_system(items: Sequence[Item], at: int, place: Place, tokens: Sequence[Token]) -> bool:
    """Tell whether the rows were told with another system before: "SAP materials that are in A".

    So they are where the place stands in their clause: "SAP materials which are active in A",
    "materials in SAP which are in A".
    """
    item, hits = items[at], items[at].table_hits()
    if item.kind != "mention" or not hits or hits[0].table == place.table:
        return False
    own_place = any(token.lower in INTO for token in tokens[item.start : item.end])
    if place.told and hits[0].score >= _EXACT and own_place:
        return True
    clause = any(other.text in _RELATIVES for other in items[at + 1 : place.start])
    sure = place.told and hits[0].score >= _EXACT
    if not sure and not (clause and hits[0].score >= _NAMES_TABLE and " " in item.text):
        return False
    name = tokens[item.start].text
    proper = name.isupper() or (item.start > 0 and not name.islower())
    return proper and name.lower() == item.text.split()[0]


def _compares(items: Sequence[Item]) -> bool:
    """Tell whether the place stands in a clause: "products where the price in A differs …"."""
    return any(
        item.text in {"where", "whose", "for which", "in which"} or is_set_against(items, at)
        for at, item in enumerate(items)
    )
