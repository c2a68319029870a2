"""Confidence: how likely a reading is right, by logistic weights over its features."""

from __future__ import annotations

import math
from collections.abc import Iterable

from kpi_nlsql.confidence_weights import WEIGHTS
from kpi_nlsql.features import features, unheeded, unknown_words
from kpi_nlsql.sentence import Candidate, Sentence

DEFAULT_MINIMUM = 0.5

_TIERS = {"reconcile": 2, "duplicates": 1, "general": 0}
"""Readings that found their telling phrase stand before the general one."""


def rank(sentence: Sentence, candidates: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
    """Return the candidates with their confidence, the best first."""
    scored = [(confidence(sentence, candidate), candidate) for candidate in candidates]
    return sorted(scored, key=lambda pair: _standing(sentence, *pair), reverse=True)


def _standing(sentence: Sentence, score: float, candidate: Candidate) -> tuple[int, bool, float]:
    """Readings with a second-best column stay behind the one with the best."""
    return _tier(sentence, candidate), not candidate.features.get("forced"), score


def _tier(sentence: Sentence, candidate: Candidate) -> int:
    if candidate.kind == "general":
        return 0
    whole = not unheeded(sentence, candidate) and not unknown_words(sentence, candidate)
    return _TIERS[candidate.kind] if whole else -1


def confidence(sentence: Sentence, candidate: Candidate) -> float:
    """Return the likelihood (0..1) that the reading is right."""
    found = features(sentence, candidate)
    total = sum(WEIGHTS.get(name, 0.0) * amount for name, amount in found.items())
    return round(1.0 / (1.0 + math.exp(-total)), 3)
