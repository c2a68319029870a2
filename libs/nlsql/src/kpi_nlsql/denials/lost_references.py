"""Lost references: "payments booked against invoice numbers that do not exist in billing".

The rows are those spoken of first. What they refer to, told by its noun or by its number, is looked
for where its own rows are kept: the place that is named behind may say no more than the system.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.denials.reading import (
    DETERMINERS,
    DOES_NOT,
    EXIST,
    EXISTING,
    NO,
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
from kpi_nlsql.wording.rewriting import THAT, Rule, Step

_LEADS = frozenset("for on against of from to under by with about whose".split())  # noqa: SIM905
_BEING = frozenset({"is", "are", "was", "were", "does", "do", "did", "has", "have", "can", "could"})
_NAMED = 0.6
_SURE = 0.95
_RIVAL = 0.3
_CLEAR = 0.1


def lost_reference(graph: Graph) -> Rule:
    """Return the rule that reads a reference that is not there as rows without what it names."""

    def rule(items: Sequence[Item], position: int) -> Step | None:
        lead = _lead(items, position)
        place = _place(items, position + 1)
        if lead is None or place is None:
            return None
        for join in _joins(items, position, lead, graph):
            if _is_system(items[place.start : place.stop], join, graph):
                named = replace(
                    items[position], hits=(NameHit(join.right_table, None, 1.0),), values=()
                )
                if items[lead].text in _LEADS or items[lead + 1].text == "by":
                    return lead, place.stop, [NO, named]
                return position, place.stop, [named, THAT, DOES_NOT, EXIST]
        return None

    return rule


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
    elif not denies(items, position) or behind == position + 1:
        return None
    elif text_at(items, behind) in TO:
        behind += 1
    elif ends(items, behind):
        return range(behind, behind)
    first = past(items, behind, DETERMINERS)
    end = noun_behind(items, first)
    closed = end > first and ends(items, end) and text_at(items, end) != "or"
    return range(first, end) if closed else None


def _joins(items: Sequence[Item], position: int, lead: int, graph: Graph) -> Iterator[Join]:
    """Yield how the rows asked for meet those they refer to, each of which has a key of its own."""
    told = list(_rows_before(items, lead))
    for rows in told:
        joins = [
            join
            for hit in _referred(items[position])
            if hit.table not in told
            for join in graph.joins_between(rows, hit.table)[:1]
            if graph.table(hit.table).identifies(join.right_columns)
            if hit.column in {None, *join.right_columns}
        ]
        if joins:
            yield max(joins, key=lambda join: join.score)


def _rows_before(items: Sequence[Item], lead: int) -> Iterator[str]:
    for item in items[:lead]:
        if item.best_table() >= max(_NAMED, item.best_column()):
            yield item.table_hits()[0].table


def _referred(item: Item) -> list[NameHit]:
    """Return the table that a mention names, or the columns that are called so."""
    if names_rows(item):
        sole = len(_near_best(item.table_hits(), _CLEAR)) == 1
        return item.table_hits()[:1] if sole else []  # no system: "elements of the inventory"
    return [hit for hit in item.column_hits() if hit.score >= _SURE]


def _is_system(place: Sequence[Item], join: Join, graph: Graph) -> bool:
    """Tell whether a place is no other table that knows what the rows refer to.

    "Postings for payslips that are unknown to payroll", where the tables called after the payroll
    are the postings themselves and others that have no payslip.
    """
    if any(item.values or max(item.best_column(), item.best_table()) >= _SURE for item in place):
        return False
    hits = [hit for item in place for hit in item.table_hits()]
    home, tables = join.right_table, _near_best(hits, _RIVAL) - {join.left_table}
    if _near_best(hits, _CLEAR) == {join.left_table}:
        return False  # "farms of the register that are unknown to our farms"
    others = (other for table in tables for other in graph.joins_between(home, table))
    knowing = any(other.left_columns == join.right_columns for other in others)
    return home in tables or not knowing


def _near_best(hits: Sequence[NameHit], margin: float) -> set[str]:
    best = max((hit.score for hit in hits), default=0.0)
    return {hit.table for hit in hits if hit.score > best - margin}
