"""Short names: tables and columns whose names are written short, found by the words in full.

"customer balance" is ``cstmr_bal``: each word of the phrase stands where the name has it, or has
it written short. Nothing needs to be known of the words but their letters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import simplemma

from kpi_nlsql.english.short_forms import MEANINGS
from kpi_nlsql.english.shortening import likeness
from kpi_nlsql.english.words import stem

Key = tuple[str, str | None]
Name = tuple[str, ...]

_SPELT_OUT = 0.97
_SURE = 0.85
_LIKELY = 0.6
_DOUBTED = 0.85
"""What is left of the score of a name with words that are only likely to be meant."""
_OTHERWISE = 0.9
"""What is left of the likeness of a word whose short form is known to mean another."""
_MEANT = {stem(short): frozenset(map(stem, told)) for short, told in MEANINGS.items()}


class ShortNames:
    """The names of a graph that have words written short. Read-only once built."""

    def __init__(self, names: Mapping[Name, Mapping[Key, float]], short: frozenset[str]) -> None:
        self._short = short
        self._names: dict[tuple[str, ...], list[tuple[Name, dict[Key, float]]]] = defaultdict(list)
        for name, keys in names.items():
            if any(word in short for word in name):
                initials = tuple(word[0] for word in name)
                self._names[initials].append((name, dict(keys)))

    def named(
        self, phrase: Name, words: tuple[str, ...], *, alone: bool
    ) -> Iterator[tuple[Key, float]]:
        """Yield what a phrase (stems; ``words``: in full) names that is written short.

        ``alone``: nothing else is called so, and less likely names may be meant.
        """
        least = _LIKELY if alone or len(phrase) > 1 else _SURE
        for name, keys in self._names.get(tuple(word[:1] for word in phrase), ()):
            if name == phrase:
                continue
            fit = self._fit(name, phrase, words or phrase)
            if fit >= least:
                factor = _SPELT_OUT if fit >= _SURE else _DOUBTED
                yield from ((key, score * factor) for key, score in keys.items())

    def _fit(self, name: Name, phrase: Name, words: tuple[str, ...]) -> float:
        """Return how well the worst of the words fits, 0..1."""
        worst = 1.0
        for short, said, full in zip(name, phrase, words, strict=True):
            if short != said:
                worst = min(worst, self._likeness(short, full, alone=len(name) == 1))
            if worst < _LIKELY:
                return 0.0
        return worst

    def _likeness(self, short: str, full: str, *, alone: bool) -> float:
        """Return how well a word stands for another; what it is known to mean, it means.

        Beside other words that fit, a known short form may for once mean something else.
        """
        if short not in self._short:
            return 0.0
        meant = _MEANT.get(short)
        if meant is None:
            return likeness(short, full)
        if stem(full) in meant:
            return 1.0
        only = alone or simplemma.is_known(short, lang="en")
        return 0.0 if only else likeness(short, full) * _OTHERWISE
