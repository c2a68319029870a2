"""Questions of every other kind: scanned into a draft, resolved, and assembled into one query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from kpi_nlsql.assembly.choices import choices
from kpi_nlsql.assembly.frame import Contradicted, Frame, Unreadable
from kpi_nlsql.assembly.query import assemble
from kpi_nlsql.drafting.draft import Draft
from kpi_nlsql.drafting.resolve import resolve
from kpi_nlsql.drafting.retarget import retargeted
from kpi_nlsql.grammar.scan import scan
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.schema.paths import JoinPaths
from kpi_nlsql.sentence import Candidate, Sentence

_NAMED = 0.95
_MOST_ELSEWHERE = 3


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the best reading and, where a column was a close choice, the reading with the other."""
    paths = sentence.paths
    first = _read(sentence, paths, {})
    if first is None:
        return
    candidate, rivals = first
    yield candidate
    yield from _elsewhere(sentence, candidate)
    for position, choice in rivals[:2]:
        other = _read(sentence, paths, {position: choice})
        if other is not None and other[0].plan != candidate.plan:
            yield other[0]


def _elsewhere(sentence: Sentence, candidate: Candidate) -> Iterator[Candidate]:
    """Yield the same question of other tables, unless the sentence names its table in full."""
    named = {
        hit.table for item in sentence.items for hit in item.table_hits() if hit.score >= _NAMED
    }
    if candidate.source_table in named or not isinstance(candidate.plan, plan.Query):
        return
    for table, query in islice(retargeted(candidate.plan, sentence.graph), _MOST_ELSEWHERE):
        features = candidate.features | {"forced": 1.0}
        yield replace(
            candidate,
            plan=query,
            explanation=explain(query),
            source_table=table,
            features=features,
        )


def _read(
    sentence: Sentence, paths: JoinPaths, forced: dict[int, tuple[str, str]]
) -> tuple[Candidate, list[tuple[int, tuple[str, str]]]] | None:
    draft = scan(sentence)
    state = resolve(draft, sentence.graph, paths, forced)
    try:
        frame = Frame(draft, sentence, paths)
        query = assemble(frame)
    except Contradicted as contradiction:
        other = _without_values(sentence, contradiction.position)
        return None if other is None else _read(other, paths, forced)
    except Unreadable:
        return None
    rivals = sorted(state.runners_up, key=lambda entry: entry[0])
    close = [(ref.position, choice) for margin, ref, choice in rivals if margin < 0.35]
    features = dict(draft.notes) | choices(frame, state)
    features["margin"] = min(state.margins, default=1.0)
    features["forced"] = float(bool(forced))
    return _candidate(draft, query, frame.entity, features), close


def _without_values(sentence: Sentence, position: int) -> Sentence | None:
    """Return the sentence where a word is no value, if it may be something else.

    "Cancelled orders that are nevertheless invoiced" have an invoice, no second status.
    """
    item = sentence.items[position]
    if not item.hits or not item.values:
        return None
    items = list(sentence.items)
    items[position] = replace(item, values=())
    return replace(sentence, items=tuple(items))


def _candidate(
    draft: Draft, query: plan.Query, entity: str, features: dict[str, float]
) -> Candidate:
    aggregate = any(isinstance(output.expression, plan.Aggregate) for output in query.outputs)
    filtered = query.where is not None or query.having is not None
    steps = query.joins
    pairs = tuple(
        (match.left.column, match.right.column)
        for step in steps
        for match in step.on
        if isinstance(match, plan.Match)
    )
    return Candidate(
        plan=query,
        kind="general",
        operation="AGGREGATE" if aggregate else "FILTER" if filtered else "LIST",
        explanation=explain(query),
        source_table=entity,
        target_table=steps[0].source.table if steps else None,
        joined_columns=pairs,
        used=frozenset(draft.used),
        features=features,
    )
