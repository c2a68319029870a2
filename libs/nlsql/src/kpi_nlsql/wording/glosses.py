"""Glosses: "i.e.", "that is," and "meaning that" only say that the same is told once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import retold

_GLOSSES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("i", ".", "e", "."): (), ("i", ".", "e"): (), ("ie",): (), ("namely",): (),
    (",", "that", "is", ","): (",",), (",", "meaning", "that"): (",", "that"),
    (",", "which", "means", "that"): (",", "that"), ("in", "other", "words"): (),
}  # fmt: skip
_LONGEST = max(map(len, _GLOSSES))


def without_glosses(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens without words that only announce an explanation."""
    words = tuple(token.lower for token in tokens)

    def gloss(told: list[Token], tokens: Sequence[Token], position: int) -> int:
        runs = (words[position : position + n] for n in range(_LONGEST, 0, -1))
        run = next((run for run in runs if run in _GLOSSES), ())
        plain = enumerate(_GLOSSES.get(run, ()), position)
        told += [replace(tokens[at], text=word) for at, word in plain]
        return len(run)

    return retold(tokens, gloss)
