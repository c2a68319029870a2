"""Membership: the rows of one table that have, or lack, a match in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kpi_nlsql.grammar import general
from kpi_nlsql.grammar.contrast.layout import is_value_of
from kpi_nlsql.grammar.reconciling.named_pairs import least_sure, told_key
from kpi_nlsql.grammar.reconciling.row_filters import row_filters
from kpi_nlsql.grammar.reconciling.target_conditions import NOTHING, Said
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain, told_of
from kpi_nlsql.plans.plan_walk import queries, sources
from kpi_nlsql.schema.amounts import adds_up
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.sentence import Candidate, Sentence

_SURE_COLUMN = 0.85
_NAMES_TABLE = 0.6
_DENYING = ("missing", "not", "only")
_RELATING = ("missing", "not", "only", "both", "also", "compare_tables", "agree")


@dataclass(frozen=True, slots=True)
class Target:
    """A table in which the rows must have a match, or (``negative``) must have none."""

    position: int
    table: str
    pairing: Pairing
    negative: bool
    said: Said = NOTHING


@dataclass(frozen=True, slots=True)
class Membership:
    """Rows of the table mentioned at ``source`` and where they must be; ``cue`` says so.

    ``either``: a match in one of the targets is enough; ``through``: a noun that says which.
    """

    operation: str
    source: int
    cue: int
    targets: tuple[Target, ...]
    either: bool = False
    through: int | None = None


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
    plain = _plain(sentence, asked, set(used))
    if _complete(sentence, plain):
        yield plain
        return
    wider = _with_rest(sentence, plain, asked, used)
    yield wider or plain


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
        if not _names_value(items, position)
    }
    leads = range(asked.cue + 1, asked.targets[0].position)
    return said | {at for at in leads if items[at].text.endswith("ed") and items[at].values}


def _names_value(items: Sequence[Item], position: int) -> bool:
    # "patrons of type student" are of that type, whatever table has students
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
    """Tell whether only grammatical words stand between a mention and the cue or the target."""
    end = asked.cue if position < asked.cue else asked.targets[0].position
    return all(item.kind == "word" or item.is_cue("relative") for item in items[position + 1 : end])


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
        if not _names_value(sentence.items, at)
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
    outputs, what, distinct = _outputs(sentence, asked, source, used)
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


def _key_called(item: Item, asked: Membership) -> str | None:
    """Return the key of the source that goes by the name of the target's ("shipment ids")."""
    first = asked.targets[0]
    for left, right in first.pairing.columns():
        if any(
            (hit.table, hit.column) == (first.table, right) and hit.score >= _SURE_COLUMN
            for hit in item.column_hits()
        ):
            return left
    return None


def _groups(item: Item) -> bool:
    return item.text in {"by", "per"} or item.is_cue("group")


def _names_other(item: Item, asked: Membership, source: str) -> bool:
    """Tell whether a mention names, in full, a table that the reading leaves out."""
    known = {source, *(target.table for target in asked.targets)}
    return item.best_table() >= 1.0 and item.table_hits()[0].table not in known


def _best_other(item: Item, targets: set[str]) -> float:
    # "HS codes used in A but missing from the HS code reference": those of A
    hits = item.table_hits()
    return max((hit.score for hit in hits if hit.table not in targets), default=0.0)


def _asked_for(
    sentence: Sentence, asked: Membership, source: str, used: set[int]
) -> tuple[bool, list[str]]:
    """Return whether a count is asked for, and the columns of the source that are named."""
    count = False
    columns: list[str] = []
    for position, item in enumerate(sentence.items[: min(asked.source, asked.cue)]):
        if item.is_cue("count"):
            count = True
            used.add(position)
        elif position and _groups(sentence.items[position - 1]):
            continue
        elif position and is_value_of(sentence.items[position - 1], item):
            used.add(position)  # "high priority orders" asks for no priority
        elif item.kind == "mention" and not item.values:
            exact = [hit for hit in item.column_hits() if hit.table == source]
            named = _best_other(item, {target.table for target in asked.targets})
            least = least_sure(sentence.items, position)
            if exact and exact[0].score >= least and named < exact[0].score:
                columns.append(str(exact[0].column))
            elif not exact and (key := _key_called(item, asked)) is not None:
                columns.append(key)
            if not _names_other(item, asked, source):
                used.add(position)  # the subject: what the rows are rows of
    return count, columns


def _totals(sentence: Sentence, asked: Membership, source: str, columns: list[str]) -> bool:
    # "the total amount of the reports", though each has its own; "what is the cost of all trips"
    if len(set(columns)) != 1 or not sentence.graph.table(source).column(columns[0]).measures:
        return False
    texts = [item.text for item in sentence.items[: min(asked.source, asked.cue)]]
    one = texts[:2] == ["what is", "the"] and texts[-2:] == ["of", "all"]
    return one or any(a.startswith("total ") and b == "of" for a, b in pairwise(texts))


def _outputs(
    sentence: Sentence, asked: Membership, source: str, used: set[int]
) -> tuple[tuple[plan.Output, ...], str, bool]:
    """Return what is asked for: a count, named columns, or whole rows of the source."""
    count, columns = _asked_for(sentence, asked, source, used)
    if count and not columns:
        total = plan.Output(plan.Aggregate("count", plan.Star()), "count")
        return (total,), "The number of rows", False
    refs = [plan.ColumnRef("s", column) for column in dict.fromkeys(columns)]
    told = count and len(refs) == 1 and adds_up(sentence.graph.table(source).column(columns[0]))
    if told or _totals(sentence, asked, source, columns):
        total = plan.Output(plan.Aggregate("sum", refs[0]), f"sum_{columns[0]}")
        return (total,), f"The total {columns[0]}", False
    if count:
        distinct = plan.Output(plan.Aggregate("count", refs[0], distinct=True), "count")
        return (distinct,), f"The number of different {columns[0]}", False
    if refs:
        named = "The different " + ", ".join(columns)
        return tuple(plan.Output(ref) for ref in refs), named, True
    return (plan.Output(plan.Star("s")),), "All rows", False
