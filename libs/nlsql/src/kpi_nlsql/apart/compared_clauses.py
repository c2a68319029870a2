"""Compared clauses: what a clause says of the rows of a comparison, read with a noun before it.

That is the noun of the sentence, or else either of the two tables: only the one that has a hire
date tells which of two "drivers" were "hired before 2020". "Active in both" is said of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpi_nlsql.apart.compared_spans import Span, Spans
from kpi_nlsql.apart.parts import Part, Told, readings
from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.english.words import Token, tokenise
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import everything, queries, sources
from kpi_nlsql.sentence import Candidate, Sentence
from kpi_nlsql.wording.phrases import said

_LEAST = 0.5
_BOTH = frozenset({"both", "either"})
_PLACES = frozenset({"in", "on"})
_SYSTEMS = frozenset("system systems table tables list lists side sides file files".split())  # noqa: SIM905
_DENYING = frozenset({"not", "no", "never", "neither", "without"})
COMPARING = frozenset({"EQUALS", "NOT_EQUALS"})


@dataclass(frozen=True, slots=True)
class Sides:
    """The two tables that are compared, and the columns that are."""

    tables: frozenset[str]
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause about the rows that are compared, where it stands, and how it is read alone.

    It is read more than once where it is said of each of two tables. ``placed``: it is said of the
    very table that each reading is about.
    """

    span: Span
    told: tuple[Told, ...]
    placed: bool = False

    @property
    def score(self) -> float:
        """How sure the least sure of its readings is."""
        return min(each.score for each in self.told)


@dataclass(frozen=True, slots=True)
class Clauses:
    """Reads the clauses of a sentence that compares two sides."""

    sentence: Sentence
    reader: Reader
    found: Spans
    sides: Sides | None

    def best(self, ways: Sequence[Span]) -> Clause | None:
        """Return the first way to see a clause that is read, by the noun that it is said of."""
        if (told := next(self._of_each(ways), None)) is not None:
            return told
        by_noun = None if self.found.vague else next(self._of_noun(ways), None)
        if by_noun is not None and self._is_of_side(by_noun):
            return by_noun
        return next(self._of_table(ways), by_noun)

    def _is_of_side(self, clause: Clause) -> bool:
        """Tell whether a clause says something of rows that are compared, not of a third table."""
        of = clause.told[0].candidate.source_table
        return self.sides is None or of in self.sides.tables

    def _of_noun(self, ways: Iterable[Span]) -> Iterator[Clause]:
        for span in ways:
            if not self._of_both(span):
                told = self._filters(self._part(span, "", span.clause))
                yield from (Clause(span, (each,)) for each in told[:1])

    def _of_table(self, ways: Iterable[Span]) -> Iterator[Clause]:
        """Yield the clauses that speak of rows of one of the tables, whatever noun stands there."""
        for span in ways if self.sides is not None else ():
            assert self.sides is not None
            told = [
                each
                for table in self._named_in(span)
                for each in self._filters(self._part(span, table, span.clause))
                if self._says_own(each.candidate.plan)
            ]
            if told and not self._of_both(span):
                yield Clause(span, (max(told, key=lambda each: each.score),), placed=True)

    def _named_in(self, span: Span) -> list[str]:
        """Return the sides of which a clause may speak: it names a column or a value they have."""
        assert self.sides is not None
        said = [item for item in self.sentence.linked if item.start in span.clause]
        named = {(hit.table, hit.column) for item in said for hit in item.column_hits()}
        named |= {(hit.table, hit.column) for item in said for hit in item.values}
        held = {table for table, column in named if column not in self.sides.columns}
        return sorted(self.sides.tables & held)

    def _of_each(self, ways: Iterable[Span]) -> Iterator[Clause]:
        """Yield the clauses that are said of both tables: "that are not sold in either"."""
        for span in ways if self.sides is not None else ():
            assert self.sides is not None
            plain = self._of_both(span)
            told = [
                next(iter(self._filters(self._part(span, table, plain))), None)
                for table in (sorted(self.sides.tables) if plain else ())
            ]
            both = tuple(each for each in told if each is not None)
            tables = {each.candidate.source_table for each in both}
            if both and tables == self.sides.tables:
                yield Clause(span, both, placed=True)

    def _of_both(self, span: Span) -> range | None:
        """Return the clause without "in both systems" at its end; None if it does not end so."""
        words = [self.sentence.tokens[at].lower for at in span.clause]
        last = len(words) - (bool(words) and words[-1] in _SYSTEMS)
        if last < 2 or words[last - 1] not in _BOTH or words[last - 2] not in _PLACES:
            return None
        if words[last - 1] == "either" and not _DENYING & {*words}:
            return None  # "sold in either" is enough in one of them
        return range(span.clause.start, span.clause.start + last - 2)

    def _says_own(self, query: plan.Plan) -> bool:
        """Tell whether rows of a side are told by what they, or rows of a third table, have."""
        assert self.sides is not None
        own, *inner = queries(query)
        related = {source.table for select in inner for source in sources(select)}
        if own.joins or related & self.sides.tables or any(select.group for select in inner):
            return False
        refs = {each.column for each in everything(own.where) if isinstance(each, plan.ColumnRef)}
        return own.source.table in self.sides.tables and not refs & self.sides.columns

    def _filters(self, part: Part) -> list[Told]:
        told = readings(self.sentence, part, self.reader)
        return [each for each in told if each.score >= _LEAST and _is_filter(each.candidate)]

    def _part(self, span: Span, table: str, clause: range | None) -> Part:
        """Return a clause with its noun before it: the name of the table if there is one."""
        tokens, noun = self.sentence.tokens, self.found.noun
        places = [*range(noun.start, max(noun.stop, span.noun_end))]
        told: list[Token] = [tokens[at] for at in places]
        if table:
            told = said([part.text for part in tokenise(table)], tokens[noun.start])
            places = [noun.start] * len(told)
        if span.lead:
            places.append(span.clause.start)
            told += said((span.lead,), tokens[span.clause.start])
        within = clause or range(0)
        return Part((*told, *(tokens[at] for at in within)), (*places, *within))


def _is_filter(candidate: Candidate) -> bool:
    query = candidate.plan
    if not isinstance(query, plan.Query) or candidate.operation in COMPARING | {"DUPLICATE"}:
        return False
    bare = not query.group and query.limit is None and query.having is None
    return bare and query.source.query is None and query.where is not None
