"""Matched by: a sentence that says by which columns rows are paired is read without saying so.

The rest is read as ever; then the matches of the plan are those that the key clause tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from kpi_nlsql.apart.rest_read import Reader, rest_read
from kpi_nlsql.apart.told_pairs import Pair, partners, told_pairs
from kpi_nlsql.grammar.reconciling.key_clauses import KeyClause, find_key_clause
from kpi_nlsql.grammar.repeating.repeats import find_repeat
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import aliases, matches, sources
from kpi_nlsql.sentence import Candidate, Sentence

_TOLD = 0.95
_BOTH = 2


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield the readings of the sentence without its key clause, matched as the clause says."""
    clause = find_key_clause(sentence.items)
    if clause is None or _repeats(sentence.items):
        return
    told = partial(_matched, sentence, clause)
    for candidate in rest_read(sentence, range(clause.start, clause.end), reader, told):
        yield replace(candidate, features=candidate.features | {"pairing": _TOLD})


def _repeats(items: Sequence[Item]) -> bool:
    """Tell whether the key is one of what repeats: "more than once in A with the same supplier"."""
    repeat = find_repeat(items)
    related = any(item.is_cue("missing") or item.is_cue("also") for item in items)
    return repeat is not None and not repeat.bare and not related


def _matched(sentence: Sentence, clause: KeyClause, candidate: Candidate) -> plan.Query | None:
    """Return the plan with the rows that must, or must not, be there matched by the key."""
    query = candidate.plan
    if not isinstance(query, plan.Query):
        return None
    terms = plan.conjuncts(query.where)
    if not any(map(_tests, terms)):
        return _joined(sentence, query, clause)
    told = [_told(sentence, query, term, clause) if _tests(term) else term for term in terms]
    kept = [term for term in told if term is not None]
    return replace(query, where=plan.all_of(kept)) if len(kept) == len(told) else None


def _joined(sentence: Sentence, query: plan.Query, clause: KeyClause) -> plan.Query | None:
    """Return the plan with its only join made by the key: "locked sites with a bin for the …"."""
    if len(query.joins) != 1 or query.limit is not None:
        return None
    step = query.joins[0]
    pairs = told_pairs(sentence, query.source.table, step.source.table, clause)
    if pairs is None:
        return None
    on = _on(pairs, query.source, step.source)
    keys = [match.left for match in step.on if isinstance(match, plan.Match)]
    shown = [output.expression for output in query.outputs]
    outputs = query.outputs
    if keys == shown[: len(keys)] and len(shown) == len(keys) + _BOTH:
        # "values that differ, by batch and parameter" are shown with these
        told = [plan.Output(match.left) for match in on]
        outputs = tuple(dict.fromkeys([*told, *query.outputs[len(keys) :]]))
    return replace(query, joins=(replace(step, on=on),), outputs=outputs)


def _on(pairs: list[Pair], left: plan.Source, right: plan.Source) -> tuple[plan.Match, ...]:
    return tuple(
        plan.Match(plan.ColumnRef(left.alias, a), plan.ColumnRef(right.alias, b)) for a, b in pairs
    )


def _tests(term: plan.Condition) -> bool:
    return isinstance(term.term if isinstance(term, plan.Not) else term, plan.Exists)


def _told(
    sentence: Sentence, query: plan.Query, term: plan.Condition, clause: KeyClause
) -> plan.Condition | None:
    exists = term.term if isinstance(term, plan.Not) else term
    assert isinstance(exists, plan.Exists)
    if exists.query.group:
        return None
    outer = {match.left.source for match in matches(exists.query)}
    source = next((each for each in sources(query) if each.alias in outer), query.source)
    for inner in (_straight(exists.query), exists.query):
        pairs = told_pairs(sentence, source.table, inner.source.table, clause)
        if pairs is None:
            continue
        if sentence.items[clause.start].text == "by" and not _tell(
            sentence, source.table, inner.source.table, pairs
        ):
            continue  # "the amount of invoices that are not in the ledger, by currency"
        if clause.loosely:
            pairs = _with_rest_of_key(sentence, source.table, inner, pairs)
        rest = [part for part in plan.conjuncts(inner.where) if not isinstance(part, plan.Match)]
        on = _on(pairs, source, inner.source)
        match = plan.Exists(replace(inner, where=plan.all_of([*on, *rest])))
        return plan.Not(match) if isinstance(term, plan.Not) else match
    return None


def _straight(inner: plan.Query) -> plan.Query:
    """Return a match with its last table alone, if nothing is said of those on the way to it."""
    if not inner.joins:
        return inner
    *between, last = sources(inner)
    passed = {source.alias for source in between}
    said = [part for part in plan.conjuncts(inner.where) if not isinstance(part, plan.Match)]
    return inner if aliases(tuple(said)) & passed else replace(inner, source=last, joins=())


def _tell(sentence: Sentence, left: str, right: str, pairs: list[Pair]) -> bool:
    """Tell whether the columns that are matched tell the rows of one side apart."""
    tables = sentence.graph.table(left), sentence.graph.table(right)
    sides = zip(tables, zip(*pairs, strict=True), strict=True)
    return any(table.identifies(columns) for table, columns in sides)


def _with_rest_of_key(
    sentence: Sentence, left: str, inner: plan.Query, pairs: list[Pair]
) -> list[Pair]:
    """Return the pairs with the others by which the rows are matched, where they tell no row.

    "Materials of a plant without a recipe for the same plant" lack one of the same material.
    """
    right = inner.source.table
    if _tell(sentence, left, right, pairs):
        return pairs
    told = [match for match in plan.parts(inner.where) if isinstance(match, plan.Match)]
    others = [(match.left.column, match.right.column) for match in told]
    others += partners(sentence, left, right)
    mine, theirs = ({pair[side] for pair in pairs} for side in (0, 1))
    more = [(a, b) for a, b in others if a not in mine and b not in theirs]
    return [*more[:1], *pairs] if len(pairs) == 1 else pairs
