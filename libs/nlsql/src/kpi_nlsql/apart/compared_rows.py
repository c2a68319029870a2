"""Compared rows: what is said of the rows of a comparison is read apart from the comparison.

"Policies with a start date before 2024 whose premium differs from the ledger" are those "whose
premium differs from the ledger", and those "with a start date before 2024": each is read alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.apart.compared_spans import Span, spans
from kpi_nlsql.apart.parts import Part, Told, readings, used
from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.apart.said_of import said_of
from kpi_nlsql.drafting.retarget import retargeted
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.plans.plan_walk import everything, queries
from kpi_nlsql.plans.sameness import said
from kpi_nlsql.sentence import Candidate, Sentence

_LEAST = 0.5
_SURE = 0.65
"""A clause read more surely than this casts no doubt on the whole."""
_COMPARING = frozenset({"EQUALS", "NOT_EQUALS"})


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause about the rows that are compared, where it stands, and how it is read alone."""

    span: Span
    told: Told


def beside(sentence: Sentence, reader: Reader, whole: Sequence[Candidate]) -> list[Candidate]:
    """Return the readings of the ``whole`` with the one whose clauses are read apart.

    That stands before those which compare more, "with the status Open whose price differs". No
    other comparison is left if its clauses surely speak of the rows asked for, "…, with a date in
    2024", and of nothing else.
    """
    read = _read(sentence, reader)
    if read is None:
        return list(whole)
    clauses, found = read
    told = _compared(found)
    if all(_is_own(clause, found.source_table) for clause in clauses):
        return [found, *(each for each in whole if not _compares(each) or _compared(each) - told)]
    more = [candidate for candidate in whole if _compared(candidate) > told]
    return [*(each for each in whole if each not in more), found, *more]


def _is_own(clause: _Clause, table: str | None) -> bool:
    """Tell whether a clause is surely said of the rows of a table, and of no others."""
    query = clause.told.candidate.plan
    assert isinstance(query, plan.Query)
    alone = len(list(queries(query))) == 1 and not query.joins
    return alone and query.source.table == table and clause.told.score >= _SURE


def _compared(candidate: Candidate) -> set[tuple[str, str]]:
    """Return the columns that a reading sets against one another."""
    pairs = (part for part in everything(candidate.plan) if isinstance(part, plan.Compare))
    return {
        (pair.left.column, pair.right.column)
        for pair in pairs
        if isinstance(pair.left, plan.ColumnRef) and isinstance(pair.right, plan.ColumnRef)
    }


def _read(sentence: Sentence, reader: Reader) -> tuple[list[_Clause], Candidate] | None:
    """Return clauses about the rows of a comparison, and the reading they are put onto."""
    found = spans(sentence)
    if found is None:
        return None
    clauses = [
        next(_clauses(sentence, found.noun, ways, reader), None)
        for ways in (found.front, found.behind)
    ]
    known = [clause for clause in clauses if clause is not None]
    tries = [known, *([each] for each in known)] if len(known) > 1 else [known] if known else []
    for tried in tries:
        candidate = _joined(sentence, tried, reader)
        if candidate is not None:
            return tried, candidate
    return None


def _clauses(
    sentence: Sentence, noun: range, ways: Sequence[Span], reader: Reader
) -> Iterator[_Clause]:
    """Yield the ways to read one clause with the noun it is about."""
    for span in ways:
        places = [*range(noun.start, max(noun.stop, span.noun_end)), *span.clause]
        for told in readings(sentence, _part(sentence, places), reader):
            if told.score >= _LEAST and _is_filter(told.candidate):
                yield _Clause(span, told)
                break


def _part(sentence: Sentence, places: Sequence[int]) -> Part:
    return Part(tuple(sentence.tokens[at] for at in places), tuple(places))


def _is_filter(candidate: Candidate) -> bool:
    query = candidate.plan
    if not isinstance(query, plan.Query) or candidate.operation in {*_COMPARING, "DUPLICATE"}:
        return False
    bare = not query.group and query.limit is None and query.having is None
    return bare and query.source.query is None and query.where is not None


def _joined(sentence: Sentence, clauses: Sequence[_Clause], reader: Reader) -> Candidate | None:
    """Return the reading of the sentence without the clauses, with what these say added to it."""
    gone = {at for clause in clauses for at in clause.span.gone}
    kept = [at for at in range(len(sentence.tokens)) if at not in gone]
    rest = next(readings(sentence, _part(sentence, kept), reader), None)
    if rest is None or rest.score < _LEAST or not _compares(rest.candidate):
        return None
    query = rest.candidate.plan
    assert isinstance(query, plan.Query)
    sure = 1.0
    for clause in clauses:
        terms = _terms(sentence, query, clause.told.candidate.plan)
        if not terms:
            return None
        query = replace(query, where=plan.all_of([*terms, *plan.conjuncts(query.where)]))
        sure = min(sure, clause.told.score / _SURE)
    features = rest.candidate.features
    pairing = features.get("pairing", 1.0) * sure
    return replace(
        rest.candidate,
        plan=query,
        explanation=explain(query),
        used=used(sentence, gone, [rest]),
        features=features | {"pairing": pairing},
    )


def _compares(candidate: Candidate) -> bool:
    two = candidate.kind == "reconcile" and candidate.target_table is not None
    return two and candidate.operation in _COMPARING and isinstance(candidate.plan, plan.Query)


def _terms(sentence: Sentence, query: plan.Query, further: plan.Plan) -> list[plan.Condition]:
    """Return what a clause says of the rows of a comparison, and the comparison does not."""
    assert isinstance(further, plan.Query)
    table = query.source.table
    if further.source.table != table:
        meant = (other for name, other in retargeted(further, sentence.graph) if name == table)
        further = next(meant, further)
    known = {said(replace(query, where=term)) for term in plan.conjuncts(query.where)}
    told = said_of(sentence, query, further)
    return [term for term in told if said(replace(query, where=term)) not in known]
