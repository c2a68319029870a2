"""Membership: the rows of one table that have, or lack, a match in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from kpi_nlsql.grammar import general
from kpi_nlsql.grammar.reconciling.members_shown import members_shown
from kpi_nlsql.grammar.reconciling.named_pairs import told_key
from kpi_nlsql.grammar.reconciling.row_filters import row_filters
from kpi_nlsql.grammar.reconciling.targets import Membership
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain, told_of
from kpi_nlsql.plans.plan_walk import queries, sources
from kpi_nlsql.sentence import Candidate, Sentence

_SURE_COLUMN = 0.85
_SURE_TABLE = 0.95
_NAMES_TABLE = 0.6
_NAMES_HALF = 0.5
_MEANS = frozenset({"via", "through"})
_DENYING = ("missing", "not", "only")
_RELATING = ("missing", "not", "only", "both", "also", "compare_tables", "agree")


def read(sentence: Sentence, asked: Membership) -> Iterator[Candidate]:
    """Yield the reading of a sentence about membership."""
    last = max(target.position for target in asked.targets)
    used = {asked.source, asked.cue} | {target.position for target in asked.targets}
    used |= {
        position
        for position, item in enumerate(sentence.items)
        if any(item.is_cue(kind) for kind in _RELATING)
        if position < last or not any(item.is_cue(kind) for kind in _DENYING)
    }
    used |= _key_mentions(sentence, asked) | _said_of_targets(sentence, asked)
    used |= {at for target in asked.targets for at in target.said.used}
    used |= told_key(sentence, asked.targets[0].pairing, asked.source) | _leading_through(
        sentence, asked
    )
    used -= _gaps(sentence, asked)
    plain = _plain(sentence, asked, set(used))
    if _complete(sentence, plain):
        yield plain
        return
    wider = _with_rest(sentence, plain, asked, used)
    yield wider or plain


def _gaps(sentence: Sentence, asked: Membership) -> set[int]:
    """Return where columns are said to be empty: "holders without a phone not in A" have none.

    Part of their name is enough: "parts with zero stock" of which the ``stock_qty`` is known.
    """
    items, source = sentence.items, sentence.items[asked.source].table_hits()[0].table
    found: set[int] = set()
    for at in range(asked.source + 1, asked.cue - 1):
        column = items[at + 1]
        own = any(hit.table == source and hit.score >= _NAMES_HALF for hit in column.column_hits())
        if items[at].is_cue("not") and own and column.best_table() < column.best_column():
            found |= {at, at + 1}
    return found


def _leading_through(sentence: Sentence, asked: Membership) -> set[int]:
    """Return the noun between and what leads to it: "alarms raised by nodes not in A"."""
    if asked.through is None:
        return set()
    start = asked.through
    while start > asked.source + 1 and not _tells_value(sentence.items[start - 1]):
        start -= 1  # "postings of fiscal year 2024 for assets not in A" are of that year
    return set(range(start, asked.through + 1))


def _tells_value(item: Item) -> bool:
    return bool(item.values) or item.kind in {"number", "quoted"}


def _said_of_targets(sentence: Sentence, asked: Membership) -> set[int]:
    """Return where the targets are spoken of again: "results for samples not registered in A"."""
    source, items = sentence.items[asked.source].table_hits()[0].table, sentence.items
    tables = {target.table for target in asked.targets} - {source}
    said = {
        position
        for position, item in enumerate(items[: asked.targets[0].position])
        if item.best_table() >= _NAMES_TABLE and item.best_table() > item.best_column()
        if item.table_hits()[0].table in tables
        if not _names_value(items, position, asked.source)
    }
    leads = range(asked.cue + 1, asked.targets[0].position)
    return said | {at for at in leads if items[at].text.endswith("ed") and items[at].values}


def _names_value(items: Sequence[Item], position: int, source: int) -> bool:
    # "patrons of type student" are of that type, whatever table has students, and "card payments"
    # by card, though a table begins so; "orders via Amazon" are not in Amazon's extract
    table = items[source].table_hits()[0].table
    leads_on = position > 0 and items[position - 1].text in _MEANS
    describes = position + 1 == source or leads_on
    if describes and items[position].best_table() < _SURE_TABLE:
        return any(v.table == table and v.score >= 1.0 for v in items[position].values)
    before = items[position - 1].column_hits() if position else []
    named = {(hit.table, hit.column) for hit in before if hit.score >= _SURE_COLUMN}
    return any((v.table, v.column) in named and v.score >= 1.0 for v in items[position].values)


def _key_mentions(sentence: Sentence, asked: Membership) -> set[int]:
    """Return where the key is only said again: "readings for meter ids that are not in …"."""
    first = asked.targets[0]
    keys = {column.lower() for pair in first.pairing.columns() for column in pair}
    named = {
        position
        for position in range(asked.source + 1, first.position)
        if any(str(hit.column).lower() in keys for hit in sentence.items[position].column_hits())
        and sentence.items[position].best_column() > sentence.items[position].best_table()
    }
    return {position for position in named if _leads_on(sentence.items, position, asked)}


def _leads_on(items: Sequence[Item], position: int, asked: Membership) -> bool:
    """Tell whether only grammatical words stand between a mention and the cue or the target.

    "For a meter id that exists in neither A nor B" says twice that it is looked for there.
    """
    end = asked.cue if position < asked.cue else asked.targets[0].position
    between = items[position + 1 : end]
    return all(
        item.kind == "word" or item.is_cue("relative") or item.is_cue("also") for item in between
    )


def _complete(sentence: Sentence, candidate: Candidate) -> bool:
    texts = [item.text for item in sentence.items]
    if ("how", "much") in pairwise(texts):
        return False  # "how much did we take for tickets …" asks for no rows
    return all(
        position in candidate.used
        or item.kind in {"mark", "word"}
        or any(item.is_cue(kind) for kind in ("relative", "all", "show", "details"))
        for position, item in enumerate(sentence.items)
    )


def _with_rest(
    sentence: Sentence, plain: Candidate, asked: Membership, used: set[int]
) -> Candidate | None:
    """Read the rest of the sentence as a question about the source, and add the membership."""
    targets = {target.table for target in asked.targets}
    left_out = {target.position for target in asked.targets} | {asked.cue} | (used - {asked.source})
    left_out |= {
        at
        for at, item in enumerate(sentence.items)
        if at != asked.source and item.best_table() >= item.best_column() and item.table_hits()
        if item.table_hits()[0].table in targets
        if not _names_value(sentence.items, at, asked.source)
    }
    kept = [at for at in range(len(sentence.items)) if at not in left_out]
    rest = replace(sentence, items=tuple(sentence.items[at] for at in kept))
    first = next(iter(general.read(rest)), None)
    if first is None or not isinstance(first.plan, plan.Query):
        return None
    query = first.plan
    if query.source.table != plain.source_table or _denied(query, asked):
        return None
    outputs = query.outputs
    if not _asks_for_columns(first):
        outputs = (plan.Output(plan.Star(query.source.alias)),)
    terms = [] if query.where is None else [query.where]
    terms += _conditions(asked, query.source.alias)
    whole = replace(query, outputs=outputs, where=plan.all_of(terms))
    heeded = {kept[at] for at in first.used} | used
    return replace(plain, plan=whole, explanation=explain(whole), used=frozenset(heeded))


def _denied(query: plan.Query, asked: Membership) -> bool:
    """Tell whether the rest asks for rows that must not be there: said of them, and misread."""
    tables = {target.table for target in asked.targets if target.negative}
    return any(source.table in tables for each in queries(query) for source in sources(each))


def _conditions(asked: Membership, alias: str) -> list[plan.Condition]:
    """Return what must hold for a row of the source that goes by ``alias``."""
    found: list[plan.Condition] = []
    for number, target in enumerate(asked.targets):
        name = "t" if not number else f"t{number + 1}"
        on = target.pairing.conditions(alias, target.said.alias(name))
        match = plan.Exists(target.said.match(on, target.table, name))
        found.append(plan.Not(match) if target.negative else match)
    return [plan.AnyOf(tuple(found))] if asked.either else found


def _asks_for_columns(candidate: Candidate) -> bool:
    assert isinstance(candidate.plan, plan.Query)
    return bool(candidate.plan.group) or not candidate.features.get("named_output")


def _plain(sentence: Sentence, asked: Membership, used: set[int]) -> Candidate:
    source = sentence.items[asked.source].table_hits()[0].table
    outputs, what, distinct = members_shown(sentence, asked, source, used)
    filters, told = row_filters(sentence, source, "s", used)
    query = plan.Query(
        outputs,
        plan.Source(source, "s"),
        where=plan.all_of([*filters, *_conditions(asked, "s")]),
        distinct=distinct,
    )
    first = asked.targets[0]
    return Candidate(
        plan=query,
        kind="reconcile",
        operation=asked.operation,
        explanation=f"{what} of {source}{told} that {_told(asked)}",
        source_table=source,
        target_table=first.table,
        joined_columns=first.pairing.columns(),
        used=frozenset(used),
        features={"pairing": min(target.pairing.score for target in asked.targets)},
    )


def _told(asked: Membership) -> str:
    parts = []
    for target in asked.targets:
        keys = ", ".join(a if a == b else f"{a} = {b}" for a, b in target.pairing.columns())
        verb = "have no match" if target.negative else "have a match"
        said = told_of(target.said.query.where) if target.said.query else ""
        parts.append(f"{verb} in {target.table} by {keys}" + (f" where {said}" if said else ""))
    return (" or " if asked.either else " and ").join(parts)
