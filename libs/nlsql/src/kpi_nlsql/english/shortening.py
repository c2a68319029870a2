"""Shortening: how likely a word of an identifier is another word written short.

People shorten by leaving off the end (``cust``), by leaving out vowels (``cstmr``), or by keeping
the first letters and the last (``acct``, ``qty``). The letters always stand in their order.
"""

from __future__ import annotations

import re
from functools import lru_cache

_VOWELS = re.compile(r"(?<!^)[aeiou]")
_DOUBLED = re.compile(r"(.)\1")
_WITHOUT_VOWELS = 1.0
_SKELETON_BEGUN = 0.9
_CONTRACTED = 0.85
_BEGINNING = {2: 0.6, 3: 0.9}
_LONG_BEGINNING = 0.95
_SCATTERED = 0.6
_SHORTEST = 3


def without_vowels(short: str, full: str) -> bool:
    """Tell whether a word is the other with all its vowels left out: ``ln``, loan."""
    return len(short) > 1 and short != full and short == _skeleton(full)


@lru_cache(maxsize=100_000)
def likeness(short: str, full: str) -> float:
    """Return how well ``short`` may stand for the longer word ``full``, 0..1; 0 is not at all."""
    if len(short) < 2 or len(short) >= len(full) or short[0] != full[0]:
        return 0.0
    if full.startswith(short):
        return _BEGINNING.get(len(short), _LONG_BEGINNING)
    if not _in_order(short, full):
        return 0.0
    plain, skeleton = _DOUBLED.sub(r"\1", short), _skeleton(full)
    if plain == skeleton:
        return _WITHOUT_VOWELS
    if skeleton.startswith(plain) and len(plain) >= _SHORTEST:
        return _SKELETON_BEGUN
    if len(short) >= _SHORTEST and short[-1] == full[-1]:
        return _CONTRACTED
    return _SCATTERED if len(short) >= _SHORTEST else 0.0


def _skeleton(word: str) -> str:
    """Return the first letter and the consonants behind it, doubled ones once."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", word))


def _in_order(short: str, full: str) -> bool:
    letters = iter(full)
    return all(letter in letters for letter in short)
