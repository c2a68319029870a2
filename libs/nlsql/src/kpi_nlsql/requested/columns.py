"""Which column of a plan's tables a listed name means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.english.abbreviations import abbreviates
from kpi_nlsql.english.synonyms import SYNONYMS
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.named_columns import NAMES, full_name
from kpi_nlsql.requested.spans import Element
from kpi_nlsql.schema.graph import Column, Table
from kpi_nlsql.schema.naming_columns import naming_columns
from kpi_nlsql.sentence import Sentence

_LEAST = 0.6
_ELSEWHERE = 0.07
"""How much better a name must fit a column of a further table than one of the rows asked for."""
_TIED = 0.02
_SAID_OF_ROWS = 0.95
_ITSELF = 0.8


@dataclass(frozen=True, slots=True)
class Meant:
    """A column, and how well the name fits it (0..1)."""

    table: str
    column: str
    score: float


def meant(sentence: Sentence, element: Element, tables: Sequence[str]) -> Meant | None:
    """Return the column of one of the tables, the foremost first, that a listed name means."""
    words = [word for at in element.positions for word in sentence.items[at].text.split()]
    phrase = tuple(stem(word) for word in words)
    scores = _named(sentence, element, phrase, "".join(words))
    found: list[Meant] = []
    for rank, name in enumerate(tables):
        if element.owner is not None and name != element.owner:
            continue
        table = sentence.graph.table(name)
        full = full_name(table) if len(words) == 1 and words[0] in NAMES else None
        if full is not None:
            found.append(Meant(name, full, 1.0 + _TIED - (_ELSEWHERE if rank else 0.0)))
        if _are_the_rows(sentence, element, name):
            itself = naming_columns(table)[0]
            found.append(Meant(name, itself, _ITSELF - (_ELSEWHERE if rank else 0.0)))
        for column in table.columns:
            fit = max(scores.get((name, column.name), 0.0), _fit(phrase, column, table))
            found.append(Meant(name, column.name, fit - (_ELSEWHERE if rank else 0.0)))
    found.sort(key=lambda each: -each.score)
    if not found or found[0].score < _LEAST:
        return None
    tied = [each for each in found[1:] if each.score > found[0].score - _TIED]
    tied = [each for each in tied if each.column != found[0].column or each.table != found[0].table]
    return None if any(each.table == found[0].table for each in tied) else found[0]


def _are_the_rows(sentence: Sentence, element: Element, table: str) -> bool:
    """Tell whether a listed noun is what the rows are: "lots on hold, with lot, material"."""
    if len(element.positions) != 1:
        return False
    item = sentence.items[element.positions[0]]
    return any(h.table == table and h.score >= _ITSELF for h in item.table_hits())


def _named(
    sentence: Sentence, element: Element, phrase: tuple[str, ...], glued: str
) -> dict[tuple[str, str | None], float]:
    """Return how well the lexicon says that the words name each column."""
    hits = list(sentence.lexicon.names(phrase, glued))
    if len(element.positions) == 1:
        hits += sentence.items[element.positions[0]].column_hits()
    found: dict[tuple[str, str | None], float] = {}
    for hit in hits:
        key = (hit.table, hit.column)
        found[key] = max(found.get(key, 0.0), hit.score)
    return found


def _fit(phrase: tuple[str, ...], column: Column, table: Table) -> float:
    """Tell how well words fit a column's name: each must be in it, or be what the rows are called.

    "registration" fits ``AIRCRAFT_REG``, "guest name" ``guest_nm`` of ``guests`` and "work order
    number" ``WO_NO``.
    """
    best = 0.0
    owner = {word for name in table.display_names for word in stems(name)}
    for name in column.display_names:
        words = list(stems(name))
        left = [word for word in phrase if not _take(word, words)]
        said = len(phrase) - len(left)
        if left and "".join(word[0] for word in left) in words:
            words.remove("".join(word[0] for word in left))
            said, left = len(phrase), []
        if not said or any(word not in owner for word in left):
            continue
        share = said / (said + len(words))
        best = max(best, (0.45 + 0.5 * share) * (_SAID_OF_ROWS if left else 1.0))
    return best


def _take(word: str, names: list[str]) -> bool:
    """Take the part of a name that a word stands for out of the parts; False if there is none."""
    for name in names:
        if name == word or abbreviates(name, word) or name in SYNONYMS.get(word, ()):
            names.remove(name)
            return True
    return False
