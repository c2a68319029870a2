"""Bare deeds: a verb that other rows are called by, with nothing said of what it is done to.

"Employees who have never been paid" have no payment, "outlets that did not sell anything" no sale,
and "customers who bought something" have an order; which of several tables is meant, those tell
that are tied to the rows spoken of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from kpi_nlsql.english.deeds import LEAVINGS
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.lexicon import Lexicon, NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.wording.rewriting import HAVE, Step, rewritten

_NAMES_ROWS = 0.6
_BY_DATE = 0.9
"""How well rows are called by the verb of their date, of what that names: ``paid_on``."""
_OF_OTHERS = frozenset({"last", "latest", "next", "first", "due", "planned", "valid"})
_EVEN = frozenset("has have had been ever yet even actually really be get got".split())  # noqa: SIM905
_ANYTHING = frozenset({"anything", "something"})
_CLOSING = frozenset(
    "yet so far at all ever by from to us anyone anybody again in on during since before after "  # noqa: SIM905
    "between and or but for until".split()
)
_TIMED = ("after", "before", "between", "recent", "older")
_OF_NOUNS = frozenset({"no", "without", "a", "an", "any"})
_LINKS = frozenset({"and", "but", "or", "also"})
_BETWEEN = frozenset(
    "that who which we they have has had do did was were is are been being got".split()  # noqa: SIM905
)


def bare_deeds(items: Sequence[Item], lexicon: Lexicon, graph: Graph) -> list[Item]:
    """Return the items with verbs that have no object told as the rows that such a deed leaves."""
    return rewritten(items, (partial(_rows_of, lexicon, graph),), first=1)


def _rows_of(lexicon: Lexicon, graph: Graph, items: Sequence[Item], position: int) -> Step | None:
    """Read "never been paid", "did not sell anything" and "bought something" as of rows."""
    denied = items[position].is_cue("not") and items[position].last_word not in _OF_NOUNS
    verb = skip_words(items, position + 1, _EVEN) if denied else position
    end = skip_words(items, verb + 1, _ANYTHING)
    deed = item_at(items, verb)
    if deed is None or deed.kind not in {"word", "mention"} or " " in deed.text:
        return None
    if (not denied and end == verb + 1) or not _is_alone(items, end):
        return None
    at = _subject(items, position)
    if at is None:
        return None
    subject = items[at].values[0].table if _is_kind(items[at]) else items[at].table_hits()[0].table
    table = _left_by(deed, graph.table(subject), lexicon, graph)
    if table is None:
        return None
    hits = (NameHit(table, None, 1.0),)
    told = replace(deed, kind="mention", hits=hits, values=(), worth=1.0)
    lead = [told] if denied else [HAVE, told]
    return at, end, [_rows(items[at]), *items[at + 1 : verb], *lead]


def _rows(subject: Item) -> Item:
    """Return the subject as rows: "notes not weighed" are no column of what weighs them."""
    return subject if _is_kind(subject) else replace(subject, hits=tuple(subject.table_hits()))


def _subject(items: Sequence[Item], position: int) -> int | None:
    """Return where the rows stand that the deed is said of, or done to."""
    linked = text_at(items, position).split()[:1] == ["but"]
    linked = linked or text_at(items, position - 1) in _LINKS
    # "customers who … but never bought anything" begins with them
    for at in range(position) if linked else range(position - 1, -1, -1):
        item = items[at]
        if _names_rows(item) or _is_kind(item):
            return at
        if not linked and item.kind != "cue" and item.text not in _BETWEEN:
            return None
    return None


def _names_rows(item: Item) -> bool:
    return item.best_table() >= max(_NAMES_ROWS, item.best_column())


def _is_kind(item: Item) -> bool:
    """Tell whether rows are named by what kind they are: "dogs", by their species."""
    return bool(item.values) and not _names_rows(item) and item.text.endswith("s")


def _is_alone(items: Sequence[Item], position: int) -> bool:
    """Tell whether no object of the verb follows: "never reviewed a product" denies the product."""
    item = item_at(items, position)
    if item is None or item.kind == "mark" or item.text in _CLOSING:
        return True
    return any(item.is_cue(kind) for kind in _TIMED)


def _left_by(deed: Item, subject: Table, lexicon: Lexicon, graph: Graph) -> str | None:
    """Return the one table, tied to the subject's, whose rows are called by the deed."""
    told = stem(deed.text)
    own = any(told in stems(name) for column in subject.columns for name in column.display_names)
    if own or any(value.table == subject.name for value in deed.values):
        return None  # a date, a flag or a status of the rows themselves tells it
    named = [*deed.hits, *lexicon.done(told), *lexicon.names((told,), "")]
    left = [hit for noun in LEAVINGS.get(told, ()) for hit in lexicon.names((noun,), "")]
    return _tied(named, subject, graph) or _tied(left, subject, graph)


def _tied(hits: Sequence[NameHit], subject: Table, graph: Graph) -> str | None:
    """Return the table best named, by itself or by its date, of those tied to the subject's."""
    scores: dict[str, float] = {}
    for hit in hits:
        if hit.table == subject.name or not graph.joins_between(subject.name, hit.table):
            continue
        if hit.column is None or _is_date_of_rows(graph, hit.table, hit.column):
            worth = hit.score if hit.column is None else hit.score * _BY_DATE
            scores[hit.table] = max(scores.get(hit.table, 0.0), worth)
    best = max(scores.values(), default=0.0)
    named = [name for name, score in scores.items() if score == best]
    return named[0] if len(named) == 1 else None


def _is_date_of_rows(graph: Graph, table: str, name: str) -> bool:
    """Tell whether a column says when each row came about: ``last_order_date`` sums up others."""
    column = graph.table(table).column(name)
    words = {word for names in column.display_names for word in names.split()}
    return column.dated and not words & _OF_OTHERS
