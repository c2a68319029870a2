"""Margin: "exceeds the invoiced amount by more than 5", how far apart two values must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Column

_SHARES = frozenset({"%", "percent"})
_UNREAD = frozenset({"percentage", "per"})
_MORE: dict[str, plan.Operator] = {">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True)
class Margin:
    """By how much, and whether more than that or at least that; ``share``: of the right side."""

    amount: float | int
    operator: plan.Operator
    share: bool = False


_CENTS = Margin(0.005, ">")
_FLOATING = ("real", "float", "double")


def with_margin(items: Sequence[Item], clause: Clause) -> tuple[Clause, Margin | None] | None:
    """Tell apart by how much the values differ; None where it is a share of sums."""
    rest = [at for at in clause.after if items[at].text != ","]
    if len(rest) < 3 or items[rest[0]].text != "by":
        return clause, None
    operator = _MORE.get(items[rest[1]].argument("compare"))
    amount = items[rest[2]].number
    if operator is None or amount is None:
        return clause, None
    behind = items[rest[3]].text if len(rest) > 3 else ""
    share = behind in _SHARES
    if behind in _UNREAD or (share and clause.together):
        return None
    last = rest[2 + share]
    told = clause.told | {at for at in rest if at <= last}
    after = tuple(at for at in clause.after if at > last)
    return replace(clause, told=told, after=after), Margin(amount, operator, share)


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
    if margin.share and not isinstance(right, plan.Query):
        return _share_apart(left, operator, right, margin)
    less: plan.Operator = "<" if margin.operator == ">" else "<="
    above = plan.Compare(plan.Arithmetic("-", left, amount), margin.operator, right)
    below = plan.Compare(plan.Arithmetic("+", left, amount), less, right)
    return _either(operator, above, below)


def _share_apart(
    left: plan.Expression, operator: plan.Operator, right: plan.Expression, margin: Margin
) -> plan.Condition:
    """Return that ``left`` is so many percent of the right side above it, below it, or either."""
    least = plan.Arithmetic("*", right, plan.Constant(margin.amount))
    above, below = (
        plan.Compare(
            plan.Arithmetic("*", plan.Arithmetic("-", *pair), plan.Constant(100)),
            margin.operator,
            least,
        )
        for pair in ((left, right), (right, left))
    )
    return _either(operator, above, below)


def _either(
    operator: plan.Operator, above: plan.Condition, below: plan.Condition
) -> plan.Condition:
    if operator in {">", ">="}:
        return above
    return below if operator in {"<", "<="} else plan.AnyOf((above, below))
