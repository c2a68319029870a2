"""Composing: a sentence about described rows, and the SQL of which each gives the rows meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from random import Random
from typing import TypeVar

from .words import Condition, Link, Pair, Vocabulary, Words, article

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Composed:
    """A sentence of a family, and queries (SQLite) of which one gives the rows that it means."""

    family: str
    sentence: str
    meant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """Rows of a table: what they are is said before and behind their noun.

    A ``clause`` behind both says more: "that are not in SAP" or "without an invoice"; ``more`` is
    what it means, as conditions on the alias s.
    """

    words: Words
    before: str = ""
    behind: str = ""
    told: tuple[Condition, ...] = ()
    clause: str = ""
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The noun with all that is said of it."""
        return " ".join(filter(None, (self.before, self.words.many, self.behind, self.clause)))

    @property
    def one(self) -> str:
        """One of the rows, without an article."""
        return " ".join(filter(None, (self.before, self.words.one, self.behind)))

    @property
    def rows(self) -> str:
        """The rows, as the rest of a query from ``FROM`` on."""
        conditions = [*(condition.over("s") for condition in self.told), *self.more]
        return f"FROM {self.words.table} s WHERE {' AND '.join(conditions) or '1'}"

    def saying(self, clause: str, *more: str) -> Described:
        """Return the rows of which a clause says more."""
        return replace(self, clause=clause, more=more)


_LACKING = (
    "which are not in {place}",
    "that are missing from {place}",
    "not found in {place}",
    "that do not exist in {place}",
    "absent from {place}",
    "that are not present in {place}",
    "without {a_one}",
    "that have no {many}",
    "with no matching {one}",
    "for which there is no {one}",
    "that do not have {a_one}",
    "without any {many}",
)
_HAVING = (
    "which are also in {place}",
    "that exist in {place}",
    "found in {place}",
    "that are present in {place}",
    "with {a_one}",
    "that have {a_one}",
    "that have {many}",
    "with at least one {one}",
    "for which there is {a_one}",
)
_BOTH = (
    ("with {a_one} but without {other_a_one}", False, True),
    ("that have {a_one} but no {other_one}", False, True),
    ("that have {a_one} but are not in {other_place}", False, True),
    ("without {a_one} and without {other_a_one}", True, True),
    ("with neither {a_one} nor {other_a_one}", True, True),
    ("that are neither in {place} nor in {other_place}", True, True),
    ("with both {a_one} and {other_a_one}", False, False),
)
_OFTEN = (
    ("with more than {n} {many}", ">"),
    ("that have more than {n} {many}", ">"),
    ("with at least {n} {many}", ">="),
    ("with exactly {n} {many}", "="),
    ("with {n} or more {many}", ">="),
)
_DIFFERING = (
    "whose {name} differs from {place}",
    "whose {name} does not match {place}",
    "with a different {name} in {place}",
    "where the {name} differs between {own_place} and {place}",
    "whose {name} is different in {place}",
    "whose {name} is not the same in {place}",
)
_ORDERED = (
    ("Top {n} {rows} by {name}", "DESC"),
    ("The {n} {rows} with the highest {name}", "DESC"),
    ("Show the {n} {rows} with the lowest {name}", "ASC"),
)
_REPEATING = (
    "{rows} with the same {name}",
    "duplicate {rows} by {name}",
    "{rows} that share the same {name}",
)
_LISTED = ("Show me all {rows}", "List {rows}", "Give me the {rows}", "All {rows}", "Find {rows}")
_COUNTED = ("How many {rows} are there?", "Count the {rows}", "Number of {rows}")
_GROUPED = (
    "Number of {rows} per {name}",
    "How many {rows} are there per {name}?",
    "Show the number of {rows} for each {name}",
)
_AGGREGATED = ("What is the {word} {name} of {rows}?", "Show the {word} {name} of all {rows}")
_AGGREGATES = (("SUM", "total"), ("AVG", "average"), ("MAX", "highest"), ("MIN", "lowest"))

_ADJECTIVES, _COUNTS = 0.4, 0.4
"""How often a condition is said before the noun, and differing rows are only counted."""


class Composer:
    """Composes sentences over a database whose words are known; the same for the same random."""

    def __init__(self, words: Vocabulary, random: Random) -> None:
        self._words = words
        self._random = random

    def compose(self, count: int) -> Iterator[Composed]:
        """Yield so many sentences, as many of each family as it falls; some may come twice."""
        families: list[Callable[[], Composed | None]] = [
            self._described, self._lacking, self._having, self._in_two, self._often,
            self._differing, self._repeating, self._ordered,
        ]  # fmt: skip
        while count:
            composed = self._random.choice(families)()
            if composed is not None:
                count -= 1
                yield composed

    def _described(self) -> Composed | None:
        rows = self._subject(self._any([*self._words.tables.values()]), most=2)
        return self._asked("described", rows) if rows.told else None

    def _lacking(self) -> Composed:
        return self._linked("lacking", _LACKING, lacking=True)

    def _having(self) -> Composed:
        return self._linked("having", _HAVING, lacking=False)

    def _linked(self, family: str, phrases: tuple[str, ...], *, lacking: bool) -> Composed:
        link, phrase = self._any(self._words.links), self._any(phrases)
        other = self._words.tables[link.other]
        described = Described(other) if "place" in phrase else self._subject(other)
        clause = phrase.format(**_names(described))
        is_there = _exists(link, described, lacking=lacking)
        return self._asked(family, self._subject(self._of(link)).saying(clause, is_there))

    def _in_two(self) -> Composed | None:
        link = self._any(self._words.links)
        others = [x for x in self._words.links if x.table == link.table and x.other != link.other]
        if not others:
            return None
        other = self._any(others)
        phrase, lacks_one, lacks_other = self._any(_BOTH)
        one, two = (Described(self._words.tables[x.other]) for x in (link, other))
        names = _names(one) | {f"other_{key}": name for key, name in _names(two).items()}
        meant = _exists(link, one, lacking=lacks_one), _exists(other, two, lacking=lacks_other)
        rows = self._subject(self._of(link)).saying(phrase.format(**names), *meant)
        return self._asked("in two", rows)

    def _often(self) -> Composed | None:
        link = self._any(self._words.links)
        other = self._words.tables[link.other]
        if link.other_column == other.key:
            return None
        phrase, operator = self._any(_OFTEN)
        described, times = self._subject(other), self._random.choice((2, 3))
        counted = f"(SELECT COUNT(*) {_tied(link, described)}) {operator} {times}"
        clause = phrase.format(n=times, **_names(described))
        return self._asked("often", self._subject(self._of(link)).saying(clause, counted))

    def _differing(self) -> Composed | None:
        if not self._words.pairs:
            return None
        pair = self._any(self._words.pairs)
        own, other = self._of(pair.link), self._words.tables[pair.link.other]
        names = {"name": pair.name, "own_place": own.place, "place": other.place}
        rows = self._subject(own).saying(self._any(_DIFFERING).format(**names))
        if self._random.random() < _COUNTS:
            sentence, shown = self._any(_COUNTED), ("COUNT(*)", f"COUNT(DISTINCT s.{own.key})")
        else:
            sentence, shown = self._any(_LISTED), (f"s.{own.key}", f"DISTINCT s.{own.key}")
        return Composed("differing", sentence.format(rows=rows.text), _pairs(pair, rows, shown))

    def _repeating(self) -> Composed | None:
        words = self._any([*self._words.tables.values()])
        names = {**words.categories, **words.amounts}
        if not names:
            return None
        column, name = self._any([*names.items()])
        rows = self._subject(words)
        sentence = self._any(_REPEATING).format(rows=rows.text, name=name)
        groups = f"{rows.rows} AND s.{column} IS NOT NULL GROUP BY s.{column} HAVING COUNT(*) > 1"
        meant = (
            f"SELECT s.{column}, COUNT(*) {groups}",
            f"SELECT s.* {rows.rows} AND s.{column} IN (SELECT s.{column} {groups})",
        )
        return Composed("repeating", f"Show me all {sentence}", meant)

    def _ordered(self) -> Composed | None:
        words = self._any([*self._words.tables.values()])
        if not words.amounts:
            return None
        column, name = self._any([*words.amounts.items()])
        phrase, order = self._any(_ORDERED)
        rows, most = self._subject(words), self._random.choice((3, 5, 10))
        sentence = phrase.format(n=most, rows=rows.text, name=name)
        first = f"ORDER BY s.{column} {order} NULLS LAST LIMIT {most}"
        meant = f"SELECT s.{column} {rows.rows} {first}"
        return Composed("ordered", sentence, (meant,))

    def _asked(self, family: str, rows: Described) -> Composed:
        """Return a sentence that asks for the rows, or for what they come to."""
        asked = self._random.randrange(10)
        if asked < 2 and rows.words.categories:
            column, name = self._any([*rows.words.categories.items()])
            meant = f"SELECT s.{column}, COUNT(*) {rows.rows} GROUP BY s.{column}"
            return Composed(family, self._any(_GROUPED).format(rows=rows.text, name=name), (meant,))
        if asked < 4 and rows.words.amounts:
            column, name = self._any([*rows.words.amounts.items()])
            function, word = self._any(_AGGREGATES)
            sentence = self._any(_AGGREGATED).format(rows=rows.text, name=name, word=word)
            return Composed(family, sentence, (f"SELECT {function}(s.{column}) {rows.rows}",))
        if asked < 7:
            return Composed(
                family,
                self._any(_COUNTED).format(rows=rows.text),
                (f"SELECT COUNT(*) {rows.rows}",),
            )
        sentence = self._any(_LISTED).format(rows=rows.text)
        return Composed(family, sentence, (f"SELECT s.* {rows.rows}",))

    def _subject(self, words: Words, most: int = 1) -> Described:
        """Return rows of a table of which up to so many conditions are told."""
        told, before, behind = list[Condition](), "", ""
        many = self._random.randint(0, most)
        adjectives = [condition for condition in words.conditions if condition.before]
        if many and adjectives and self._random.random() < _ADJECTIVES:
            told.append(self._any(adjectives))
            before = self._any(told[0].before)
        others = [x for x in words.conditions if x.behind and x.column not in map(_column, told)]
        if len(told) < many and others:
            told.append(self._any(others))
            behind = self._any(told[-1].behind)
        return Described(words, before, behind, tuple(told))

    def _of(self, link: Link) -> Words:
        return self._words.tables[link.table]

    def _any(self, choices: Sequence[Choice]) -> Choice:
        return self._random.choice(choices)


_column = attrgetter("column")


def _names(described: Described) -> dict[str, str]:
    one = described.one
    names = {"one": one, "many": described.text, "a_one": article(one)}
    return names | {"place": described.words.place}


def _tied(link: Link, described: Described) -> str:
    """Return the described rows (alias t) that belong to the row s, as the rest of a query."""
    conditions = [f"t.{link.other_column} = s.{link.column}"]
    conditions += [condition.over("t") for condition in described.told]
    return f"FROM {link.other} t WHERE {' AND '.join(conditions)}"


def _exists(link: Link, described: Described, *, lacking: bool) -> str:
    return f"{'NOT ' if lacking else ''}EXISTS(SELECT 1 {_tied(link, described)})"


def _pairs(pair: Pair, rows: Described, shown: Sequence[str]) -> tuple[str, ...]:
    """Return queries of what is shown of the rows whose other tells something else."""
    joined = f"JOIN {pair.link.other} t ON t.{pair.link.other_column} = s.{pair.link.column}"
    found = rows.rows.replace(" WHERE ", f" {joined} WHERE ", 1)
    differing = f"s.{pair.column} IS NOT t.{pair.other_column}"
    return tuple(f"SELECT {columns} {found} AND {differing}" for columns in shown)
