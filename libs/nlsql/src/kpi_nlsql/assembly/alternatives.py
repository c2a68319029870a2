"""Alternatives: "or" between conditions of which each may need related rows, or several words.

"Students who registered or attended", "more than 2 settlements or the type Deputy", "in Fall 2009
or in Spring 2010". An "or" between two values of one column needs none of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from kpi_nlsql.assembly.filters import related_rows, row_conditions
from kpi_nlsql.assembly.frame import Frame
from kpi_nlsql.drafting.draft import MAIN, Term
from kpi_nlsql.english.function_words import EXCEPTING
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan

_BOTH = 2


def alternatives(frame: Frame) -> list[plan.Condition]:
    """Take the terms that are alternatives out of the draft; return what they ask for.

    Raises Unreadable.
    """
    terms = [term for term in frame.draft.terms if term.scope == MAIN]
    starts = [index for index, term in enumerate(terms) if term.joined_by_or]
    if len(starts) != 1 or starts[0] == 0:
        return []
    start = starts[0]
    first, second = _sides(frame, terms, start)
    if not (first and second) or _is_simple(frame, [*first, *second]):
        return []
    if not all(_is_told(frame, term) for term in [*first, *second]):
        return []
    shared = [term for term in terms if term not in first and term not in second]
    further = [term for term in shared if _follows(frame, term, terms[start])]
    kept = [term for term in shared if term not in further]
    frame.draft.terms = [term for term in frame.draft.terms if term.scope != MAIN or term in kept]
    # "registered or attended a course": what follows is said of both, if both have related rows.
    both = any(frame.table_of(term) != frame.entity for term in first)
    sides = ([*first, *(further if both else [])], [*second, *further])
    return [plan.AnyOf(tuple(_met(frame, side) for side in sides))]


def _sides(frame: Frame, terms: list[Term], start: int) -> tuple[list[Term], list[Term]]:
    """Return the terms before and behind the "or" that belong to it.

    "Fall 2009 or Spring 2010" repeats a column: each side is all that stands from there on. What
    the first side says nothing of holds for both: "below 20 or above 40 and with a phone".
    """
    excepted = _excepted_from(frame.sentence.items)
    before = terms[:start]
    after = [term for term in terms[start:] if term.position < excepted]
    if after and terms[start].widely_joined:
        for index, term in enumerate(before):
            if _subject(frame, term) == _subject(frame, after[0]):
                return before[index:], _repeated(frame, before[index:], after)
    # "with players from Spain or in Porto": the players go with where they are from.
    last = before[-1]
    told = [
        term
        for term in before[-2:-1]
        if term.kind == "exists" and frame.table_of(term) == frame.table_of(last)
    ]
    return [*told, last], after[:1]


def _repeated(frame: Frame, first: list[Term], after: list[Term]) -> list[Term]:
    """Return the terms behind the "or", as long as the first side says of the same columns."""
    told = {_subject(frame, term) for term in first}
    return list(takewhile(lambda term: _subject(frame, term) in told, after))


def _excepted_from(items: Sequence[Item]) -> int:
    """Return where rows are excepted from all that was said; the end if none are."""
    cues = (at for at, item in enumerate(items) if item.cues and item.text.startswith(EXCEPTING))
    return next(cues, len(items))


def _subject(frame: Frame, term: Term) -> tuple[str, object]:
    return term.kind if term.kind in {"count", "exists"} else "row", (
        term.ref.choice if term.ref else frame.table_of(term)
    )


def _is_simple(frame: Frame, terms: list[Term]) -> bool:
    """Tell whether one condition on one row will do: "in A or B", "from customers in A or B"."""
    tables = {frame.table_of(term) for term in terms}
    if len(tables) == 1 and terms[0].kind == "exists" and len(terms) > _BOTH:
        joins = frame.tree(frame.entity, [str(table) for table in tables])
        terms = terms[1:] if joins and not frame.multiplies(joins) else terms
    rows = all(term.kind not in {"count", "exists"} and not term.function for term in terms)
    return rows and len(terms) == _BOTH and len(tables) == 1


def _is_told(frame: Frame, term: Term) -> bool:
    table = frame.table_of(term)
    counted = term.kind in {"count", "exists"} or bool(term.function)
    return table is not None and not (counted and table == frame.entity) and not term.function


def _follows(frame: Frame, term: Term, behind: Term) -> bool:
    """Tell whether a term is said of the related rows of either side: "… a course"."""
    related = frame.table_of(term) not in {frame.entity, None}
    return related and term.position > behind.position and term.kind != "count"


def _met(frame: Frame, terms: list[Term]) -> plan.Condition:
    own = [term for term in terms if frame.table_of(term) == frame.entity]
    others = [term for term in terms if frame.table_of(term) != frame.entity]
    for term in terms:
        term.joined_by_or = False
    met = row_conditions(frame, own, {})
    if others:
        met.append(plan.Exists(related_rows(frame, others)))
    return met[0] if len(met) == 1 else plan.All(tuple(met))
