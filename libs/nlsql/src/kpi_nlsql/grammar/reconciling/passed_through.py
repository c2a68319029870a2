"""Passed through: "tickets for trains that are not in the timetable" are tickets.

The noun between the rows asked for and the denial is one they refer to: it is that reference which
is looked for, whether or not the noun has a table of its own.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.grammar.reconciling.relation import Relation, table_at
from kpi_nlsql.sentence import Sentence

_LINKS = frozenset({"for", "on", "of", "to", "by", "from", "about", "against"})
_DETERMINERS = frozenset({"the", "a", "an", "all", "any", "our", "some"})
_RELATING = ("missing", "not", "only", "both", "also", "relative")


def from_head(sentence: Sentence, relation: Relation) -> Relation:
    """Return the relation of the rows that refer to the noun a place is denied of, if it is so."""
    if relation.operation == "IN" and len(relation.further) == 1 and relation.further[0].negative:
        source, noun, target = relation.source, relation.target, relation.further[0].position
    elif relation.operation == "NOT_IN" and not relation.further:
        noun, target = relation.source, relation.target
        source = _head(sentence, noun)
    else:
        return relation
    if not source < noun < target or not _linked(sentence, source, noun):
        return relation
    if not _refers(sentence, source, noun, target):
        return relation
    cue = next((at for at in range(noun + 1, target) if _denies(sentence, at)), relation.cue)
    return replace(
        relation, operation="NOT_IN", source=source, target=target, cue=cue, further=(),
        through=noun,
    )  # fmt: skip


def _denies(sentence: Sentence, position: int) -> bool:
    item = sentence.items[position]
    return item.is_cue("not") or item.is_cue("missing")


def _head(sentence: Sentence, noun: int) -> int:
    """Return the position of the first table mentioned before a noun; else the noun's own."""
    items = sentence.items
    for position in range(noun):
        item = items[position]
        if item.kind == "mention" and item.best_table() >= max(0.6, item.best_column()):
            return position
    return noun


def _linked(sentence: Sentence, source: int, noun: int) -> bool:
    """Tell whether a bare preposition leads to the noun, and no clause stands before it."""
    items = sentence.items
    lead = noun - 1
    while lead > source and items[lead].text in _DETERMINERS:
        lead -= 1
    between = items[source + 1 : lead]
    plain = not any(item.is_cue(kind) for item in between for kind in _RELATING)
    return lead > source and items[lead].text in _LINKS and plain


def _refers(sentence: Sentence, source: int, noun: int, target: int) -> bool:
    """Tell whether the rows refer to the noun by the columns they are looked for by.

    "Items on stock that were never invoiced" do not: it is the stock that refers to them.
    """
    items, graph = sentence.items, sentence.graph
    tables = [table_at(items, at) for at in (source, noun, target)]
    if len(set(tables)) < 3:
        return False
    joins = graph.joins_between(tables[0], tables[1])
    toward = {
        join.left_columns
        for join in joins
        if not graph.table(tables[0]).identifies(join.left_columns)
        or graph.table(tables[1]).identifies(join.right_columns)
    }
    found = graph.joins_between(tables[0], tables[2])[:1]
    return any(join.left_columns in toward for join in found)
