"""Dates written in English, as ISO text: "September 7th, 1987" → ``1987-09-07``."""

from __future__ import annotations

import re

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_NAME = "|".join(f"{month}|{month[:3]}" for month in _MONTHS)
DATE = (
    r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?(?!\d)"
    rf"|\b(?:{_NAME})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\s*,?\s+\d{{4}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_NAME})\.?\s*,?\s+\d{{4}}\b"
)
"""A pattern (to be used with IGNORECASE) for dates in ISO form and in English."""

_WORD = re.compile(r"[A-Za-z]{3,}")
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", re.IGNORECASE)
_YEAR = re.compile(r"\b\d{4}\b")


def iso(text: str) -> str:
    """Return the ISO form of a text that ``DATE`` matched."""
    if text[:4].isdigit():
        return text
    name = next(word for word in _WORD.findall(text) if word.lower() != "of")
    month = next(i for i, full in enumerate(_MONTHS, 1) if full.startswith(name.lower()[:3]))
    day = _DAY.search(text)
    year = _YEAR.search(text)
    return f"{year.group() if year else '0001'}-{month:02d}-{int(day.group(1)) if day else 1:02d}"
