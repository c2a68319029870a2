"""Parts: clauses of a sentence that are read alone, and which words of it the readings heed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.english.words import Token
from kpi_nlsql.judging import confidence
from kpi_nlsql.relinked import relinked
from kpi_nlsql.sentence import Candidate, Sentence

_MOST_READINGS = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens of a clause with the noun it is about, each with its place in the sentence."""

    tokens: tuple[Token, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A reading of a part that stands ``alone``, and how sure it is."""

    score: float
    candidate: Candidate
    alone: Sentence
    part: Part


def readings(sentence: Sentence, part: Part, reader: Reader) -> Iterator[Told]:
    """Yield the likeliest readings of a part, the surest first."""
    alone = relinked(sentence, part.tokens)
    for score, candidate in confidence.rank(alone, reader(alone))[:_MOST_READINGS]:
        yield Told(score, candidate, alone, part)


def used(sentence: Sentence, words: Iterable[int], told: Iterable[Told]) -> frozenset[int]:
    """Return the items of a sentence that hold any of the words, or what the readings heed."""
    heeded = set(words)
    for each in told:
        for at in each.candidate.used:
            item = each.alone.items[at]
            heeded |= {each.part.places[place] for place in range(item.start, item.end)}
    return frozenset(
        at
        for at, item in enumerate(sentence.items)
        if heeded & set(range(item.start, max(item.end, item.start + 1)))
    )
