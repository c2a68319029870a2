"""The lexicon of a graph: from the stems of a phrase to the tables and columns it may name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kpi_nlsql.english.abbreviations import (
    abbreviates,
    consonants,
    expansions,
    shortened,
)
from kpi_nlsql.english.row_words import ROW_STEMS
from kpi_nlsql.english.short_forms import MEANINGS
from kpi_nlsql.english.synonyms import SYNONYMS
from kpi_nlsql.english.verbal_nouns import VERBAL_NOUNS
from kpi_nlsql.english.words import UNSTEMMED, lemma, parts, stem, stems, whole
from kpi_nlsql.mentions.acronyms import acronyms, by_initials, names_in_systems, shortened_to
from kpi_nlsql.mentions.closest_words import closest_word
from kpi_nlsql.mentions.coded_names import coded_names
from kpi_nlsql.mentions.phrase_variants import (
    part_variants,
    subphrases,
    unabbreviated,
    variants,
    with_numbers,
)
from kpi_nlsql.mentions.short_names import Key, ShortNames, own_prefixes
from kpi_nlsql.mentions.values import ValueHit, ValueIndex
from kpi_nlsql.schema.flags import is_flag, set_values
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.naming import PREFIXES, names_of_rows

LONGEST_NAME = 6
"""Words of a name, and of a phrase that may be one."""

_SYNONYM_FACTOR = 0.8
_HEADS = 0.6
"""The least score of a table whose name ends with the phrase: "articles" of ``ERP_ARTICLE``."""
_RATHER_LITERAL = 0.05
"""How much a table called by a synonym stands behind one called by the word itself."""
_ONLY_TABLE = 0.85
_KIND = 0.85
"""How well its rows are told by the name of a table without its kind, or its system."""
_IN_FULL = 0.93
"""How well they are told without the system by several words."""
_SHORTEST = 3
_SPELT_OUT = 0.97
_STEM_ONLY = 0.93
_DEED = 0.7
_DOERS = ("er", "or")
_ABBREVIATION_FACTOR = 0.95
_SPELT = 0.95
_CODED = 0.93
_SHORT = frozenset(stem(short) for each in MEANINGS for short in (each, each + "s"))
"""Abbreviations of identifiers, also those that dictionaries know as words: EXP_LINE, PTS."""


@dataclass(frozen=True, slots=True)
class NameHit:
    """A table (``column`` None) or column that a phrase may mean; ``score`` 1 = its name."""

    table: str
    column: str | None
    score: float


class Lexicon:
    """Looks up names. Built once per graph; read-only and safe to share afterwards."""

    def __init__(self, graph: Graph) -> None:
        self.values = ValueIndex(graph)
        self._names: dict[tuple[str, ...], dict[Key, float]] = defaultdict(dict)
        self._glued: dict[str, dict[Key, float]] = defaultdict(dict)
        self._lemmas: dict[Key, set[str]] = {}
        for table in graph.tables:
            self._add(table.name, None, table.display_names or (table.name,))
            for column in table.columns:
                self._add(table.name, column.name, column.display_names or (column.name,))
        self._kinds = self._rows_of_kinds(graph)
        self._flags: dict[Key, ValueHit] = {
            (table.name, column.name): ValueHit(table.name, column.name, value, 1.0, 2)
            for table in graph.tables
            for column in table.columns
            if is_flag(column)
            for value in set_values(column)
        }
        self._number_codes(graph)
        self._spell_out(graph)
        self.vocabulary = frozenset(word for name in self._names for word in name)
        short = shortened(self.vocabulary) | consonants(self.vocabulary)
        short = (short - PREFIXES) | (_SHORT & self.vocabulary) | _cut_short(graph)
        self._shorthand = ShortNames({name: self._called(name) for name in self._names}, short)
        self._acronyms = acronyms(graph.tables)
        self._choices = [word for word in self.vocabulary if len(word) >= 4]
        self.closest = lru_cache(maxsize=5_000)(self._closest)

    def names(
        self, phrase: tuple[str, ...], glued: str, words: tuple[str, ...] = ()
    ) -> tuple[NameHit, ...]:
        """Return what a phrase (stems; ``glued``: as one word) may name, best first.

        ``words`` are the same as they are said, by which short names are known: ``cstmr``.
        """
        found = self._called(phrase)
        _raise(found, self._said_otherwise(phrase, found))
        _raise(found, self._written_short(phrase, words, found))
        for variant in () if found else unabbreviated(phrase):
            _raise(found, self._names.get(variant, {}).items(), _ABBREVIATION_FACTOR)
        if not found:
            found.update(self._by_acronym(phrase) or self._by_initials(phrase, words))
        if len(glued) >= 4:
            _raise(found, self._glued.get(stem(glued), {}).items())
        _favour_only_table(found)
        hits = [NameHit(table, column, score) for (table, column), score in found.items()]
        return tuple(sorted(hits, key=lambda hit: -hit.score))

    def _called(self, phrase: tuple[str, ...]) -> dict[Key, float]:
        found = dict(self._names.get(phrase, {}))
        _raise(found, self._kinds.get(phrase, {}).items())
        return found

    def _said_otherwise(
        self, phrase: tuple[str, ...], found: Mapping[Key, float]
    ) -> list[tuple[Key, float]]:
        """Return what other words for the same name; a table called so in full goes before."""
        heads = [s for key, s in found.items() if key[1] is None and s >= _HEADS]
        told: list[tuple[Key, float]] = []
        for variant in variants(phrase):
            for key, score in self._names.get(variant, {}).items():
                if key[1] is None and self._tells(key[0], set(phrase) - set(variant)):
                    continue  # "shop revenue": the ``REVENUE`` of ``SHOP_SALES``
                most = max(heads) - _RATHER_LITERAL if heads and key[1] is None else 1.0
                told.append((key, min(score * _SYNONYM_FACTOR, most)))
        named = any(key[1] is not None and score >= _HEADS for key, score in found.items())
        for variant in () if named else part_variants(phrase):  # ``other_order_details``
            for key, score in self._names.get(variant, {}).items():
                if key[1] is None:
                    told.append((key, score * _ABBREVIATION_FACTOR))
        return told

    def _tells(self, table: str, words: set[str]) -> bool:
        """Tell whether a table has a column that is called by one of the words alone."""
        return any(
            key[0] == table and key[1] is not None and score >= _SPELT
            for word in words
            for key, score in self._names.get((word,), {}).items()
        )

    def _written_short(
        self,
        phrase: tuple[str, ...],
        words: tuple[str, ...],
        found: Mapping[Key, float],
    ) -> Iterator[tuple[Key, float]]:
        """Yield what a phrase names that is written short; what is written in full goes before."""
        said = [(whole(word), word) if word.endswith("ed") else (whole(word),) for word in words]
        free = phrase not in self._names  # "articles", where items are known: ``ART_NO``
        if len(phrase) > 1:
            yield from self._shorthand.named(phrase, said, alone=not found, free=free)
            yield from self._parts_short(phrase, said, alone=not found)
        elif words and phrase[0] not in ROW_STEMS and not self._holds_value(words):
            tables = any(key[1] is None and score >= _HEADS for key, score in found.items())
            for key, score in self._shorthand.named(phrase, said, alone=not found, free=free):
                if key[1] is not None or not tables:
                    yield key, score

    def _parts_short(
        self, phrase: tuple[str, ...], said: Sequence[tuple[str, ...]], *, alone: bool
    ) -> Iterator[tuple[Key, float]]:
        """Yield the tables of what a thing consists of, where they are written short."""
        for variant in part_variants(phrase):
            words = [*said[:-1], (variant[-1],)] if said else []
            for key, score in self._shorthand.named(variant, words, alone=alone, free=alone):
                if key[1] is None:
                    yield key, score * _ABBREVIATION_FACTOR

    def begins_tables(self, word: str) -> bool:
        """Tell whether names of tables begin with a short word (stem): of a system, mostly."""
        return word in self._acronyms

    def _by_acronym(self, phrase: tuple[str, ...]) -> dict[Key, float]:
        """Return the tables of the system whose initials the phrase, or its beginning, spells."""
        found: dict[Key, float] = {}
        for name, spelt in shortened_to(phrase, self._acronyms):
            if any(self._heads_table(word) for word in spelt):
                continue
            for key, score in self._called(name).items():
                if key[1] is None:
                    found[key] = score * _ABBREVIATION_FACTOR
        return found

    def _by_initials(self, phrase: tuple[str, ...], words: tuple[str, ...]) -> dict[Key, float]:
        """Return what has the phrase by its initials: "letters of credit" are ``TF_LC``."""
        if any(self._heads_table(word) for word in phrase) or self._holds_value(words):
            return {}
        found: dict[Key, float] = {}
        for name in by_initials(words, self.vocabulary):
            short, said = tuple(map(stem, name)), [(word,) for word in name]
            called = self._called(short).items()
            for key, score in called or self._shorthand.named(short, said, alone=True, free=True):
                found[key] = score * _ABBREVIATION_FACTOR
        return found

    def _holds_value(self, words: Iterable[str]) -> bool:
        return any(hit.score >= 1.0 for word in words for hit in self.values.find((word,)))

    def _heads_table(self, word: str) -> bool:
        names = self._names.get((word,), {})
        return any(key[1] is None and score >= _HEADS for key, score in names.items())

    def said_by(self, hits: Sequence[NameHit], word: str) -> tuple[ValueHit, ...]:
        """Return what the flags named say yes with; ``word`` is the last one of the mention.

        "marketing consent" means the guests that gave it, "approval" no row of those approved.
        """
        found = (self._flags.get((hit.table, hit.column)) for hit in hits if hit.score >= _SPELT)
        return tuple(hit for hit in found if hit and _ends_with(hit.column, word))

    def done(self, verb: str) -> tuple[NameHit, ...]:
        """Return the names that a verb (a stem) may speak of: "paid" and ``payments``."""
        nouns = VERBAL_NOUNS.get(verb, ())
        hits = [hit for noun in nouns for hit in self.names((noun,), "", (noun,))]
        weaker = [NameHit(h.table, h.column, h.score * _SYNONYM_FACTOR) for h in hits]
        return tuple(sorted(weaker, key=lambda hit: -hit.score))

    def closer(self, words: Sequence[str], hits: Sequence[NameHit]) -> tuple[NameHit, ...]:
        """Return the hits with those behind that only share the stem: applicants, applications."""
        said = {lemma(word) for word in words}
        exact = any(said <= self._lemmas[hit.table, hit.column] for hit in hits)
        if not exact and not (words[-1:] and lemma(words[-1]).endswith(_DOERS)):
            return tuple(hits)
        stem_only = [self._shares_stem_only(said, hit) for hit in hits]
        if not exact and all(stem_only):
            return tuple(hits)
        by = _STEM_ONLY if exact else _DEED  # "teachers" are no rows of what is taught
        told = [
            replace(hit, score=hit.score * by) if other else hit
            for hit, other in zip(hits, stem_only, strict=True)
        ]
        return tuple(sorted(told, key=lambda hit: -hit.score))

    def _shares_stem_only(self, said: set[str], hit: NameHit) -> bool:
        named = self._lemmas[hit.table, hit.column]
        return {stem(word) for word in said - named} & {stem(word) for word in named} != set()

    def _spell_out(self, graph: Graph) -> None:
        """Add the names whose abbreviations other names write in full: SMPL_ID is a sample id."""
        words = {word for name in self._names for word in name}
        full = own_prefixes(graph.tables) | expansions(words)
        for name in [name for name in self._names if any(word in full for word in name)]:
            spelt = tuple(full.get(word, word) for word in name)
            _raise(self._names[spelt], self._names[name].items(), _SPELT_OUT)

    def _number_codes(self, graph: Graph) -> None:
        """Add "material number" for a key ``MATERIAL``, unless materials have a number."""
        for table, column, (*noun, tail) in list(coded_names(graph)):
            called = self._names.get(tuple(noun), {}).items()
            things = [key[0] for key, score in called if key[1] is None and score >= _HEADS]
            if not any(self._tells(thing, {tail}) for thing in things):
                _raise(self._names[*noun, tail], [((table, column), _CODED)])

    def _closest(self, word: str, *, correct: bool = False) -> str | None:
        if len(word) < 4 or word in self.vocabulary or word in self._glued or word in UNSTEMMED:
            return None
        if any(self._heads_table(other) for other in SYNONYMS.get(word, ())):
            return None  # "teachers" are the ``instructor``, whatever is called ``teaches``
        return closest_word(word, self._choices, correct=correct)

    def _rows_of_kinds(self, graph: Graph) -> dict[tuple[str, ...], dict[Key, float]]:
        """Return what rows are called without the kind of their table, or its system.

        ``store_mst`` holds stores and ``CBS_ACCOUNT`` accounts, unless a table is called just so.
        """
        found: dict[tuple[str, ...], dict[Key, float]] = defaultdict(dict)
        told = [(t, name, _KIND) for t in graph.tables for name in names_of_rows(t.display_names)]
        for table, name in names_in_systems(graph.tables):
            told.append((table, name, _IN_FULL if " " in name else _KIND))
        for table, name, worth in told:
            keys = self._names.get(stems(name), {}).items()
            if all(key[1] is not None or score < _SPELT for key, score in keys):
                found[stems(name)][table.name, None] = worth
        return dict(found)

    def _add(self, table: str, column: str | None, names: Iterable[str]) -> None:
        key = (table, column)
        self._lemmas[key] = {lemma(part) for name in names for part in parts(name)}
        for rank, name in enumerate(names):
            words = stems(name)[:LONGEST_NAME]
            rank_factor = 1.0 if rank < 3 else 0.97
            for phrase, score in subphrases(with_numbers(words)):
                self._names[phrase].setdefault(key, score * rank_factor)
            for phrase, score in subphrases(words):
                _raise(self._names[phrase], [(key, score * rank_factor)])
            glued = stem("".join(name.lower().split()))
            _raise(self._glued[glued], [(key, 0.98 * rank_factor)])


def _raise(scores: dict[Key, float], further: Iterable[tuple[Key, float]], by: float = 1.0) -> None:
    """Raise each score to a further one of its key, times ``by``, where that is more."""
    for key, score in further:
        scores[key] = max(scores.get(key, 0.0), score * by)


def _cut_short(graph: Graph) -> frozenset[str]:
    """Return the words of three letters that names are glued of: the ``car`` of ``CARSTS``.

    Who writes names so cuts every word, also to letters that are a word themselves.
    """
    names = [table.name for table in graph.tables]
    names += [column.name for table in graph.tables for column in table.columns]
    glued = (
        parts(name) for name in names if name.isalpha() and name in {name.upper(), name.lower()}
    )
    return frozenset(
        stem(w) for words in glued if len(words) > 1 for w in words if len(w) == _SHORTEST
    )


def _ends_with(column: str, word: str) -> bool:
    last = parts(column)[-1]
    return word in {last, stem(last)} or (len(last) >= _SHORTEST and abbreviates(last, word))


def _favour_only_table(found: dict[Key, float]) -> None:
    """Make part of a name as good as the whole where one table has it (``RBP`` of ``RBP_GPU``)."""
    tables = [key for key in found if key[1] is None]
    if len(tables) == 1 and found[tables[0]] < _ONLY_TABLE:
        found[tables[0]] = min(_ONLY_TABLE, found[tables[0]] + 0.3)
