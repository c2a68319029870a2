"""Closest words: the word of a name that another most likely is, misspelt or formed from it."""

from __future__ import annotations

from collections.abc import Iterable

import simplemma
from rapidfuzz import fuzz, process

from kpi_nlsql.english.short_forms import MEANINGS
from kpi_nlsql.english.shortening import likeness

_TYPO_CUTOFF = 86
_CONTRACTED = 0.85
_ROOT = 4
_COMPOUNDED = 3
"""Letters of a word that others are made of, and of what is put behind it."""
_FORMING = frozenset(
    "e er or ed ing i y al ion ation ment ag ic ist ant ent anc enc iv ur nel r s "  # noqa: SIM905
    "in up out off".split()
)
"""What words are formed with, as stems end: "discharged" and ``discharge``, ``signup``."""


def closest_word(word: str, known: Iterable[str], *, correct: bool) -> str | None:
    """Return the known stem that one (a stem, too) most likely stands for, if any is close.

    What is ``correct`` English is no misspelling of another word, it may only be formed from it:
    "registered" from ``regist``, but no country from ``count``.
    """
    choices = list(known)
    begun = [k for k in choices if k.startswith(word) or word.startswith(k)]
    if correct:
        begun = [k for k in begun if _is_formed(*sorted((k, word), key=len), known=k)]
        choices = [k for k in choices if _is_contracted(k, word) or _spelt(k) == _spelt(word)]
    if begun:
        return max(begun, key=len)
    best = process.extractOne(word, choices, scorer=fuzz.ratio, score_cutoff=_TYPO_CUTOFF)
    return best[0] if best else None


def _spelt(word: str) -> str:
    """Return a word as it is spelt on one side of the ocean: "authorize", "colour"."""
    return word.replace("z", "s").replace("our", "or")


def _is_contracted(known: str, word: str) -> bool:
    """Tell whether a word of a name is no English, but another with letters left out."""
    return likeness(known, word) >= _CONTRACTED and not simplemma.is_known(known, lang="en")


def _is_formed(shorter: str, longer: str, *, known: str) -> bool:
    """Tell whether a word is formed from another, or begins like a name that is cut short."""
    rest = longer[len(shorter) :]
    if len(shorter) >= _ROOT and (len(rest) >= _COMPOUNDED or rest == "t"):
        return True  # "weighed": the ``WEIGHBRIDGE`` is for that, and the ``weight`` tells it
    short = known in MEANINGS or not simplemma.is_known(known, lang="en")
    return (known == shorter and short) or rest in _FORMING
