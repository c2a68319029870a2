"""Segments: identifiers without any mark between their words: ``CUSNBR``, ``custname``."""

from __future__ import annotations

from functools import lru_cache

import simplemma

from kpi_nlsql.english.short_forms import MEANINGS

_TAILS = frozenset("cd dt id nm no nr".split())  # noqa: SIM905
"""Short forms of two letters: they only end a name."""
_TELLING = tuple(
    "nm dt cd amt qty typ sts dsc nbr prc pct flg addr ctry ccy dtl hdr wgt cls cst lmt grp".split()  # noqa: SIM905
)
"""Short forms that end no other word."""
_FIXED_TAILS = frozenset((*_TELLING, "mst", "nam", "dat", "cod"))
"""What ends a name of six letters, whatever is before it."""
_WORDS = frozenset(
    "account amount balance city code country customer date description name number order "  # noqa: SIM905
    "payment price product quantity status total type value year".split()
)
_VOWELS = frozenset("aeiou")
_BEGINNINGS = frozenset("con dis mis non per pre pro sub".split())  # noqa: SIM905
"""What English words begin with: ``prereq`` is one word."""
_SHORTEST, _LONGEST = 3, 12
_FIXED = 3
"""Old systems allow six letters for a name, three for each of its words."""


@lru_cache(maxsize=20_000)
def segments(word: str) -> tuple[str, ...]:
    """Return the words that a word of an identifier is made of, itself alone if of one only."""
    if not 2 * _SHORTEST - 1 <= len(word) <= 2 * _LONGEST or not word.isascii():
        return (word,)
    if not word.isalpha() or word in MEANINGS or simplemma.is_known(word, lang="en"):
        return (word,)
    return _covered(word) or _halved(word) or _ended(word) or (word,)


def _covered(word: str) -> tuple[str, ...]:
    """Return the fewest known words that make up the whole; nothing where one is not known."""
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(_SHORTEST, len(word) + 1):
        for start in range(max(0, end - _LONGEST), end - 1):
            piece = word[start:end]
            if start in best and _is_known(piece, last=end == len(word)):
                found = (*best[start], piece)
                if end not in best or len(found) < len(best[end]):
                    best[end] = found
    return best.get(len(word), ())


def _is_known(piece: str, *, last: bool) -> bool:
    if len(piece) < _SHORTEST:
        return last and piece in _TAILS
    return piece in MEANINGS or piece in _WORDS


def _halved(word: str) -> tuple[str, ...]:
    """Return the halves of a name of six letters: one is known, and so may the other be."""
    head, tail = word[:_FIXED], word[_FIXED:]
    if len(word) == 2 * _FIXED and tail in _FIXED_TAILS:
        return (head, tail)
    if len(word) != 2 * _FIXED or not (head in MEANINGS or tail in MEANINGS):
        return ()
    if head in _BEGINNINGS or not all(_may_be_short(half) for half in (head, tail)):
        return ()
    return (head, tail)


def _ended(word: str) -> tuple[str, ...]:
    """Return a word and the short form it ends with, if no word ends so: ``plnngqty``."""
    tail = next((tail for tail in _TELLING if word.endswith(tail)), "")
    head = word[: -len(tail)] if tail else ""
    return (*segments(head), tail) if len(head) >= _SHORTEST else ()


def _may_be_short(half: str) -> bool:
    return half in MEANINGS or not set(half) & _VOWELS or simplemma.is_known(half, lang="en")
