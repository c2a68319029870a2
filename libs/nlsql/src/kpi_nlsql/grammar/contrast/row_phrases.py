"""Row phrases: "of fiscal year 2024", "of region North" beside a comparison, told of one side.

A phrase is taken out of the stretch it stands in, which then names a column and its table alone;
what it says of the rows is read as a question for these rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kpi_nlsql.grammar import general
from kpi_nlsql.grammar.contrast.comparator import is_deed
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.layout import is_value
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import everything, moved
from kpi_nlsql.sentence import Sentence
from kpi_nlsql.wording.plainly import plain_items
from kpi_nlsql.wording.rewriting import SHOW_ALL

_LEADS = frozenset("of in for with from since during on at after before until dated to".split())  # noqa: SIM905
_PASSED = frozenset({"the", "a", "an", "all", "year", "month", "code", "number", "no"})
_LONGEST = 6
_STRETCHES = ("right", "left", "common", "before", "after")
_TIMING = frozenset("in since during on after before until between from".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class RowPhrase:
    """Where words stand that tell which rows are meant, and whether behind the comparison."""

    positions: tuple[int, ...]
    behind: bool


def without_phrases(items: Sequence[Item], clause: Clause) -> tuple[Clause, list[RowPhrase]]:
    """Return the clause without the phrases that tell which rows are meant, and these."""
    found: dict[tuple[int, ...], RowPhrase] = {}
    for name in _STRETCHES:
        for positions in _phrases(items, getattr(clause, name)):
            found.setdefault(positions, RowPhrase(positions, name in {"right", "after"}))
    gone = {at for positions in found for at in positions}
    kept: dict[str, Any] = {
        name: tuple(at for at in getattr(clause, name) if at not in gone) for name in _STRETCHES
    }
    return replace(clause, **kept), list(found.values())


def _phrases(items: Sequence[Item], stretch: Sequence[int]) -> Iterator[tuple[int, ...]]:
    at = 0
    while at < len(stretch):
        end = _end(items, stretch, at) if items[stretch[at]].last_word in _LEADS else None
        if end is None:
            at += 1
            continue
        timed = at > 0 and items[stretch[at]].last_word in _TIMING
        yield tuple(stretch[at - (timed and is_deed(items[stretch[at - 1]])) : end])
        at = end


def _end(items: Sequence[Item], stretch: Sequence[int], start: int) -> int | None:
    """Return where a phrase ends that begins with "of" or "in": behind its value."""
    named = False
    for cut in range(start + 1, min(start + _LONGEST, len(stretch))):
        item = items[stretch[cut]]
        if stretch[cut] != stretch[cut - 1] + 1:
            return None
        if _is_literal(item, named):
            return _listed(items, stretch, cut + 1, named)
        named = named or item.best_column() > 0.0
        if item.text not in _PASSED and not item.column_hits():
            return None
    return None


def _is_literal(item: Item, named: bool) -> bool:
    number = item.number is not None and (named or 1900 <= item.number <= 2100)
    return item.kind == "quoted" or number or (is_value(item) and named)


def _listed(items: Sequence[Item], stretch: Sequence[int], end: int, named: bool) -> int:
    """Return where a list of values ends: "of region North or South"."""
    while (
        end + 1 < len(stretch)
        and items[stretch[end]].text in {"or", "and", ",", "to"}
        and _is_literal(items[stretch[end + 1]], named)
    ):
        end += 2
    return end


@dataclass(frozen=True, slots=True)
class RowsTold:
    """What is said of the rows of a table, by which tokens, and whether others are needed."""

    term: plan.Condition
    used: frozenset[int]
    joined: bool


def rows_told(
    sentence: Sentence, items: Sequence[Item], table: str, alias: str, other: str
) -> RowsTold | None:
    """Return what some words say of the rows of a table; None where they say something else.

    The words are "of fiscal year 2024" alone, or those with the rows in them, "unpaid invoices".
    """
    rows = Item("mention", table, 0, 0, hits=(NameHit(table, None, 1.0),))
    at = next((n for n, item in enumerate(items) if _names(item, table)), None)
    part = [*items[:at], replace(items[at], hits=rows.hits), *items[at + 1 :]] if at else None
    plain = plain_items((*SHOW_ALL, *(part or (rows, *items))), sentence.graph, sentence.lexicon)
    first = next(iter(general.read(replace(sentence, items=tuple(plain)))), None)
    query = first.plan if first is not None else None
    if first is None or not isinstance(query, plan.Query) or query.where is None:
        return None
    if query.source.table != table or query.group or query.limit or query.having:
        return None
    named = {hit.table for item in items for hit in item.table_hits()} - {other}
    related = [each for each in everything(query.where) if isinstance(each, plan.Source)]
    if any(each.table not in named for each in related):
        return None  # what the other side has is not said of these rows
    if any(step.source.table == other for step in query.joins):
        return None
    used = {token for n in first.used for token in range(plain[n].start, plain[n].end)}
    if any(_says(item) and not used & set(range(item.start, item.end)) for item in items):
        return None
    return RowsTold(_of_rows(query, alias), frozenset(used), bool(query.joins))


def _says(item: Item) -> bool:
    return item.kind in {"mention", "number", "quoted"} or item.is_cue("not")


def _names(item: Item, table: str) -> bool:
    hits = item.table_hits()
    return bool(hits) and any(h.table == table and h.score >= hits[0].score for h in hits)


def _of_rows(query: plan.Query, alias: str) -> plan.Condition:
    """Return what a query asks of its rows as a condition on rows that go by an alias."""
    assert query.where is not None
    terms: list[plan.Condition] = [query.where]
    if query.joins:
        first, *rest = query.joins
        inner = plan.Query(
            (plan.Output(plan.Constant(1)),),
            first.source,
            joins=tuple(rest),
            where=plan.all_of([*first.on, *terms]),
        )
        terms = [plan.Exists(inner)]
    found = plan.all_of([moved(term, query.source.alias, alias) for term in terms])
    assert found is not None
    return found
