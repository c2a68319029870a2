"""What is told of each row: figures of its related rows, these rows themselves, or one of them.

"The number of orders", "their cancelled orders", "their latest order" are read as a question for
themselves; here the plan of that question is put onto the plan of the rows.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import moved, sources
from kpi_nlsql.requested.showing import refers, with_table
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns
from kpi_nlsql.schema.role_keys import role_keys
from kpi_nlsql.sentence import Candidate, Sentence

_OTHERS = "of_the_same"


def of_each(sentence: Sentence, told: plan.Query, candidate: Candidate) -> plan.Query | None:
    """Return the plan of rows with what is told of each; None where they are no plain rows."""
    query, table = candidate.plan, told.source.table
    if not isinstance(query, plan.Query) or query.group or query.source.query is not None:
        return None
    own = sentence.graph.table(query.source.table)
    names = [plan.ColumnRef(query.source.alias, name) for name in naming_columns(own)]
    if {o.expression for o in query.outputs} - {plan.Star(query.source.alias), *names}:
        return None
    tests = [t for t in plan.conjuncts(query.where) if isinstance(t, plan.Exists)]
    if any(counts_some(test.query) for test in tests):
        return None  # "vendors with more than 3 open invoices and their number" counts these
    parts = role_keys(sentence.graph, table, own.name)
    if table == own.name or parts or not refers(sentence, table, own.name):
        return None
    kept = [t for t in plan.conjuncts(query.where) if t not in tests]
    joined = with_table(sentence, replace(query, where=plan.all_of(kept)), table)
    if joined is None or any(source.alias != source.table for source in sources(joined)):
        return None
    where = [*kept, *plan.conjuncts(told.where), *tests]
    if any(isinstance(output.expression, plan.Star) for output in told.outputs):
        return _beside(joined, told, where)
    keys = (plan.ColumnRef(query.source.alias, key) for key in key_columns(own))
    return replace(
        joined,
        outputs=(*(plan.Output(name) for name in names), *told.outputs),
        where=plan.all_of(where),
        group=tuple(dict.fromkeys([*keys, *names])),
        distinct=False,
    )


def counts_some(query: plan.Query) -> bool:
    """Tell whether those rows are counted that something more is said of."""
    said = [t for t in plan.conjuncts(query.where) if not isinstance(t, plan.Match)]
    return query.having is not None and bool(said)


def _beside(query: plan.Query, told: plan.Query, where: list[plan.Condition]) -> plan.Query | None:
    """Return the plan of rows with the related rows beside them, or with the first of these."""
    if told.limit is not None:
        first = _first(query, told)
        if first is None:
            return None
        where = [*where, first]
    return replace(query, outputs=(*query.outputs, *told.outputs), where=plan.all_of(where))


def _first(query: plan.Query, told: plan.Query) -> plan.Condition | None:
    """Return that no related row of the same is before one: "clubs with their oldest player"."""
    table, key = told.source.table, told.order[0].expression if len(told.order) == 1 else None
    step = next((each for each in query.joins if each.source.table == table), None)
    if told.limit != 1 or not isinstance(key, plan.ColumnRef) or len(query.joins) != 1:
        return None
    pairs = step.on if step is not None else ()
    held = [
        side
        for match in pairs
        if isinstance(match, plan.Match)
        for side in (match.left, match.right)
        if side.source == table
    ]
    if len(held) != len(pairs) or not held:
        return None
    alike: list[plan.Condition] = [
        plan.Match(plan.ColumnRef(_OTHERS, side.column), side) for side in held
    ]
    said = [moved(term, table, _OTHERS) for term in plan.conjuncts(told.where)]
    function: plan.AggregateFunction = "max" if told.order[0].descending else "min"
    end = plan.Aggregate(function, plan.ColumnRef(_OTHERS, key.column))
    source = plan.Source(table, _OTHERS)
    others = plan.Query((plan.Output(end),), source, where=plan.all_of([*alike, *said]))
    return plan.Compare(key, "=", others)
