"""Matched by: a sentence that says by which columns rows are paired is read without saying so.

The rest is read as ever; then the matches of the plan are those that the key clause tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from kpi_nlsql.apart.rest_read import Reader, rest_read
from kpi_nlsql.grammar.reconciling.composite_keys import column_of
from kpi_nlsql.grammar.reconciling.key_clauses import KeyClause, find_key_clause, tells_pairing
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Candidate, Sentence

_TOLD = 0.95


def alone(sentence: Sentence, plainly: Sequence[Candidate], matched: bool) -> list[Candidate]:
    """Return the readings of the whole sentence that may stand beside those that are ``matched``.

    What is read without a thought of the clause "comparing by serial number" groups by it.
    """
    clause = find_key_clause(sentence.items) if matched else None
    if clause is None or not tells_pairing(sentence.items, clause):
        return list(plainly)
    return [candidate for candidate in plainly if candidate.kind != "general"]


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield the readings of the sentence without its key clause, matched as the clause says."""
    clause = find_key_clause(sentence.items)
    if clause is None:
        return
    told = partial(_matched, sentence, clause)
    for candidate in rest_read(sentence, range(clause.start, clause.end), reader, told):
        yield replace(candidate, features=candidate.features | {"pairing": _TOLD})


def _matched(sentence: Sentence, clause: KeyClause, candidate: Candidate) -> plan.Query | None:
    """Return the plan with the rows that must, or must not, be there matched by the key."""
    query = candidate.plan
    if not isinstance(query, plan.Query):
        return None
    if query.joins:
        return _joined(sentence, query, clause)
    told = [
        _told(sentence, query.source, term, clause) if _tests(term) else term
        for term in plan.conjuncts(query.where)
    ]
    kept = [term for term in told if term is not None]
    if len(kept) < len(told) or not any(map(_tests, kept)):
        return None
    return replace(query, where=plan.all_of(kept))


def _joined(sentence: Sentence, query: plan.Query, clause: KeyClause) -> plan.Query | None:
    """Return the plan with its only join made by the key: "locked sites with a bin for the …"."""
    step = query.joins[0]
    pairs = _pairs(sentence, query.source.table, step.source.table, clause)
    if pairs is None or len(query.joins) > 1 or any(map(_tests, plan.conjuncts(query.where))):
        return None
    on = tuple(
        plan.Match(plan.ColumnRef(query.source.alias, a), plan.ColumnRef(step.source.alias, b))
        for a, b in pairs
    )
    return replace(query, joins=(replace(step, on=on),))


def _tests(term: plan.Condition) -> bool:
    return isinstance(term.term if isinstance(term, plan.Not) else term, plan.Exists)


def _told(
    sentence: Sentence, source: plan.Source, term: plan.Condition, clause: KeyClause
) -> plan.Condition | None:
    exists = term.term if isinstance(term, plan.Not) else term
    assert isinstance(exists, plan.Exists)
    inner = exists.query
    pairs = _pairs(sentence, source.table, inner.source.table, clause)
    if pairs is None or inner.joins or inner.group:
        return None
    pairs = _with_rest_of_key(sentence, source.table, inner, pairs)
    rest = [part for part in plan.conjuncts(inner.where) if not isinstance(part, plan.Match)]
    on = [
        plan.Match(plan.ColumnRef(source.alias, a), plan.ColumnRef(inner.source.alias, b))
        for a, b in pairs
    ]
    match = plan.Exists(replace(inner, where=plan.all_of([*on, *rest])))
    return plan.Not(match) if isinstance(term, plan.Not) else match


def _with_rest_of_key(
    sentence: Sentence, left: str, inner: plan.Query, pairs: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the pairs with the others by which the rows are matched, where they tell no row.

    "Materials of a plant without a recipe for the same plant" lack one of the same material.
    """
    right = inner.source.table
    tables = sentence.graph.table(left), sentence.graph.table(right)
    if any(
        table.identifies(columns)
        for table, columns in zip(tables, zip(*pairs, strict=True), strict=True)
    ):
        return pairs
    told = [match for match in plan.parts(inner.where) if isinstance(match, plan.Match)]
    others = [(match.left.column, match.right.column) for match in told]
    others += _partners(sentence, left, right)
    mine, theirs = ({pair[side] for pair in pairs} for side in (0, 1))
    more = [(a, b) for a, b in others if a not in mine and b not in theirs]
    return [*more[:1], *pairs] if len(pairs) == 1 else pairs


def _pairs(
    sentence: Sentence, left: str, right: str, clause: KeyClause
) -> list[tuple[str, str]] | None:
    """Return the columns of two tables that the clause says are matched; None if not to be had."""
    if clause.onto:
        return _onto(sentence, left, right, clause)
    pairs: list[tuple[str, str]] = []
    for position in clause.columns:
        item = sentence.items[position]
        mine, theirs = column_of(item, left), column_of(item, right)
        partners = _partners(sentence, left, right)
        joined = [(a, b) for a, b in partners if a == mine or b == theirs]
        if not joined and mine and theirs:
            joined = [(mine, theirs)]
        if not joined or joined[0] in pairs:
            return None
        pairs.append(joined[0])
    return pairs


def _partners(sentence: Sentence, left: str, right: str) -> list[tuple[str, str]]:
    """Return the columns that joins pair, those of the joins on most columns first."""
    joins = sentence.graph.joins_between(left, right)
    joins.sort(key=lambda join: -len(join.left_columns))
    return [
        pair for join in joins for pair in zip(join.left_columns, join.right_columns, strict=True)
    ]


def _onto(
    sentence: Sentence, left: str, right: str, clause: KeyClause
) -> list[tuple[str, str]] | None:
    items = sentence.items
    pairs: list[tuple[str, str]] = []
    for one, other in zip(clause.columns, clause.onto, strict=True):
        straight = column_of(items[one], left), column_of(items[other], right)
        crossed = column_of(items[other], left), column_of(items[one], right)
        a, b = straight if all(straight) else crossed
        if a is None or b is None:
            return None
        pairs.append((a, b))
    return pairs
