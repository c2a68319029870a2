"""What a second reading does to the first: which one runs, how sure it is, and what is said.

The model only widens what is understood. Where the rules read the sentence, their reading runs;
where they refuse, the model's does, at a modest confidence.

Confidence. Let d be the rules' doubt (1 - confidence, calibrated). Agreement is a second witness
and shrinks d: to 40 % for the same query, to 60 % for the same rows (few rows may be alike by
chance), to 75 % for the same shape. Disagreement leaves a reading of at least 0.9 alone and takes a
fifth from any other's confidence. A query of the model's alone stands at 0.5, or at 0.4 where the
source could not try it. These factors are set by judgement, not fitted: nobody's model is here to
be measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kpi_nlsql.llm.agreement import Agreement

SURE = 0.9
MODEL_CONFIDENCE = 0.5
UNTRIED_CONFIDENCE = 0.4
_DISAGREED = 0.8
_DOUBT_LEFT = {Agreement.SAME_SQL: 0.4, Agreement.SAME_ROWS: 0.6, Agreement.SAME_SHAPE: 0.75}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose reading runs, and with what confidence (0..1)."""

    chosen: Literal["rules", "model"]
    confidence: float
    agreement: Agreement | None


def alone(*, tried: bool) -> Verdict:
    """Return the verdict on a model's usable reading where the rules have none.

    ``tried``: the source itself has accepted the query.
    """
    return Verdict("model", MODEL_CONFIDENCE if tried else UNTRIED_CONFIDENCE, None)


def weigh(rules: float, agreement: Agreement) -> Verdict:
    """Weigh the rules' confidence by how far the model's usable reading agrees with theirs."""
    if agreement is Agreement.DIFFERENT:
        confidence = rules if rules >= SURE else round(rules * _DISAGREED, 3)
        return Verdict("rules", confidence, agreement)
    return Verdict("rules", round(1 - (1 - rules) * _DOUBT_LEFT[agreement], 3), agreement)
