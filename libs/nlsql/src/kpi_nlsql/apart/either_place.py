"""Either place: "codes that are Active in A or have a fee below 5 in B" are told by A and by B.

Each half names values of its own table, and the one column asked for stands in both, whatever it
is called there: the answer are the values of the one and of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kpi_nlsql.apart.parts import Part, Told, readings, used
from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.apart.splits import PREPOSITIONS, opens_clause
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.plans.nesting import nested
from kpi_nlsql.plans.plan_walk import aliases
from kpi_nlsql.sentence import Candidate, Sentence
from kpi_nlsql.wording.phrases import said

_LEAST = 0.5
_NAMED = 0.5
_THAT = -1
"""The place of a word that is put in."""


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield the reading of a sentence about values that one table or another tells."""
    items = sentence.linked
    subject = next((at for at, item in enumerate(items) if item.kind == "mention"), None)
    joints = [at for at, item in enumerate(items) if item.text == "or"]
    if subject is None or len(joints) != 1 or not subject + 1 < joints[0] < len(items) - 1:
        return
    named = items[subject]
    if named.values or named.best_column() < max(_NAMED, named.best_table()):
        return
    found = _united(sentence, subject, joints[0], reader)
    if found is not None:
        yield found


def _united(sentence: Sentence, subject: int, joint: int, reader: Reader) -> Candidate | None:
    first = _told(_first(sentence, joint), reader, sentence)
    left = _held(first) if first is not None else None
    if first is None or left is None:
        return None
    for part in _second(sentence, subject, joint):
        other = _told(part, reader, sentence)
        right = _held(other) if other is not None else None
        if other is not None and right is not None and _same_values(sentence, left, right):
            return _candidate(sentence, joint, (first, other), left, right)
    return None


def _first(sentence: Sentence, joint: int) -> Part:
    stop = sentence.linked[joint].start
    return Part(sentence.tokens[:stop], tuple(range(stop)))


def _second(sentence: Sentence, subject: int, joint: int) -> Iterator[Part]:
    """Yield the ways to tell the second half alone, with the words that lead to the first."""
    items, tokens = sentence.linked, sentence.tokens
    lead = subject + 1
    while lead < joint and opens_clause(items[lead]):
        lead += 1
    clause = range(items[joint].end, len(tokens))
    head = range(items[subject].end)
    opened = opens_clause(items[joint + 1]) or items[joint + 1].text in PREPOSITIONS
    leads = [()] if opened else [tuple(range(len(head), items[lead].start)), (_THAT,)]
    that = said(("that",), tokens[0])[0]
    for told in leads:
        places = (*head, *told, *clause)
        yield Part(tuple(tokens[at] if at >= 0 else that for at in places), places)


def _told(part: Part, reader: Reader, sentence: Sentence) -> Told | None:
    """Return the likeliest reading of a half, if it surely tells of the values of one column."""
    told = next(readings(sentence, part, reader), None)
    query = told.candidate.plan if told is not None and told.score >= _LEAST else None
    if not isinstance(query, plan.Query) or query.where is None or len(query.outputs) != 1:
        return None
    plain = not (query.group or query.limit or query.having or query.order or query.source.query)
    return told if plain else None


def _held(told: Told) -> plan.Query | None:
    """Return the query for the values in the table that the half names, and tells something of."""
    query = _where_said(told.candidate.plan)
    items = told.alone.items
    first = next(at for at, item in enumerate(items) if item.kind == "mention")
    named = {hit.table for item in items[first + 1 :] for hit in item.hits if hit.score >= _NAMED}
    return query if query is not None and query.source.table in named else None


def _where_said(query: plan.Plan) -> plan.Query | None:
    """Return the query for the values where the table holds them of which something is said.

    The codes of A that have a row in B which is Active are the codes that B has of active rows.
    """
    assert isinstance(query, plan.Query)
    query = nested(query)
    terms = plan.conjuncts(query.where)
    column, only = query.outputs[0].expression, terms[0]
    if not isinstance(column, plan.ColumnRef) or column.source != query.source.alias:
        return None
    if len(terms) > 1 or not isinstance(only, plan.Exists):
        alone = all(aliases(term) <= {query.source.alias} for term in terms)
        return replace(query, distinct=False) if alone else None
    inner = only.query
    ties = [term for term in plan.conjuncts(inner.where) if aliases(term) & {column.source}]
    key = _tied(ties[0], column) if len(ties) == 1 else None
    if key is None or inner.joins or inner.group or key.source != inner.source.alias:
        return None
    own = [term for term in plan.conjuncts(inner.where) if term not in ties]
    return plan.Query((plan.Output(key),), inner.source, where=plan.all_of(own)) if own else None


def _tied(term: plan.Condition, column: plan.ColumnRef) -> plan.ColumnRef | None:
    """Return what a condition says to be the same as a column."""
    if not isinstance(term, plan.Match) or column not in {term.left, term.right}:
        return None
    return term.right if term.left == column else term.left


def _known(query: plan.Query) -> plan.Query:
    """Return the query without rows that tell no value."""
    known = plan.Not(plan.IsNull(query.outputs[0].expression))
    return replace(query, where=plan.all_of([known, *plan.conjuncts(query.where)]))


def _same_values(sentence: Sentence, left: plan.Query, right: plan.Query) -> bool:
    """Tell whether the columns of two tables hold the same things."""
    mine, theirs = left.outputs[0].expression, right.outputs[0].expression
    assert isinstance(mine, plan.ColumnRef)
    assert isinstance(theirs, plan.ColumnRef)
    return left.source.table != right.source.table and any(
        (join.left_columns, join.right_columns) == ((mine.column,), (theirs.column,))
        for join in sentence.graph.joins_between(left.source.table, right.source.table)
    )


def _candidate(
    sentence: Sentence,
    joint: int,
    halves: tuple[Told, Told],
    left: plan.Query,
    right: plan.Query,
) -> Candidate:
    union = plan.SetQuery("union", _known(left), _known(right))
    stop = sentence.linked[joint].start
    mine, theirs = left.outputs[0].expression, right.outputs[0].expression
    assert isinstance(mine, plan.ColumnRef)
    assert isinstance(theirs, plan.ColumnRef)
    return Candidate(
        plan=union,
        kind="reconcile",
        operation="IN",
        explanation=explain(union),
        source_table=left.source.table,
        target_table=right.source.table,
        joined_columns=((mine.column, theirs.column),),
        used=used(sentence, range(stop, stop + 1), halves),
        features={"pairing": min(told.score for told in halves)},
    )
