"""Period phrases: how many words tell a period: "2024-05", "2024", "last month", "today"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kpi_nlsql.english.dates_read import MONTHS, YEARS
from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.periods_told import CALENDAR, DAYS
from kpi_nlsql.wording.phrases import lower_at

_PERIOD = re.compile(r"\d{4}-(?:\d\d|[QH]\d)(?:-\d\d)?")
_UNITS = frozenset({"year", "quarter", "month", "week"})


def beside_today(tokens: Sequence[Token], position: int) -> int:
    """Return how many words tell a period by today: "last month", "yesterday"; 0 if none does."""
    first, second = lower_at(tokens, position), lower_at(tokens, position + 1)
    if first in DAYS:
        return 1
    return 2 if first in CALENDAR and second in _UNITS else 0


def without_year(tokens: Sequence[Token], position: int) -> int:
    """Return how many words tell a month without its year and day: "May"; 0 if none does."""
    beside = (*tokens[max(position - 1, 0) : position], *tokens[position + 1 : position + 2])
    token = tokens[position : position + 1]
    month = bool(token) and token[0].lower in MONTHS and token[0].text[:1].isupper()
    return int(month and position > 0 and all(each.kind != "number" for each in beside))


def is_date(token: Token) -> bool:
    """Tell whether a token is a day, month, quarter or half of a year."""
    return token.kind == "quoted" and _PERIOD.fullmatch(token.text) is not None


def is_year(token: Token) -> bool:
    """Tell whether a token is a number that may be a year."""
    return token.kind == "number" and token.text.isdigit() and int(token.text) in YEARS


def period(tokens: Sequence[Token], position: int) -> int:
    """Return how many words tell a period, of whatever kind; 0 if none stands here."""
    token = tokens[position : position + 1]
    told = bool(token) and (is_date(token[0]) or is_year(token[0]))
    return 1 if told else beside_today(tokens, position) or without_year(tokens, position)
