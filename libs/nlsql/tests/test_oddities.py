"""Traits of a plan that mostly mark a misreading: the answer is doubted."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Engine, ReadOptions
from kpi_nlsql.judging.oddities import oddities
from kpi_nlsql.plans import plan

from .cases.schemas import SCHEMAS

_ENGINES = {name: Engine(SCHEMAS[name]) for name in ("retail", "clubs", "workshops")}


def _found(schema: str, sentence: str, query: plan.Plan) -> set[str]:
    linked = _ENGINES[schema].link(sentence, ReadOptions())
    return {name for name, odd in oddities(linked, query).items() if odd}


def _plan(schema: str, sentence: str) -> plan.Plan:
    answer = _ENGINES[schema].read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer)
    return answer.plan


def test_an_order_that_is_asked_for_is_not_made() -> None:
    sentence = "List the players' names in ascending order"
    assert _found("clubs", sentence, _plan("clubs", "List the names of the players")) == {
        "unread_order"
    }
    assert not _found("clubs", sentence, _plan("clubs", "List the names of players sorted by name"))


def test_a_denial_of_other_rows_is_none_of_the_rows_own_values() -> None:
    own = plan.Query(
        (plan.Output(plan.ColumnRef("players", "name")),),
        plan.Source("players", "players"),
        where=plan.Not(
            plan.Compare(plan.ColumnRef("players", "country"), "=", plan.Constant("Spain"))
        ),
    )
    assert _found("clubs", "Which players have no Spain clubs?", own) == {"denied_alone"}
    assert not _found("clubs", "Which players are not from Spain?", own)


def test_what_is_denied_of_a_group_is_not_denied_of_one_of_its_rows() -> None:
    inner = plan.Query(
        (plan.Output(plan.Constant(1)),),
        plan.Source("seasons", "s"),
        where=plan.Match(plan.ColumnRef("players", "player_id"), plan.ColumnRef("s", "player_id")),
    )
    name = plan.ColumnRef("clubs", "club_name")
    join = plan.Match(plan.ColumnRef("players", "club_id"), plan.ColumnRef("clubs", "club_id"))
    query = plan.Query(
        (plan.Output(name),),
        plan.Source("players", "players"),
        (plan.JoinStep(plan.Source("clubs", "clubs"), (join,)),),
        plan.Not(plan.Exists(inner)),
        group=(name,),
    )
    sentence = "The average age for each club without seasons"
    assert "denied_beside_group" in _found("clubs", sentence, query)


def test_a_number_is_no_name() -> None:
    country = plan.ColumnRef("players", "country")
    where = plan.Between(country, plan.Constant("2014"), plan.Constant("2017"))
    query = plan.Query(
        (plan.Output(plan.Star("players")),), plan.Source("players", "players"), where=where
    )
    assert _found("clubs", "Players between 2014 and 2017", query) == {"number_for_text"}


def test_names_that_are_not_assigned_are_not_left_empty() -> None:
    title = plan.ColumnRef("workshops", "title")
    query = plan.Query(
        (plan.Output(title),), plan.Source("workshops", "workshops"), where=plan.IsNull(title)
    )
    assert _found("workshops", "Workshop titles which are not assigned yet", query) == {
        "empty_output"
    }
    assert not _found("workshops", "Workshops with an empty title", query)


@pytest.mark.parametrize("name", ["Britanny Harris", "Ogbonna"])
def test_a_name_that_nobody_knows_is_no_verb(name: str) -> None:
    sentence = f"Which workshops have not been booked by {name}?"
    answer = _ENGINES["workshops"].read(sentence)
    assert not isinstance(answer, Answer)
