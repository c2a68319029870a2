"""Plain differences: values that differ, where those that are empty on one side are left out."""

from __future__ import annotations

from typing import Any, cast

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import everything, rewritten


def without_blanks(query: plan.Plan) -> plan.Plan:
    """Return the plan where every difference of two columns is one of two values."""
    return cast("plan.Plan", rewritten(query, _plainly))


def _plainly(part: Any) -> plan.Condition | None:
    """Return "unlike, or one of them empty" as "unlike"; None for any other part."""
    if not isinstance(part, plan.AnyOf):
        return None
    first, *others = part.terms
    if not isinstance(first, plan.Compare) or first.operator != "!=" or not others:
        return None
    blank = all(_tested(each) == {first.left, first.right} for each in others)
    return first if blank else None


def _tested(part: plan.Condition) -> set[object]:
    """Return what the part says to be empty, or not; nothing if it says anything else."""
    plain = (plan.All, plan.Not, plan.IsNull, plan.ColumnRef, str)
    if not all(isinstance(each, plain) for each in everything(part)):
        return set()
    return {each.subject for each in everything(part) if isinstance(each, plan.IsNull)}
