"""The plan of a query: plain data between the reading of a sentence and its SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal as Choice

from kpi_nlsql.schema.ruleset import Normalisation

AS_THEY_ARE = Normalisation()
AggregateFunction = Choice["count", "sum", "avg", "min", "max"]
Operator = Choice["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column of the source that goes by ``source`` (its alias) in this or an outer query."""

    source: str
    column: str


@dataclass(frozen=True, slots=True)
class Star:
    """All columns of a source, or of all sources where it names none."""

    source: str | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the sentence or found in the value dictionary."""

    value: str | int | float


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate function over a column, what two come to, or rows (``Star``, count only).

    The average of a ``Share`` is the percentage of the rows that meet its condition.
    """

    function: AggregateFunction
    argument: ColumnRef | Star | Arithmetic | Absolute | Share
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """100 for a row that meets a condition, 0 for one that does not."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A sum, difference, product or quotient of two expressions."""

    operator: Choice["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Absolute:
    """A number without its sign."""

    number: Expression


@dataclass(frozen=True, slots=True)
class PeriodOf:
    """The year, quarter, month or day of a date column, or (None) of today.

    One that is ``counted`` is a number, and the next period the next number: twelve months a year.
    """

    column: ColumnRef | None
    unit: Choice["year", "quarter", "month", "day"]
    counted: bool = False


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """How many days a date lies behind another."""

    later: ColumnRef
    earlier: ColumnRef


Expression = (
    ColumnRef | Star | Constant | Aggregate | Share | Arithmetic | Absolute | PeriodOf | DaysBetween
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compare:
    """``left operator right``; the right side may be a query of one value."""

    left: Expression
    operator: Operator
    right: Expression | Query


@dataclass(frozen=True, slots=True)
class Between:
    """``low <= subject <= high``."""

    subject: Expression
    low: Constant
    high: Constant


@dataclass(frozen=True, slots=True)
class OneOf:
    """The subject is one of some values."""

    subject: Expression
    values: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """The text contains, starts with or ends with another."""

    subject: Expression
    kind: Choice["contains", "starts", "ends"]
    text: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """The subject has no value."""

    subject: Expression


@dataclass(frozen=True, slots=True)
class RecentDays:
    """The date lies within the last so many days before today."""

    subject: Expression
    days: int


@dataclass(frozen=True, slots=True)
class Match:
    """Two columns are alike after normalisation (the join condition of a reconciliation)."""

    left: ColumnRef
    right: ColumnRef
    normalisation: Normalisation = AS_THEY_ARE


@dataclass(frozen=True, slots=True)
class InQuery:
    """The subject is among the values of a query of one column."""

    subject: Expression
    query: Query | SetQuery


@dataclass(frozen=True, slots=True)
class Exists:
    """The (usually correlated) query has a row."""

    query: Query


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    term: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Every term holds."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one term holds."""

    terms: tuple[Condition, ...]


Condition = (
    Compare | Between | OneOf | Like | IsNull | RecentDays | Match | InQuery | Exists | Not
    | All | AnyOf
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A table (or a query over it) in a FROM clause, under an alias unique in the whole plan."""

    table: str
    alias: str
    query: Query | SetQuery | None = None


@dataclass(frozen=True, slots=True)
class JoinStep:
    """A further source, inner-joined (or left-joined) on conditions."""

    source: Source
    on: tuple[Condition, ...]
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """An output column, under a name where it is not plainly a column."""

    expression: Expression
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A sort key."""

    expression: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT."""

    outputs: tuple[Output, ...]
    source: Source
    joins: tuple[JoinStep, ...] = ()
    where: Condition | None = None
    group: tuple[Expression, ...] = ()
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class SetQuery:
    """Two queries of like columns put together."""

    operator: Choice["union", "intersect", "except"]
    left: Query | SetQuery
    right: Query | SetQuery
    order: tuple[Order, ...] = field(default=())


Plan = Query | SetQuery


def all_of(terms: list[Condition]) -> Condition | None:
    """Return the conjunction of the terms: None of none, the term itself of one."""
    if not terms:
        return None
    return terms[0] if len(terms) == 1 else All(tuple(terms))


def conjuncts(where: Condition | None) -> tuple[Condition, ...]:
    """Return the conditions that must all hold: none of None, a single one alone."""
    if where is None:
        return ()
    return where.terms if isinstance(where, All) else (where,)


def parts(term: Condition | None) -> Iterator[Condition]:
    """Yield the conditions that a condition is made of, whether they are asked for or denied."""
    if isinstance(term, All | AnyOf):
        for part in term.terms:
            yield from parts(part)
    elif isinstance(term, Not):
        yield from parts(term.term)
    elif term is not None:
        yield term
