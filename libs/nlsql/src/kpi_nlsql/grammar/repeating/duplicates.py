"""Duplicates: the values of one or several columns that more than one row has, or those rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpi_nlsql.grammar.reconciling.row_filters import row_filters
from kpi_nlsql.grammar.repeating.identity import identifying_columns
from kpi_nlsql.grammar.repeating.named_keys import OF_ROWS, TOGETHER
from kpi_nlsql.grammar.repeating.repeated_keys import Keys, grouped_by, repeated_keys, told_apart
from kpi_nlsql.grammar.repeating.repeats import Repeat, find_repeat
from kpi_nlsql.grammar.repeating.repeats_shown import Shown, is_tested, shown_beside
from kpi_nlsql.grammar.repeating.rest_of_rows import rest_of_rows
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.named_columns import NAMES
from kpi_nlsql.mentions.walking import text_at
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import told_of
from kpi_nlsql.plans.plan_walk import moved
from kpi_nlsql.schema.graph import Column
from kpi_nlsql.schema.key_names import KEY_TAILS
from kpi_nlsql.sentence import Candidate, Sentence

_BY_WORDS = frozenset({"by", "on", "per", "same", "the same"})
_OCCUR = frozenset("occur occurs appear appears happen happens times together".split())  # noqa: SIM905
_MOST_TABLES = 3
_SURE = 0.9
_FULL = 0.95


@dataclass(frozen=True, slots=True)
class Asked:
    """Which columns of which table repeat, how often, and what is shown of it."""

    table: str
    columns: tuple[str, ...]
    repeat: Repeat
    shown: Shown
    groups: tuple[str, ...] = ()
    """The columns by which the duplicates are counted."""
    apart: str | None = None
    """The column that tells apart what is counted: the vendors that share an IBAN."""

    def known(self, alias: str) -> list[plan.Condition]:
        """Return that none of the columns is empty."""
        return [plan.Not(plan.IsNull(plan.ColumnRef(alias, name))) for name in self.columns]

    @property
    def plain(self) -> bool:
        """Whether how often is not shown: "names used more than twice" does not ask for it."""
        return self.repeat.bare and not self.shown.often

    @property
    def rows(self) -> plan.Aggregate:
        """How many rows share the columns."""
        if self.apart is None:
            return _ROWS
        return plan.Aggregate("count", plan.ColumnRef(self.table, self.apart), distinct=True)

    @property
    def often(self) -> plan.Condition:
        """That so many rows share the columns."""
        return plan.Compare(self.rows, self.repeat.operator, plan.Constant(self.repeat.number))


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the readings of the sentence as a search for duplicates, if it is one."""
    repeat = find_repeat(sentence.items)
    if repeat is None:
        return
    for keys in repeated_keys(sentence, repeat)[:_MOST_TABLES]:
        shown = shown_beside(sentence, repeat, keys)
        if repeat.bare and not _repeats_values(sentence, repeat, keys, shown):
            continue
        columns = tuple(dict.fromkeys(keys.columns.values()))
        columns = columns or identifying_columns(sentence, keys.table)
        if columns:
            groups = grouped_by(sentence, keys) if shown.counted else ()
            apart = None if shown.rows else told_apart(sentence, keys.table, repeat)
            apart = None if apart in columns else apart
            asked = Asked(keys.table, columns, repeat, shown, groups, apart)
            candidate = _candidate(sentence, asked, keys)
            if not _leaves_value(sentence, candidate, keys.table):
                yield candidate


def _leaves_value(sentence: Sentence, candidate: Candidate, table: str) -> bool:
    """Tell whether a value of other rows is left unread: "lapsed policies with two claims"."""
    return any(
        item.values and not item.hits and all(value.table != table for value in item.values)
        for at, item in enumerate(sentence.items)
        if item.kind == "mention" and at not in candidate.used
    )


def _repeats_values(sentence: Sentence, repeat: Repeat, keys: Keys, shown: Shown) -> bool:
    """Tell whether values are said to repeat, rather than rows to have related ones.

    "Customers who ordered more than once", "cities with more than two shops" are no duplicates;
    "cities with more than two shops and how many" is read like them.
    """
    if any(item.is_cue("agree") for item in sentence.items):
        return len(keys.columns) > 1 or _alike_behind(sentence, repeat, keys)
    if _occurs_of_rows(sentence, repeat, keys):
        return True
    if _speaks_of_rows(sentence, repeat, keys):
        return False
    if len(keys.columns) != 1:
        return bool(keys.columns)
    item = sentence.items[next(iter(keys.columns))]
    if repeat.counted is not None and shown.often:
        return not _shows_other(sentence, item, keys)
    values = item.best_table() < item.best_column()
    by_rows = repeat.counted is None or shown.counted
    return values and (by_rows or told_apart(sentence, keys.table, repeat) is not None)


def _occurs_of_rows(sentence: Sentence, repeat: Repeat, keys: Keys) -> bool:
    # "parcels whose weight appears at least three times": the weight does, whatever it measures
    items, first = sentence.items, min(repeat.cues)
    at = min(keys.columns, default=0) - 1
    at -= items[at].text in {"the", "their"}
    return at > 0 and items[at].text in OF_ROWS and items[first - 1].text in _OCCUR


def _shows_other(sentence: Sentence, item: Item, keys: Keys) -> bool:
    # "departments with more than 20 employees, with name and number": the name of a department
    owners = {hit.table for hit in item.table_hits() if hit.score >= item.best_column()}
    return any(
        hit.table in owners - {keys.table} and hit.score >= _SURE
        for other in sentence.items
        if other is not item
        if all(own.table != keys.table for own in other.column_hits() if own.score >= _SURE)
        for hit in other.column_hits()
    )


def _alike_behind(sentence: Sentence, repeat: Repeat, keys: Keys) -> bool:
    # "guests entered twice with the same phone": rows of the noun itself are alike.
    first = min(repeat.cues)
    noun = any(at < first and not sentence.items[at].text.endswith("ed") for at in keys.used)
    return noun and min(keys.columns, default=0) > first


def _speaks_of_rows(sentence: Sentence, repeat: Repeat, keys: Keys) -> bool:
    """Tell whether the columns only say what to show of rows that have others.

    "The ids and names of architects who built three bridges", "the size of cities that …".
    """
    table = sentence.graph.table(keys.table)
    columns = [table.column(name) for name in keys.columns.values()]
    items = sentence.items
    if any(item.text in TOGETHER for item in items):
        return False
    if any(column.unique or _measures(column) for column in columns):
        return True
    named = [items[at].text in NAMES and text_at(items, at + 1) == "of" for at in keys.columns]
    return any(named) or any(
        item.best_table() >= _FULL
        and item.best_table() > item.best_column()
        and item.table_hits()[0].table != keys.table
        for at, item in enumerate(items[: min(repeat.cues)])
        if at not in keys.columns and (repeat.number > 1 or len(keys.columns) > 1)
    )


def _measures(column: Column) -> bool:
    """Tell whether a column holds amounts rather than numbers that name."""
    measures = column.family == "number" or column.holds == "amounts"  # an MSISDN names a line
    return measures and not set(column.display_names[0].split()[-1:]) & KEY_TAILS


def _candidate(sentence: Sentence, asked: Asked, keys: Keys) -> Candidate:
    used = {*asked.repeat.cues, *keys.columns, *keys.used, *asked.shown.used}
    used |= {at for at, item in enumerate(sentence.items) if item.text in _BY_WORDS}
    used |= {
        at
        for at, item in enumerate(sentence.items)
        if item.is_cue("agree") or item.is_cue("distinct") or item.text in _OCCUR
    }
    used |= {at for at, item in enumerate(sentence.items) if asked.groups and item.is_cue("group")}
    used |= _known_again(sentence, asked.table, asked.columns)
    related = asked.repeat.counted is None
    rest = rest_of_rows(sentence, asked.table, used, keys.used, related=related)
    if rest is None:
        filters, told = row_filters(sentence, asked.table, asked.table, used)
    else:
        filters, told = rest[0], f" where {told_of(plan.all_of(rest[0]))}"
        used |= rest[1]
    return Candidate(
        plan=_plan(asked, filters),
        kind="duplicates",
        operation="DUPLICATE",
        explanation=_explanation(asked, told),
        source_table=asked.table,
        used=frozenset(used),
        features={"table": keys.score},
    )


def _known_again(sentence: Sentence, table: str, columns: tuple[str, ...]) -> set[int]:
    """Return the words that name a column that repeats once more: "(SKU not null)"."""
    items = sentence.items
    named = {
        at
        for at, item in enumerate(items)
        for hit in item.column_hits()
        if hit.table == table and hit.column in columns and hit.score >= _SURE
        if not is_tested(items, at) or any(i.is_cue("not_null") for i in items[at + 1 : at + 2])
    }
    return named | {
        at for at in range(len(items)) if items[at].is_cue("not_null") and at - 1 in named
    }


def _plan(asked: Asked, filters: list[plan.Condition]) -> plan.Query:
    table, shown = asked.table, asked.shown
    source = plan.Source(table, table)
    if shown.rows:
        terms = [*filters, *asked.known(table)[1:], _repeats(asked, filters)]
        details = tuple(plan.Output(plan.ColumnRef(table, name)) for name in shown.details)
        outputs = details or (plan.Output(plan.Star(table)),)
        return plan.Query((_COUNT,) if shown.counted else outputs, source, where=plan.all_of(terms))
    keys = tuple(plan.ColumnRef(table, column) for column in asked.columns)
    shown_keys = tuple(plan.Output(key) for key in keys)
    groups = plan.Query(
        outputs=shown_keys
        if shown.counted or asked.plain
        else (*shown_keys, plan.Output(asked.rows, "duplicate_count")),
        source=source,
        where=plan.all_of([*filters, *asked.known(table)]),
        group=keys,
        having=asked.often,
    )
    if not shown.counted:
        return groups
    each = tuple(plan.ColumnRef("d", column) for column in asked.groups)
    outputs = (*(plan.Output(column) for column in each), _COUNT)
    return plan.Query(outputs, plan.Source(table, "d", groups), group=each)


_ROWS = plan.Aggregate("count", plan.Star())
_COUNT = plan.Output(_ROWS, "count")


def _repeats(asked: Asked, filters: list[plan.Condition]) -> plan.Condition:
    """Return that further rows share the columns of a row: rows of which the same is told.

    "Open invoices with the same amount" are alike among the open ones; "open invoices with the
    same amount as another one" are like any.
    """
    pairs = [
        (plan.ColumnRef("same", name), plan.ColumnRef(asked.table, name)) for name in asked.columns
    ]
    keys = tuple(inner for inner, _ in pairs)
    first, *others = pairs
    among = [] if asked.shown.like_any else [moved(term, asked.table, "same") for term in filters]
    same = plan.Query(
        outputs=(plan.Output(first[0]),),
        source=plan.Source(asked.table, "same"),
        where=plan.all_of([*among, *(plan.Match(inner, outer) for inner, outer in others)]),
        group=keys,
        having=asked.often,
    )
    return plan.InQuery(first[1], same)


def _explanation(asked: Asked, told: str) -> str:
    names, shown = ", ".join(asked.columns), asked.shown
    if shown.rows:
        what = "The number of rows" if shown.counted else ", ".join(shown.details) or "The rows"
        return f"{what} of {asked.table}{told} that share their {names} with another row"
    often = {">": "more than", ">=": "at least", "=": "exactly"}[asked.repeat.operator]
    times = f"{often} {asked.repeat.number:g} times"
    times = "more than once" if times == "more than 1 times" else times
    if shown.counted:
        return f"The number of {names} that occur {times} in {asked.table}{told}"
    return f"The {names} that occur {times} in {asked.table}{told}, and how often"
