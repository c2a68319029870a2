"""Acronyms: "channel manager" is the system whose tables begin with ``cm``.

Names may have any noun phrase by its initials: "letters of credit" are ``TF_LC``, the "net book
value" is ``nbv``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from simplemma import is_known

from kpi_nlsql.english.cues import CUES, NUMBER_WORDS
from kpi_nlsql.english.function_words import FUNCTION_WORDS, STOP_WORDS
from kpi_nlsql.english.short_forms import ABBREVIATIONS
from kpi_nlsql.english.words import parts, stem
from kpi_nlsql.schema.graph import Table
from kpi_nlsql.schema.naming import PREFIXES

_LENGTHS = range(2, 5)
_MOST_WORDS = 4
_COUNTING = frozenset(map(stem, NUMBER_WORDS))


def acronyms(tables: Iterable[Table]) -> frozenset[str]:
    """Return the short words that table names begin with, as stems: of systems, mostly."""
    return frozenset(stem(first) for first in map(_first, tables) if len(first) in _LENGTHS)


def _first(table: Table) -> str:
    return next((part for part in parts(table.name) if part not in PREFIXES), "")


def names_in_systems(tables: Sequence[Table]) -> Iterator[tuple[Table, str]]:
    """Yield what each table of a system is called in it: ``CBS_ACCOUNT`` has accounts.

    Its names begin with the acronym of the system, or with what that is short for. By one word it
    is called so only where the system has other tables, too.
    """
    systems = Counter(first for first in map(_first, tables) if len(first) in _LENGTHS)
    for table in tables:
        first = _first(table)
        for name in table.display_names if systems[first] else ():
            rest = name.removeprefix(f"{ABBREVIATIONS.get(first, first)} ")
            rest = rest.removeprefix(f"{first} ")
            if rest != name and first not in rest.split() and (systems[first] > 1 or " " in rest):
                yield table, rest


def shortened_to(
    phrase: tuple[str, ...], known: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the phrase with words written as a known acronym, and those words.

    "departure control check-in" may be that of DCS, where the S is for the system.
    """
    for end in range(2, min(len(phrase), _MOST_WORDS) + 1):
        if phrase[0] in _COUNTING or any((w,) in CUES or w in STOP_WORDS for w in phrase[:end]):
            return  # "most recently opened" is no MRO, "five assets" no fixed ones
        initials = "".join(word[0] for word in phrase[:end])
        for short in (initials, initials + "s"):
            if short in known:
                yield (short, *phrase[end:]), phrase[:end]


def by_initials(words: tuple[str, ...], names: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield the name of a phrase by its initials with the words behind, where names have such one.

    Two letters may be anything: only what is told with "of" goes by them ("bill of lading"), or
    what the name goes on behind: the "frequent flyer number" ``ff_no``.
    """
    for end in range(len(words), 1, -1):
        told = [word for word in words[:end] if word != "of"]
        if len(told) < 2 or "of" in (words[0], words[end - 1]):
            continue
        if any((word,) in CUES or word in FUNCTION_WORDS | _COUNTING for word in told):
            continue
        joined = len(told) < end
        for letters in (words[:end], told):
            short = stem("".join(word[0] for word in letters))
            rare = not is_known(short, lang="en") if len(told) > 2 else end < len(words)
            enough = joined or (rare and short not in FUNCTION_WORDS)
            if enough and short in names:
                yield (short, *words[end:])
                break
