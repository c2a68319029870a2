"""Margin: "exceeds the invoiced amount by more than 5", how far apart two values must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan

_SHARES = frozenset({"%", "percent", "percentage", "per"})
_MORE: dict[str, plan.Operator] = {">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True)
class Margin:
    """By how much, and whether more than that or at least that."""

    amount: float | int
    operator: plan.Operator


def with_margin(items: Sequence[Item], clause: Clause) -> tuple[Clause, Margin | None] | None:
    """Tell apart by how much the values differ; None where it is a share of them."""
    rest = [at for at in clause.after if items[at].text != ","]
    if len(rest) < 3 or items[rest[0]].text != "by":
        return clause, None
    operator = _MORE.get(items[rest[1]].argument("compare"))
    amount = items[rest[2]].number
    if operator is None or amount is None:
        return clause, None
    if len(rest) > 3 and items[rest[3]].text in _SHARES:
        return None
    told = clause.told | set(rest[:3])
    after = tuple(at for at in clause.after if at > rest[2])
    return replace(clause, told=told, after=after), Margin(amount, operator)


def apart(
    left: plan.Expression,
    operator: plan.Operator,
    right: plan.Expression | plan.Query,
    margin: Margin,
) -> plan.Condition:
    """Return that ``left`` is so far above the right side, below it, or either."""
    amount = plan.Constant(margin.amount)
    less: plan.Operator = "<" if margin.operator == ">" else "<="
    above = plan.Compare(plan.Arithmetic("-", left, amount), margin.operator, right)
    below = plan.Compare(plan.Arithmetic("+", left, amount), less, right)
    if operator in {">", ">="}:
        return above
    return below if operator in {"<", "<="} else plan.AnyOf((above, below))
