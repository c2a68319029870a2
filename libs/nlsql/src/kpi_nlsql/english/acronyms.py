"""Acronyms: "channel manager" is the system whose tables begin with ``cm``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpi_nlsql.english.cues import CUES
from kpi_nlsql.english.function_words import STOP_WORDS
from kpi_nlsql.english.words import parts, stem
from kpi_nlsql.schema.graph import Table
from kpi_nlsql.schema.naming import PREFIXES

_LENGTHS = range(2, 5)
_MOST_WORDS = 4


def acronyms(tables: Iterable[Table]) -> frozenset[str]:
    """Return the short words that table names begin with, as stems: of systems, mostly."""
    firsts = (
        next((part for part in parts(table.name) if part not in PREFIXES), "") for table in tables
    )
    return frozenset(stem(first) for first in firsts if len(first) in _LENGTHS)


def shortened_to(
    phrase: tuple[str, ...], known: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the phrase with words written as a known acronym, and those words.

    "departure control check-in" may be that of DCS, where the S is for the system.
    """
    for end in range(2, min(len(phrase), _MOST_WORDS) + 1):
        if any((word,) in CUES or word in STOP_WORDS for word in phrase[:end]):
            return  # "most recently opened" is no MRO
        initials = "".join(word[0] for word in phrase[:end])
        for short in (initials, initials + "s"):
            if short in known:
                yield (short, *phrase[end:]), phrase[:end]
