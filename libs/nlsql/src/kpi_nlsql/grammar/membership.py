"""Membership: the rows of one table that have, or lack, a match in another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kpi_nlsql import plan
from kpi_nlsql.explain import explain
from kpi_nlsql.grammar import general
from kpi_nlsql.grammar.row_filters import row_filters
from kpi_nlsql.linking import Item
from kpi_nlsql.pairing import Pairing
from kpi_nlsql.sentence import Candidate, Sentence

_SURE_COLUMN = 0.85
_RELATING = ("missing", "not", "only", "both", "also", "compare_tables", "agree")

Positions = tuple[int, int, int]


def read(
    sentence: Sentence, operation: str, positions: Positions, pairing: Pairing
) -> Iterator[Candidate]:
    """Yield the reading; ``positions`` are those of the source, the target and the cue."""
    source, target = (sentence.items[at].table_hits()[0].table for at in positions[:2])
    used = set(positions) | {
        position
        for position, item in enumerate(sentence.items)
        if any(item.is_cue(kind) for kind in _RELATING)
    }
    plain = _plain(sentence, operation, positions, pairing, set(used))
    if _complete(sentence, plain):
        yield plain
        return
    wider = _with_rest(sentence, plain, positions, used)
    yield plain if wider is None else replace(wider, source_table=source, target_table=target)


def _complete(sentence: Sentence, candidate: Candidate) -> bool:
    return all(
        position in candidate.used
        or item.kind in {"mark", "word"}
        or item.is_cue("relative")
        or item.is_cue("all")
        or item.is_cue("show")
        or item.is_cue("details")
        for position, item in enumerate(sentence.items)
    )


def _with_rest(
    sentence: Sentence, plain: Candidate, positions: Positions, used: set[int]
) -> Candidate | None:
    """Read the rest of the sentence as a question about the source, and add the membership."""
    source_at, target_at, cue_at = positions
    target = sentence.items[target_at].table_hits()[0].table
    left_out = {target_at, cue_at} | (used - {source_at})
    left_out |= {
        at
        for at, item in enumerate(sentence.items)
        if at != source_at and item.best_table() >= item.best_column() and item.table_hits()
        if item.table_hits()[0].table == target
    }
    kept = [at for at in range(len(sentence.items)) if at not in left_out]
    rest = replace(sentence, items=tuple(sentence.items[at] for at in kept))
    first = next(iter(general.read(rest)), None)
    if first is None or not isinstance(first.plan, plan.Query):
        return None
    query, simple = first.plan, plain.plan
    if query.source.table != plain.source_table or not isinstance(simple, plan.Query):
        return None
    exists = _aliased(simple, query.source.alias)
    outputs = query.outputs
    if not _asks_for_columns(first):
        outputs = (plan.Output(plan.Star(query.source.alias)),)
    terms = [query.where, exists] if query.where is not None else [exists]
    whole = replace(query, outputs=outputs, where=plan.all_of(terms))
    heeded = {kept[at] for at in first.used} | used
    return replace(plain, plan=whole, explanation=explain(whole), used=frozenset(heeded))


def _asks_for_columns(candidate: Candidate) -> bool:
    assert isinstance(candidate.plan, plan.Query)
    return bool(candidate.plan.group) or not candidate.features.get("named_output")


def _aliased(query: plan.Query, alias: str) -> plan.Condition:
    """Return the membership condition of the plain reading, seen from another alias."""
    last = query.where.terms[-1] if isinstance(query.where, plan.All) else query.where
    negative = isinstance(last, plan.Not)
    exists = last.term if isinstance(last, plan.Not) else last
    assert isinstance(exists, plan.Exists)
    assert exists.query.where is not None
    matches = (
        exists.query.where.terms
        if isinstance(exists.query.where, plan.All)
        else (exists.query.where,)
    )
    moved: list[plan.Condition] = [
        replace(match, left=replace(match.left, source=alias))
        for match in matches
        if isinstance(match, plan.Match)
    ]
    inner = plan.Exists(replace(exists.query, where=plan.all_of(moved)))
    return plan.Not(inner) if negative else inner


def _plain(
    sentence: Sentence, operation: str, positions: Positions, pairing: Pairing, used: set[int]
) -> Candidate:
    source, target = (sentence.items[at].table_hits()[0].table for at in positions[:2])
    negative = operation == "NOT_IN"
    outputs, what, distinct = _outputs(sentence, positions, source, used)
    filters, told = row_filters(sentence, source, "s", used)
    inner = plan.Query(
        outputs=(plan.Output(plan.Constant(1)),),
        source=plan.Source(target, "t"),
        where=plan.all_of(list(pairing.conditions("s", "t"))),
    )
    exists: plan.Condition = plan.Exists(inner)
    terms = [*filters, plan.Not(exists) if negative else exists]
    keys = ", ".join(a if a == b else f"{a} = {b}" for a, b in pairing.columns())
    verb = "have no match" if negative else "have a match"
    query = plan.Query(
        outputs, plan.Source(source, "s"), where=plan.all_of(terms), distinct=distinct
    )
    return Candidate(
        plan=query,
        kind="reconcile",
        operation=operation,
        explanation=f"{what} of {source}{told} that {verb} in {target} by {keys}",
        source_table=source,
        target_table=target,
        joined_columns=pairing.columns(),
        used=frozenset(used),
        features={"pairing": pairing.score},
    )


def _groups(item: Item) -> bool:
    return item.text in {"by", "per"} or item.is_cue("group")


def _outputs(
    sentence: Sentence, positions: Positions, source: str, used: set[int]
) -> tuple[tuple[plan.Output, ...], str, bool]:
    """Return what is asked for: a count, named columns, or whole rows of the source."""
    source_at, _, cue_at = positions
    count, columns = False, []
    for position, item in enumerate(sentence.items[: min(source_at, cue_at)]):
        if item.is_cue("count"):
            count = True
            used.add(position)
        elif position and _groups(sentence.items[position - 1]):
            continue
        elif item.kind == "mention" and not item.values:
            exact = [hit for hit in item.column_hits() if hit.table == source]
            if exact and exact[0].score >= _SURE_COLUMN and item.best_table() < exact[0].score:
                columns.append(str(exact[0].column))
            used.add(position)  # the subject: what the rows are rows of
    if count and not columns:
        total = plan.Output(plan.Aggregate("count", plan.Star()), "count")
        return (total,), "The number of rows", False
    refs = [plan.ColumnRef("s", column) for column in dict.fromkeys(columns)]
    if count:
        distinct = plan.Output(plan.Aggregate("count", refs[0], distinct=True), "count")
        return (distinct,), f"The number of different {columns[0]}", False
    if refs:
        named = "The different " + ", ".join(columns)
        return tuple(plan.Output(ref) for ref in refs), named, True
    return (plan.Output(plan.Star("s")),), "All rows", False
