"""Contradictions: conditions that no single row can meet are about several rows.

"Countries with players above 20 points and players below 10" asks for two players of a country,
not for one. The second condition, and what follows it, moves to a nested scope of its own; so does
a denial that says nothing of the same row: "held by male players but by no female player".
"""

from __future__ import annotations

from itertools import pairwise

from kpi_nlsql.drafting.draft import MAIN, Draft, Term
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.paths import JoinPaths

_BESIDE = 2
_ROW_KINDS = frozenset({"value", "compare", "between"})


def separate(draft: Draft, graph: Graph, paths: JoinPaths) -> None:
    """Open a scope for every condition that contradicts those before it in the main scope."""
    _add_up(draft, graph, paths)
    held: list[Term] = []
    apart: list[Term] = []
    scope = MAIN
    for term in filter(_is_plain, draft.terms):
        if term.joined_by_or:
            term.scope = scope
        elif any(_goes_without_saying(other, term) for other in held):
            scope = _new_scope(draft)
            draft.negative_scopes.add(scope)
            term.scope, term.negated, term.operator = scope, False, "="
        elif not any(contradict(other, term) for other in held):
            scope = MAIN
            held.append(term)
        else:
            again = not apart or any(contradict(other, term) for other in apart)
            apart = [*([] if again else apart), term]
            scope = _new_scope(draft) if again else apart[0].scope
            term.scope = scope


def _add_up(draft: Draft, graph: Graph, paths: JoinPaths) -> None:
    # "the total amount of the lines for Hotel and Flight": lines of either kind are added up.
    # "Gold and Silver customers" are customers of either kind, and "orders of the North and South
    # regions" those of a customer in either, of whom each has just one.
    own = _summed(draft)
    rows = {table for _, table in draft.entities[:1]}
    rows |= {w.ref.choice[0] for w in draft.wanted[:1] if w.ref is not None and w.ref.choice}
    ones = {each for row in rows for each in _of_its_one(row, draft, graph, paths)}
    told = rows | ones | {own}
    others = any(term.kind == "exists" for term in draft.terms)
    plainly_rows = not others and _shows_each_row(draft, graph)
    values = [t for t in draft.terms if t.kind == "value" and _table(t) in told - {None}]
    for first, second in pairwise(values):
        # "temporary employees and apprentices": the noun stands with the first
        noun = (first.position + 1, _table(first)) in draft.entities
        beside = 0 < second.position - first.position - noun <= _BESIDE
        adjacent = second.adjacent and second.near in rows
        # "vendors in France and Italy", but not "countries with vendors of both kinds"
        tables = rows if second.of_both else rows | ones
        of_rows = (plainly_rows or noun) and bool(draft.entities) and _table(second) in tables
        beside = beside and (_table(second) == own or adjacent or of_rows)
        denied = {first.scope, second.scope} & draft.negative_scopes
        if beside and not denied and contradict(first, second):
            second.scope, second.joined_by_or = first.scope, True


def _of_its_one(row: str, draft: Draft, graph: Graph, paths: JoinPaths) -> set[str]:
    """Return the tables of the values told of which each row has just one row."""
    ways = {t: paths.path(row, t) for t in map(_table, draft.terms) if t is not None}
    return {
        table
        for table, way in ways.items()
        if way is not None and all(paths.to_one(join, graph) for join in way[1])
    }


def _shows_each_row(draft: Draft, graph: Graph) -> bool:
    """Tell whether each row is shown for itself: whole, counted, or by what tells it apart."""
    shown = [w.ref.chosen for w in draft.wanted if w.ref is not None and w.function is None]
    own = {table for _, table in draft.entities[:1]} >= {table for table, _ in shown}
    unique = any(graph.table(table).identifies((name,)) for table, name in shown)
    return not shown or (own and unique)


def _summed(draft: Draft) -> str | None:
    """Return the table whose rows are counted or summed up, where nothing else is asked for."""
    wanted = draft.wanted[0] if len(draft.wanted) == 1 else None
    if wanted is None or wanted.function is None:
        return None
    return wanted.ref.choice[0] if wanted.ref and wanted.ref.choice else wanted.table


def _table(term: Term) -> str | None:
    return term.ref.choice[0] if term.ref is not None and term.ref.choice else None


def _is_plain(term: Term) -> bool:
    plain = term.scope == MAIN and term.kind in _ROW_KINDS and not term.function
    return plain and term.against == "value" and term.ref is not None


def _new_scope(draft: Draft) -> int:
    return max([MAIN, *(term.scope for term in draft.terms)]) + 1


def contradict(first: Term, second: Term) -> bool:
    """Tell whether no value of their common column can meet both conditions."""
    if first.ref is None or second.ref is None or first.ref.choice != second.ref.choice:
        return False
    if first.negated or second.negated or second.joined_by_or:
        return False
    if first.kind == second.kind == "value" or first.operator == second.operator == "=":
        return _text(first) != _text(second)
    low, high = _range(first), _range(second)
    return low is not None and high is not None and (low[0] >= high[1] or high[0] >= low[1])


def _goes_without_saying(first: Term, second: Term) -> bool:
    """Tell whether the second denies a value of a row that the first gives another value."""
    if first.ref is None or second.ref is None or first.ref.choice != second.ref.choice:
        return False
    equal = not first.negated and first.operator == "=" and first.kind != "between"
    denied = second.kind != "between" and (
        second.operator == "!=" if not second.negated else second.operator == "="
    )
    return equal and denied and _text(first) != _text(second)


def _text(term: Term) -> str:
    return str(term.values[0]).lower() if term.values else ""


def _range(term: Term) -> tuple[float, float] | None:
    years = (int(v) if isinstance(v, str) and v.isdigit() else v for v in term.values)
    numbers = [value for value in years if not isinstance(value, str)]
    if not numbers:
        return None
    if term.kind == "between":
        return (min(numbers), max(numbers)) if len(numbers) > 1 else None
    number = numbers[0]
    if term.operator == "=":
        return number, number
    if term.operator in {">", ">="}:
        return number, float("inf")
    return (float("-inf"), number) if term.operator in {"<", "<="} else None
