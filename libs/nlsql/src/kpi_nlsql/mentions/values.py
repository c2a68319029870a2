"""The value dictionary: from the words of a phrase to the columns that hold it as a value."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from kpi_nlsql.english.demonyms import SPOKEN
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.short_forms import MEANINGS
from kpi_nlsql.english.words import lemma, parts, stem
from kpi_nlsql.schema.flags import FLAG_TAILS, is_flag, set_values, unset_values
from kpi_nlsql.schema.graph import Column, Graph

LONGEST_VALUE = 8
"""Words of a value that can be found by writing it out."""

_FLAG_MARKS = frozenset({*FLAG_TAILS, "is", "has"})
_NEGATIONS = ("in", "un", "non")
_MOST_CODES = 3
_SPOKEN = {
    "m": ("male", "males", "man", "men", "boy", "boys"),
    "f": ("female", "females", "woman", "women", "girl", "girls"),
    "u": ("unknown",),
}

_OTHER_FORM = 0.9
_INFLECTED = 0.8
_FEW = 12
"""Values of a column that may be spoken of in another form: states, not names."""

_SHORTEST_KIND = 3
_KINDS = 40
"""Values of a column whose plural may stand for its rows: kinds of things, not names."""

_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class ValueHit:
    """A column that holds a value, and the value as stored."""

    table: str
    column: str
    value: str
    score: float
    choices: int = 1
    """How many values the column has."""


class ValueIndex:
    """Looks up values by their words, in any case and punctuation."""

    def __init__(self, graph: Graph) -> None:
        self._stems: dict[str, list[ValueHit]] = defaultdict(list)
        self._hits: dict[tuple[str, ...], list[ValueHit]] = defaultdict(list)
        self._parts: dict[tuple[str, ...], dict[tuple[str, str], None]] = defaultdict(dict)
        for table in graph.tables:
            for column in table.columns:
                self._add_spoken(table.name, column.name, column.values)
                if is_flag(column):
                    self._add_flag(table.name, column)
                if _holds_countries(column):
                    self._add_countries(table.name, column.name, column.values)
                for value in column.values:
                    words = value_words(value)
                    if len(words) > 1 and len(column.values) <= _KINDS:
                        for part in (*pairwise(words), *((word,) for word in words)):
                            self._parts[part][table.name, column.name] = None
                    hit = ValueHit(table.name, column.name, value, 1.0, len(column.values))
                    if len(column.values) <= _FEW and len(words) == 1 and words[0].isalpha():
                        self._stems[stem(words[0])].append(hit)
                    if 0 < len(words) <= LONGEST_VALUE:
                        self._hits[words].append(hit)
        self._add_unnumbered(graph)

    def _add_unnumbered(self, graph: Graph) -> None:
        """Let the only value of its kind be told without its figures: "Refrigerated 2-8"."""
        found: dict[tuple[str, ...], list[ValueHit]] = defaultdict(list)
        for table in graph.tables:
            for column in table.columns:
                for head, value in _told_unnumbered(column):
                    hit = ValueHit(table.name, column.name, value, 1.0, len(column.values))
                    found[head].append(hit)
        for head, hits in found.items():
            if head not in self._hits:
                self._hits[head] = hits

    def _add_flag(self, table: str, column: Column) -> None:
        """``is_active`` with Y and N answers to "active" and "inactive", ``ON_LOAN`` to "on loan".

        ``act_fl`` is one too, written short. What names the whole column ("active flag") is left
        to name it.
        """
        named = (value_words(name) for name in column.display_names or (column.name,))
        bare = {tuple(word for word in words if word not in _FLAG_MARKS) for words in named}
        meant = {(word,) for words in bare if len(words) == 1 for word in MEANINGS.get(*words, ())}
        for words in (bare | meant) - {()}:
            for value in set_values(column):
                self._hits[words].append(ValueHit(table, column.name, value, 1.0))
                if len(words) == 1:  # "quarantined lots" are those with ``QUARANTINE``
                    self._stems[stem(words[0])].append(ValueHit(table, column.name, value, 1.0))
            for value in unset_values(column) if len(words) > 1 and words[0] == "on" else ():
                self._hits["off", *words[1:]].append(ValueHit(table, column.name, value, 1.0))
            for value in unset_values(column) if len(words) == 1 else ():
                for prefix in _NEGATIONS:
                    said = [(prefix + words[0],)] + [(prefix, words[0])] * (prefix == "non")
                    for each in said:
                        self._hits[each].append(ValueHit(table, column.name, value, 1.0))

    def _add_countries(self, table: str, column: str, values: tuple[str, ...]) -> None:
        for value in values:
            for spoken in SPOKEN.get(value.lower(), ()):
                if (words := value_words(spoken)) != value_words(value):
                    hit = ValueHit(table, column, value, 1.0, len(values))
                    self._hits[words].append(hit)

    def _add_spoken(self, table: str, column: str, values: tuple[str, ...]) -> None:
        """Codes that are spoken in full: ``M`` and ``F`` are male and female."""
        if not 0 < len(values) <= _MOST_CODES:
            return
        for value in values:
            for word in _SPOKEN.get(value.lower(), ()):
                if len({other.lower() for other in values} & _SPOKEN.keys()) == len(values):
                    self._hits[(word,)].append(ValueHit(table, column, value, 1.0))

    def containing(self, words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """Return the columns of kinds whose values have one or two words in them, among others."""
        return tuple(self._parts.get(words, ()))

    def find(self, words: tuple[str, ...]) -> tuple[ValueHit, ...]:
        """Return the columns that hold the value of these lower-case words."""
        hits = self._hits.get(words)
        plural = len(words) > 1 and words[-1].endswith("s") and words[0] not in FUNCTION_WORDS
        if plural:
            # "cash deposits" are those with the value "Cash deposit", or "Cash deposits" elsewhere.
            several = self._hits.get((*words[:-1], words[-1][:-1]), ())
            kinds = [hit for hit in several if 1 < hit.choices <= _KINDS]
            known = [replace(hit, score=_OTHER_FORM) for hit in kinds]
            hits = [*hits, *known] if hits else kinds or hits
        if hits is None and len(words) == 1 and len(words[0]) > 3:
            hits = self._singular(words[0]) or self._inflected(words[0])
        return tuple(hits) if hits else ()

    def stated(self, verb: str) -> tuple[ValueHit, ...]:
        """Return the states that a verb (its stem) brings rows to: "lose" and ``Lost``."""
        found = self._stems.get(verb, ())
        return tuple(
            replace(hit, score=_INFLECTED)
            for hit in found
            if stem(hit.value.lower()) == verb and lemma(hit.value.lower()) != hit.value.lower()
        )

    def _inflected(self, word: str) -> list[ValueHit] | None:
        # "failed runs" are those with the status FAIL.
        if not word.endswith(("ed", "ing")):
            return None
        # What is received is no longer receivable.
        return [
            replace(hit, score=_INFLECTED)
            for hit in self._stems.get(stem(word), ())
            if not hit.value.lower().endswith(("able", "ible"))
        ]

    def _singular(self, word: str) -> list[ValueHit] | None:
        # A value may be written in the plural (``dogs``), or stored in it.
        others = [word + "s"]
        if word.endswith("s"):
            others = [word[:-1], *([word[:-2]] if word.endswith("es") else [])]
            others += [word[:-3] + "y"] if word.endswith("ies") else []
            others += [word[:-3] + "fe", word[:-3] + "f"] if word.endswith("ves") else []
        for other in others:
            if hits := self._hits.get((other,)):
                return [replace(hit, score=0.85) for hit in hits]
        return None


def _told_unnumbered(column: Column) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the values of a column that are told without their figures, each with what is said."""
    if len(column.values) > _FEW:
        return
    heads = list(map(_unnumbered, column.values))
    for head, value in zip(heads, column.values, strict=True):
        if head and heads.count(head) == 1 and head != value_words(value):
            yield head, value


def _unnumbered(value: str) -> tuple[str, ...]:
    """Return the words of a value before its figures; none where a word stands behind them."""
    words = value_words(value)
    head = tuple(takewhile(str.isalpha, words))
    figures = words[len(head) :]
    plain = all(any(letter.isdigit() for letter in word) for word in figures)
    return head if plain and len("".join(head)) > _SHORTEST_KIND else ()


def _holds_countries(column: Column) -> bool:
    words = [word for part in parts(column.name) for word in (part, *MEANINGS.get(part, ()))]
    return any(word.startswith(("countr", "nation")) for word in words)


def value_words(text: str) -> tuple[str, ...]:
    """Return the lower-case words of a value, as the index files it."""
    return tuple(_WORDS.findall(text.lower()))
