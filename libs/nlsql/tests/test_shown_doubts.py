"""What is shown is doubted where the sentence tells it, or where an amount or a count is lost."""

from __future__ import annotations

from kpi_nlsql import Answer, Engine, ReadOptions
from kpi_nlsql.judging.held import Held
from kpi_nlsql.judging.impossible import is_impossible
from kpi_nlsql.judging.list_doubts import list_doubts
from kpi_nlsql.judging.plan_oddities import plan_oddities
from kpi_nlsql.judging.shown_doubts import shown_doubts
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Candidate

from .cases.schemas import SCHEMAS

_ENGINES = {name: Engine(SCHEMAS[name]) for name in ("rental", "charter")}
TRIPS = plan.Source("trips", "trips")
BOATS = plan.Source("boats", "boats")
GUESTS = plan.Source("guests", "guests")
STATUS = plan.ColumnRef("trips", "trip_status")
CANCELLED = plan.Compare(STATUS, "=", plan.Constant("Cancelled"))
ON_BOATS = plan.Match(plan.ColumnRef("trips", "boat_no"), plan.ColumnRef("boats", "boat_no"))


def _found(sentence: str, query: plan.Plan) -> set[str]:
    linked = _ENGINES["charter"].link(sentence, ReadOptions())
    told = shown_doubts(linked, Candidate(query, "general", "DATA", ""))
    return {name for name, doubt in told.items() if doubt}


def _odd(sentence: str, query: plan.Plan) -> set[str]:
    linked = _ENGINES["charter"].link(sentence, ReadOptions())
    return {name for name, odd in plan_oddities(linked, query, Held(query)).items() if odd}


def _shown(*shown: plan.Expression, where: plan.Condition | None = None) -> plan.Query:
    return plan.Query(tuple(map(plan.Output, shown)), TRIPS, where=where)


def test_nobody_asks_for_what_they_tell() -> None:
    told = _shown(STATUS, where=CANCELLED)
    number = _shown(plan.ColumnRef("trips", "trip_no"), where=CANCELLED)
    assert "shown_told" in _found("Which trips are cancelled?", told)
    assert not _found("Which trips are cancelled?", number)


def test_a_column_that_no_word_names_is_not_what_is_asked_for() -> None:
    day = _shown(plan.ColumnRef("trips", "sail_date"))
    assert "shown_unnamed" in _found("Which trips are there?", day)
    assert not _found("Show the sail date of all trips", day)


def test_a_sum_or_a_count_that_is_asked_for_is_made() -> None:
    amounts = plan.Query(
        (plan.Output(plan.ColumnRef("p", "amount")),), plan.Source("trip_payments", "p")
    )
    assert "aggregate_unread" in _found("What is the total amount of the trip payments?", amounts)
    numbers = _shown(plan.ColumnRef("trips", "trip_no"))
    assert "count_unread" in _found("Show the trips with the number of guests", numbers)


def test_rows_are_not_sorted_by_what_is_alike_in_all_of_them() -> None:
    rows = plan.Query(
        (plan.Output(plan.Star("trips")),), TRIPS, where=CANCELLED, order=(plan.Order(STATUS),)
    )
    assert is_impossible(SCHEMAS["charter"], rows)


def test_the_day_told_is_one_of_the_rows_asked_for() -> None:
    paid = plan.Compare(plan.ColumnRef("p", "payment_date"), ">", plan.Constant("2024-01-01"))
    on = plan.Match(plan.ColumnRef("trips", "trip_no"), plan.ColumnRef("p", "trip_no"))
    step = plan.JoinStep(plan.Source("trip_payments", "p"), (on,))
    count = plan.Aggregate("count", plan.Star())
    query = plan.Query((plan.Output(count),), TRIPS, (step,), where=paid)
    assert _odd("How many trips were there after 2024-01-01?", query) == {"other_day"}
    assert not _odd("How many trips have a payment date after 2024-01-01?", query)


def test_rows_shown_are_those_that_are_told_of() -> None:
    step = plan.JoinStep(BOATS, (ON_BOATS,))
    many = plan.Compare(plan.ColumnRef("boats", "berths"), ">", plan.Constant(6))
    query = plan.Query((plan.Output(plan.Star("trips")),), TRIPS, (step,), where=many)
    assert _odd("Boats with more than 6 berths", query) == {"rows_untold"}


def test_codes_are_not_summed() -> None:
    total = plan.Aggregate("sum", plan.ColumnRef("trips", "channel"))
    assert _odd("How much came in by channel?", _shown(total)) == {"code_summed"}


def test_rows_are_shown_where_only_a_told_amount_would_be() -> None:
    options = ReadOptions(minimum_confidence=0.5)
    answer = _ENGINES["rental"].read("Who has a credit above 4000?", options)
    assert isinstance(answer, Answer)
    assert '"cstmr".*' in answer.sql("sqlite")


def _listed(sentence: str, query: plan.Plan) -> set[str]:
    linked = _ENGINES["charter"].link(sentence, ReadOptions())
    return {name for name, doubt in list_doubts(linked, query).items() if doubt}


def test_all_columns_of_a_list_are_shown() -> None:
    half = plan.Query((plan.Output(plan.ColumnRef("guests", "guest_name")),), GUESTS)
    assert _listed("Show the guest name and email address of all guests", half) == {"half_listed"}
    assert not _listed("Show the guest name of all guests", half)


def test_a_column_that_is_asked_for_is_no_whole_row() -> None:
    rows = plan.Query((plan.Output(plan.Star("guests")),), GUESTS)
    assert _listed("Show the email addresses of all guests", rows) == {"rows_for_column"}
    assert not _listed("Show all guests", rows)


def test_a_number_meets_no_date() -> None:
    odd = plan.Match(plan.ColumnRef("trips", "boat_no"), plan.ColumnRef("p", "payment_date"))
    inner = plan.Query(
        (plan.Output(plan.Constant(1)),), plan.Source("trip_payments", "p"), where=odd
    )
    rows = _shown(plan.Star("trips"), where=plan.Exists(inner))
    assert is_impossible(SCHEMAS["charter"], rows)
