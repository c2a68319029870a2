"""The engine: a sentence and a graph go in, an answer or a refusal comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from kpi_nlsql.answer import Alternative, Answer, Operation, QueryType, Refusal
from kpi_nlsql.apart import (
    averaged_counts,
    clause_by_clause,
    compared_rows,
    either_place,
    excepted,
    grouped_counts,
    matched_by,
    ranked_differences,
    shares,
    summed_differences,
    summed_rows,
)
from kpi_nlsql.assembly.idle_parents import without_idle_parents
from kpi_nlsql.assembly.listed_keys import by_listed_key
from kpi_nlsql.assembly.own_keys import with_own_keys
from kpi_nlsql.assembly.owners_had import with_owners_had
from kpi_nlsql.assembly.spoken_keys import with_spoken_keys
from kpi_nlsql.english.words import tokenise
from kpi_nlsql.grammar import general, unions
from kpi_nlsql.grammar.contrast import reader as contrast
from kpi_nlsql.grammar.reconciling import reconcile
from kpi_nlsql.grammar.repeating import duplicates
from kpi_nlsql.judging import confidence
from kpi_nlsql.judging.leftovers import unknown_words
from kpi_nlsql.mentions.had_rows import one_of
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.plans.pairing_rows import with_other_values
from kpi_nlsql.plans.plain_differences import without_blanks
from kpi_nlsql.plans.plan import Query
from kpi_nlsql.plans.sameness import said
from kpi_nlsql.refusal import refuse
from kpi_nlsql.relinked import linked_items
from kpi_nlsql.requested import beside, figures
from kpi_nlsql.requested import reader as requested
from kpi_nlsql.requested.rows_meant import with_rows_meant
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.paths import JoinPaths
from kpi_nlsql.schema.ruleset import Ruleset
from kpi_nlsql.sentence import Candidate, Sentence
from kpi_nlsql.wording.ignored_nulls import leaves_blanks_out
from kpi_nlsql.wording.plainly import plain_tokens

MAX_CHARACTERS = 2_000
_MOST_ALTERNATIVES = 3

Reader = Callable[[Sentence], Iterator[Candidate]]
_PLAIN: tuple[Reader, ...] = (reconcile.read, unions.read, duplicates.read, general.read)
_READERS: tuple[Reader, ...] = (contrast.read, *_PLAIN)
"""Contrasts list what they show themselves: each column is of one of two sides."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a sentence is read.

    ``excluded_fields`` are never used for joins; ``limit`` bounds the rows of the SQL;
    ``minimum_confidence`` (0..1) is the least with which an answer is given.
    """

    excluded_fields: tuple[str, ...] = ()
    limit: int | None = None
    minimum_confidence: float = confidence.DEFAULT_MINIMUM


class Engine:
    """Reads sentences over one graph. Read-only once built; safe to share between threads."""

    def __init__(self, graph: Graph, ruleset: Ruleset | None = None) -> None:
        self.graph = graph
        self.ruleset = ruleset
        self.lexicon = Lexicon(graph)
        self._paths = JoinPaths(graph)

    def read(self, sentence: str, options: ReadOptions | None = None) -> Answer | Refusal:
        """Return the best reading of a sentence, or a refusal. Never raises, whatever the text."""
        options = options or ReadOptions()
        if not sentence.strip():
            return Refusal(sentence, "The sentence is empty.")
        if len(sentence) > MAX_CHARACTERS:
            return Refusal(sentence, f"The sentence is longer than {MAX_CHARACTERS} characters.")
        linked = self.link(sentence, options)
        judged = confidence.rank(linked, candidates(linked))
        ranked = _told_once(
            (score, self._with_other_values(linked, each)) for score, each in judged
        )
        if not ranked or ranked[0][0] < options.minimum_confidence:
            likeliest = ranked[:_MOST_ALTERNATIVES]
            read = ranked[0][1].used if ranked else frozenset()
            return refuse(linked, [_alternative(*pair) for pair in likeliest], read)
        return self._answer(linked, ranked, options)

    def link(self, text: str, options: ReadOptions) -> Sentence:
        """Return the sentence with its tokens linked to the graph, ready for the grammar."""
        graph, lexicon = self.graph, self.lexicon
        tokens = plain_tokens(tokenise(text), lexicon)
        linked, items = linked_items(tokens, graph, lexicon)
        excluded = frozenset(field.lower() for field in options.excluded_fields)
        paths = JoinPaths(graph, excluded) if excluded else self._paths
        return Sentence(text, tokens, linked, items, graph, lexicon, paths, self.ruleset, excluded)

    def _with_other_values(self, sentence: Sentence, candidate: Candidate) -> Candidate:
        """Return rows that differ with the other table's values: nobody looks at one side alone."""
        if candidate.operation != "NOT_EQUALS":
            return candidate
        if leaves_blanks_out(tokenise(sentence.text)):
            told = f"{candidate.explanation}, leaving out what is empty on one side"
            query = without_blanks(candidate.plan)
            candidate = replace(candidate, plan=query, explanation=told)
        if one_of(sentence.items, candidate.target_table or ""):
            return candidate
        return replace(candidate, plan=with_other_values(candidate.plan, self.graph))

    def _answer(
        self, sentence: Sentence, ranked: list[tuple[float, Candidate]], options: ReadOptions
    ) -> Answer:
        score, best = ranked[0]
        return Answer(
            sentence=sentence.text,
            plan=best.plan,
            explanation=best.explanation + ".",
            confidence=score,
            sql_query_type=_query_type(best),
            operation=cast("Operation", best.operation),
            source_table=best.source_table,
            target_table=best.target_table,
            joined_columns=best.joined_columns,
            alternatives=tuple(_alternative(*pair) for pair in ranked[1 : 1 + _MOST_ALTERNATIVES]),
            unknown_words=unknown_words(sentence, best),
            limit=options.limit,
            _graph=self.graph,
        )


def _told_once(ranked: Iterable[tuple[float, Candidate]]) -> list[tuple[float, Candidate]]:
    """Return the readings without those that say the same as one before them."""
    told: dict[object, tuple[float, Candidate]] = {}
    for score, candidate in ranked:
        told.setdefault(said(candidate.plan), (score, candidate))
    return list(told.values())


def candidates(sentence: Sentence) -> Iterable[Candidate]:
    """Return every reading of a sentence."""
    shared = shares.read(sentence, candidates)
    if shared is not None:
        return shared
    if without := list(excepted.read(sentence, candidates)):
        return without
    matched = list(matched_by.read(sentence, _readings))
    whole = [*(matched or _readings(sentence)), *grouped_counts.read(sentence, _readings)]
    whole += summed_rows.read(sentence, _readings)
    whole += summed_differences.read(sentence, _readings)
    whole += ranked_differences.read(sentence, _readings)
    whole += averaged_counts.read(sentence, _readings)
    whole = compared_rows.beside(sentence, candidates, whole)
    whole += either_place.read(sentence, candidates)
    clauses = [] if matched else list(clause_by_clause.read(sentence, candidates, whole))
    return clauses or whole


def _readings(sentence: Sentence) -> Iterator[Candidate]:
    if told := [*beside.read(sentence, _PLAIN), *figures.read(sentence, _PLAIN)]:
        yield from told
        return
    plainly = [candidate for reader in _READERS for candidate in reader(sentence)]
    for candidate in (*plainly, *requested.read(sentence, _PLAIN, plainly)):
        yield with_spoken_keys(sentence, _plainest(sentence, candidate))


def _plainest(sentence: Sentence, candidate: Candidate) -> Candidate:
    if candidate.kind != "general" or not isinstance(candidate.plan, Query):
        return candidate
    query = without_idle_parents(candidate.plan, sentence)
    query = by_listed_key(sentence, with_own_keys(query, sentence.graph))
    query = with_owners_had(query, sentence)
    if not candidate.features.get("requested"):
        query = with_rows_meant(sentence, query)
    if query == candidate.plan:
        return candidate
    return replace(candidate, plan=query, explanation=explain(query))


def _alternative(score: float, candidate: Candidate) -> Alternative:
    return Alternative(candidate.explanation + ".", candidate.plan, score)


def _query_type(candidate: Candidate) -> QueryType:
    if candidate.kind == "reconcile":
        return "COMPARISON_QUERY"
    if candidate.operation == "DUPLICATE":
        return "DUPLICATE_QUERY"
    return "AGGREGATE_QUERY" if candidate.operation == "AGGREGATE" else "DATA_QUERY"
