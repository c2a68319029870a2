"""Beside rows: "orders with the customer's city", "invoices with their payments".

What is listed is of other tables only, so the rows are shown in full and it stands beside them.
Without it the sentence is read as a question for the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from kpi_nlsql.apart.rest_read import rest_read
from kpi_nlsql.english.function_words import POSSESSIVES
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.named_columns import NAMES
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import sources
from kpi_nlsql.requested.columns import meant
from kpi_nlsql.requested.showing import refers, with_table
from kpi_nlsql.requested.spans import Element, last, listed
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns
from kpi_nlsql.schema.role_keys import role_keys
from kpi_nlsql.sentence import Candidate, Sentence

Reader = Callable[[Sentence], Iterator[Candidate]]

_MOST = 3
_NAMED = 0.8
_TOGETHER = frozenset({"together", "along"})
_OF_EACH = POSSESSIVES | {"corresponding", "associated", "related", "respective", "matching"}
_FURTHER = frozenset({"in", "for", "from", "where", "during", "since"})
_FIGURES = ("count", "aggregate", "superlative")
_SOME = frozenset({"a", "an", "any", "some"})
"""Before these a condition is told: "orders with a customer" have one."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a table beside the rows: these columns of it, or with none its rows."""

    table: str
    columns: tuple[str, ...]


def read(sentence: Sentence, readers: tuple[Reader, ...]) -> Iterator[Candidate]:
    """Yield the readings of rows with what is listed of other tables beside them."""
    for start in range(1, len(sentence.items) - 1):
        behind = _behind_lead(sentence.items, start)
        end = 0 if behind is None else _end(sentence.items, behind)
        elements = () if behind is None else _plain_elements(sentence, behind, end)
        if behind is None or not elements:
            continue  # "invoices with an amount over 1000 and their vendors"
        theirs = any(item.text in _OF_EACH for item in sentence.items[start : behind + 1])
        told = partial(_with_beside, sentence, elements, theirs)
        for reader in readers:
            for candidate in rest_read(sentence, range(start, end), partial(_first, reader), told):
                yield replace(candidate, features=candidate.features | {"requested": 1.0})
        return


def _first(reader: Reader, rest: Sentence) -> Iterator[Candidate]:
    return islice(reader(rest), _MOST)


def _behind_lead(items: Sequence[Item], position: int) -> int | None:
    """Return where the list begins that is led to here: "together with", "with", "and their"."""
    at = position + (items[position].text in _TOGETHER)
    if at + 1 >= len(items):
        return None
    theirs = items[at].text == "and" and items[at + 1].text in POSSESSIVES
    return at + 1 if items[at].text == "with" or theirs else None


def _end(items: Sequence[Item], position: int) -> int:
    """Return where something further is said: "orders with the customer's name in 2024"."""
    end = last(items)
    for at in range(position + 1, end):
        item, following = items[at], items[at + 1] if at + 1 < end else None
        further = item.text in _FURTHER and following is not None
        if further and following is not None and following.best_table() < _NAMED:
            return at
        if item.is_cue("order") or item.is_cue("relative"):
            return at
    return end


def _plain_elements(sentence: Sentence, start: int, end: int) -> tuple[Element, ...]:
    """Return what is listed, if nothing but names is."""
    items = sentence.items[start:end]
    told = any(item.is_cue(kind) for item in items for kind in _FIGURES)
    told = told or any(item.values and item.best_column() < _NAMED for item in items)
    if told or any(item.text in _SOME or item.text.startswith("total ") for item in items):
        return ()
    return listed(sentence.items, start, end) or ()


def _with_beside(
    sentence: Sentence, elements: Sequence[Element], theirs: bool, candidate: Candidate
) -> plan.Query | None:
    """Return the plan of rows with what is listed beside them; None where it shows no rows."""
    query = candidate.plan
    if not isinstance(query, plan.Query) or query.group or query.source.query is not None:
        return None
    if not all(_tells_rows(sentence, query, output) for output in query.outputs):
        return None
    found = [_meant(sentence, query, element, theirs) for element in elements]
    outputs = list(query.outputs)
    for each in found:
        joined = None if each is None else with_table(sentence, query, each.table)
        if joined is None or each is None:
            return None
        query = joined
        alias = next(s.alias for s in sources(query) if s.table == each.table)
        columns = [plan.Output(plan.ColumnRef(alias, column)) for column in each.columns]
        outputs += columns or [plan.Output(plan.Star(alias))]
    return replace(query, outputs=tuple(dict.fromkeys(outputs)))


def _tells_rows(sentence: Sentence, query: plan.Query, output: plan.Output) -> bool:
    """Tell whether rows are shown in full, or by what tells them apart."""
    shown, table = output.expression, sentence.graph.table(query.source.table)
    if isinstance(shown, plan.Star):
        return shown.source == query.source.alias
    own = isinstance(shown, plan.ColumnRef) and shown.source == query.source.alias
    names = {*naming_columns(table), *key_columns(table)}
    return own and isinstance(shown, plan.ColumnRef) and shown.column in names


def _meant(sentence: Sentence, query: plan.Query, element: Element, theirs: bool) -> _Shown | None:
    """Return what is listed of another table; None where it is of the rows, or not clear."""
    rows, graph = query.source.table, sentence.graph
    items = [sentence.items[at] for at in element.positions]
    if not items or element.both or element.function:
        return None
    named = _table_named(items[0], rows) if element.owner is None else None
    table = element.owner or named
    if named is not None and len(items) == 1:
        whole = theirs and sentence.paths.path(rows, named) is not None
        whole = whole and not _plays_parts(sentence, rows, named)
        return _Shown(named, ()) if whole else None
    spoken = theirs or sum(len(item.text.split()) for item in items) > 1
    near = [t.name for t in graph.tables if t.name != rows and refers(sentence, rows, t.name)]
    if spoken:  # "invoices with their payment date": each has several
        near += [t.name for t in graph.tables if graph.joins_between(rows, t.name)]
    if table is not None:
        if table not in near:
            return None
        if items[-1].text in NAMES:
            return _Shown(table, naming_columns(graph.table(table)))
        near = [table]
        if named is not None:
            element = replace(element, positions=element.positions[1:])
    elif meant(sentence, element, [rows]) is not None:
        return None
    column = meant(sentence, element, list(dict.fromkeys(near))) if near else None
    if column is None or column.score < _NAMED or _plays_parts(sentence, rows, column.table):
        return None
    return _Shown(column.table, (column.column,))


def _table_named(item: Item, rows: str) -> str | None:
    hits = item.table_hits()
    named = bool(hits) and item.best_table() >= max(_NAMED, item.best_column())
    return hits[0].table if named and hits[0].table != rows else None


def _plays_parts(sentence: Sentence, rows: str, table: str) -> bool:
    """Tell whether rows may refer to the table by several keys: home and away clubs."""
    return bool(role_keys(sentence.graph, rows, table))
