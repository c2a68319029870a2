"""Figures beside rows: "customers from Berlin with their number of orders and the total amount".

The figures are read as a question for themselves, and so are the rows; then the one plan is put
onto the other. So are related rows of a kind: "with their cancelled orders", "their last order".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from kpi_nlsql.apart.rest_read import rest_read
from kpi_nlsql.english.function_words import POSSESSIVES
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words
from kpi_nlsql.plans import plan
from kpi_nlsql.requested.spans import last
from kpi_nlsql.requested.told_of_each import counts_some, of_each
from kpi_nlsql.sentence import Candidate, Sentence
from kpi_nlsql.wording.rewriting import SHOW_ALL

Reader = Callable[[Sentence], Iterator[Candidate]]

_MOST = 2
_AHEAD = 4
_EACH = frozenset({"each", "every"})
_TOGETHER = frozenset({"together", "along"})
_OF_EACH = POSSESSIVES | {"the", "a", "an"}
_TIMED = frozenset("last latest first earliest newest oldest most recent".split())  # noqa: SIM905
_POINTING = frozenset({"such", "these", "those", "this", "that"})
_COMPARED = ("compare", "between")
_CONDITIONS = ("often", "not", "group", "relative", "order", "common")
_HALF = 0.5
"""Rows that figures are of are groups, though no "per" or "for each" says so."""
_EITHER = 4.0
"""How doubtful it is whether those alone are counted that a condition speaks of, too."""


def read(sentence: Sentence, readers: tuple[Reader, ...]) -> Iterator[Candidate]:
    """Yield the readings of rows with figures of each."""
    leads = ((at, _behind_lead(sentence.items, at)) for at in range(1, len(sentence.items) - 1))
    start, behind = next(((at, led) for at, led in leads if led is not None), (0, 0))
    if not start:
        return
    end = last(sentence.items)
    figures = _figures(sentence, behind, end, readers)
    rows = figures is not None and _shows_rows(figures)
    if figures is None or (rows and sentence.items[behind - 1].text not in POSSESSIVES):
        return
    each = {at for at, item in enumerate(sentence.items) if item.text in _EACH}
    put = partial(of_each, sentence, figures)
    for reader in readers:
        for candidate in rest_read(sentence, range(start, end), partial(_first, reader), put):
            told = candidate.features | _told(candidate, figures)
            yield replace(candidate, features=told, used=candidate.used | each)


def _first(reader: Reader, rest: Sentence) -> Iterator[Candidate]:
    """Yield the likeliest readings, with "each customer" told as all: each has its figures."""
    items = tuple(SHOW_ALL[1] if item.text in _EACH else item for item in rest.items)
    return islice(reader(replace(rest, items=items)), _MOST)


def _told(candidate: Candidate, figures: plan.Query) -> dict[str, float]:
    """Return what is told of rows by their figures, as features of how sure the reading is."""
    told = {} if _shows_rows(figures) else {"named_output": 0.0, "group_named": _HALF}
    if any(table == figures.source.table for table in _tested(candidate.plan)):
        told["dangling"] = _EITHER  # "vendors with an open invoice and the number of invoices"
    return told


def _tested(query: plan.Plan) -> list[str]:
    where = plan.conjuncts(query.where) if isinstance(query, plan.Query) else ()
    tests = [term.query for term in where if isinstance(term, plan.Exists)]
    return [test.source.table for test in tests if test.having is None or counts_some(test)]


def _behind_lead(items: Sequence[Item], position: int) -> int | None:
    """Return where figures begin that are led to here: "with the number", "and their total"."""
    at = position + (items[position].text in _TOGETHER)
    if at + 1 >= len(items) or items[at].text not in {"with", "and"}:
        return None
    behind = skip_words(items, at + 1, _OF_EACH)
    if behind >= len(items):
        return None
    ahead = items[behind : behind + _AHEAD]
    theirs = items[behind - 1].text in POSSESSIVES
    dated = any(item.text in _TIMED for item in ahead)
    kind = theirs and any(
        item.values or item.is_cue("superlative") or item.is_cue("compare") for item in ahead
    )
    return behind if dated or kind or _begins_figure(items[behind]) else None


def _begins_figure(item: Item) -> bool:
    return item.is_cue("count") or item.is_cue("aggregate") or item.text.startswith("total ")


def _figures(
    sentence: Sentence, start: int, end: int, readers: tuple[Reader, ...]
) -> plan.Query | None:
    """Return the plan of figures alone, if as many as are told come of one table."""
    items = _without_verb(sentence.items[start:end])
    theirs = sentence.items[start - 1].text in POSSESSIVES
    compared = any(item.is_cue(kind) for item in items for kind in _COMPARED)
    told = any(item.is_cue(kind) for item in items for kind in _CONDITIONS)
    if told or (compared and not theirs) or any(item.text in _POINTING for item in items):
        return None
    asked = replace(sentence, items=tuple(items))
    for reader in readers:
        for candidate in islice(reader(asked), 1):
            query = candidate.plan
            if not isinstance(query, plan.Query) or not _tells(figures := _ended(query), items):
                continue
            if not compared or _shows_rows(figures):  # "their bills over 500"
                return figures
    return None


def _ended(query: plan.Query) -> plan.Query:
    """Return "the date of their last order", the first row by it, as the last of the dates."""
    shown = [output.expression for output in query.outputs]
    if query.limit != 1 or [key.expression for key in query.order] != shown:
        return query
    if not isinstance(shown[0], plan.ColumnRef):
        return query
    function: plan.AggregateFunction = "max" if query.order[0].descending else "min"
    outputs = (plan.Output(plan.Aggregate(function, shown[0]), f"{function}_{shown[0].column}"),)
    return replace(query, outputs=outputs, order=(), limit=None)


def _without_verb(items: Sequence[Item]) -> list[Item]:
    """Return "how many orders they placed" without its end."""
    they = next((at for at, item in enumerate(items) if item.text in {"they", "it"}), len(items))
    return list(items[: they if they >= len(items) - 2 else len(items)])


def _tells(query: plan.Query, items: Sequence[Item]) -> bool:
    if query.group or query.joins or query.source.query is not None:
        return False
    if _shows_rows(query):
        return query.where is not None or query.limit is not None
    plain = not (query.order or query.limit)
    aggregates = [o for o in query.outputs if isinstance(o.expression, plan.Aggregate)]
    several = sum(_begins_figure(item) for item in items) or 1
    told = len(query.outputs) == len(aggregates) == several
    return plain and told and (several == 1 or query.where is None)


def _shows_rows(query: plan.Query) -> bool:
    return [output.expression for output in query.outputs] == [plan.Star(query.source.alias)]
