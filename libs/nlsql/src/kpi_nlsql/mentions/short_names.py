"""Short names: tables and columns whose names are written short, found by the words in full.

"customer balance" is ``cstmr_bal``: each word of the phrase stands where the name has it, or has
it written short. Nothing needs to be known of the words but their letters.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import simplemma

from kpi_nlsql.english.abbreviations import abbreviates
from kpi_nlsql.english.short_forms import ABBREVIATIONS, MEANINGS
from kpi_nlsql.english.shortening import likeness, without_vowels
from kpi_nlsql.english.words import parts, stem, stems
from kpi_nlsql.schema.graph import Table
from kpi_nlsql.schema.naming import UNITS

Key = tuple[str, str | None]
Name = tuple[str, ...]
Said = tuple[str, ...]
"""A word as it is said, and in its dictionary form: "insured", "insure"."""

_SHORTEST = 3

_SPELT_OUT = 0.97
_SURE = 0.85
_LIKELY = 0.6
_DOUBTED = 0.85
"""What is left of the score of a name with words that are only likely to be meant."""
_SHORTEST_PLURAL = 2
_OTHERWISE = 0.9
"""What is left of the likeness of a word whose short form is known to mean another."""
_RATHER_NOT = 0.8
"""The likeness of a word that is only one of the things meant by a short form, where another is
called so in full: "start" is no ``str``."""
_FIRST = {stem(short): stems(full) for short, full in ABBREVIATIONS.items()}
_MEANT = {stem(short): frozenset(map(stem, told)) for short, told in MEANINGS.items()}


class ShortNames:
    """The names of a graph that have words written short. Read-only once built."""

    def __init__(self, names: Mapping[Name, Mapping[Key, float]], short: frozenset[str]) -> None:
        self._short = short
        self._names: dict[tuple[str, ...], list[tuple[Name, dict[Key, float]]]] = defaultdict(list)
        for name, keys in names.items():
            if any(word in short for word in name):
                self._names[tuple(word[0] for word in name)].append((name, dict(keys)))

    def named(
        self, phrase: Name, words: Sequence[Said], *, alone: bool, free: bool
    ) -> Iterator[tuple[Key, float]]:
        """Yield what a phrase (stems; ``words``: in full) names that is written short.

        ``alone``: nothing else may be meant, and less likely names are; ``free``: nothing else is
        called so itself.
        """
        least = _LIKELY if alone or len(phrase) > 1 else _SURE
        for name, keys in self._names.get(tuple(word[:1] for word in phrase), ()):
            if name == phrase:
                continue
            fit = self._fit(name, phrase, words or [(word,) for word in phrase], free=free)
            if fit >= least:
                factor = _SPELT_OUT if fit >= _SURE else _DOUBTED
                yield from ((key, score * factor) for key, score in keys.items())

    def _fit(self, name: Name, phrase: Name, words: Sequence[Said], *, free: bool) -> float:
        """Return how well the worst of the words fits, 0..1."""
        worst = 1.0
        for short, said, forms in zip(name, phrase, words, strict=True):
            if short != said:
                alone = len(name) == 1
                fits = (self._likeness(short, full, alone=alone, free=free) for full in forms)
                worst = min(worst, max(fits))
            if worst < _LIKELY:
                return 0.0
        return worst

    def _likeness(self, short: str, full: str, *, alone: bool, free: bool) -> float:
        """Return how well a word stands for another; what it is known to mean, it means.

        Beside other words that fit, a known short form may for once mean something else, and so
        may one alone that only lacks the vowels, where nothing else is called so (``free``).
        """
        if short not in self._short or (short in UNITS and short not in MEANINGS):
            return 0.0
        meant = _MEANT.get(short) or _MEANT.get(_singular(short))
        spelt = short[:-1] + "y" if short.endswith("i") else short  # the stem of ``lgcy``
        bare = without_vowels(spelt, full)
        if meant is None:
            return float(bare and free) if len(short) < _SHORTEST else likeness(spelt, full)
        if stem(full) in meant:
            first = not alone or stem(full) in _FIRST.get(short, ())
            return 1.0 if first or free else _RATHER_NOT
        if (alone or simplemma.is_known(short, lang="en")) and not (bare and free):
            return 0.0
        return likeness(spelt, full) * _OTHERWISE


def own_prefixes(tables: Iterable[Table]) -> dict[str, str]:
    """Return what several columns of a table begin with, and the word of its name it is short for.

    ``his_admission`` has an ``adm_no`` and an ``adm_dt``, though English may know an "adm".
    """
    found: dict[str, str] = {}
    for table in tables:
        firsts = Counter(stem(word) for c in table.columns for word in parts(c.name)[:1])
        words = {word for name in table.display_names for word in stems(name)}
        for short in (first for first, times in firsts.items() if times > 1):
            full = [word for word in words if abbreviates(short, word)]
            found |= {short: full[0]} if len(full) == 1 else {}
    return found


def _singular(short: str) -> str:
    """Return a short form without the ``s`` of its plural: ``pts`` are points."""
    return short[:-1] if len(short) > _SHORTEST_PLURAL and short.endswith("s") else ""
