"""Periods told beside today: whatever day it is, they begin and end with the calendar."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable

import pytest

from kpi_nlsql import Answer, ReadOptions

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
        "orders in the last month": lambda day: day >= now - dt.timedelta(days=30),
    }
    for sentence, within in told.items():
        assert _dates(sentence, today) == {day for day in _DAYS if within(day)}, sentence


def test_this_week_is_not_taken_for_all_weeks() -> None:
    for sentence in ("orders placed this week", "How many orders were placed this week?"):
        read = engine("retail").read(sentence, ReadOptions(minimum_confidence=0.4))
        assert not isinstance(read, Answer)
