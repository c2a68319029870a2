"""Listed values: "withdrawn or deferred students" are those with the one status or the other."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan

_JOINING = frozenset({"or", "and", ",", "nor", "/"})


def is_denied(items: Sequence[Item], position: int) -> bool:
    """Tell whether a value is denied, itself or as one of a list: "not paid or disputed"."""
    before = position - 1
    while before > 0 and items[before].text in _JOINING and _alike(items, before - 1, position):
        position, before = before - 1, before - 2
    return before >= 0 and items[before].is_cue("not")


def _alike(items: Sequence[Item], first: int, second: int) -> bool:
    """Tell whether two items are values of one column."""
    columns = ({(v.table, v.column) for v in items[at].values} for at in (first, second))
    return bool(set.intersection(*columns))


def either_value(terms: Sequence[plan.Condition]) -> list[plan.Condition]:
    """Return the conditions with several values of one column as a choice: none has them all."""
    found: list[plan.Condition] = []
    for term in terms:
        at = next((at for at, other in enumerate(found) if _same_subject(other, term)), None)
        if at is None:
            found.append(term)
        else:
            found[at] = _either(found[at], term)
    return found


def _same_subject(one: plan.Condition, other: plan.Condition) -> bool:
    return _values(one) != () and _values(other) != () and subject_of(one) == subject_of(other)


def _either(one: plan.Condition, other: plan.Condition) -> plan.Condition:
    values = tuple(dict.fromkeys([*_values(one), *_values(other)]))
    subject = subject_of(one)
    assert subject is not None
    return plan.OneOf(subject, values) if len(values) > 1 else one


def _values(term: plan.Condition) -> tuple[plan.Constant, ...]:
    if isinstance(term, plan.OneOf):
        return term.values
    equal = isinstance(term, plan.Compare) and term.operator == "="
    if equal and isinstance(term, plan.Compare) and isinstance(term.right, plan.Constant):
        return (term.right,)
    return ()


def subject_of(term: plan.Condition) -> plan.Expression | None:
    """Return what a comparison, or a choice of values, is about; None for other conditions."""
    if isinstance(term, plan.OneOf):
        return term.subject
    return term.left if isinstance(term, plan.Compare) else None
