"""Margin: "exceeds the invoiced amount by more than 5", how far apart two values must be.

Or how many times the one must be the other: "at most half of the limit in B".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.grammar.contrast.comparator import mirrored
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Column

_SHARES = frozenset({"%", "percent"})
_UNREAD = frozenset({"percentage", "per"})
_DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_JOINTS = frozenset({",", "but", "and"})
_FACTORS = {"half": 0.5, "twice": 2, "double": 2}
_OF = frozenset({"of", "the", "what"})
_WAYS = ("either", "way"), ("in", "either", "direction"), ("up", "or", "down")
"""What says that it does not matter which of two values is the higher."""


@dataclass(frozen=True, slots=True)
class Margin:
    """By how much, and whether more or less than that; ``share``: of the right side, in percent.

    ``factor``: the right side is taken so many times. ``of_left``: what is said of the right side
    is said of the left one. ``days``: dates are so many days apart.
    """

    amount: float | int
    operator: plan.Operator
    share: bool = False
    factor: bool = False
    of_left: bool = False
    days: bool = False

    def turned(self) -> Margin:
        """Return the same margin where the two sides have changed places."""
        return replace(self, of_left=not self.of_left)


_CENTS = Margin(0.005, ">")
_FLOATING = ("real", "float", "double")


def with_margin(items: Sequence[Item], clause: Clause) -> tuple[Clause, Margin | None] | None:
    """Tell apart by how much the values differ; None where it is a share of sums."""
    if (taken := _with_factor(items, clause)) is not None:
        return taken
    rest = [at for at in clause.after if items[at].text not in _JOINTS]
    if len(rest) < 2 or items[rest[0]].text != "by":
        return clause, None
    number = next((at for at in rest[1:3] if items[at].number is not None), None)
    operator = items[rest[1]].argument("compare") if number != rest[1] else "="
    if operator not in {">", ">=", "<", "<=", "="} or number is None:
        return clause, None
    behind = items[number + 1].text if number + 1 in rest else ""
    if behind in _UNREAD or (behind in _SHARES and clause.together):
        return None
    amount = (items[number].number or 0) * _DAYS.get(behind, 1)
    last = _last(items, number, rest[-1])
    told = clause.told | {at for at in clause.after if at <= last}
    after = tuple(at for at in clause.after if at > last)
    margin = Margin(
        amount, cast("plan.Operator", operator), behind in _SHARES, days=behind in _DAYS
    )
    return replace(clause, told=told, after=after), margin


def _last(items: Sequence[Item], number: int, end: int) -> int:
    """Return where a margin ends: "by 5 km", "by at least 200, either way"."""
    follows = items[number + 1] if number < end else items[number]
    unit = follows.kind == "word" and follows.text not in _JOINTS | FUNCTION_WORDS
    last = number + (unit or follows.text in _SHARES)
    start = skip_words(items, last + 1, {","})
    for way in _WAYS:
        stop = start + len(way)
        if tuple(item.text for item in items[start:stop]) == way and stop - 1 <= end:
            return stop - 1
    return last


def _with_factor(items: Sequence[Item], clause: Clause) -> tuple[Clause, Margin] | None:
    """Read "above twice the limit in B" and "at most 50 % of the limit in B"."""
    right = clause.right
    if len(right) < 2 or clause.in_time is not False or clause.together:
        return None
    first, second = items[right[0]], items[right[1]]
    factor, told = _FACTORS.get(first.text), 1
    if first.number is not None and second.text in {*_SHARES, "times"}:
        factor, told = first.number, 2
    if factor is None:
        return None
    told += skip_words([items[at] for at in right[told:]], 0, _OF)
    share = second.text in _SHARES and first.number is not None
    gone = frozenset(right[:told])
    margin = Margin(factor, clause.operator, share, factor=True)
    return replace(clause, right=right[told:], told=clause.told | gone), margin


def within_rounding(operator: plan.Operator, column: Column) -> Margin | None:
    """Return the margin of a sum of floating numbers: it never equals a total to the last digit."""
    floats = column.type.lower().startswith(_FLOATING)
    return _CENTS if operator == "!=" and floats else None


def apart(
    left: plan.Expression,
    operator: plan.Operator,
    right: plan.Expression | plan.Query,
    margin: Margin,
) -> plan.Condition:
    """Return that ``left`` is so far above the right side, below it, or either."""
    amount = plan.Constant(margin.amount)
    if not isinstance(right, plan.Query):
        if margin.factor:
            return _times(left, operator, right, margin)
        if margin.share:
            return _share_apart(left, operator, right, margin)
        if margin.days:
            return _days_apart(left, operator, right, margin)
    above = plan.Compare(plan.Arithmetic("-", left, amount), margin.operator, right)
    below = plan.Compare(plan.Arithmetic("+", left, amount), mirrored(margin.operator), right)
    return _either(operator, above, below, _unlike(left, operator, right, margin))


def _unlike(
    left: plan.Expression,
    operator: plan.Operator,
    right: plan.Expression | plan.Query,
    margin: Margin,
) -> plan.Condition | None:
    """Return that values differ at all, where they may be no more than so far apart."""
    return plan.Compare(left, operator, right) if margin.operator in {"<", "<="} else None


def _times(
    left: plan.Expression, operator: plan.Operator, right: plan.Expression, margin: Margin
) -> plan.Condition:
    """Return that ``left`` compares so with the right side taken so many times."""
    sides = (right, left) if margin.of_left else (left, right)
    one, other = sides
    taken = plan.Arithmetic("*", other, plan.Constant(margin.amount))
    one = plan.Arithmetic("*", one, plan.Constant(100)) if margin.share else one
    return plan.Compare(one, mirrored(operator) if margin.of_left else operator, taken)


def _days_apart(
    left: plan.Expression, operator: plan.Operator, right: plan.Expression, margin: Margin
) -> plan.Condition:
    """Return that ``left`` is so many days later than the right side, earlier, or either."""
    assert isinstance(left, plan.ColumnRef)
    assert isinstance(right, plan.ColumnRef)
    amount = plan.Constant(margin.amount)
    above, below = (
        plan.Compare(plan.DaysBetween(*pair), margin.operator, amount)
        for pair in ((left, right), (right, left))
    )
    return _either(operator, above, below, _unlike(left, operator, right, margin))


def _share_apart(
    left: plan.Expression, operator: plan.Operator, right: plan.Expression, margin: Margin
) -> plan.Condition:
    """Return that ``left`` is so many percent of the right side above it, below it, or either."""
    whole = left if margin.of_left else right
    least = plan.Arithmetic("*", whole, plan.Constant(margin.amount))
    above, below = (
        plan.Compare(
            plan.Arithmetic("*", plan.Arithmetic("-", *pair), plan.Constant(100)),
            margin.operator,
            least,
        )
        for pair in ((left, right), (right, left))
    )
    return _either(operator, above, below, _unlike(left, operator, right, margin))


def _either(
    operator: plan.Operator,
    above: plan.Condition,
    below: plan.Condition,
    unlike: plan.Condition | None,
) -> plan.Condition:
    """Return the one that the operator asks for; both where values may be no farther apart."""
    if operator in {">", ">="}:
        found = above
    elif operator in {"<", "<="}:
        found = below
    else:
        found = plan.AnyOf((above, below)) if unlike is None else plan.All((above, below))
    return found if unlike is None else plan.All((unlike, found))
