"""Conditions on the rows of one table, where the sentence names values of its columns."""

from __future__ import annotations

from kpi_nlsql.drafting.conditions import column_of, constant
from kpi_nlsql.grammar.conditions.exclusions import excluded_behind
from kpi_nlsql.grammar.conditions.listed_values import either_value, is_denied, subject_of
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Sentence

_ARTICLES = frozenset({"the", "their", "its", "each"})
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
        if values and _is_deed(sentence, position):
            used.add(position)
        if not values or position in used:
            continue
        named = _named_columns(sentence, table, position)
        hit = next((value for value in values if value.column in named), values[0])
        subject = plan.ColumnRef(alias, hit.column)
        negative = _is_denied(sentence, position) or is_denied(sentence.items, position)
        left_out = excluded_behind(sentence.items, position)
        if left_out is not None:
            negative = True
            used.update(range(position, left_out + 1))
        literal = constant(hit.value, column_of(sentence.graph, (table, hit.column)))
        last = found[-1] if found else None
        used.add(position)
        if not negative and _goes_on(sentence, position) and _is_about(last, subject):
            found[-1] = _either(last, literal)
            told[-1] += f" or {hit.value!r}"
            continue
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


def _goes_on(sentence: Sentence, position: int) -> bool:
    """Tell whether the value is one more of a list: "cancelled or no-show reservations"."""
    before = sentence.items[max(position - 2, 0) : position]
    listed = len(before) == 2 and bool(before[0].values)
    return listed and before[1].text in {"or", "and", ",", "/"}


def _is_about(term: plan.Condition | None, subject: plan.ColumnRef) -> bool:
    if isinstance(term, plan.OneOf):
        return term.subject == subject
    return isinstance(term, plan.Compare) and term.operator == "=" and term.left == subject


def _either(term: plan.Condition | None, constant: plan.Constant) -> plan.Condition:
    if isinstance(term, plan.OneOf):
        return plan.OneOf(term.subject, (*term.values, constant))
    assert isinstance(term, plan.Compare)
    assert isinstance(term.right, plan.Constant)
    return plan.OneOf(term.left, (term.right, constant))


def _is_deed(sentence: Sentence, position: int) -> bool:
    # "reports submitted by people who …" tells who did it, whatever a status is called.
    following = sentence.items[min(position + 1, len(sentence.items) - 1)]
    return sentence.items[position].text.endswith("ed") and following.text == "by"


def _named_columns(sentence: Sentence, table: str, position: int) -> set[str]:
    """Return the columns of the table that the two mentions before this one may name."""
    named: set[str] = set()
    for item in sentence.items[max(0, position - 4) : position]:
        named |= {str(hit.column) for hit in item.column_hits() if hit.table == table}
    return named


def _column_mentions(sentence: Sentence, found: list[plan.Condition], table: str) -> list[int]:
    subjects = map(subject_of, found)
    columns = {subject.column for subject in subjects if isinstance(subject, plan.ColumnRef)}
    return [
        position
        for position, item in enumerate(sentence.items)
        if any(hit.table == table and hit.column in columns for hit in item.column_hits())
        and item.best_table() < item.best_column()
        and not _groups(sentence, position)
    ]


def _groups(sentence: Sentence, position: int) -> bool:
    """Tell whether rows are put together by a column: "obsolete items not in A, by status"."""
    lead = sentence.items[max(skip_words_back(sentence.items, position - 1, _ARTICLES), 0)]
    return position > 0 and (lead.text == "by" or lead.is_cue("group"))
