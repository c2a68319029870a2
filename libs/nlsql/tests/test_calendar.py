"""Periods told beside today: whatever day it is, they begin and end with the calendar."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable

import pytest
from sqlglot import exp, parse_one

from kpi_nlsql import Answer, ReadOptions
from kpi_nlsql.sql.write import DIALECTS

from .cases.written import engine

_DAYS = [dt.date(2023, 1, 1) + dt.timedelta(days=days) for days in range(3 * 365)]
_TODAYS = ("2024-12-31", "2025-01-01", "2025-03-31", "2024-02-29", "2025-07-15")


def _dates(sentence: str, today: str) -> set[dt.date]:
    read = engine("retail").read(sentence)
    assert isinstance(read, Answer), sentence
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE orders (order_date TEXT)")
    connection.executemany("INSERT INTO orders VALUES (?)", [(day.isoformat(),) for day in _DAYS])
    sql = read.sql("sqlite").replace("CURRENT_DATE", f"'{today}'")
    return {dt.date.fromisoformat(row[0]) for row in connection.execute(sql)}


def _months(day: dt.date) -> int:
    return 12 * day.year + day.month - 1


@pytest.mark.parametrize("today", _TODAYS)
def test_periods_beside_today_are_those_of_the_calendar(today: str) -> None:
    now = dt.date.fromisoformat(today)
    told: dict[str, Callable[[dt.date], bool]] = {
        "orders placed this month": lambda day: _months(day) == _months(now),
        "orders placed last month": lambda day: _months(day) == _months(now) - 1,
        "last month's orders": lambda day: _months(day) == _months(now) - 1,
        "orders of the previous quarter": lambda day: _months(day) // 3 == _months(now) // 3 - 1,
        "orders placed this quarter": lambda day: _months(day) // 3 == _months(now) // 3,
        "orders placed last year": lambda day: day.year == now.year - 1,
        "orders placed this year or last year": lambda day: now.year - 1 <= day.year <= now.year,
        "orders placed this month and last month": lambda day: (
            _months(now) - 1 <= _months(day) <= _months(now)
        ),
        "orders since last month": lambda day: _months(day) >= _months(now) - 1,
        "orders before this year": lambda day: day.year < now.year,
        "orders after last quarter": lambda day: _months(day) // 3 >= _months(now) // 3,
        "orders until last year": lambda day: day.year < now.year,
        "orders year to date": lambda day: day.year == now.year,
        "orders placed today": lambda day: day == now,
        "orders before today": lambda day: day < now,
        "orders since yesterday": lambda day: day >= now - dt.timedelta(days=1),
        "orders placed this day": lambda day: day == now,
        "orders newer than today": lambda day: day > now,
        "orders newer than last month": lambda day: _months(day) >= _months(now),
        "orders more recent than last month": lambda day: _months(day) >= _months(now),
        "orders older than last month": lambda day: _months(day) < _months(now) - 1,
        "orders no older than last month": lambda day: _months(day) >= _months(now) - 1,
        "orders before the last month": lambda day: _months(day) < _months(now) - 1,
        "orders up to last month": lambda day: _months(day) < _months(now),
        "orders by last month": lambda day: _months(day) < _months(now),
        "orders by the end of last month": lambda day: _months(day) < _months(now),
        "orders from last month onwards": lambda day: _months(day) >= _months(now) - 1,
        "orders of last year or earlier": lambda day: day.year < now.year,
        "orders through last quarter": lambda day: _months(day) // 3 < _months(now) // 3,
        "orders up to yesterday": lambda day: day < now,
        "orders between last month and today": lambda day: (
            _months(day) >= _months(now) - 1 and day <= now
        ),
        "orders placed next month": lambda day: _months(day) == _months(now) + 1,
        "orders in the next 30 days": lambda day: 0 <= (day - now).days <= 30,
        "orders placed 10 days ago": lambda day: (now - day).days == 10,
        "orders placed over 30 days ago": lambda day: (now - day).days > 30,
        "orders placed at least 30 days ago": lambda day: (now - day).days >= 30,
        "orders between 30 and 60 days old": lambda day: 30 <= (now - day).days <= 60,
        "orders in the last month": lambda day: day >= now - dt.timedelta(days=30),
    }
    for sentence, within in told.items():
        assert _dates(sentence, today) == {day for day in _DAYS if within(day)}, sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "orders placed this week",
        "orders placed on weekends",
        "orders placed early in 2024",
        "orders placed in May last year",
        "orders in fiscal year 2024",
        "orders dated on the last day of last month",
        "orders as of today",
        "orders per week",
        "orders newer than 5",
        "orders this month compared with last month",
    ],
)
def test_times_that_cannot_be_told_by_a_date_are_not_ignored(sentence: str) -> None:
    assert not isinstance(engine("retail").read(sentence), Answer)


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS.values())))
def test_periods_ahead_are_written_in_every_dialect(dialect: str) -> None:
    for sentence in ("orders placed next quarter", "orders in the next 30 days"):
        read = engine("retail").read(sentence)
        assert isinstance(read, Answer)
        written = read.sql(dialect)
        assert "- -" not in written
        assert parse_one(written, read=dialect).find(exp.Where) is not None


@pytest.mark.parametrize(
    ("dialect", "today"), [("oracle", "TRUNC(CURRENT_DATE)"), ("tsql", "CAST(GETDATE() AS DATE)")]
)
def test_today_begins_at_midnight_where_the_clock_tells_this_moment(
    dialect: str, today: str
) -> None:
    read = engine("retail").read("orders placed today")
    assert isinstance(read, Answer)
    assert read.sql(dialect).count(today) == 2


def test_this_week_is_not_taken_for_all_weeks() -> None:
    for sentence in ("orders placed this week", "How many orders were placed this week?"):
        read = engine("retail").read(sentence, ReadOptions(minimum_confidence=0.4))
        assert not isinstance(read, Answer)
