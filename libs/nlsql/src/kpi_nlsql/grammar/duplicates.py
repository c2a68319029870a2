"""Duplicates: the values of one or several columns that more than one row has, or those rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpi_nlsql import plan
from kpi_nlsql.grammar.composite_keys import key_mentions
from kpi_nlsql.grammar.identity import identifying_columns
from kpi_nlsql.grammar.row_filters import row_filters
from kpi_nlsql.linking import Item
from kpi_nlsql.sentence import Candidate, Sentence

_SURE = 0.6
_NAMED = 0.5
_KNOWN = 0.95
_BY_WORDS = frozenset({"by", "on", "per", "same", "the same"})
_OCCUR = frozenset("occur occurs appear appears happen happens times together".split())  # noqa: SIM905
_MORE_THAN_ONCE = frozenset({"more than once", "several times", "multiple times", "at least twice"})
_CLAUSES = frozenset({"whose", "where", "which", "that", "who"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which columns of which table repeat; ``rows``: the rows themselves are asked for."""

    table: str
    columns: tuple[str, ...]
    rows: bool
    counted: bool

    def known(self, alias: str) -> list[plan.Condition]:
        """Return that none of the columns is empty."""
        return [plan.Not(plan.IsNull(plan.ColumnRef(alias, name))) for name in self.columns]


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the readings of the sentence as a search for duplicates, if it is one."""
    items = sentence.items
    cues = {i for i, item in enumerate(items) if item.is_cue("duplicate")}
    cues = cues or _alike(items) or _often_the_same(items)
    if not cues:
        return
    for table, score in _tables(sentence)[:3]:
        positions, used = _columns(sentence, table)
        columns = tuple(dict.fromkeys(positions.values())) or identifying_columns(sentence, table)
        if not columns:
            continue
        used |= cues | {i for i, item in enumerate(items) if item.text in _BY_WORDS}
        used |= {i for i, item in enumerate(items) if _says_again(item)}
        rows = _asks_for_rows(sentence, table, sorted(positions), min(cues))
        asked = Asked(table, columns, rows, _is_counted(sentence, used))
        filters, told = row_filters(sentence, table, table, used)
        yield Candidate(
            plan=_plan(asked, filters),
            kind="duplicates",
            operation="DUPLICATE",
            explanation=_explanation(asked, told),
            source_table=table,
            used=frozenset(used),
            features={"table": score},
        )


def _alike(items: Sequence[Item]) -> set[int]:
    """Return where rows of one table are said to be alike: "books with identical title"."""
    tables = {item.table_hits()[0].table for item in items if item.best_table() >= _SURE}
    often = any(item.is_cue("often") for item in items)
    if len(tables) != 1 or often or any(item.is_cue("compare_tables") for item in items):
        return set()
    return {
        position
        for position, item in enumerate(items[:-1])
        if item.is_cue("agree") and _follows(items, position)
    }


def _often_the_same(items: Sequence[Item]) -> set[int]:
    """Return where rows are said to come more than once with the same values."""
    often = {at for at, item in enumerate(items) if item.text in _MORE_THAN_ONCE}
    tables = {item.table_hits()[0].table for item in items if item.best_table() >= _SURE}
    same = [at for at, item in enumerate(items[:-1]) if item.text in {"same", "the same"}]
    named = [at for at in same if items[at + 1].best_column() >= _NAMED]
    return often if len(tables) == 1 and named else set()


def _follows(items: Sequence[Item], position: int) -> bool:
    """Tell whether a column stands behind the word for alike."""
    behind = [item for item in items[position + 1 : position + 3] if item.text not in _BY_WORDS]
    return bool(behind) and behind[0].best_column() >= _KNOWN and not behind[0].values


def _tables(sentence: Sentence) -> list[tuple[str, float]]:
    """Return the tables the sentence may mean, best first."""
    scores: dict[str, float] = {}
    for item in sentence.items:
        for hit in item.table_hits():
            if hit.score >= _SURE:
                scores[hit.table] = max(scores.get(hit.table, 0.0), hit.score + 0.5)
        for hit in item.column_hits():
            if hit.score >= 0.9:
                scores[hit.table] = max(scores.get(hit.table, 0.0), hit.score / 2)
    return sorted(scores.items(), key=lambda pair: -pair[1])


def _columns(sentence: Sentence, table: str) -> tuple[dict[int, str], set[int]]:
    """Return the columns that repeat, by the position of their mention, and what was used."""
    columns: dict[int, str] = {}
    used: set[int] = set()
    grouped = False
    keys = key_mentions(sentence.items)
    for position, item in enumerate(sentence.items):
        grouped = grouped or item.text in _BY_WORDS or item.is_cue("group")
        mine = [hit for hit in item.column_hits() if hit.table == table]
        is_table = [hit for hit in item.table_hits() if hit.table == table]
        if is_table and (not mine or is_table[0].score >= mine[0].score):
            used.add(position)
        elif (
            mine
            and mine[0].score >= (_NAMED if grouped or position in keys else _SURE)
            and not _is_value(item)
        ):
            columns[position] = str(mine[0].column)
            used.add(position)
        elif (mine or item.table_hits()) and not item.values:
            used.add(position)  # the noun that says what the rows are
    return columns, used


def _says_again(item: Item) -> bool:
    return item.is_cue("agree") or item.is_cue("distinct") or item.text in _OCCUR


def _is_value(item: Item) -> bool:
    return bool(item.values) and item.best_column() < _KNOWN


def _asks_for_rows(sentence: Sentence, table: str, columns: list[int], cue: int) -> bool:
    # "customers whose email appears more than once" are rows, "duplicate emails" are values.
    clause = next((i for i, item in enumerate(sentence.items) if item.text in _CLAUSES), None)
    if clause is None or not columns or min(columns) < clause or cue < clause:
        return False
    named = {
        position
        for position, item in enumerate(sentence.items[:clause])
        if item.best_table() >= _SURE and item.table_hits()[0].table == table
    }
    return bool(named) or any(item.is_cue("details") for item in sentence.items[:clause])


def _is_counted(sentence: Sentence, used: set[int]) -> bool:
    """Tell whether only the number of duplicates is asked for; a later "how many" is shown."""
    counts = [i for i, item in enumerate(sentence.items) if item.is_cue("count")]
    used.update(counts)
    return bool(counts) and all(
        item.is_cue("show") or item.kind == "word" for item in sentence.items[: counts[0]]
    )


def _plan(asked: Asked, filters: list[plan.Condition]) -> plan.Query:
    table = asked.table
    source = plan.Source(table, table)
    if asked.rows:
        terms = [*filters, *asked.known(table)[1:], _repeats(asked)]
        shown = _COUNT if asked.counted else plan.Output(plan.Star(table))
        return plan.Query((shown,), source, where=plan.all_of(terms))
    keys = tuple(plan.ColumnRef(table, column) for column in asked.columns)
    shown_keys = tuple(plan.Output(key) for key in keys)
    groups = plan.Query(
        outputs=shown_keys if asked.counted else (*shown_keys, _TIMES),
        source=source,
        where=plan.all_of([*filters, *asked.known(table)]),
        group=keys,
        having=_MORE_THAN_ONE,
    )
    return plan.Query((_COUNT,), plan.Source(table, "d", groups)) if asked.counted else groups


_ROWS = plan.Aggregate("count", plan.Star())
_COUNT = plan.Output(_ROWS, "count")
_TIMES = plan.Output(_ROWS, "duplicate_count")
_MORE_THAN_ONE = plan.Compare(_ROWS, ">", plan.Constant(1))


def _repeats(asked: Asked) -> plan.Condition:
    """Return that further rows share the columns of a row."""
    pairs = [
        (plan.ColumnRef("same", name), plan.ColumnRef(asked.table, name)) for name in asked.columns
    ]
    keys = tuple(inner for inner, _ in pairs)
    first, *others = pairs
    same = plan.Query(
        outputs=(plan.Output(first[0]),),
        source=plan.Source(asked.table, "same"),
        where=plan.all_of([plan.Match(inner, outer) for inner, outer in others]),
        group=keys,
        having=_MORE_THAN_ONE,
    )
    return plan.InQuery(first[1], same)


def _explanation(asked: Asked, told: str) -> str:
    names = ", ".join(asked.columns)
    if asked.rows:
        shown = "The number of rows" if asked.counted else "The rows"
        return f"{shown} of {asked.table}{told} that share their {names} with another row"
    if asked.counted:
        return f"The number of {names} that occur more than once in {asked.table}{told}"
    return f"The {names} that occur more than once in {asked.table}{told}, and how often"
