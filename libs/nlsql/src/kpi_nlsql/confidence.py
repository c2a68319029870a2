"""Confidence: how likely a reading is right."""

from __future__ import annotations

from collections.abc import Iterable

from kpi_nlsql.cues import FUNCTION_WORDS
from kpi_nlsql.sentence import Candidate, Sentence

DEFAULT_MINIMUM = 0.5

_TIERS = {"reconcile": 2, "duplicates": 1, "general": 0}
"""Readings that found their telling phrase stand before the general one."""
_TELLING = frozenset(
    [
        "count",
        "aggregate",
        "distinct",
        "compare",
        "after",
        "before",
        "older",
        "younger",
        "between",
        "group",
        "order",
        "superlative",
        "common",
        "not",
        "missing",
        "only",
        "mismatch",
        "duplicate",
        "null",
        "not_null",
        "contains",
        "starts",
        "ends",
        "recent",
    ]
)


def rank(sentence: Sentence, candidates: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
    """Return the candidates with their confidence, the best first."""
    scored = [(confidence(sentence, candidate), candidate) for candidate in candidates]
    return sorted(scored, key=lambda pair: (_tier(sentence, pair[1]), pair[0]), reverse=True)


def _tier(sentence: Sentence, candidate: Candidate) -> int:
    if candidate.kind == "general":
        return 0
    whole = not _unheeded(sentence, candidate) and not unknown_words(sentence, candidate)
    return _TIERS[candidate.kind] if whole else -1


def confidence(sentence: Sentence, candidate: Candidate) -> float:
    """Return the likelihood (0..1) that the reading is right."""
    lost = len(unknown_words(sentence, candidate)) + 2 * _unheeded(sentence, candidate)
    score = 0.97 * 0.8**lost
    score *= candidate.features.get("pairing", 1.0) ** 0.3
    return round(score, 3)


def _unheeded(sentence: Sentence, candidate: Candidate) -> int:
    """Count the cues that the reading does not account for."""
    return sum(
        position not in candidate.used and any(cue.kind in _TELLING for cue in item.cues)
        for position, item in enumerate(sentence.items)
    )


def unknown_words(sentence: Sentence, candidate: Candidate) -> tuple[str, ...]:
    """Return the words that say something the reading does not account for."""
    return tuple(
        item.text
        for position, item in enumerate(sentence.items)
        if position not in candidate.used
        and item.kind not in {"mark", "cue"}
        and item.text not in FUNCTION_WORDS
    )
