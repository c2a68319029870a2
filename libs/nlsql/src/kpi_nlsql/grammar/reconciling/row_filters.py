"""Conditions on the rows of one table, where the sentence names values of its columns."""

from __future__ import annotations

from kpi_nlsql.drafting.conditions import column_of, constant
from kpi_nlsql.grammar.conditions.exclusions import excluded_behind
from kpi_nlsql.grammar.conditions.listed_values import either_value, is_denied, subject_of
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Sentence

_CALLED = frozenset({"marked", "flagged", "set", "called", "as", "to", "been", "yet", "in"})


def row_filters(
    sentence: Sentence, table: str, alias: str, used: set[int]
) -> tuple[list[plan.Condition], str]:
    """Return the conditions and their English; marks the items it accounts for as used."""
    found: list[plan.Condition] = []
    told: list[str] = []
    for position, item in enumerate(sentence.items):
        if position in used:
            continue
        values = [hit for hit in item.values if hit.table == table]
        if not values:
            continue
        hit = values[0]
        subject = plan.ColumnRef(alias, hit.column)
        negative = _is_denied(sentence, position) or is_denied(sentence.items, position)
        left_out = excluded_behind(sentence.items, position)
        if left_out is not None:
            negative = True
            used.update(range(position, left_out + 1))
        literal = constant(hit.value, column_of(sentence.graph, (table, hit.column)))
        used.add(position)
        found.append(plan.Compare(subject, "!=" if negative else "=", literal))
        told.append(f"{hit.column} {'is not' if negative else 'is'} {hit.value!r}")
    for position in _column_mentions(sentence, found, table):
        used.add(position)
    return either_value(found), " whose " + " and ".join(told) if told else ""


def _is_denied(sentence: Sentence, position: int) -> bool:
    # "not paid", "not marked paid"
    items = sentence.items
    before = position - 1
    if before > 0 and items[before].kind == "word" and items[before].text in _CALLED:
        before -= 1
    return before >= 0 and items[before].is_cue("not")


def _column_mentions(sentence: Sentence, found: list[plan.Condition], table: str) -> list[int]:
    subjects = map(subject_of, found)
    columns = {subject.column for subject in subjects if isinstance(subject, plan.ColumnRef)}
    return [
        position
        for position, item in enumerate(sentence.items)
        if any(hit.table == table and hit.column in columns for hit in item.column_hits())
    ]
