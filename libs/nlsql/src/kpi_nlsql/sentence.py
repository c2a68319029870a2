"""A sentence under reading: its items, and what they are read against."""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans.plan import Plan
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.paths import JoinPaths
from kpi_nlsql.schema.ruleset import Ruleset

_BORDERS = frozenset({"and", "but", "or", "nor", "neither"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """Everything a grammar module may look at.

    ``linked`` are the items as the tokens were linked, before anything was put plainly or moved.
    """

    text: str
    tokens: tuple[Token, ...]
    linked: tuple[Item, ...]
    items: tuple[Item, ...]
    graph: Graph
    lexicon: Lexicon
    paths: JoinPaths
    ruleset: Ruleset | None = None
    excluded: frozenset[str] = frozenset()

    def naming_stems(self) -> frozenset[str]:
        """Return the stems of the words that may name columns: "approved" is a value of one."""
        values = [item for item in self.items if any(hit.score >= 1.0 for hit in item.values)]
        told = {at for item in values for at in range(item.start, item.end)}
        return frozenset(t.stem for at, t in enumerate(self.tokens) if at not in told)

    def clause_stems(self, position: int) -> frozenset[str]:
        """Return the stems of the words that may name columns in the clause around an item."""
        first = next((at + 1 for at in range(position, -1, -1) if self._is_border(at)), 0)
        ends = (at for at in range(position + 1, len(self.items)) if self._is_border(at))
        items = self.items[first : next(ends, len(self.items))]
        told = {at for item in items for at in range(item.start, item.end)}
        return frozenset(self.tokens[at].stem for at in told) & self.naming_stems()

    def _is_border(self, position: int) -> bool:
        item = self.items[position]
        return item.kind == "mark" or item.text in _BORDERS or item.is_cue("relative")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to read the sentence. ``used`` holds the positions of the items it accounts for."""

    plan: Plan
    kind: str
    operation: str
    explanation: str
    source_table: str | None = None
    target_table: str | None = None
    joined_columns: tuple[tuple[str, str], ...] = ()
    used: frozenset[int] = frozenset()
    features: dict[str, float] = field(default_factory=dict)
    alternatives: tuple[Candidate, ...] = ()
