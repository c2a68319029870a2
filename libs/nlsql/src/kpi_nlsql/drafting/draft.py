"""The draft: what the grammar has understood, before columns are chosen and tables joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.plans.plan import Operator

TermKind = Literal[
    "compare", "between", "value", "like", "null", "exists", "count", "recent", "period"
]
Sign = Literal["+", "-", "*", "/"]
SIGNS: dict[str, Sign] = {
    "plus": "+", "+": "+", "minus": "-", "less": "-", "times": "*", "*": "*", "x": "*",
}  # fmt: skip
"""What stands between two amounts that are taken together."""

MAIN = 0
"""The scope of what holds for the rows asked for; other scopes are nested or negated."""


@dataclass(slots=True)
class Ref:
    """A mention of a column, maybe one of several; ``near`` is the table the syntax suggests.

    One that is ``implied`` is named by no word: "in 2024" speaks of some date.
    """

    position: int
    hits: tuple[NameHit, ...]
    near: str | None = None
    choice: tuple[str, str] | None = None
    implied: bool = False

    @property
    def chosen(self) -> tuple[str, str]:
        """The table and column chosen. Raises ValueError before the choice."""
        if self.choice is None:
            raise ValueError("the reference is not resolved yet")
        return self.choice


def chosen_ref(position: int, table: str, column: str) -> Ref:
    """Return a reference to the one column that is meant by what is said at a position."""
    return Ref(position, (NameHit(table, column, 1.0),), table, (table, column))


@dataclass(slots=True)
class Formula:
    """What a column and another come to: "cash plus card"."""

    operator: Sign
    other: Ref


@dataclass(slots=True)
class Wanted:
    """An output: a column, an aggregate of it, or (``table``) the rows or the name of an entity.

    With a ``formula``, the column is taken together with another.
    """

    position: int
    ref: Ref | None = None
    function: str | None = None
    distinct: bool = False
    table: str | None = None
    formula: Formula | None = None


@dataclass(slots=True)
class Term:
    """A condition. ``count`` compares how many rows of ``table`` (values of ``ref``) there are.

    An average compared with is taken over the rows that have what ``peers`` name in common with
    the row at hand, and over those that the scope ``among`` describes. ``summed`` tells that the
    column is to be added up where each row shown has several of it.
    """

    kind: TermKind
    position: int
    ref: Ref | None = None
    operator: Operator = "="
    values: tuple[str | int | float, ...] = ()
    hits: tuple[ValueHit, ...] = ()
    negated: bool = False
    scope: int = MAIN
    table: str | None = None
    function: str | None = None
    like: Literal["contains", "starts", "ends"] = "contains"
    against: Literal["value", "average", "extreme", "column", "days"] = "value"
    other: Ref | None = None
    joined_by_or: bool = False
    also_denied: bool = False
    """Whether it is denied with the one before: both of "not in Home or Garden"."""
    widely_joined: bool = False
    of_both: bool = False
    """Whether it is the second of "both A and B", which no row can be at once."""
    near: str | None = None
    adjacent: bool = False
    toward: Literal["origin", "destination"] | None = None
    peers: tuple[tuple[NameHit, ...], ...] = ()
    among: int | None = None
    summed: bool = False


@dataclass(slots=True)
class Sorting:
    """A sort key: a column, an aggregate of it, or how many rows of ``table`` there are.

    ``summed`` tells that the column is to be added up where each row shown has several of it.
    A ``formula`` takes the column together with another.
    """

    position: int
    ref: Ref | None = None
    function: str | None = None
    table: str | None = None
    descending: bool = False
    summed: bool = False
    formula: Formula | None = None


@dataclass(slots=True)
class Group:
    """What rows are put together by: a column (or its ``period``), or each row of an entity."""

    position: int
    ref: Ref | None = None
    table: str | None = None
    explicit: bool = True
    period: Literal["year", "quarter", "month", "day"] | None = None


@dataclass(slots=True)
class Pick:
    """The first ``limit`` rows of ``table`` by a column, of those that have the keys in common."""

    ref: Ref
    table: str
    keys: tuple[tuple[NameHit, ...], ...]
    descending: bool
    limit: int = 1


@dataclass(slots=True)
class Draft:
    """Everything understood so far. ``used`` holds the positions of the items accounted for.

    ``contrasted`` are the denied scopes set against what was said before ("… but no …").
    """

    wanted: list[Wanted] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    sorting: list[Sorting] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    entities: list[tuple[int, str]] = field(default_factory=list)
    limit: int | None = None
    pick: Pick | None = None
    distinct: bool = False
    whole_rows: bool = False
    negative_scopes: set[int] = field(default_factory=set)
    contrasted: set[int] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    notes: dict[str, float] = field(default_factory=dict)

    def refs(self) -> list[Ref]:
        """Return every column reference, in the order of the sentence."""
        found = [w.ref for w in self.wanted] + [t.ref for t in self.terms]
        found += [w.formula.other for w in self.wanted if w.formula]
        found += [t.other for t in self.terms] + [s.ref for s in self.sorting]
        found += [g.ref for g in self.groups]
        found += [self.pick.ref] if self.pick else []
        unique = {id(ref): ref for ref in found if ref is not None}
        return sorted(unique.values(), key=lambda ref: ref.position)

    def shown(self) -> list[NameHit]:
        """Return the likeliest column of each output that is a column, or is made of one."""
        return [w.ref.hits[0] for w in self.wanted if w.ref is not None and w.ref.hits]

    def note(self, name: str, amount: float = 1.0) -> None:
        """Count something that says how sure the reading is."""
        self.notes[name] = self.notes.get(name, 0.0) + amount
