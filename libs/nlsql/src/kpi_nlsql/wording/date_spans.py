"""Date spans: "between 1 April and 30 June 2024", "from July until September", "2015 or older".

The year is said once for several months or days; a span that is told with "from" and "to" is put
with "between" and "and", which the grammar reads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.dates_read import MONTHS
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import retold, said

_PERIOD = re.compile(r"(\d{4})-(\d\d|[QH]\d)(-\d\d)?")
_PART = re.compile(r"[QqHh][1-4]")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_AGO = {
    ("more", "than"): ("older", "than"), ("longer", "than"): ("older", "than"),
    ("less", "than"): ("in", "the", "last"), ("fewer", "than"): ("in", "the", "last"),
}  # fmt: skip
_YEARS = range(1900, 2101)
_LINKS = frozenset({"and", "to", "until", "till", "or", "through", "-", "–", ","})  # noqa: RUF001
_UNTIL = frozenset({"to", "until", "till", "through", "thru", "-", "–"})  # noqa: RUF001
_LEADS = frozenset({"from", "in", "during", "for", "between"})
_AGED = {
    "older": "earlier", "younger": "later", "newer": "later", "earlier": "earlier",
    "later": "later",
}  # fmt: skip


def told_in_full(tokens: list[Token]) -> list[Token]:
    """Return the tokens with every date in full, and spans of dates told with "between"."""
    return _ages(_spans(_dated(_ago(tokens))))


def _ago(tokens: list[Token]) -> list[Token]:
    """Tell "more than 30 days ago" as "older than 30 days", "less than …" as "in the last …"."""
    told: list[Token] = list(tokens)
    for position in range(len(told) - 1, 3, -1):
        run = [token.lower for token in told[position - 4 : position + 1]]
        bound = _AGO.get((run[0], run[1]))
        if run[4] == "ago" and bound and told[position - 2].kind == "number":
            told[position - 4 : position + 1] = [
                *said(bound, told[position - 4]), *told[position - 2 : position]
            ]  # fmt: skip
            return _ago(told)
    return told


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
    run = tokens[position : position + 3]
    if len(run) < 3 or run[1].lower not in _UNTIL or not (_is_date(run[0]) and _is_date(run[2])):
        return 0
    dates = run[0].kind == run[2].kind == "quoted"
    led = bool(told) and told[-1].lower in _LEADS
    if not led and not dates:
        return 0
    lead = told.pop() if led else replace(run[0], end=run[0].start)
    told.append(replace(lead, text="between", kind="word"))
    told += [run[0], replace(run[1], text="and", kind="word"), run[2]]
    return 3


def _is_date(token: Token) -> bool:
    if token.kind == "quoted":
        return _PERIOD.fullmatch(token.text) is not None
    return _is_year(token)


def _is_year(token: Token) -> bool:
    return token.kind == "number" and token.text.isdigit() and int(token.text) in _YEARS


def _ages(tokens: list[Token]) -> list[Token]:
    """Tell "2015 or older" as "2015 or earlier", "older than 2015" as "earlier than 2015"."""
    told = list(tokens)
    for position, token in enumerate(tokens):
        word = _AGED.get(token.lower)
        before, after = tokens[max(position - 2, 0) : position], tokens[position + 1 : position + 3]
        behind = len(before) == 2 and before[1].lower in {"or", "and"} and _is_date(before[0])
        ahead = len(after) == 2 and after[0].lower == "than" and _is_date(after[1])
        if word and (behind or ahead):
            told[position] = replace(token, text=word)
    return told
