"""Excepted rows: several kinds of rows that are left out, or one of which several things hold.

"Shipments except the delivered ones and those from Trieste" leaves out two kinds, and "except
delivered ones from Trieste" one: each kind is read alone, as rows, and none of them is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.apart.clause_by_clause import told_until
from kpi_nlsql.apart.parts import Part, Told, readings, used
from kpi_nlsql.apart.rest_read import Reader
from kpi_nlsql.apart.said_of import said_of
from kpi_nlsql.apart.splits import (
    ARTICLES,
    AUXILIARIES,
    NAMES_HALF,
    NAMES_TABLE,
    excepts,
    subject_of,
)
from kpi_nlsql.english.words import Token, tokenise
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, skip_words_back, text_at
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.plans.plan_walk import moved
from kpi_nlsql.sentence import Candidate, Sentence
from kpi_nlsql.wording.phrases import said

_LEAST = 0.5
_TWO = 2
_PUT_IN = -1
"""The place of words that are put in."""
_LISTING = frozenset({",", "and", "or", "nor"})
_ROWS = frozenset({"those", "ones"})
_OPENING = frozenset({"the", "all", "any", "those", "ones"})
_ENDING = ("group", "order", "show")
_DENYING = ("not", "missing")
_TELLING = frozenset({"mention", "number", "quoted"})

_HEARD = ("comparison_unread", "contrast_unread", "negation_unread")
"""Doubts about words that deny: those of an exception are heard, whatever became of them."""

_Placed = list[tuple[Token, int]]
"""Tokens with their places in the sentence."""


def read(sentence: Sentence, reader: Reader) -> Iterator[Candidate]:
    """Yield the reading of the rest without the rows of any kind that is excepted."""
    items = [item for item in sentence.linked if item.start < told_until(sentence)]
    at = next((at for at in range(1, len(items)) if excepts(items[at])), None)
    if at is None or _compares(items, at):
        return
    end = _end(items, at + 1)
    gone = range(items[at].start, items[end - 1].end)
    kept = [place for place in range(len(sentence.tokens)) if place not in gone]
    rest = _first(sentence, _part(_placed(sentence, kept)), reader)
    if rest is None:
        return
    assert isinstance(rest.candidate.plan, plan.Query)
    compared = rest.candidate.operation in {"EQUALS", "NOT_EQUALS"}
    found = _Excepted(sentence, items, at, end, rest.candidate.plan, compared)
    query, kinds = found.left(reader)
    if not kinds:
        return
    yield replace(
        rest.candidate,
        operation="FILTER" if rest.candidate.operation == "LIST" else rest.candidate.operation,
        plan=query,
        explanation=explain(query),
        used=used(sentence, gone, [rest, *kinds]) - _unread(sentence, gone, kinds),
        features=rest.candidate.features | dict.fromkeys(_HEARD, 0.0),
    )


def _compares(items: Sequence[Item], at: int) -> bool:
    """Tell whether a column is compared: "with a team other than Alpha or Beta"."""
    return items[at].text == "other than" and items[at - 1].best_column() >= NAMES_HALF


@dataclass(frozen=True, slots=True)
class _Excepted:
    """Where kinds of the rows of a query are told that are left out of it."""

    sentence: Sentence
    items: Sequence[Item]
    at: int
    end: int
    query: plan.Query
    compared: bool
    """Whether rows of two tables are compared: a clause may be about either."""

    def left(self, reader: Reader) -> tuple[plan.Query, list[Told]]:
        """Return the query without the kinds, and how these were read; none if not all were."""
        kinds, query, read = list(self._kinds()), self.query, list[Told]()
        if len(kinds) == 1 and not self.compared and self._is_plain(kinds[0]):
            return query, []
        for kind in kinds:
            told = _first(self.sentence, self._alone(kind), reader)
            terms = _terms(self.sentence, query, told.candidate.plan) if told is not None else []
            if told is None or not terms:
                return query, []
            denied = terms if self._is_own_value(kind) else [_denied(terms)]
            query = replace(query, where=plan.all_of([*plan.conjuncts(query.where), *denied]))
            read.append(told)
        return query, read

    def _kinds(self) -> Iterator[range]:
        """Yield the kinds: a further one begins with a noun, or with what stands for one."""
        opened, items = self.at + 1, self.items
        for at in range(opened, self.end):
            behind = skip_words(items, at, _LISTING)
            further = behind > at >= opened and behind < self.end
            if further and (_opens_kind(items, behind) or self._names_rows(items[behind])):
                yield range(opened, at)
                opened = behind
        yield range(opened, self.end)

    def _is_plain(self, kind: range) -> bool:
        """Tell whether one thing alone is said of the rows left out: no clause apart is needed."""
        told = [self.items[at] for at in kind if not self._names_rows(self.items[at])]
        things = sum(item.kind in _TELLING for item in told)
        if self._is_bare(kind):
            told_of = things >= _TWO and self._adds_up()  # "quantity …, excluding open orders"
            return self._is_own_value(kind) or told_of
        lacking = any(self.items[at].is_cue(cue) for at in kind for cue in _DENYING)
        return things < _TWO and not lacking

    def _adds_up(self) -> bool:
        shown = [output.expression for output in self.query.outputs]
        return any(isinstance(each, plan.Aggregate) and each.function != "count" for each in shown)

    def _is_own_value(self, kind: range) -> bool:
        """Tell whether the rows have the value: not so "employees excluding Engineering"."""
        held = [{value.table for value in self.items[at].values} for at in kind]
        others = any(held) and not any(self.query.source.table in tables for tables in held)
        return self._is_bare(kind) and not others

    def _is_bare(self, kind: range) -> bool:
        """Tell whether values alone say which kind it is: "except the accepted, the rejected"."""
        told = [self.items[at] for at in kind]
        return not any(item.text in _ROWS or self._names_rows(item) for item in told)

    def _names_rows(self, item: Item) -> bool:
        named = item.best_table() >= NAMES_TABLE and not item.values
        return named and item.table_hits()[0].table == self.query.source.table

    def _alone(self, kind: range) -> Part:
        """Return what tells a kind alone: "delivered shipments", "shipments from Trieste".

        "The accepted" are told as "messages except the accepted": one value left out is read.
        """
        noun, items = self._noun(), self.items
        if self._is_own_value(kind):
            return _part([*noun, *self._told(range(self.at, self.at + 1)), *self._told(kind)])
        if self._is_bare(kind):
            return _part([*noun, *self._put_in(("of",)), *self._told(kind)])
        start = skip_words(items, kind.start, {"the", "all", "any"})
        told: _Placed = []
        for at in range(start, skip_words_back(items, kind.stop - 1, _LISTING) + 1):
            again = items[at].text in _ROWS and noun[0] not in told
            told += noun if again else self._told(range(at, at + 1))
        return _part(told)

    def _noun(self) -> _Placed:
        """Return the words for the rows: the noun of the sentence, or else what they are called.

        "Total weight per status" speaks of shipments, and names none.
        """
        items, subject = self.items, subject_of(self.items[: self.at])
        if self.compared:
            return self._put_in([part.text for part in tokenise(self.query.source.table)])
        if subject is None or not self._names_rows(items[subject]):
            table = self.sentence.graph.table(self.query.source.table)
            return self._put_in(next(iter(table.display_names)).split())
        place = skip_words(items, subject + 2, ARTICLES)
        placed = text_at(items, subject + 1) == "in" and place < self.at
        held = placed and items[place].best_table() >= NAMES_TABLE and not items[place].values
        return self._told(range(subject, (place if held else subject) + 1))

    def _told(self, places: range) -> _Placed:
        tokens = range(self.items[places.start].start, self.items[places.stop - 1].end)
        return _placed(self.sentence, tokens)

    def _put_in(self, words: Sequence[str]) -> _Placed:
        return [(token, _PUT_IN) for token in said(words, self.sentence.tokens[0])]


def _end(items: Sequence[Item], start: int) -> int:
    """Return where nothing more is excepted: at a mark, or where groups or an order are told."""
    for at in range(start, len(items)):
        closes = items[at].kind == "mark" and items[at].text not in {"'", '"', "="}
        if closes and not (items[at].text == "," and _opens_kind(items, at + 1)):
            return at
        if any(map(items[at].is_cue, _ENDING)):
            return at
        if items[at].text in _LISTING and text_at(items, at + 1) in AUXILIARIES:
            return at  # "except the closed ones and are from Lille"
    return len(items)


def _opens_kind(items: Sequence[Item], at: int) -> bool:
    noun = skip_words(items, at, _OPENING)
    return noun > at or (at < len(items) and bool(items[at].values))


def _placed(sentence: Sentence, places: Sequence[int]) -> _Placed:
    return [(sentence.tokens[at], at) for at in places]


def _part(told: _Placed) -> Part:
    return Part(tuple(token for token, _ in told), tuple(place for _, place in told))


def _first(sentence: Sentence, part: Part, reader: Reader) -> Told | None:
    """Return the likeliest reading of a part, if it is sure enough and one query."""
    told = next(readings(sentence, part, reader), None)
    if told is None or told.score < _LEAST or not isinstance(told.candidate.plan, plan.Query):
        return None
    return told


def _terms(sentence: Sentence, query: plan.Query, further: plan.Plan) -> list[plan.Condition]:
    """Return what a kind is told by, as conditions on the rows that a query reads."""
    if not isinstance(further, plan.Query) or further.group or further.limit is not None:
        return []
    if further.source.table != query.source.table:
        for step in query.joins:
            if step.source.table == further.source.table and not further.joins:
                alone = plan.conjuncts(further.where)
                return [moved(term, further.source.alias, step.source.alias) for term in alone]
    return said_of(sentence, query, further)


def _denied(terms: list[plan.Condition]) -> plan.Condition:
    """Return that not all of some conditions hold."""
    term = plan.all_of(terms)
    assert term is not None
    if isinstance(term, plan.Compare) and term.operator == "=":
        return replace(term, operator="!=")
    return term.term if isinstance(term, plan.Not) else plan.Not(term)


def _unread(sentence: Sentence, gone: range, kinds: Sequence[Told]) -> frozenset[int]:
    """Return the items of the exception that the readings of its kinds leave out."""
    heeded = used(sentence, (), kinds)
    return frozenset(
        at
        for at, item in enumerate(sentence.items)
        if item.start in gone and item.kind in _TELLING and at not in heeded
    )
