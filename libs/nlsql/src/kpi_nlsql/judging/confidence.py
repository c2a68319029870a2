"""Confidence: how likely a reading is right, by logistic weights over its features."""

from __future__ import annotations

import math
from collections.abc import Iterable

from kpi_nlsql.judging.confidence_weights import LANDED_WEIGHTS, NAMED_WEIGHTS, WEIGHTS
from kpi_nlsql.judging.features import features
from kpi_nlsql.judging.impossible import is_impossible
from kpi_nlsql.judging.leftovers import unheeded, unknown_words, unread_order
from kpi_nlsql.judging.literals import lost_literals
from kpi_nlsql.judging.oddities import oddness
from kpi_nlsql.judging.table_rivals import rivals
from kpi_nlsql.sentence import Candidate, Sentence

DEFAULT_MINIMUM = 0.65

_LOST_LITERAL = 0.6
"""What is left of the confidence for each number or quoted text that the plan leaves out."""

DIFFERENCES = ("denied", "having", "shared_values")
_CAUTION = 0.4
"""What the odds (as a logarithm) of differences and counted groups were too high by on questions
that the grammar had never seen: it was made with those in sight that the weights are fitted to."""
VETOES = (
    "lost_output", "lost_owner", "unlikely_compared", "impossible", "shown_told", "shown_unnamed",
    "aggregate_unread", "count_unread", "half_listed", "rows_for_column", "absent_state",
)  # fmt: skip
"""Doubts that no strength elsewhere makes good: what is asked for was not understood, a name or key
is compared as if it were an amount, no row can be what the plan says, only what the sentence
itself tells is shown, not all that it lists, or not in the state that leads to a place."""
_VETOED = 0.4
NAMED_VETOES = ("impossible", "aggregate_unread", "shown_told")
_DOUBTED = 0.3
"""The power of how well the rows of two named tables pair, or a table's name fits."""

_UNREAD = 0.6
"""What is left of it for a "by" that neither groups nor sorts, or an unread "same"."""

_UNSAID = 0.75
"""What is left of it where a column is shown that no word asks for."""

_DANGLING = 0.9
"""What is left of it for each column that is spoken of and that nothing is said of."""

_RIVALLED = 0.55
"""What is left of it where another table is as likely meant: the user is asked back."""

_TIERS = {"reconcile": 2, "duplicates": 1, "general": 0}
"""Readings that found their telling phrase, and left no word out, stand before the general one."""


def rank(sentence: Sentence, candidates: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
    """Return the candidates with their confidence, the best first."""
    scored = [(confidence(sentence, candidate), candidate) for candidate in candidates]
    return sorted(scored, key=lambda pair: _standing(sentence, *pair), reverse=True)


def _standing(
    sentence: Sentence, score: float, candidate: Candidate
) -> tuple[int, bool, bool, float]:
    # Readings with a second-best column stay behind the one with the best. A list of a
    # comparison that a doubt speaks against is none: "with a salary of more than 50000".
    told = candidate.features
    doubted = candidate.kind != "general" and score <= _VETOED
    listed = bool(told.get("requested")) and not doubted
    best = not told.get("forced")
    return _tier(sentence, candidate), listed, best, score


def _tier(sentence: Sentence, candidate: Candidate) -> int:
    tier = _TIERS[candidate.kind]
    whole = tier and not unheeded(sentence, candidate) and not unknown_words(sentence, candidate)
    return tier if whole and not is_impossible(sentence.graph, candidate.plan) else 0


def confidence(sentence: Sentence, candidate: Candidate) -> float:
    """Return the likelihood (0..1) that the reading is right."""
    found = features(sentence, candidate)
    general, landed = candidate.kind == "general", sentence.graph.landed
    weights = NAMED_WEIGHTS if not general else LANDED_WEIGHTS if landed else WEIGHTS
    total = sum(weight * found[name] for name, weight in weights.items())
    if weights is WEIGHTS and any(found[name] for name in DIFFERENCES):
        total -= _CAUTION
    likelihood = _discount(sentence, candidate) / (1.0 + math.exp(-total))
    if weights is WEIGHTS and _shows_unsaid(found):
        likelihood *= _UNSAID
    if any(found[name] for name in (VETOES if general else NAMED_VETOES)):
        likelihood = min(likelihood, _VETOED)
    return float(round(likelihood, 3))


def _shows_unsaid(found: dict[str, float]) -> bool:
    # "Which customers …" asks for no column, and "… for each customer" for what tells them apart.
    implied = found["named_output"] or found["group_named"]
    return found["unsaid_outputs"] > 0 and not implied


def _discount(sentence: Sentence, candidate: Candidate) -> float:
    """Return what is left (0..1) of a likelihood for doubts too rare to fit weights to."""
    unknown = unknown_words(sentence, candidate)
    left = _LOST_LITERAL ** lost_literals(sentence, candidate.plan, unknown)
    left *= _RIVALLED if rivals(sentence, candidate) else 1.0
    left *= _DANGLING ** candidate.features.get("dangling", 0.0)
    if candidate.kind == "general":
        left *= _UNREAD ** unread_order(sentence, candidate)
        left *= oddness(sentence, candidate.plan)
    else:
        doubt = candidate.features.get("pairing", candidate.features.get("table", 1.0))
        left *= min(doubt, 1.0) ** _DOUBTED
    return float(left)
