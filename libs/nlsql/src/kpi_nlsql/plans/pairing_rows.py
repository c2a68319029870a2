"""Pairing rows: rows that differ from others, joined to those and shown beside what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import aliases, everything, moved, sources
from kpi_nlsql.schema.graph import Graph


def paired(query: plan.Query) -> plan.Query:
    """Return the query with the rows joined that those asked for are compared with, if any are.

    Each row then comes as often as there are rows that differ from it.
    """
    terms = plan.conjuncts(query.where)
    for term in terms:
        if not isinstance(term, plan.Exists) or term.query.group:
            continue
        inner = plan.conjuncts(term.query.where)
        compared = [each for each in inner if next(unlike(each), None) is not None]
        compared = compared or _one_blank(inner, query.source.alias)
        if compared:
            on = tuple(each for each in inner if each not in compared)
            own = {source.alias for source in (*sources(query), term.query.source)}
            later = [each for each in on if aliases(each) - own]
            step = plan.JoinStep(term.query.source, tuple(each for each in on if each not in later))
            kept = [each for each in terms if each is not term]
            return replace(
                query,
                joins=(*query.joins, step, *term.query.joins),
                where=plan.all_of([*kept, *compared, *later]),
            )
    return query


def with_other_values(query: plan.Plan, graph: Graph) -> plan.Plan:
    """Return whole rows that differ from others with the values by which they do, each once."""
    if not isinstance(query, plan.Query) or query.joins or query.distinct or query.limit:
        return query
    star = plan.Star(query.source.alias)
    if [output.expression for output in query.outputs] != [star]:
        return query
    pairs = paired(query)
    if pairs is query:
        return query
    pairs = replace(pairs, outputs=(*query.outputs, *other_values(pairs)))
    return _told_once(pairs, graph) if len(pairs.joins) == 1 else pairs


def other_values(query: plan.Query) -> tuple[plan.Output, ...]:
    """Return the values of the rows joined that those asked for differ from."""
    own, terms = query.source.alias, plan.conjuncts(query.where)
    sides = [side for each in terms for pair in unlike(each) for side in pair]
    sides = sides or [ref for each in _one_blank(terms, own) for ref in _refs(each)]
    others = dict.fromkeys(side for side in sides if side.source != own)
    return tuple(plan.Output(each, f"target_{each.column}") for each in others)


def _told_once(query: plan.Query, graph: Graph) -> plan.Query:
    """Return the query with equal rows joined once, where several may share a key."""
    step = query.joins[0]
    alias = step.source.alias
    keys = {ref.column for ref in _of(step.on, alias)}
    if not graph.table(step.source.table).may_repeat(keys):
        return query
    said = (*step.on, *plan.conjuncts(query.where))
    own = [term for term in said if aliases(term) == {alias}]
    on = tuple(term for term in step.on if term not in own)
    rest = [term for term in plan.conjuncts(query.where) if term not in own]
    refs = dict.fromkeys(_of((*on, *rest), alias))
    rows = plan.Query(
        tuple(plan.Output(ref) for ref in refs),
        plan.Source(step.source.table, alias),
        where=plan.all_of(own),
        distinct=True,
    )
    source = replace(step.source, query=moved(rows, alias, f"{alias}_all"))
    return replace(query, joins=(plan.JoinStep(source, on),), where=plan.all_of(rest))


def _one_blank(terms: Sequence[plan.Condition], own: str) -> list[plan.Condition]:
    """Return what says that a row has a value which another lacks, or the other way round."""
    blank = [each for each in terms if isinstance(each, plan.IsNull)]
    filled = [each for each in terms if isinstance(each, plan.Not) and _is_null(each.term)]
    if len(blank) != 1 or len(filled) != 1:
        return []
    sources = [{ref.source for ref in _refs(each)} for each in (blank[0], filled[0])]
    return [*blank, *filled] if {own} in sources and sources[0] != sources[1] else []


def _is_null(term: plan.Condition) -> bool:
    return isinstance(term, plan.IsNull)


def _refs(part: plan.Condition) -> list[plan.ColumnRef]:
    return [each for each in everything(part) if isinstance(each, plan.ColumnRef)]


def _of(part: tuple[plan.Condition, ...], alias: str) -> list[plan.ColumnRef]:
    refs = (each for each in everything(part) if isinstance(each, plan.ColumnRef))
    return [ref for ref in refs if ref.source == alias]


def unlike(term: plan.Condition) -> Iterator[tuple[plan.ColumnRef, plan.ColumnRef]]:
    """Yield the columns of different rows that a condition says to be unlike.

    They may be so by an amount or a share: "more than 5 above the price in B".
    """
    for part in plan.parts(term):
        if not isinstance(part, plan.Compare) or isinstance(part.right, plan.Query):
            continue
        refs = dict.fromkeys(each for each in everything(part) if isinstance(each, plan.ColumnRef))
        plain = all(isinstance(side, plan.ColumnRef) for side in (part.left, part.right))
        if len(refs) == 2 and not (plain and part.operator == "="):
            left, right = refs
            if left.source != right.source:
                yield left, right
