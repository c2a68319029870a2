"""The lexicon of a graph: from the stems of a phrase to the tables and columns it may name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from kpi_nlsql.graph import Graph
from kpi_nlsql.synonyms import SYNONYMS
from kpi_nlsql.values import ValueIndex
from kpi_nlsql.words import stem, stems

LONGEST_NAME = 6
"""Words of a name, and of a phrase that may be one."""

_SYNONYM_FACTOR = 0.8
_ONLY_TABLE = 0.85
_TYPO_CUTOFF = 86
_FILLERS = frozenset({stem(word) for word in ("of", "the", "a", "an", "in", "for", "and")})


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
        self._names: dict[tuple[str, ...], dict[tuple[str, str | None], float]] = defaultdict(dict)
        self._glued: dict[str, dict[tuple[str, str | None], float]] = defaultdict(dict)
        for table in graph.tables:
            self._add(table.name, None, table.display_names or (table.name,))
            for column in table.columns:
                self._add(table.name, column.name, column.display_names or (column.name,))
        self.vocabulary = frozenset(word for name in self._names for word in name)
        self._choices = [word for word in self.vocabulary if len(word) >= 4]
        self.closest = lru_cache(maxsize=5_000)(self._closest)

    def names(self, phrase: tuple[str, ...], glued: str) -> tuple[NameHit, ...]:
        """Return what a phrase (stems; ``glued``: as one word) may name, best first."""
        found: dict[tuple[str, str | None], float] = {}
        for variant, factor in _variants(phrase):
            for key, score in self._names.get(variant, {}).items():
                found[key] = max(found.get(key, 0.0), score * factor)
        if len(glued) >= 4:
            for key, score in self._glued.get(stem(glued), {}).items():
                found[key] = max(found.get(key, 0.0), score)
        _favour_only_table(found)
        hits = [NameHit(table, column, score) for (table, column), score in found.items()]
        return tuple(sorted(hits, key=lambda hit: -hit.score))

    def _closest(self, word: str) -> str | None:
        """Return the known stem that a misspelt one most likely is, if any is close."""
        if len(word) < 4 or word in self.vocabulary:
            return None
        begun = [k for k in self._choices if k.startswith(word) or word.startswith(k)]
        if begun:
            return max(begun, key=len)
        best = process.extractOne(word, self._choices, scorer=fuzz.ratio, score_cutoff=_TYPO_CUTOFF)
        return best[0] if best else None

    def _add(self, table: str, column: str | None, names: Iterable[str]) -> None:
        key = (table, column)
        for rank, name in enumerate(names):
            words = stems(name)[:LONGEST_NAME]
            rank_factor = 1.0 if rank < 3 else 0.97
            for phrase, score in _subphrases(words):
                entry = self._names[phrase]
                entry[key] = max(entry.get(key, 0.0), score * rank_factor)
            entry = self._glued["".join(name.split()) and stem("".join(name.lower().split()))]
            entry[key] = max(entry.get(key, 0.0), 0.98 * rank_factor)


def _favour_only_table(found: dict[tuple[str, str | None], float]) -> None:
    """Make part of a name as good as the whole where one table has it (``RBP`` of ``RBP_GPU``)."""
    tables = [key for key in found if key[1] is None]
    if len(tables) == 1 and found[tables[0]] < _ONLY_TABLE:
        found[tables[0]] = min(_ONLY_TABLE, found[tables[0]] + 0.3)


def _subphrases(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Yield every run of words of a name and how well it stands for the whole name."""
    count = len(words)
    for start in range(count):
        for end in range(start + 1, count + 1):
            run = words[start:end]
            if len(run) == count:
                yield run, 1.0
            elif not set(run) <= _FILLERS:
                tail = 0.1 if end == count else 0.0
                yield run, 0.35 + 0.4 * len(run) / count + tail
    if count > 2:
        yield (words[0], words[-1]), 0.35 + 0.8 / count + 0.1


def _variants(phrase: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    yield phrase, 1.0
    for position, word in enumerate(phrase):
        for other in SYNONYMS.get(word, ()):
            yield (*phrase[:position], other, *phrase[position + 1 :]), _SYNONYM_FACTOR
