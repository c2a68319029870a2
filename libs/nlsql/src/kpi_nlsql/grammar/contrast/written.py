"""Written: the plan of a contrast, rows of the one side or columns of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.contrast.blanks import is_blank
from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.compared_clause import Blank
from kpi_nlsql.grammar.contrast.margin import Margin, apart
from kpi_nlsql.grammar.contrast.outputs import both_compared
from kpi_nlsql.grammar.contrast.wording import counts_years
from kpi_nlsql.grammar.reconciling.differences import differs, may_repeat
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import aliases
from kpi_nlsql.schema.graph import Graph

_SIDES = {"s", "m", "t"}
_COUNT = plan.Output(plan.Aggregate("count", plan.Star()), "count")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: the number of rows, whole rows, or the columns that are named."""

    counts: bool
    rows: bool
    named: Sequence[plan.ColumnRef]


def written(choice: Choice, said: Sequence[plan.Condition], wish: Wish, graph: Graph) -> plan.Query:
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
        distinct=not wish.counts and (bool(wish.named) or _repeats(choice, graph)),
    )


def _repeats(choice: Choice, graph: Graph) -> bool:
    tables = (choice.left.table, choice.right.table)
    return choice.link is None and may_repeat(graph, tables, choice.pairing)


def summed(
    choice: Choice,
    operator: plan.Operator,
    function: plan.AggregateFunction,
    margin: Margin | None,
    among: Sequence[plan.Condition],
) -> plan.Condition:
    """Return that a value compares so with what the rows ``among`` the other side come to."""
    left, right = both_compared(choice)
    rows = plan.Query(
        (plan.Output(plan.Aggregate(function, right)),),
        plan.Source(choice.right.table, "t"),
        where=plan.all_of([*choice.pairing.conditions("s", "t"), *among]),
    )
    return apart(left, operator, rows, margin) if margin else plan.Compare(left, operator, rows)


def of_one_side(
    choice: Choice, said: Sequence[plan.Condition], wish: Wish, among: Sequence[plan.Condition] = ()
) -> plan.Query | None:
    """Return the query for rows of the first side, with what those ``among`` the other come to."""
    others = {ref for ref in wish.named if ref.source != "s"}
    if others:
        whole = others == {both_compared(choice)[1]}
        return _grouped(choice, [*said, *among], wish) if whole else None
    shown = [plan.Output(ref) for ref in wish.named] or [plan.Output(plan.Star("s"))]
    return plan.Query(
        (_COUNT,) if wish.counts else tuple(shown),
        plan.Source(choice.left.table, "s"),
        where=plan.all_of(list(said)),
    )


def of_other(term: plan.Condition) -> bool:
    """Tell whether a condition is about the rows of the other side alone."""
    sources = aliases(term)
    return "t" in sources and "s" not in sources


def _grouped(choice: Choice, said: Sequence[plan.Condition], wish: Wish) -> plan.Query:
    """Return the query that shows what the rows of the other side come to beside each row."""
    left, right = both_compared(choice)
    rows = [term for term in said if not _of_group(term)]
    groups = [term for term in said if _of_group(term)]
    total = next(each.outputs[0].expression for term in groups for each in _inner(term))
    outputs = [
        plan.Output(total, f"total_{right.column}") if ref == right else plan.Output(ref)
        for ref in wish.named
    ]
    own = [ref for ref in wish.named if ref.source == "s"]
    keys = [plan.ColumnRef("s", pair.left) for pair in choice.pairing.pairs]
    return plan.Query(
        tuple(outputs),
        plan.Source(choice.left.table, "s"),
        joins=choice.steps(),
        where=plan.all_of(rows),
        group=tuple(dict.fromkeys([*own, *keys, left])),
        having=plan.all_of([_having(term, total) for term in groups]),
    )


def _inner(term: plan.Condition) -> list[plan.Query]:
    return [
        each.right
        for each in plan.parts(term)
        if isinstance(each, plan.Compare) and isinstance(each.right, plan.Query)
    ]


def _of_group(term: plan.Condition) -> bool:
    return bool(_inner(term))


def _having(term: plan.Condition, total: plan.Expression) -> plan.Condition:
    if isinstance(term, plan.AnyOf):
        return plan.AnyOf(tuple(_having(each, total) for each in term.terms))
    assert isinstance(term, plan.Compare)
    return plan.Compare(term.left, term.operator, total)


def _rows(choice: Choice, terms: Sequence[plan.Condition], wish: Wish) -> plan.Query:
    first, *further = choice.steps()
    asked, other = plan.Source(choice.left.table, "s"), first.source
    if choice.link is not None and choice.link.asked:
        asked, other = other, asked
    outer = [term for term in terms if aliases(term) & _SIDES == {asked.alias}]
    inner = plan.Query(
        (plan.Output(plan.Constant(1)),),
        other,
        joins=tuple(further),
        where=plan.all_of([*first.on, *(term for term in terms if term not in outer)]),
    )
    shown = _COUNT if wish.counts else plan.Output(plan.Star(asked.alias))
    return plan.Query((shown,), asked, where=plan.all_of([*outer, plan.Exists(inner)]))


def compared(
    choice: Choice,
    operator: plan.Operator,
    graph: Graph,
    margin: Margin | None,
    blank: Blank | None = None,
) -> plan.Condition:
    """Return that the two columns compare so; a date beside a year is taken by its year."""
    left, right = both_compared(choice)
    if blank is not None:
        return is_blank((left, right), blank)
    if margin is not None:
        return apart(left, operator, right, margin)
    sides = (choice.left, choice.right)
    years = [counts_years(side.meant(graph)) for side in sides]
    if len(set(years)) > 1:
        first, second = (
            ref if year else plan.PeriodOf(ref, "year")
            for ref, year in zip((left, right), years, strict=True)
        )
        return plan.Compare(first, operator, second)
    if operator == "!=" and not choice.same_row:
        return differs(left, right)
    return plan.Compare(left, operator, right)
