"""Sentences in the manner of the requirements, with the SQL (SQLite, unquoted) they must give.

``cases/<schema>.json`` maps a sentence to its SQL. The schemas are in ``cases/schemas.py``.
``cases/<topic>.json`` maps the sentences of each schema to SQL.
"""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer

from .cases.schemas import SCHEMAS
from .cases.written import by_schema, engine, kept, sql_of

_CASES = [(schema, sentence, sql) for schema in SCHEMAS for sentence, sql in kept(schema).items()]


@pytest.mark.parametrize(("schema", "sentence", "sql"), _CASES)
def test_a_sentence_gives_the_sql_that_was_written_for_it(
    schema: str, sentence: str, sql: str
) -> None:
    assert sql_of(schema, sentence) == sql


_TOPICS = (
    "beside",  # what related rows tell of each, and figures of them, shown beside the rows
    "clauses",  # several about the same rows, joined by and, but, or, nor
    "counts",  # sums and averages, too, by group and by month, above them, first, latest
    "denials",  # what is, or is not, somewhere, however it is put
    "everyday",  # spoken questions, without the words that a report uses
    "filters",  # amounts, texts, dates, gaps of one row, denied and put together
    "nested",  # rows set against averages, newest rows and others of their own kind
    "presence",
    "shares",  # percentages of the rows, per group, too
    "reconciled",  # and duplicates, each with a further condition on either side
    "times",  # days and periods, told by today, by their age, and from one to another
)


@pytest.mark.parametrize(("schema", "sentence", "sql"), by_schema(*_TOPICS))
def test_a_sentence_of_a_topic_gives_the_sql_that_was_written_for_it(
    schema: str, sentence: str, sql: str
) -> None:
    assert sql_of(schema, sentence) == sql


def test_nearly_all_of_them_are_answered_without_being_asked_to_guess() -> None:
    answered = [isinstance(engine(schema).read(sentence), Answer) for schema, sentence, _ in _CASES]
    assert sum(answered) / len(answered) >= 0.95


def test_there_are_enough_cases_to_mean_something() -> None:
    assert len(_CASES) >= 140
