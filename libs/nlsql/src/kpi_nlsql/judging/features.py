"""Features: what a reading looks like, as numbers from which its confidence is worked out."""

from __future__ import annotations

import re
from dataclasses import replace

from kpi_nlsql.judging import (
    cross_checks,
    doubts,
    join_doubts,
    leftovers,
    list_doubts,
    shown_doubts,
)
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import counted, related
from kpi_nlsql.sentence import Candidate, Sentence

_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?|-Q\d)")


def features(sentence: Sentence, candidate: Candidate) -> dict[str, float]:
    """Return the features of a reading, by name."""
    candidate = replace(candidate, plan=counted(candidate.plan))
    found = dict.fromkeys(NAMES, 0.0)
    found["bias"] = 1.0
    found |= leftovers.leftovers(sentence, candidate)
    found |= _shape(candidate.plan)
    found |= _words(sentence)
    found |= doubts.doubts(sentence, candidate.plan)
    found |= join_doubts.join_doubts(sentence, candidate.plan)
    found |= cross_checks.cross_checks(sentence, candidate.plan)
    found |= shown_doubts.shown_doubts(sentence, candidate)
    found |= list_doubts.list_doubts(sentence, candidate.plan)
    found |= _together(found, candidate)
    found[f"kind_{candidate.kind}"] = 1.0
    for name, amount in candidate.features.items():
        if name in found:
            found[name] = amount
    return found


def _together(found: dict[str, float], candidate: Candidate) -> dict[str, float]:
    """Doubts that weigh more together than apart."""
    negative = float(candidate.features.get("negative", 0.0) > 0)
    lost = float(found["unknown"] > 0)
    weak = float(candidate.features.get("weak_ref", 0.0) > 0 or found["weak_names"] > 0)
    return {
        "negative_lost": negative * lost,
        "negative_weak": negative * weak,
        "negative_joined": negative * float(found["inner_joins"] > 0),
        "having_lost": found["having"] * lost,
        "having_weak": found["having"] * weak,
        "having_joined": found["having"] * float(found["joins"] > 0),
    }


def _words(sentence: Sentence) -> dict[str, float]:
    texts = [item.text for item in sentence.items]
    mentions = [item for item in sentence.items if item.kind == "mention" and item.hits]
    named = [item for item in mentions if not any(value.score >= 1.0 for value in item.values)]
    scores = [max(hit.score for hit in item.hits) for item in named]
    return {
        "length": min(len(texts), 40) / 10.0,
        "has_or": float("or" in texts),
        "ands": float(min(texts.count("and"), 3)),
        "sentences": float(sum(text[:1] in {".", "?", ";"} for text in texts[:-1])),
        "pronouns": float(any(text in {"it", "they", "them", "that", "those"} for text in texts)),
        "weak_names": float(sum(score < 0.8 for score in scores)),
        "worst_name": min(scores, default=1.0),
        "unlinked_quotes": float(
            sum(
                item.kind == "quoted" and not item.values and not _DAY.fullmatch(item.text)
                for item in sentence.items
            )
        ),
    }


def _shape(query: plan.Plan) -> dict[str, float]:
    if isinstance(query, plan.SetQuery):
        return {}
    nested = list(related(query.where))
    inner_joins = sum(len(inner.joins) for inner in nested)
    aggregates = sum(isinstance(output.expression, plan.Aggregate) for output in query.outputs)
    return {
        "joins": float(len(query.joins)),
        "many_joins": float(len(query.joins) + inner_joins > 2),
        "nested": float(len(nested)),
        "inner_joins": float(inner_joins),
        "grouped": float(bool(query.group)),
        "having": float(query.having is not None),
        "ordered": float(bool(query.order)),
        "limited": float(query.limit is not None),
        "outputs": float(len(query.outputs)),
        "one_output": float(len(query.outputs) == 1),
        "aggregates": float(aggregates),
        "conditions": float(_count(query.where)),
        "either_or": float(_has_either(query.where)),
        "no_condition": float(query.where is None),
        "distinct": float(query.distinct),
        "whole_rows": float(any(isinstance(o.expression, plan.Star) for o in query.outputs)),
        "grouped_joined": float(bool(query.group) and bool(query.joins)),
        "ordered_joined": float(bool(query.order) and bool(query.joins)),
    }


def _has_either(term: plan.Condition | None) -> bool:
    """Tell whether an "or" of the sentence became one of the plan."""
    if isinstance(term, plan.All):
        return any(_has_either(part) for part in term.terms)
    if isinstance(term, plan.Exists | plan.InQuery) and isinstance(term.query, plan.Query):
        return _has_either(term.query.where)
    return isinstance(term, plan.AnyOf)


def _count(term: plan.Condition | None) -> int:
    return sum(1 for _ in plan.parts(term))


NAMES = (
    "bias", *leftovers.NAMES, "length", "has_or", "ands", "sentences", "pronouns",
    "weak_names", "worst_name", "either_or", "unlinked_quotes", "joins",
    "many_joins", "nested", "inner_joins", "grouped", "having", "ordered", "limited",
    "outputs", "one_output", "aggregates", "conditions", "no_condition", "distinct",
    "whole_rows", "grouped_joined", "ordered_joined", "kind_reconcile", "kind_duplicates",
    "kind_general", "margin", "forced", "unmeasured", "pairing", "named_output", "weak_ref",
    "implied_ref", "negative_lost", "negative_weak",
    "negative_joined", "having_lost", "having_weak", "having_joined", "idle_tables",
    "far_near", "asks_who", "negative", "close_value", "group_named",
    *doubts.NAMES, *join_doubts.NAMES, *cross_checks.NAMES, *shown_doubts.NAMES,
    *list_doubts.NAMES,
)  # fmt: skip
"""Every feature, in a fixed order."""

NAMED = (
    "bias", "unknown", "unheeded", "lost_output", "absent_columns",
    "loose_matches", "joins", "ands", "kind_duplicates", "landed", "length", "negation_unread",
)  # fmt: skip
"""The features of reconciliations and duplicates: few, since few of them are scored."""
