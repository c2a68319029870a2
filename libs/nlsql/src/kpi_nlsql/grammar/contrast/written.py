"""Written: the plan of a contrast, rows of the one side or columns of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.outputs import both_compared
from kpi_nlsql.grammar.contrast.wording import counts_years
from kpi_nlsql.grammar.reconciling.differences import differs
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Graph

_COUNT = plan.Output(plan.Aggregate("count", plan.Star()), "count")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: the number of rows, whole rows, or the columns that are named."""

    counts: bool
    rows: bool
    named: Sequence[plan.ColumnRef]


def written(choice: Choice, said: Sequence[plan.Condition], wish: Wish) -> plan.Query:
    """Return the query of what is said; ``s`` is the side with the rows asked for."""
    left, right = both_compared(choice)
    terms = list(said)
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
        joins=choice.steps(),
        where=plan.all_of(terms),
        distinct=bool(wish.named) and not wish.counts,
    )


def summed(choice: Choice, operator: plan.Operator) -> plan.Condition:
    """Return that a value compares so with the sum over the rows of the other side."""
    left, right = both_compared(choice)
    together = plan.Query(
        (plan.Output(plan.Aggregate("sum", right)),),
        plan.Source(choice.right.table, "t"),
        where=plan.all_of(list(choice.pairing.conditions("s", "t"))),
    )
    return plan.Compare(left, operator, together)


def of_one_side(choice: Choice, said: Sequence[plan.Condition], wish: Wish) -> plan.Query | None:
    """Return the query where only rows of the first side are shown; None if others are, too."""
    if any(ref.source != "s" for ref in wish.named):
        return None
    shown = [plan.Output(ref) for ref in wish.named] or [plan.Output(plan.Star("s"))]
    return plan.Query(
        (_COUNT,) if wish.counts else tuple(shown),
        plan.Source(choice.left.table, "s"),
        where=plan.all_of(list(said)),
    )


def _rows(choice: Choice, terms: Sequence[plan.Condition], wish: Wish) -> plan.Query:
    first, *further = choice.steps()
    inner = plan.Query(
        (plan.Output(plan.Constant(1)),),
        first.source,
        joins=tuple(further),
        where=plan.all_of([*first.on, *(term for term in terms if not _of_source(term))]),
    )
    outer = [term for term in terms if _of_source(term)]
    shown = _COUNT if wish.counts else plan.Output(plan.Star("s"))
    source = plan.Source(choice.left.table, "s")
    return plan.Query((shown,), source, where=plan.all_of([*outer, plan.Exists(inner)]))


def compared(choice: Choice, operator: plan.Operator, graph: Graph) -> plan.Condition:
    """Return that the two columns compare so; a date beside a year is taken by its year."""
    left, right = both_compared(choice)
    sides = (choice.left, choice.right)
    years = [counts_years(graph.table(side.table).column(str(side.column))) for side in sides]
    if len(set(years)) > 1:
        first, second = (
            ref if year else plan.PeriodOf(ref, "year")
            for ref, year in zip((left, right), years, strict=True)
        )
        return plan.Compare(first, operator, second)
    if operator == "!=":
        return differs(left, right)
    return plan.Compare(left, operator, right)


def _of_source(term: plan.Condition) -> bool:
    """Tell whether a condition is about the rows asked for alone."""
    constant = isinstance(term, plan.Compare) and isinstance(term.right, plan.Constant)
    if not constant and not isinstance(term, plan.OneOf):
        return False
    assert isinstance(term, plan.Compare | plan.OneOf)
    subject = term.left if isinstance(term, plan.Compare) else term.subject
    return isinstance(subject, plan.ColumnRef) and subject.source == "s"
