"""Written: the plan of a contrast, rows of the one side or columns of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql import plan
from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.outputs import both_compared
from kpi_nlsql.grammar.differences import differs

_COUNT = plan.Output(plan.Aggregate("count", plan.Star()), "count")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: the number of rows, whole rows, or the columns that are named."""

    counts: bool
    rows: bool
    named: Sequence[plan.ColumnRef]


def written(
    choice: Choice, operator: plan.Operator, wish: Wish, filters: Sequence[plan.Condition]
) -> plan.Query:
    """Return the query; ``s`` is the side whose rows are asked for, ``t`` the other."""
    left, right = both_compared(choice)
    terms = [*filters, _compared(left, operator, right)]
    if wish.rows and not wish.named:
        return _rows(choice, terms, wish)
    keys = [plan.ColumnRef("s", pair.left) for pair in choice.pairing.pairs]
    outputs = [plan.Output(ref) for ref in wish.named or keys]
    if not wish.named:
        outputs.append(plan.Output(left, f"source_{left.column}"))
        outputs.append(plan.Output(right, f"target_{right.column}"))
    return plan.Query(
        (_COUNT,) if wish.counts else tuple(outputs),
        plan.Source(choice.left.table, "s"),
        joins=(
            plan.JoinStep(
                plan.Source(choice.right.table, "t"), choice.pairing.conditions("s", "t")
            ),
        ),
        where=plan.all_of(terms),
        distinct=bool(wish.named) and not wish.counts,
    )


def _rows(choice: Choice, terms: Sequence[plan.Condition], wish: Wish) -> plan.Query:
    matches = choice.pairing.conditions("s", "t")
    inner = plan.Query(
        (plan.Output(plan.Constant(1)),),
        plan.Source(choice.right.table, "t"),
        where=plan.all_of([*matches, *(term for term in terms if not _of_source(term))]),
    )
    outer = [term for term in terms if _of_source(term)]
    shown = _COUNT if wish.counts else plan.Output(plan.Star("s"))
    source = plan.Source(choice.left.table, "s")
    return plan.Query((shown,), source, where=plan.all_of([*outer, plan.Exists(inner)]))


def _compared(
    left: plan.ColumnRef, operator: plan.Operator, right: plan.ColumnRef
) -> plan.Condition:
    if operator == "!=":
        return differs(left, right)
    return plan.Compare(left, operator, right)


def _of_source(term: plan.Condition) -> bool:
    """Tell whether a condition is about the rows asked for alone."""
    return (
        isinstance(term, plan.Compare)
        and isinstance(term.right, plan.Constant)
        and isinstance(term.left, plan.ColumnRef)
        and term.left.source == "s"
    )
