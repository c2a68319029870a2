"""Phrases: runs of words that stand for other words, whatever is around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token

Phrases = Mapping[tuple[str, ...], tuple[str, ...]]
"""What stands for which run of words, in lower case."""

Choice = Callable[[Sequence[Token], Sequence[Token], tuple[str, ...]], tuple[str, ...] | None]
"""From what was told before, a run, and what it stands for: what is told instead, if anything."""

Rule = Callable[[list[Token], Sequence[Token], int], int]
"""Adds to what was told before what stands for the tokens at a position; returns for how many.

Where that is 0, the token stays.
"""


def with_phrases(tokens: Sequence[Token], phrases: Phrases, choice: Choice) -> list[Token]:
    """Return the tokens with each phrase, the longest first, put as what it stands for."""
    longest = max(map(len, phrases))
    lowered = tuple(token.lower for token in tokens)

    def phrase(told: list[Token], tokens: Sequence[Token], position: int) -> int:
        for length in range(min(longest, len(tokens) - position), 0, -1):
            words = phrases.get(lowered[position : position + length])
            run = tokens[position : position + length]
            if words and (chosen := choice(told, run, words)) is not None:
                told += said(chosen, replace(run[0], end=run[-1].end))
                return length
        return 0

    return retold(tokens, phrase)


def retold(tokens: Sequence[Token], rule: Rule) -> list[Token]:
    """Return the tokens as a rule tells them, where it tells any; the others stay."""
    told: list[Token] = []
    position = 0
    while position < len(tokens):
        length = rule(told, tokens, position)
        if not length:
            told.append(tokens[position])
        position += length or 1
    return told


def said(words: Sequence[str], at: Token) -> list[Token]:
    """Return words as tokens that stand in the place of another."""
    return [replace(at, text=word, kind="number" if word.isdigit() else "word") for word in words]


def put_in(words: Sequence[str], at: Token) -> list[Token]:
    """Return words as tokens without an extent of their own, right before another."""
    return [replace(at, text=word, kind="word", end=at.start) for word in words]


def lower_at(tokens: Sequence[Token], position: int) -> str:
    """Return the text at a position in lower case; nothing beyond both ends."""
    return tokens[position].lower if 0 <= position < len(tokens) else ""
