"""Placing: "customers in SAP" are the rows of one table, found by the noun and its place together.

A sentence about landed tables names a table by the system it comes from ("in SAP", "from the
planning tool") and its rows by what they describe ("products"). Here the two become one mention
of the table before the grammar reads the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import Token, stem, stems
from kpi_nlsql.mentions.homes import calls_by_key, names_rows
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.place_leads import (
    DENIES,
    DETERMINERS,
    INTO,
    acts_in,
    is_denied,
    is_set_against,
    is_told,
    lead_of,
    leads_in,
    leads_to,
)
from kpi_nlsql.mentions.place_nouns import counted_keys, held_by_others
from kpi_nlsql.mentions.place_tables import (
    is_proper,
    narrowed,
    places_named,
    without_whereabouts,
)
from kpi_nlsql.mentions.row_heads import has_others, heads_another, names_another
from kpi_nlsql.mentions.row_nouns import calls_rows
from kpi_nlsql.mentions.systems import of_another_system, system_rows, whole_tables
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.mentions.walking import skip_words, text_at
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.schema.same_things import same_things
from kpi_nlsql.wording.rewriting import ALSO_IN

_EXACT = 0.95
_NAMES_TABLE = 0.6
_MAY_NAME_TABLE = 0.4
_KEPT_IN = frozenset({"in", "from", "within"})
_RELATIVES = frozenset({"that", "which", "who"})
_PEOPLE = frozenset({"people", "persons", "individuals"})


@dataclass(frozen=True, slots=True)
class _Place:
    """A mention of a table that something is in; ``start`` is the item that leads to it.

    ``told``: the sentence says that the rows are there ("that are in"), not just "in".
    """

    start: int
    position: int
    table: str
    told: bool
    lead: str


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


def _further_place(items: Sequence[Item], place: _Place) -> int | None:
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

    "products" in two systems are not the rows of ``product_master``.
    """
    places = _place_positions(items)
    tables = {items[at].table_hits()[0].table for at in places if _sure(items[at])}
    if len(tables) < 2:
        return items
    return [
        replace(item, hits=tuple(item.column_hits()))
        if at not in places and _describes(item, tables, graph)
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


def _describes(item: Item, tables: set[str], graph: Graph) -> bool:
    hits = item.table_hits()
    if item.kind != "mention" or not hits or hits[0].score >= _EXACT or hits[0].table in tables:
        return False
    held = any(hit.table in tables for hit in item.column_hits())
    if not held or all(has_others(item, table, graph) for table in tables):
        return False
    return not heads_another(item, "", graph)


# What the rows of a place are called


def _own_place(items: Sequence[Item]) -> _Place | None:
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
        return _Place(
            start, position, items[position].table_hits()[0].table, told, items[lead].text
        )
    return None


def _has_amount(items: Sequence[Item], position: int) -> bool:
    """Tell whether a column of the place was compared: "a price above 400 in the price list"."""
    table = items[position].table_hits()[0].table
    return any(
        hit.table == table and hit.score >= _EXACT
        for item in items[:position]
        for hit in item.column_hits()
    )


def _noun(
    items: Sequence[Item], place: _Place, graph: Graph, tokens: Sequence[Token]
) -> int | None:
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
        if any(other.is_cue("not") for other in items[position : place.start]):
            continue  # "trades without a confirmation from the broker"
        if any(other.is_cue("aggregate") for other in items[position + 1 : place.start]):
            continue  # "accounts by total value in the backlog" tells where the values are
        if place.told and _tells_elsewhere(item, items[position + 1 : place.start], place.table):
            continue  # "titles of the imprint Lantern which are in the price list"
        if _is_noun(item, items[place.start - 1], table, graph, place, proper):
            return position
        if item.best_table() >= _EXACT and item.best_table() >= item.best_column():
            return None
    return None


def _tells_elsewhere(noun: Item, told: Sequence[Item], table: str) -> bool:
    """Tell whether what is said of the rows is told by the table they are called by alone."""
    called = {hit.table for hit in noun.table_hits() if hit.score >= _NAMES_TABLE} - {table}
    return any(
        item.values and not item.hits and {value.table for value in item.values} <= called
        for item in told
    )


def _is_of_system(items: Sequence[Item], at: int, place: _Place, tokens: Sequence[Token]) -> bool:
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


def _is_noun(
    item: Item, before: Item, table: Table, graph: Graph, place: _Place, proper: bool
) -> bool:
    own = [hit for hit in item.column_hits() if hit.table == table.name]
    people = item.text in _PEOPLE and item is before and not own
    if people or (place.lead != "of" and calls_by_key(item, table)):
        return True  # whoever else counts "persons", or is of the division People
    if _is_value(item, table.name) or any(hit.score >= _EXACT for hit in own):
        return False
    if item is before and calls_rows(item):
        return True
    heads = any(hit.table == table.name for hit in item.table_hits())
    if heads and stems(table.name)[-1:] == stems(item.text)[-1:]:
        return True
    if place.told and (
        heads_another(item, table.name, graph) or has_others(item, table.name, graph)
    ):
        return False
    if item.best_table() >= _EXACT and item.best_table() >= item.best_column():
        other = item.table_hits()[0].table
        beside = (place.told or item is before) and other != table.name
        alike = place.lead in _KEPT_IN and same_things(graph, other, table.name)
        return beside and (proper or alike)
    if item.best_column() >= _EXACT:
        return False
    if item.text in _PEOPLE:
        return item is before
    if place.lead in {"on", "of", "from"} and not proper and names_another(item, table.name):
        return False  # "claims on policies" are claims, and "orders that came from buyers" orders
    words = tuple(stem(word) for word in item.text.split() if word not in FUNCTION_WORDS)
    plural = item.text.endswith("s")
    return plural and (item.best_table() >= _MAY_NAME_TABLE or names_rows(words, table))


def _is_value(item: Item, table: str) -> bool:
    # "flights in the schedule" are its rows, though elsewhere a type is called Flight.
    spelt = any(hit.value.lower() == item.text for hit in item.values)
    return spelt or any(hit.table == table for hit in item.values)
