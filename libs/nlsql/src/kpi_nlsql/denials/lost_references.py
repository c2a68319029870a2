"""Lost references: "payments booked against invoice numbers that do not exist in billing".

The rows are those spoken of first. What they refer to, told by its noun or by its number, is looked
for where its own rows are kept: the place that is named behind may say no more than the system.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.denials.reading import (
    BY,
    COMMA,
    DETERMINERS,
    DOES_NOT,
    EXIST,
    EXISTING,
    KEPT,
    MATCHED,
    NO,
    NOT_IN,
    PEOPLE,
    TO,
    denies,
    ends,
    names_rows,
    noun_behind,
    past,
)
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at
from kpi_nlsql.schema.graph import Graph, Join
from kpi_nlsql.wording.rewriting import THAT, Step

_LEADS = frozenset("for on against of from to under by with about whose".split())  # noqa: SIM905
_BARE = _LEADS - {"whose", "with"}
"""Leads to a number by which the rows refer to others, and that they need not have."""
_BEING = frozenset({"is", "are", "was", "were", "does", "do", "did", "has", "have", "can", "could"})
_ANYWHERE = KEPT | {"anywhere", "at", "all", "any", "longer", "more"}
_NAMED = 0.6
_SURE = 0.95
_ONE_TABLE = 0.85
_HALF = 0.5
_RIVAL = 0.3
_CLEAR = 0.1


def lost_reference(graph: Graph, items: Sequence[Item], position: int) -> Step | None:
    """Read a reference that is not there as rows without what it names."""
    place = _place(items, position + 1)
    if place is None:
        return None
    keys = _keys(items, position)
    lead = _lead(items, keys[0])
    if lead is None:
        return None
    bare = items[lead].text in _BARE and len(keys) == 1 and not names_rows(items[position])
    where = items[place.start : place.stop]
    joins = _joins([items[at] for at in keys], items[:lead], graph)
    join = next((join for join in joins if _is_system(where, join, bare, graph)), None)
    if join is None:
        return None
    named = replace(items[position], hits=(NameHit(join.right_table, None, 1.0),), values=())
    if len(keys) > 1:
        told = [COMMA, MATCHED, BY, *items[keys[0] : position + 1]]
        return lead, place.stop, [NOT_IN, named, *told]
    if items[lead].text in _LEADS or items[lead + 1].text == "by":
        return lead, place.stop, [NO, named]
    return position, place.stop, [named, THAT, DOES_NOT, EXIST]


def _keys(items: Sequence[Item], position: int) -> list[int]:
    """Return where what the rows refer to is told: "whose material and batch do not exist"."""
    found = [position]
    while text_at(items, position - 1) == "and" and items[position - 2].kind == "mention":
        position -= 2
        found.insert(0, position)
    return found


def _lead(items: Sequence[Item], position: int) -> int | None:
    """Return where the word stands that leads to a reference: "against", "whose", "submitted by".

    Any other is a verb, "claims that quote an invoice", whose object has a table of its own.
    """
    item = items[position]
    if item.kind != "mention" or any(hit.score >= 1 for hit in item.values):
        return None
    lead = position - 1
    while text_at(items, lead) in DETERMINERS:
        lead -= 1
    if lead < 1 or not (text_at(items, lead) in _LEADS or _is_verb(items[lead], item)):
        return None
    return lead - (text_at(items, lead) == "by" and items[lead - 1].text.endswith("ed"))


def _is_verb(lead: Item, behind: Item) -> bool:
    plain = lead.kind == "word" and lead.text not in FUNCTION_WORDS | TO
    return plain and names_rows(behind)


def _place(items: Sequence[Item], position: int) -> range | None:
    """Return where the place stands that a reference is said not to be in; empty if none is told.

    None where nothing of the kind is said.
    """
    item = item_at(items, position)
    if item is not None and item.is_cue("relative"):
        position += 1
    position = past(items, position, _BEING | PEOPLE)
    item = item_at(items, position)
    if item is None or item.text.startswith("but"):
        return None
    behind = past(items, position + 1, EXISTING)
    if item.is_cue("missing") and item.last_word in TO:
        behind = position + 1
    elif item.text == "unknown" or (denies(items, position) and _is_there(items, behind)):
        behind = past(items, behind, _ANYWHERE)
        if ends(items, behind):
            return range(behind, behind)
        if text_at(items, behind) not in TO:
            return None
        behind += 1
    else:
        return None
    first = past(items, behind, DETERMINERS)
    end = noun_behind(items, first)
    closed = end > first and ends(items, end) and text_at(items, end) != "or"
    return range(first, end) if closed else None


def _is_there(items: Sequence[Item], behind: int) -> bool:
    """Tell whether a verb before this says no more than that something is there."""
    return text_at(items, behind - 1) in EXISTING or (
        text_at(items, behind) in KEPT and text_at(items, behind + 1) == "anywhere"
    )


def _joins(keys: Sequence[Item], before: Sequence[Item], graph: Graph) -> Iterator[Join]:
    """Yield how the rows asked for meet those they refer to, each of which has a key of its own."""
    told = _rows_before(before)
    joins_by = _joins_by_one if len(keys) == 1 else _joins_by_several
    for rows in told:
        joins = [
            join
            for join in joins_by(keys, rows, graph)
            if join.right_table not in told
            if graph.table(join.right_table).identifies(join.right_columns)
        ]
        if joins:
            yield max(joins, key=lambda join: join.score)


def _joins_by_one(keys: Sequence[Item], rows: str, graph: Graph) -> Iterator[Join]:
    """Yield the likeliest join with each table that a mention names, or numbers the rows of."""
    for table, column in {hit.table: hit.column for hit in _referred(keys[0])}.items():
        for join in graph.joins_between(rows, table)[:1]:
            if column in {None, *join.right_columns}:
                yield join


def _joins_by_several(keys: Sequence[Item], rows: str, graph: Graph) -> Iterator[Join]:
    for table in dict.fromkeys(hit.table for hit in keys[-1].hits):
        yield from (join for join in graph.joins_between(rows, table) if _joined_by(keys, join))


def _joined_by(keys: Sequence[Item], join: Join) -> bool:
    """Tell whether the columns that two tables meet by are just the keys that are told."""
    named = [
        {hit.column for hit in key.column_hits() if hit.table == join.right_table} for key in keys
    ]
    return len(named) == len(join.right_columns) and all(
        any(column in each for each in named) for column in join.right_columns
    )


def _rows_before(items: Sequence[Item]) -> list[str]:
    """Return the tables named; where none is, the one that has the only column that is."""
    told = [
        i.table_hits()[0].table for i in items if i.best_table() >= max(_NAMED, i.best_column())
    ]
    if told:
        return told
    # "the total gross amount paid to personnel numbers that are not in the register"
    owners = [{hit.table for hit in i.column_hits()} for i in items if i.best_column() >= _SURE]
    return sorted(owners[0]) if len(owners) == 1 else []


def _referred(item: Item) -> list[NameHit]:
    """Return the table that a mention names, or the columns that are called so."""
    if names_rows(item):
        if len(_near_best(item.table_hits(), _CLEAR)) == 1:
            return item.table_hits()[:1]
        return [hit for hit in item.column_hits() if hit.score >= _HALF]  # "loans": ``LOAN_NO``
    return [hit for hit in item.column_hits() if hit.score >= _SURE]


def _is_system(place: Sequence[Item], join: Join, bare: bool, graph: Graph) -> bool:
    """Tell whether a place is no other table that knows what the rows refer to.

    "Postings for payslips that are unknown to payroll", where the tables called after the payroll
    are the postings themselves and others that have no payslip. ``bare``: the reference is told by
    a number that says no more, and the place may be the very table that numbers its rows so.
    """
    hits = [hit for item in place for hit in item.table_hits()]
    home, tables = join.right_table, _near_best(hits, _RIVAL) - {join.left_table}
    if any(item.values or max(item.best_column(), item.best_table()) >= _SURE for item in place):
        return bare and _near_best(hits, _CLEAR) == {home}
    if _near_best(hits, _CLEAR) == {join.left_table}:
        return False  # "farms of the register that are unknown to our farms"
    if tables and home not in tables and all(map(_names_one, place)):
        return False  # "whose tax number is not in Ariba", of which there is one table
    others = (other for table in tables for other in graph.joins_between(home, table))
    knowing = any(set(other.left_columns) & set(join.right_columns) for other in others)
    return home in tables or not knowing


def _names_one(item: Item) -> bool:
    return item.best_table() >= _ONE_TABLE and len(item.table_hits()) == 1


def _near_best(hits: Sequence[NameHit], margin: float) -> set[str]:
    best = max((hit.score for hit in hits), default=0.0)
    return {hit.table for hit in hits if hit.score > best - margin}
