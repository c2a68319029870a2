"""Glosses: "i.e.", "that is," and "meaning that" only say that the same is told once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token

_GLOSSES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("i", ".", "e", "."): (), ("i", ".", "e"): (), ("ie",): (), ("namely",): (),
    (",", "that", "is", ","): (",",), (",", "meaning", "that"): (",", "that"),
    (",", "which", "means", "that"): (",", "that"), ("in", "other", "words"): (),
}  # fmt: skip
_LONGEST = max(map(len, _GLOSSES))


def without_glosses(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens without words that only announce an explanation."""
    told: list[Token] = []
    position = 0
    while position < len(tokens):
        length = next(
            (n for n in range(_LONGEST, 0, -1) if _at(tokens, position, n) in _GLOSSES), 0
        )
        if length:
            words = _GLOSSES[_at(tokens, position, length)]
            told += [replace(tokens[position + at], text=word) for at, word in enumerate(words)]
            position += length
        else:
            told.append(tokens[position])
            position += 1
    return told


def _at(tokens: Sequence[Token], position: int, length: int) -> tuple[str, ...]:
    return tuple(token.lower for token in tokens[position : position + length])
