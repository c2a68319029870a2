"""Rows meant: a plan that shows a column no word names well shows the rows of a named table."""

from __future__ import annotations

import dataclasses

from kpi_nlsql.judging.unnamed_column import is_told, unnamed_column
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import moved
from kpi_nlsql.sentence import Sentence

_NAMED = 0.6


def with_rows_meant(sentence: Sentence, query: plan.Query) -> plan.Query:
    """Return the query with whole rows where "moves" was taken for their ``move_dt``.

    So is "Which freelance teachers get more than 40 an hour?", which tells what it would show.
    """
    column, source = unnamed_column(sentence, query), query.source
    if column is None or column.source != source.alias:
        return query
    if not is_told(query) and not _says_rows(sentence, source.table, column.column):
        return query
    terms = [_of_rows(term, column) for term in plan.conjuncts(query.where)]
    rows = (plan.Output(plan.Star(source.alias)),)
    return dataclasses.replace(query, outputs=rows, where=plan.all_of(terms), distinct=False)


def _says_rows(sentence: Sentence, table: str, column: str) -> bool:
    """Tell whether the word that the column was taken from is one for the rows themselves.

    "Discharged episodes" loses a word where it is read as "episodes".
    """
    naming = [
        item
        for item in sentence.items
        if any(hit.table == table and hit.column == column for hit in item.hits)
    ]
    return bool(naming) and all(
        any(hit.table == table and hit.score >= _NAMED for hit in item.table_hits())
        for item in naming
    )


def _of_rows(term: plan.Condition, column: plan.ColumnRef) -> plan.Condition:
    # "the days of moves, but not those of an invoiced one" becomes "the moves not invoiced".
    inner = _denied_values(term, column)
    if inner is None or inner.joins or inner.group:
        return term
    there = plan.Not(plan.IsNull(plan.ColumnRef(inner.source.alias, column.column)))
    tests = [
        moved(test, inner.source.alias, column.source)
        for test in plan.conjuncts(inner.where)
        if test != there
    ]
    whole = plan.all_of(tests)
    return term if whole is None else plan.Not(whole)


def _denied_values(term: plan.Condition, column: plan.ColumnRef) -> plan.Query | None:
    if not isinstance(term, plan.Not) or not isinstance(term.term, plan.InQuery):
        return None
    inner, own = term.term.query, term.term.subject == column
    return inner if own and isinstance(inner, plan.Query) else None
