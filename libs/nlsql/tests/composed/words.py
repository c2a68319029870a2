"""The words for what a database holds: ``words.json`` beside its rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """What some rows are. ``before`` and ``behind`` their noun it is said by these phrases.

    ``sql`` is a condition over the alias ``{t}``.
    """

    sql: str
    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        """The column that it is about."""
        return self.sql.split()[0].removeprefix("{t}.")

    def over(self, alias: str) -> str:
        """Return the condition on the rows of an alias."""
        return self.sql.format(t=alias)


@dataclass(frozen=True, slots=True)
class Words:
    """What the rows of a table are called, where they are, and what may be said of them.

    ``amounts`` and ``categories`` map a column to its name in a sentence.
    """

    table: str
    key: str
    one: str
    many: str
    place: str
    amounts: dict[str, str]
    categories: dict[str, str]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Rows of a table belong to rows of another: by a column of each."""

    table: str
    column: str
    other: str
    other_column: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A column of two linked tables that tells the same, under one name."""

    link: Link
    column: str
    other_column: str
    name: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words for one database."""

    tables: dict[str, Words]
    links: tuple[Link, ...]
    pairs: tuple[Pair, ...]


def vocabulary(path: Path) -> Vocabulary:
    """Return what ``words.json`` says."""
    told = json.loads(path.read_text("utf-8"))
    return Vocabulary(
        {name: _words(name, words) for name, words in told["tables"].items()},
        tuple(Link(*link) for link in told["links"]),
        tuple(map(_pair, told["pairs"])),
    )


def article(noun: str) -> str:
    """Return a noun with its indefinite article."""
    vowel = noun[0] in "aeio" or (noun.startswith("un") and not noun.startswith("unit"))
    return f"{'an' if vowel else 'a'} {noun}"


def _pair(told: dict[str, Any]) -> Pair:
    column, other_column = told["columns"]
    return Pair(Link(*told["link"]), column, other_column, told["name"])


def _words(table: str, told: dict[str, Any]) -> Words:
    amounts, categories = told["amounts"], told["categories"]
    conditions = [
        *chain.from_iterable(_levels(column, *words) for column, words in amounts.items()),
        *(_category(column, *words) for column, words in categories.items()),
        *chain.from_iterable(_dates(column, *words) for column, words in told["dates"].items()),
        *(_missing(column, name) for column, name in told["optional"].items()),
    ]
    one, many = told["nouns"]
    return Words(
        table,
        told["key"],
        one,
        many,
        told["place"],
        {column: words[0] for column, words in amounts.items()},
        {column: words[0] for column, words in categories.items()},
        tuple(conditions),
    )


def _levels(column: str, name: str, level: float) -> list[Condition]:
    a_name, more, less = article(name), f"{{t}}.{column} > {level}", f"{{t}}.{column} < {level}"
    over = (f"with {a_name} above {level}", f"whose {name} is greater than {level}")
    under = (f"with {a_name} below {level}", f"whose {name} is less than {level}")
    return [
        Condition(more, behind=(*over, f"having {a_name} of more than {level}")),
        Condition(less, behind=(*under, f"having {a_name} under {level}")),
        Condition(f"{{t}}.{column} >= {level}", behind=(f"with {a_name} of at least {level}",)),
    ]


def _category(column: str, name: str, value: str, before: str = "") -> Condition:
    behind = (f"with {name} {value}", f"whose {name} is {value}", f"where the {name} is {value}")
    return Condition(f"{{t}}.{column} = '{value}'", (before,) if before else (), behind)


def _dates(column: str, name: str, verb: str) -> list[Condition]:
    day = f"{{t}}.{column}"
    return [
        Condition(
            f"{day} >= '2024-01-01' AND {day} < '2025-01-01'",
            behind=(f"{verb} in 2024", f"that were {verb} in 2024"),
        ),
        Condition(
            f"{day} >= '2024-06-01' AND {day} < '2024-07-01'", behind=(f"{verb} in June 2024",)
        ),
        Condition(
            f"{day} > '2024-06-30'",
            behind=(f"{verb} after 30 June 2024", f"whose {name} is after 2024-06-30"),
        ),
        Condition(f"{day} < '2024-01-01'", behind=(f"{verb} before 2024",)),
    ]


def _missing(column: str, name: str) -> Condition:
    behind = (f"without {article(name)}", f"with no {name}", f"whose {name} is empty")
    return Condition(f"{{t}}.{column} IS NULL", behind=behind)
