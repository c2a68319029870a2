"""What a sentence says besides and a plan holds nothing of: the answer is doubted."""

from __future__ import annotations

from kpi_nlsql import Answer, ReadOptions
from kpi_nlsql.judging.unread_conjuncts import unread_conjuncts

from .cases.written import engine


def _unread(sentence: str, read: str) -> int:
    """Return how much of a sentence the plan of another holds nothing of."""
    answer = engine("clubs").read(read, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer)
    return unread_conjuncts(engine("clubs").link(sentence, ReadOptions()), answer.plan, ())


def test_one_of_two_nouns_that_are_asked_for_is_lost() -> None:
    plain = "List the names of the players"
    assert _unread("List the names of players and their clubs", plain) == 1
    assert not _unread("List the names and the countries of the players", plain)


def test_a_clause_of_which_nothing_is_read_is_doubted() -> None:
    plain = "Players from Spain"
    assert _unread("Players from Spain or without a club", plain) == 1
    assert not _unread("Players from Spain who are 1.90 or taller", plain)
