"""Dates written in English, as ISO text: "September 7th, 1987" → ``1987-09-07``."""

from __future__ import annotations

import re

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
MONTHS = {name: number for number, month in enumerate(_MONTHS, 1) for name in (month, month[:3])}
"""From the name of a month, in full or with three letters, to its number."""
_NAME = "|".join(f"{month}|{month[:3]}" for month in _MONTHS)
_QUARTERS = ("first", "second", "third", "fourth")
_QUARTER = "|".join(_QUARTERS)
DATE = (
    r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?(?!\d)"
    rf"|\b(?:{_NAME})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s+\d{{4}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_NAME})\.?\s*,?\s+\d{{4}}\b"
    rf"|\b(?:{_NAME})\.?,?\s+(?:of\s+)?(?:19|20)\d{{2}}\b"
    r"|\bQ[1-4]\s+(?:of\s+)?(?:19|20)\d{2}\b"
    rf"|\b(?:{_QUARTER})\s+quarter\s+(?:of\s+)?(?:19|20)\d{{2}}\b"
    r"|(?<![\d-])(?:19|20)\d{2}-(?:0[1-9]|1[0-2])(?![\d-])"
    r"|(?<![\d.])(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)\d{2}(?!\d)"
)
"""A pattern (to be used with IGNORECASE) for dates, months and quarters, ISO and English."""

_WORD = re.compile(r"[A-Za-z]{3,}")
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")
"""The day before the month, as it is written with dots: "31.12.2019"."""
_YEAR = re.compile(r"\b\d{4}\b")


def iso(text: str) -> str:
    """Return the ISO form of what ``DATE`` matched; ``2024-03`` or ``2024-Q1`` of a period."""
    if text[:4].isdigit():
        return text
    if _DOTTED.fullmatch(text):
        written, month, in_year = (int(part) for part in text.split("."))
        return f"{in_year}-{month:02d}-{written:02d}"
    year = _YEAR.search(text)
    quarter = _quarter(text.lower())
    if quarter and year:
        return f"{year.group()}-Q{quarter}"
    name = next(word for word in _WORD.findall(text) if word.lower() != "of")
    month = next(i for i, full in enumerate(_MONTHS, 1) if full.startswith(name.lower()[:3]))
    day = _DAY.search(text)
    if day is None and year is not None:
        return f"{year.group()}-{month:02d}"
    return f"{year.group() if year else '0001'}-{month:02d}-{int(day.group(1)) if day else 1:02d}"


def bounds(period: str) -> tuple[str, str]:
    """Return the first day of a year, month or quarter and the first day behind it."""
    year = int(period[:4])
    first, months = 1, 12
    if period[4:6].upper() == "-Q":
        first, months = 3 * int(period[6]) - 2, 3
    elif len(period) > 4:
        first, months = int(period[5:7]), 1
    end = year * 12 + first - 1 + months
    return f"{year}-{first:02d}-01", f"{end // 12}-{end % 12 + 1:02d}-01"


def _quarter(text: str) -> int:
    if text[:1] == "q" and text[1:2].isdigit():
        return int(text[1])
    return next((i for i, word in enumerate(_QUARTERS, 1) if text.startswith(word)), 0)
