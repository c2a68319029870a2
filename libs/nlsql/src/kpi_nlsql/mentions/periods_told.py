"""Periods told beside today: "this month", "the last quarter", "yesterday" among the items."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import text_at

UNITS = {
    "year": "year", "years": "year", "yearly": "year", "annually": "year",
    "month": "month", "months": "month", "monthly": "month",
    "quarter": "quarter", "quarters": "quarter",
    "day": "day", "days": "day", "daily": "day",
}  # fmt: skip
DAYS_OF = {
    "day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30,
    "year": 365, "years": 365,
}  # fmt: skip
"""How many days a unit counts for in a span: "the last 3 months" are 90 days."""
CALENDAR = {"this": 0, "current": 0, "last": 1, "previous": 1, "next": -1}
"""So many periods before today's: negative behind it."""
BESIDE_TODAY: dict[str, tuple[int | None, int | None]] = {
    "yesterday": (1, 0), "today": (0, -1), "tomorrow": (-1, -2), "future": (-1, None),
    "in the past": (None, 0), "past": (None, 0),
}  # fmt: skip
"""So many days before today these begin, and so many days before today they have ended."""
DAYS = frozenset({"today", "yesterday", "tomorrow"})
_WHOLE = frozenset({"year", "quarter", "month"})


def is_beside_today(items: Sequence[Item], position: int) -> bool:
    """Tell whether a day or a period of the calendar is told by today here."""
    text = text_at(items, position)
    return text in DAYS or (text in CALENDAR and text_at(items, position + 1) in _WHOLE)
