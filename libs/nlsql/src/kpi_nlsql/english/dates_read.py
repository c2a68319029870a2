"""Dates written in English, as ISO text: "September 7th, 1987" → ``1987-09-07``."""

from __future__ import annotations

import re

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
MONTHS = {name: number for number, month in enumerate(_MONTHS, 1) for name in (month, month[:3])}
"""From the name of a month, in full or with three letters, to its number."""
YEARS = range(1900, 2101)
"""The whole numbers that tell a year where nothing else is said."""
_NAME = "|".join(f"{month}|{month[:3]}" for month in _MONTHS)
_QUARTERS = ("first", "second", "third", "fourth")
_QUARTER = "|".join(_QUARTERS)
DATE = (
    r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?(?!\d)"
    r"|(?<![\d.])\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d{2}\b"
    r"|(?<![\d/])\d{1,2}/\d{1,2}/(?:19|20)\d{2}\b"
    rf"|\b\d{{1,2}}-(?:{_NAME})-(?:19|20)\d{{2}}\b"
    rf"|\b(?:{_NAME})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s+\d{{4}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_NAME})\.?\s*,?\s+\d{{4}}\b"
    rf"|\b(?:{_NAME})\.?,?\s+(?:of\s+)?(?:19|20)\d{{2}}\b"
    r"|\bQ[1-4]\s+(?:of\s+)?(?:19|20)\d{2}\b"
    rf"|\b(?:{_QUARTER})\s+quarter\s+(?:of\s+)?(?:19|20)\d{{2}}\b"
    r"|\bH[12]\s+(?:of\s+)?(?:19|20)\d{2}\b"
    r"|\b(?:first|second)\s+half\s+of\s+(?:the\s+year\s+)?(?:19|20)\d{2}\b"
    r"|(?<![\d-])(?:19|20)\d{2}-(?:0[1-9]|1[0-2])(?![\d-])"
)
"""A pattern (to be used with IGNORECASE) for dates, months, quarters and halves of a year.

Days are told in ISO or English, or with the day first: ``31.12.2024``, ``31/12/2024``.
"""

_NUMBERS = re.compile(r"(\d{1,2})[./]\s?(\d{1,2})[./]\s?(\d{4})")
_MONTHS_A_YEAR = 12
_WORD = re.compile(r"[A-Za-z]{3,}")
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_YEAR = re.compile(r"\b\d{4}\b")


def iso(text: str) -> str:
    """Return the ISO form of what ``DATE`` matched; ``2024-03``, ``2024-Q1``, ``2024-H1``."""
    if text[:4].isdigit():
        return text
    if numbers := _NUMBERS.fullmatch(text):
        return _numbered(*(int(number) for number in numbers.groups()))
    year = _YEAR.search(text)
    part = _part(text.lower())
    if part and year:
        return f"{year.group()}-{part}"
    name = next(word for word in _WORD.findall(text) if word.lower() != "of")
    month = next(i for i, full in enumerate(_MONTHS, 1) if full.startswith(name.lower()[:3]))
    day = _DAY.search(text)
    if day is None and year is not None:
        return f"{year.group()}-{month:02d}"
    return f"{year.group() if year else '0001'}-{month:02d}-{int(day.group(1)) if day else 1:02d}"


def bounds(period: str) -> tuple[str, str]:
    """Return the first day of a year, half, quarter or month and the first day behind it."""
    year = int(period[:4])
    first, months = 1, 12
    if period[4:6].upper() == "-H":
        first, months = 6 * int(period[6]) - 5, 6
    elif period[4:6].upper() == "-Q":
        first, months = 3 * int(period[6]) - 2, 3
    elif len(period) > 4:
        first, months = int(period[5:7]), 1
    end = year * 12 + first - 1 + months
    return f"{year}-{first:02d}-01", f"{end // 12}-{end % 12 + 1:02d}-01"


def _numbered(first: int, second: int, year: int) -> str:
    """Return the date of two numbers and a year: the day comes first unless it cannot."""
    day, month = (first, second) if second <= _MONTHS_A_YEAR else (second, first)
    return f"{year}-{month:02d}-{day:02d}"


def _part(text: str) -> str:
    """Return which part of its year a text tells: ``Q3``, ``H1``; empty if none."""
    if text[:1] in {"q", "h"} and text[1:2].isdigit():
        return text[:2].upper()
    letter = "H" if " half " in text else "Q" if " quarter" in text else ""
    number = next((i for i, word in enumerate(_QUARTERS, 1) if text.startswith(word)), 0)
    return f"{letter}{number}" if letter and number else ""
