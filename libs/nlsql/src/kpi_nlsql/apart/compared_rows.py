"""Compared rows: what is said of the rows of a comparison is read apart from the comparison.

"Policies with a start date before 2024 whose premium differs from the ledger" are those "whose
premium differs from the ledger", and those "with a start date before 2024": each is read alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.apart.clause_by_clause import told_until
from kpi_nlsql.apart.compared_clauses import COMPARING, Clause, Clauses, Sides
from kpi_nlsql.apart.compared_spans import spans
from kpi_nlsql.apart.parts import Part, readings, used
from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.apart.said_of import said_of
from kpi_nlsql.drafting.retarget import retargeted
from kpi_nlsql.judging import confidence
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.plans.plan_walk import everything, moved, queries
from kpi_nlsql.plans.sameness import said
from kpi_nlsql.sentence import Candidate, Sentence

_LEAST = 0.5
_SURE = 0.65
"""A clause read more surely than this casts no doubt on the whole."""


def beside(sentence: Sentence, reader: Reader, whole: Sequence[Candidate]) -> list[Candidate]:
    """Return the readings of the ``whole`` with the one whose clauses are read apart.

    That stands before those which compare more, "with the status Open whose price differs". No
    other comparison is left if its clauses surely speak of the rows asked for, "…, with a date in
    2024", and of nothing else.
    """
    read = _read(sentence, reader, whole)
    if read is None:
        return list(whole)
    clauses, found = read
    told = _compared(found)
    if all(_is_own(clause, found) for clause in clauses):
        return [found, *(each for each in whole if not _compares(each) or _compared(each) - told)]
    more = [candidate for candidate in whole if _compared(candidate) > told]
    return [*(each for each in whole if each not in more), found, *more]


def _sides(sentence: Sentence, whole: Sequence[Candidate]) -> Sides | None:
    """Return the tables and columns that the sentence most likely compares, if it does."""
    ranked = confidence.rank(sentence, [each for each in whole if _compares(each)])
    for _, best in ranked[:1]:
        tables = {str(best.source_table), str(best.target_table)}
        return Sides(frozenset(tables), frozenset(c for pair in _compared(best) for c in pair))
    return None


def _is_own(clause: Clause, found: Candidate) -> bool:
    """Tell whether a clause is surely said of the rows asked for, or of both sides, alone."""
    tables = {found.source_table} | ({found.target_table} if len(clause.told) > 1 else set())
    plans = [each.candidate.plan for each in clause.told]
    own = (
        isinstance(query, plan.Query)
        and query.source.table in tables
        and len(list(queries(query))) == 1
        and not query.joins
        for query in plans
    )
    return clause.score >= _SURE and all(own)


def _compared(candidate: Candidate) -> set[tuple[str, str]]:
    """Return the columns that a reading sets against one another."""
    pairs = (part for part in everything(candidate.plan) if isinstance(part, plan.Compare))
    return {
        (pair.left.column, pair.right.column)
        for pair in pairs
        if isinstance(pair.left, plan.ColumnRef) and isinstance(pair.right, plan.ColumnRef)
    }


def _read(
    sentence: Sentence, reader: Reader, whole: Sequence[Candidate]
) -> tuple[list[Clause], Candidate] | None:
    """Return clauses about the rows of a comparison, and the reading they are put onto."""
    found = spans(sentence, told_until(sentence))
    if found is None:
        return None
    clauses = Clauses(sentence, reader, found, _sides(sentence, whole))
    told = [clauses.best(ways) for ways in (found.front, found.behind)]
    known = [clause for clause in told if clause is not None]
    tries = [known, *([each] for each in known)] if len(known) > 1 else [known] if known else []
    for tried in tries:
        candidate = _joined(sentence, tried, reader)
        if candidate is not None:
            return tried, candidate
    return None


def _part(sentence: Sentence, places: Sequence[int]) -> Part:
    return Part(tuple(sentence.tokens[at] for at in places), tuple(places))


def _joined(sentence: Sentence, clauses: Sequence[Clause], reader: Reader) -> Candidate | None:
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
        for told in clause.told:
            terms = _terms(sentence, query, told.candidate.plan, clause.placed)
            if not terms:
                return None
            query = replace(query, where=plan.all_of([*terms, *plan.conjuncts(query.where)]))
        sure = min(sure, clause.score / _SURE)
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
    return two and candidate.operation in COMPARING and isinstance(candidate.plan, plan.Query)


def _terms(
    sentence: Sentence, query: plan.Query, further: plan.Plan, placed: bool
) -> list[plan.Condition]:
    """Return what a clause says of the rows of a comparison, and the comparison does not."""
    assert isinstance(further, plan.Query)
    table = query.source.table
    if further.source.table != table and not placed:
        meant = (other for name, other in retargeted(further, sentence.graph) if name == table)
        further = next(meant, further)
    known = {said(replace(query, where=term)) for term in plan.conjuncts(query.where)}
    told = _of_partner(query, further) or said_of(sentence, query, further)
    return [term for term in told if said(replace(query, where=term)) not in known]


def _of_partner(query: plan.Query, further: plan.Query) -> list[plan.Condition]:
    """Return what is said of the rows that those compared are joined with."""
    alone = not further.joins and len(list(queries(further))) == 1
    names = [step.source.alias for step in query.joins if step.source.table == further.source.table]
    if not alone or len(names) != 1 or further.source.table == query.source.table:
        return []
    return [moved(term, further.source.alias, names[0]) for term in plan.conjuncts(further.where)]
