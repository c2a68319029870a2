"""Differences: what the engine must not answer, and what makes it doubt a difference."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Engine, ReadOptions, Refusal
from kpi_nlsql.engine import candidates
from kpi_nlsql.grammar.contrast.comparator import comparators
from kpi_nlsql.judging.features import features

from .cases.schemas import SCHEMAS

_ENGINE = Engine(SCHEMAS["clubs"])


def _found(sentence: str) -> dict[str, float]:
    linked = _ENGINE.link(sentence, ReadOptions())
    return features(linked, next(iter(candidates(linked))))


@pytest.mark.parametrize(
    "sentence",
    [
        "What are the names of the referees that have no matches?",
        "Show the nicknames of clubs without a Goalkeeper player",
        "Show the names of clubs whose name is above 30",
    ],
)
def test_what_asks_for_something_unknown_or_senseless_is_refused(sentence: str) -> None:
    assert isinstance(_ENGINE.read(sentence), Refusal)


def test_a_noun_that_was_asked_for_and_is_unknown_is_a_lost_output() -> None:
    assert _found("Show the nicknames of clubs without a Goalkeeper player")["lost_output"]
    assert not _found("Show the names of clubs without a Goalkeeper player")["lost_output"]


def test_two_foreign_keys_are_doubted_where_no_word_tells_them_apart() -> None:
    assert _found("Show the names of clubs without a match")["twin_joins"]
    assert not _found("Show the names of clubs that were never the away club of a match")[
        "twin_joins"
    ]


def test_both_of_which_only_one_is_read_is_doubted() -> None:
    sentence = "Which countries have both Goalkeeper and nicknamed players?"
    assert _found(sentence)["both_unread"]


def test_a_text_column_compared_with_a_number_is_unlikely() -> None:
    assert _found("Show players whose country is above 30")["unlikely_compared"]


def test_a_value_is_found_with_the_marks_it_is_stored_with() -> None:
    answer = _ENGINE.read("Show all matches in Lisbon/Porto", ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer)
    assert "'Lisbon/Porto'" in answer.sql("sqlite")


def test_an_amount_is_not_set_against_words() -> None:
    sentence = "Show all order items where the quantity differs from the segment of the customer"
    assert isinstance(Engine(SCHEMAS["retail"]).read(sentence), Refusal)


def test_another_value_that_nothing_was_compared_with_is_doubted() -> None:
    assert _found("Show players in a different position")["comparison_unread"]
    assert not _found("How many different countries do players have?")["comparison_unread"]


def test_different_before_a_table_sets_no_two_tables_against_each_other() -> None:
    assert isinstance(_ENGINE.read("Show the names of players with a different club"), Refusal)


def test_a_number_or_more_of_rows_sets_nothing_against_each_other() -> None:
    sentence = _ENGINE.link("clubs with 4 or more players", ReadOptions())
    assert list(comparators(sentence.items)) == []
