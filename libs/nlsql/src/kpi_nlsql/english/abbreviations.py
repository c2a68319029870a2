"""Abbreviations: words of identifiers that are written short, ``INSTR_RESULTS``, ``SMPL_ID``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import simplemma

from kpi_nlsql.english.function_words import STOP_WORDS
from kpi_nlsql.english.short_forms import MEANINGS
from kpi_nlsql.english.shortening import likeness

_LONGEST_SHORT = 5
_SHORTEST = 3
_LONGEST_CONSONANTS = 9
_VOWELS = frozenset("aeiou")
_LEFT_OUT = 1
_RATHER = 0.8
"""The least likeness of a word that may be the other written short."""


def abbreviates(short: str, full: str) -> bool:
    """Tell whether one word may be the other written short: its beginning, or without vowels."""
    if not _SHORTEST <= len(short) <= _LONGEST_SHORT or len(full) < len(short) + _LEFT_OUT:
        return False
    return likeness(short, full) >= _RATHER


def shortened(words: Iterable[str]) -> frozenset[str]:
    """Return the words short enough for an abbreviation that English does not know."""
    return frozenset(
        word
        for word in words
        if _SHORTEST <= len(word) <= _LONGEST_SHORT
        and word.isascii()
        and word.isalpha()
        and not simplemma.is_known(word, lang="en")
        and not (word.endswith("i") and simplemma.is_known(word[:-1] + "y", lang="en"))
    )


def consonants(words: Iterable[str]) -> frozenset[str]:
    """Return the words that lack every vowel, however short or long: ``cs``, ``thknss``."""
    return frozenset(
        word
        for word in words
        if 1 < len(word) <= _LONGEST_CONSONANTS
        and word.isascii()
        and word.isalpha()
        and not set(word) & _VOWELS
        and word not in STOP_WORDS
    )


def expansions(words: Iterable[str]) -> dict[str, str]:
    """Return, for each word that can only be one of the others written short, that other word."""
    by_initial: dict[str, list[str]] = defaultdict(list)
    words = list(words)
    for word in words:
        by_initial[word[:1]].append(word)
    found: dict[str, str] = {}
    for short in shortened(words):
        meant = MEANINGS.get(short)
        fuller = [
            word
            for word in by_initial[short[0]]
            if (abbreviates(short, word) if meant is None else word in meant)
        ]
        if (
            len(fuller) > 1 and len(short) > _SHORTEST
        ):  # "cntr" is rather a container than a country
            fuller = [word for word in fuller if word[-1] == short[-1]]
        if len(fuller) == 1:
            found[short] = fuller[0]
    return found
