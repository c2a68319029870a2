"""Wording: how well words of a sentence stand for the words of a name, once the table is known."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kpi_nlsql.english.abbreviations import abbreviates
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.short_forms import ABBREVIATIONS
from kpi_nlsql.english.synonyms import SYNONYMS
from kpi_nlsql.english.words import parts, stem, stems
from kpi_nlsql.schema.graph import Column, Table
from kpi_nlsql.schema.key_names import KEY_TAILS

_SYNONYM = 0.8
_SHORT = 0.9
_BEGUN = 0.7
_KIND_OF_VALUE = 0.55
_WORTH = {stem("amount"), stem("value")}
_LONG_BEGINNING = 5
_LEAST_GLUED = 3
_VOWELS = frozenset("aeiouy")
_DATES = frozenset({"date", "day", "time", "when"})
_AMOUNTS = frozenset("amount number count total figure value sum".split())  # noqa: SIM905


@lru_cache(maxsize=50_000)
def fits(word: str, name: str) -> float:
    """Return how well a word stands for a word of a name, 0..1; both in lower case."""
    spoken, named = stem(word), stem(name)
    if spoken == named:
        return 1.0
    if _abbreviates(name, word) or _abbreviates(word, name) or _within_glued(word, name):
        return _SHORT
    if named in SYNONYMS.get(spoken, ()):
        return _SYNONYM
    if {spoken, named} == _WORTH:
        return _BEGUN
    begins = named.startswith(spoken) or spoken.startswith(named)
    return _BEGUN if begins and min(len(spoken), len(named)) >= _LONG_BEGINNING else 0.0


def _abbreviates(short: str, full: str) -> bool:
    if abbreviates(short, full):
        return True
    # "rm" is the room, "eq" equipment: the first letter and one more, which is no vowel.
    if short in ABBREVIATIONS:
        return stem(full) in stems(ABBREVIATIONS[short])
    two = len(short) == 2 and len(full) > 3 and short[0] == full[0]
    return two and short not in FUNCTION_WORDS and short[1] not in _VOWELS and short[1] in full[1:]


def _within_glued(word: str, name: str) -> bool:
    # "crdproc" is the card processor: two words written short, and as one.
    bare = word[0] + "".join(letter for letter in word[1:] if letter not in _VOWELS)
    begins = len(bare) >= _LEAST_GLUED and name.startswith(bare) and len(name) > len(bare) + 2
    ends = any(name.endswith(word[:end]) for end in (4, 5)) and len(word) > _LONG_BEGINNING
    return begins or (ends and len(name) > _LONG_BEGINNING + 1 and not name.startswith(word[:4]))


@lru_cache(maxsize=100_000)
def fit_name(words: tuple[str, ...], name: tuple[str, ...]) -> tuple[float, ...]:
    """Return for each word how well it stands for some word of the name.

    Words that are one in the name ("check in": ``checkin``) and words of which the name has only
    the initials ("channel manager": ``cm``) stand for it together.
    """
    found = [max((fits(word, part) for part in name), default=0.0) for word in words]
    for start in range(len(words)):
        for end in range(start + 2, min(start + 4, len(words)) + 1):
            told = _SHORT if _said_at_length(words[start:end], name) else 0.0
            for position in range(start, end) if told else ():
                found[position] = max(found[position], told)
    return tuple(found)


def _said_at_length(words: Sequence[str], name: Sequence[str]) -> bool:
    initials, glued = "".join(word[0] for word in words), "".join(words)
    # "departure control" leaves out the system of ``dcs``.
    return any(part in {glued, initials, initials + "s"} for part in name)


def covered(words: Sequence[str], name: Sequence[str]) -> float:
    """Return how much of a name the words say, 0..1."""
    name = [part for part in name if part not in FUNCTION_WORDS] or name  # "unit of measure"
    if not name:
        return 0.0
    pairs = [words[at : at + 2] for at in range(len(words) - 1)]
    glued = {"".join(pair) for pair in pairs}
    # "relationship manager" is the ``rm``, but no "invoice date" is an ``id``
    glued |= {"".join(word[0] for word in pair) for pair in pairs} - KEY_TAILS - FUNCTION_WORDS
    said = (
        1.0 if part in glued else max((fits(word, part) for word in words), default=0.0)
        for part in name
    )
    return sum(said) / len(name)


def kind_of_value(word: str, column: Column) -> float:
    """Return how well a word says what kind of values a column has: "amount", "date"."""
    told = (word in _DATES and column.dated) or (word in _AMOUNTS and column.measures)
    return _KIND_OF_VALUE if told else 0.0


def says_kind(part: str) -> bool:
    """Tell whether a word of a name only says what kind of values there are: a date, a quantity."""
    return any(fits(each, part) >= _SHORT for each in (*_DATES, *_AMOUNTS, "quantity"))


def table_words(table: Table) -> tuple[str, ...]:
    """Return the words a table may be called by."""
    names = (table.name, *table.display_names)
    return tuple(dict.fromkeys(word for name in names for word in _parts(name)))


def column_names(column: Column) -> tuple[tuple[str, ...], ...]:
    """Return the names of a column, each as its words."""
    return tuple(dict.fromkeys(_parts(name) for name in (column.name, *column.display_names)))


@lru_cache(maxsize=50_000)
def _parts(name: str) -> tuple[str, ...]:
    return tuple(parts(name))


def is_key(column: Column) -> bool:
    """Tell whether a column numbers rows, by its name."""
    return any(name[-1] in KEY_TAILS for name in column_names(column)[:1])


def kind_of(column: Column) -> str:
    """Return what a column holds: dates, numbers or texts."""
    if column.dated:
        return "date"
    return "number" if column.measures else "text"


def only_amount(table: Table) -> str | None:
    """Return the one column of amounts that a table has: what a payment "is lower than" by."""
    amounts = [column for column in table.columns if column.measures and not is_key(column)]
    amounts = [column for column in amounts if not counts_years(column)]
    return amounts[0].name if len(amounts) == 1 else None


def counts_years(column: Column) -> bool:
    """Tell whether a column holds years as numbers: ``build_yr``."""
    named = any(name[-1] == "year" for name in column_names(column))
    return named and column.measures and not column.dated
