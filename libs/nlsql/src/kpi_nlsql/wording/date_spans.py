"""Date spans: "between 1 April and 30 June 2024", "from July until September".

The year is said once for several months or days; a span that is told with "from" and "to" is put
with "between" and "and", which the grammar reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.dates_read import MONTHS
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.period_phrases import is_date, is_year, period
from kpi_nlsql.wording.phrases import lower_at, retold, said

_PERIOD = re.compile(r"(\d{4})-(\d\d|[QH]\d)(-\d\d)?")
_PART = re.compile(r"[QqHh][1-4]")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_LINKS = frozenset({"and", "to", "until", "till", "or", "through", "-", "–", ","})  # noqa: RUF001
_UNTIL = frozenset({"to", "until", "till", "through", "thru", "-", "–"})  # noqa: RUF001
_LEADS = frozenset({"from", "in", "during", "for", "between"})
_NOUNS = frozenset({"years", "months", "quarters"})


def told_in_full(tokens: list[Token]) -> list[Token]:
    """Return the tokens with every date in full, and spans of dates told with "between"."""
    return _spans(_dated(tokens))


def _dated(tokens: list[Token]) -> list[Token]:
    """Tell "January and March 2024", "1 April to 30 June 2024" with the year in both places."""
    told = list(tokens)
    for position in range(len(tokens) - 1, 0, -1):
        if position >= len(told) or told[position].lower not in _LINKS:
            continue
        last = _PERIOD.fullmatch(told[position + 1].text) if position + 1 < len(told) else None
        if last is None or told[position + 1].kind != "quoted":
            continue
        length, text = _yearless(told, position, last)
        if text:
            run = told[position - length : position]
            date = Token(text, "quoted", run[0].start, run[-1].end)
            told[position - length : position] = [date]
    return told


def _yearless(tokens: Sequence[Token], end: int, last: re.Match[str]) -> tuple[int, str]:
    """Return how many tokens tell a period or day whose year comes later, and which it is."""
    year, day = last[1], last[3]
    part = _PART.fullmatch(tokens[end - 1].text)
    if part and day is None:
        return 1, f"{year}-{part[0].upper()}"
    month = MONTHS.get(tokens[end - 1].lower)
    before = _day(tokens[end - 2]) if end > 1 else None
    if day is None:
        return (1, f"{year}-{month:02d}") if month else (0, "")
    if month and before:
        return 2, f"{year}-{month:02d}-{before:02d}"
    earlier = MONTHS.get(tokens[end - 2].lower) if end > 1 else None
    number = _day(tokens[end - 1])
    if earlier and number:
        return 2, f"{year}-{earlier:02d}-{number:02d}"
    told = end > 1 and tokens[end - 2].lower in _LEADS and tokens[end].lower in {"and", *_UNTIL}
    if number and told and number <= int(day[1:]):
        return 1, f"{year}-{last[2]}-{number:02d}"  # "between 1 and 15 March 2024"
    return 0, ""


def _day(token: Token) -> int | None:
    told = _DAY.fullmatch(token.lower)
    return int(told[1]) if told and 0 < int(told[1]) < 32 else None


def _spans(tokens: list[Token]) -> list[Token]:
    """Tell "from May until July 2024" as "between May 2024 and July 2024"."""
    return retold(tokens, _span)


def _span(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    """Add a span from one period to another; without a year it is told as "since … until …"."""
    link = position + period(tokens, position)
    last = link + 1 + (lower_at(tokens, link + 1) == "the")
    end = last + period(tokens, last)
    lead = lower_at(told, len(told) - 1)
    if link == position or end == last:
        return 0
    if any(not (is_date(tokens[at]) or is_year(tokens[at])) for at in (position, last)):
        return _since_until(told, tokens[position:link], tokens[link], tokens[last:end])
    dates = tokens[position].kind == tokens[last].kind == "quoted"
    if lower_at(tokens, link) not in _UNTIL or not (lead in _LEADS | _NOUNS or dates):
        return 0
    at = told.pop() if lead in _LEADS else replace(tokens[position], end=tokens[position].start)
    told += [replace(at, text="between", kind="word"), tokens[position]]
    told += [replace(tokens[link], text="and", kind="word"), tokens[last]]
    return end - position


def _since_until(
    told: list[Token], first: Sequence[Token], link: Token, last: Sequence[Token]
) -> int:
    # "between last month and today", "from May 2024 to the last month"
    article = lower_at(told, len(told) - 1) == "the"
    lead = lower_at(told, len(told) - 1 - article)
    linked = link.lower in _UNTIL or (lead == "between" and link.lower == "and")
    if lead not in {"from", "between"} or not linked:
        return 0
    del told[len(told) - 1 - article :]
    told += [*said(("since",), link), *first, *said(("until",), link), *last]
    return len(first) + 1 + len(last)
