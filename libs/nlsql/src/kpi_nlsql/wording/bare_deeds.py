"""Bare deeds: a verb that other rows are called by, with nothing said of what it is done to.

"Employees who have never been paid" have no payment, "outlets that did not sell anything" no sale,
"customers who bought something" have an order, "cars rented out more than twice" as many rentals,
and "titles sold in the bookshop" sales there; which of several tables is meant, those tell that
are tied to the rows spoken of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from kpi_nlsql.english.deeds import LEAVINGS, is_verb
from kpi_nlsql.english.money import PARTICLES
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
_ANY = frozenset({"a", "an", "any", "one"})
_DETERMINERS = _ANY | {"the", "some", "their", "our"}
_TO = frozenset({"for", "to", "by", "from"})
"""What leads on to an object behind a particle: "never signed up for a course"."""
_DONE = frozenset({"was", "were", "been"})
_EVEN = frozenset("has have had been ever yet even actually really be get got".split())  # noqa: SIM905
_ANYTHING = frozenset({"anything", "something"})
_CLOSING = frozenset(
    "yet so far at all ever by from to us anyone anybody again in on during since before after "  # noqa: SIM905
    "between and or but for until".split()
)
_TIMED = ("after", "before", "between", "recent", "older")
_OF_NOUNS = frozenset({"no", "without", "a", "an", "any"})
_LINKS = frozenset({"and", "but", "or", "also"})
_BEFORE_PLACES = frozenset("in at on via through by over as the a an our both".split())  # noqa: SIM905
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
    deed = item_at(items, verb)
    if deed is None or deed.kind not in {"word", "mention"} or " " in deed.text:
        return None
    if not (is_verb(deed.text) or denied or text_at(items, verb + 1) in _ANYTHING):
        return None
    at = subject_at(items, position)
    if at is None:
        return None
    subject = graph.table(table_of(items[at]))
    often = _often(items, skip_words(items, verb + 1, PARTICLES))
    ever = often or "never" in items[position].text.split()
    table, surely = _rows_left(deed, subject, lexicon, graph, ever=ever)
    if table is None:
        return None
    rows = (NameHit(table, None, 1.0),)
    if deed.hits == rows:
        return None
    told = replace(deed, kind="mention", hits=rows, values=(), worth=1.0)
    lead = [told] if denied else [HAVE, told]
    done = surely and text_at(items, position - 1) in _DONE
    end = _end(items, verb, table, denied=denied or done)
    other = bool(deed.values) and all(value.table != table for value in deed.values)
    if end is None and surely and other:
        end = _with_object(items, verb + 1, table, graph)
        if end is None and text_at(items, verb + 1) in _DETERMINERS:
            return verb, verb + 1, lead  # "customers who rented a premium car": no state of the car
    return None if end is None else (at, end, [_rows(items[at]), *items[at + 1 : verb], *lead])


def _end(items: Sequence[Item], verb: int, table: str, *, denied: bool) -> int | None:
    """Return where the deed ends that stands for rows of a table; None where it does not."""
    end = skip_words(items, verb + 1, _ANYTHING)
    if _is_alone(items, end) and (denied or end > verb + 1):
        return end
    if not is_verb(items[verb].text):
        return None
    verb_end, end = end, skip_words(items, end, PARTICLES)
    if denied and _is_alone(items, end) and (end == verb_end or text_at(items, end) not in _TO):
        return end
    if _often(items, end) or _ranks(items, end, table):
        return end
    return _told_of(items, end, table)


def _with_object(items: Sequence[Item], verb: int, rows: str, graph: Graph) -> int | None:
    """Return where an object ends that every such row has: "never rented a car", of rentals."""
    noun = skip_words(items, verb, _ANY)
    item = item_at(items, noun)
    if item is None or noun == verb or not names_rows(item) or item.values:
        return None
    joins = graph.joins_between(rows, item.table_hits()[0].table)
    has_one = any(join.kind == "foreign_key" for join in joins[:1])
    ended = _is_alone(items, noun + 1) or _often(items, noun + 1)
    return noun + 1 if has_one and ended else None


def _often(items: Sequence[Item], position: int) -> bool:
    """Tell whether it is said how often: "more than once", "at least 3 times"."""
    item = item_at(items, position)
    if item is None or item.is_cue("often"):
        return item is not None
    number = item_at(items, position + item.is_cue("compare"))
    times = text_at(items, position + item.is_cue("compare") + 1)
    return number is not None and number.number is not None and times in {"times", "time"}


def _ranks(items: Sequence[Item], position: int, table: str) -> bool:
    """Tell whether the rows are ranked by an amount of theirs: "sold the most units"."""
    most, amount = item_at(items, position), item_at(items, position + 1)
    if most is None or amount is None or most.argument("superlative") not in {"most", "fewest"}:
        return False
    return any(hit.table == table for hit in amount.column_hits()[:1])


def _told_of(items: Sequence[Item], position: int, table: str) -> int | None:
    """Return where what is told of the rows themselves begins: "sold in the bookshop".

    A noun that only names them again is left out: "scanned at a gate", of gate scans.
    """
    lead = skip_words(items, position, _BEFORE_PLACES)
    while (item := item_at(items, lead)) is not None and item.is_cue("both"):
        lead = skip_words(items, lead + 1, _BEFORE_PLACES)
    told = item_at(items, lead)
    if told is None or lead == position:
        return None
    if any(hit.table == table and hit.score >= 1.0 for hit in told.values):
        return position
    again = told.table_hits()[:1]
    named = bool(again) and again[0].table == table and again[0].score >= _NAMES_ROWS
    return lead + 1 if named and _is_alone(items, lead + 1) else None


def _rows(subject: Item) -> Item:
    """Return the subject as rows: "notes not weighed" are no column of what weighs them."""
    return subject if _is_kind(subject) else replace(subject, hits=tuple(subject.table_hits()))


def table_of(rows: Item) -> str:
    """Return the table of rows that are named by it, or by what kind they are."""
    return rows.values[0].table if _is_kind(rows) else rows.table_hits()[0].table


def subject_at(items: Sequence[Item], position: int) -> int | None:
    """Return where the rows stand that the deed is said of, or done to."""
    linked = text_at(items, position).split()[:1] == ["but"]
    linked = linked or text_at(items, position - 1) in _LINKS
    # "customers who … but never bought anything" begins with them
    for at in range(position) if linked else range(position - 1, -1, -1):
        item = items[at]
        if names_rows(item) or _is_kind(item):
            return at
        if not linked and item.kind != "cue" and item.text not in _BETWEEN:
            return None
    return None


def names_rows(item: Item) -> bool:
    """Tell whether a table is named, and no column better."""
    return item.best_table() >= max(_NAMES_ROWS, item.best_column())


def _is_kind(item: Item) -> bool:
    """Tell whether rows are named by what kind they are: "dogs", by their species."""
    return bool(item.values) and not names_rows(item) and item.text.endswith("s")


def _is_alone(items: Sequence[Item], position: int) -> bool:
    """Tell whether no object of the verb follows: "never reviewed a product" denies the product."""
    item = item_at(items, position)
    if item is None or item.kind == "mark" or item.text in _CLOSING:
        return True
    return any(item.is_cue(kind) for kind in _TIMED)


def _rows_left(
    deed: Item, subject: Table, lexicon: Lexicon, graph: Graph, *, ever: bool
) -> tuple[str | None, bool]:
    """Return the one table, tied to the subject's, that is called by a deed, and whether surely.

    A date, a flag or a status of the rows themselves tells it better; but what was done so often,
    or never, has as many rows, whatever state it is in by now: "cars that were never rented".
    """
    told = stem(deed.text)
    own = any(told in stems(name) for column in subject.columns for name in column.display_names)
    state = any(value.table == subject.name for value in deed.values)
    if own or (state and not ever):
        return None, False
    named = called_by(deed, lexicon)
    if state:
        return _tied([hit for hit in named if hit.column is None], subject, graph), True
    if (table := _tied(named, subject, graph)) is not None:
        return table, True
    return _tied(left_by(deed, lexicon), subject, graph), False


def called_by(deed: Item, lexicon: Lexicon) -> list[NameHit]:
    """Return what is called by a verb, or by what is done so: "paid", ``payments``."""
    told = stem(deed.text)
    return [*deed.hits, *lexicon.done(told), *lexicon.names((told,), "")]


def left_by(deed: Item, lexicon: Lexicon) -> list[NameHit]:
    """Return what is called by the rows that a business keeps of a deed: "bought", ``orders``."""
    nouns = LEAVINGS.get(stem(deed.text), ())
    return [hit for noun in nouns for hit in lexicon.names((noun,), "")]


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
