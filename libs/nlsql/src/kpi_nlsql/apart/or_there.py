"""Or there: "items missing from the shop, or ended there" are those of either kind.

What is said of the rows of the other table stands behind "or"; the sentence is read once without
it and once with it in place of the denial, and both conditions are put side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.english.cues import Cue
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, text_at
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.sentence import Candidate, Sentence
from kpi_nlsql.wording.rewriting import HAVE, THAT

_LEADING = frozenset("that which who are is were was either do does".split())  # noqa: SIM905
_SAYING = frozenset("have has are is were was with whose that which a an the in only still".split())  # noqa: SIM905
_DETERMINERS = frozenset({"the", "our", "a", "an", "any", "all"})
_THERE = frozenset({"there", "in it"})
_NAMES_TABLE = 0.6
_THAT_HAVE = (THAT, HAVE, Item("word", "a", 0, 0))
_WITH = Item("cue", "with", 0, 0, cues=(Cue("relative"),))


@dataclass(frozen=True, slots=True)
class _Either:
    """A denial from ``start``, the table it denies rows of, and what stands behind "or"."""

    start: int
    table: int
    tail: range
    end: int


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield the rows without a partner, or with one of which something is said."""
    found = _either(sentence.items)
    if found is None:
        return
    items = sentence.items
    head = [at for at in range(found.table + 1) if items[at].text != "either"]
    first = [*head, *range(found.end, len(items))]
    lead = range(_lead(items, found.start))
    partner = [*_THAT_HAVE, items[found.table], _WITH, *(items[at] for at in found.tail)]
    second = [*(items[at] for at in lead), *partner, *items[found.end :]]
    lacking = _readings(replace(sentence, items=tuple(items[at] for at in first)), reader)
    having = _readings(replace(sentence, items=tuple(second)), reader)
    for one, other in ((one, other) for one in lacking for other in having):
        query = _beside(one.plan, other.plan)
        if query is None:
            continue
        used = {first[at] for at in one.used} | set(range(found.start, found.end))
        used |= {at for at in range(found.start) if items[at].text == "either"}
        yield replace(one, plan=query, explanation=explain(query), used=frozenset(used))
        return


def _readings(sentence: Sentence, reader: Reader) -> list[Candidate]:
    return [candidate for candidate in reader(sentence) if candidate.kind == "general"]


def _either(items: Sequence[Item]) -> _Either | None:
    for position in range(2, len(items)):
        if not items[position].is_cue("missing"):
            continue
        table = skip_words(items, position + 1, _DETERMINERS)
        either = table + 1 + (text_at(items, table + 1) == ",")
        if text_at(items, either) != "or" or items[table].best_table() < _NAMES_TABLE:
            continue
        name = items[table].table_hits()[0].table
        start = skip_words(items, either + 1, _SAYING)
        end = start
        while end < len(items) and items[end].kind != "mark" and items[end].text not in _THERE:
            end += 1
        tail = range(start, end)
        told = any(value.table == name for at in tail for value in items[at].values)
        there = text_at(items, end) in _THERE or any(_named(items[at], name) for at in tail)
        if told and there:
            end += text_at(items, end) in _THERE
            return _Either(position, table, _without_place(items, tail, name), end)
    return None


def _named(item: Item, table: str) -> bool:
    """Tell whether a table, or a column of it, is named."""
    return any(hit.table == table and hit.score >= _NAMES_TABLE for hit in item.hits)


def _without_place(items: Sequence[Item], tail: range, table: str) -> range:
    """Leave out "in the shop" at the end of what is said of the shop's rows."""
    last = items[tail.stop - 1]
    if not (last.best_table() >= _NAMES_TABLE and last.table_hits()[0].table == table):
        return tail
    stop = tail.stop - 1
    while stop > tail.start and items[stop - 1].text in _DETERMINERS | {"in", "on", "at", "by"}:
        stop -= 1
    return range(tail.start, stop)


def _lead(items: Sequence[Item], position: int) -> int:
    while position > 0 and items[position - 1].text in _LEADING:
        position -= 1
    return position


def _beside(one: plan.Plan, other: plan.Plan) -> plan.Query | None:
    """Return a plan of the rows for which what tells two plans apart holds in one of them."""
    if not isinstance(one, plan.Query) or not isinstance(other, plan.Query) or one.joins:
        return None
    other = _nested(other)
    if replace(one, where=None, distinct=False) != replace(other, where=None, distinct=False):
        return None
    mine, theirs = plan.conjuncts(one.where), plan.conjuncts(other.where)
    common = [term for term in mine if term in theirs]
    first, second = ([t for t in terms if t not in common] for terms in (mine, theirs))
    if not first or not second:
        return None
    sides = (plan.all_of(first), plan.all_of(second))
    either = plan.AnyOf(tuple(side for side in sides if side is not None))
    return replace(one, where=plan.all_of([*common, either]))


def _nested(query: plan.Query) -> plan.Query:
    """Return a plan with its only join asked for by a nested query instead."""
    if len(query.joins) != 1:
        return query
    step = query.joins[0]
    alias = step.source.alias
    conditions = plan.conjuncts(query.where)
    inner = [
        term
        for term in conditions
        if isinstance(term, plan.Compare)
        and isinstance(term.left, plan.ColumnRef)
        and term.left.source == alias
    ]
    rest = [term for term in conditions if term not in inner]
    one = plan.Query((plan.Output(plan.Constant(1)),), step.source)
    exists = plan.Exists(replace(one, where=plan.all_of([*step.on, *inner])))
    return replace(query, joins=(), where=plan.all_of([*rest, exists]))
