"""Conditions on the other table: "not in B with status X", "missing from the active vendors of B".

What is said of the rows that a row must, or must not, meet is read as a question for these rows
alone, and becomes part of the match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.grammar import general
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Sentence
from kpi_nlsql.wording.rewriting import SHOW_ALL

_LEADS = frozenset(
    "with whose where that which who having of for from in since after before between dated".split()  # noqa: SIM905
)
_INTO = frozenset("in from within into on at among amongst under".split())  # noqa: SIM905
"""What stands behind these is said of the place: "not registered in A", "not in the open A"."""
_BORDERS = frozenset({".", "?", "!", ";", ",", "(", ")"})
_JOINING = frozenset({"and", "or", "but"})
_CONTRASTS = ("missing", "not", "also", "both", "only", "show", "relative")
_BEING = frozenset({"is", "are", "was", "were", "still", "being", "marked", "as"})
_LACKING = frozenset({"no", "without"})
_NAMED = 0.8


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of the rows of a table: a query for them, and the items that say it."""

    query: plan.Query | None = None
    used: frozenset[int] = frozenset()

    def match(self, on: Sequence[plan.Condition], table: str, alias: str) -> plan.Query:
        """Return the query for the rows that a row meets; ``alias`` is used where none is set."""
        if self.query is None:
            return plan.Query(_ANY, plan.Source(table, alias), where=plan.all_of(list(on)))
        terms = [*on, *([self.query.where] if self.query.where else [])]
        return plan.Query(_ANY, self.query.source, self.query.joins, plan.all_of(terms))

    def alias(self, default: str) -> str:
        """Return the alias that the rows of the table go by."""
        return default if self.query is None else self.query.source.alias


_ANY = (plan.Output(plan.Constant(1)),)
NOTHING = Said()


def said_of(sentence: Sentence, position: int, cue: int, source: str) -> Said:
    """Return what is said of the rows of the table mentioned at a position behind a cue."""
    items, table = sentence.items, sentence.items[position].table_hits()[0].table
    lead = [at for at in range(cue, position) if items[at].last_word in _INTO]
    before = [at for at in range(max([cue, *lead]) + 1, position) if _tells(items[at], table)]
    behind = _behind(items, position, cue, table, source)
    if not before and not behind:
        return NOTHING
    kept = [*before, position, *behind]
    rows = replace(sentence, items=(*SHOW_ALL, *(items[at] for at in kept)))
    first = next(iter(general.read(rows)), None)
    if first is None or not isinstance(first.plan, plan.Query):
        return NOTHING
    query = first.plan
    if query.source.table != table or query.where is None or query.group or query.limit:
        return NOTHING
    if source in {step.source.alias for step in query.joins}:
        return NOTHING
    used = {kept[at - len(SHOW_ALL)] for at in first.used if at >= len(SHOW_ALL)}
    return Said(query, frozenset(used | set(behind)))


def state_in_both(sentence: Sentence, position: int, cue: int) -> Said:
    """Return the rows of a table with the value told before "both": "active both in A and B"."""
    items, table = sentence.items, sentence.items[position].table_hits()[0].table
    state = items[cue - 1] if cue else items[cue]
    if not items[cue].is_cue("both") or items[cue].text == "both":
        return NOTHING
    held = [hit for hit in state.values if hit.table == table and hit.score >= 1.0]
    if not held or cue < 2 or items[cue - 2].text not in _BEING:
        return NOTHING
    return Said(_rows_with(held[0]))


def _rows_with(value: ValueHit) -> plan.Query:
    """Return the query for the rows that have a value."""
    column = plan.ColumnRef(value.table, value.column)
    where = plan.Compare(column, "=", plan.Constant(value.value))
    return plan.Query(_ANY, plan.Source(value.table, value.table), where=where)


def _tells(item: Item, table: str) -> bool:
    """Tell whether an item says which value a column of the table has."""
    return any(hit.table == table for hit in item.values)


def _behind(items: Sequence[Item], position: int, cue: int, table: str, source: str) -> list[int]:
    """Return the positions of the clause behind a table that tells which of its rows are meant."""
    start = position + 1
    if start < len(items) - 1 and items[start].text in _JOINING and _lacks(items[start + 1]):
        start += 1  # "in A but with no line"
    if start >= len(items) or not (_lacks(items[start]) or _leads(items[start])):
        return []
    end = start + 1
    while end < len(items) and not _ends(items, end):
        end += 1
    clause = [items[at] for at in range(start, end)]
    telling = [item for item in clause if item.kind == "mention"]
    if not telling or not all(_speaks_of(item, table) for item in telling):
        return []
    lacking = bool(_LACKING & set(items[cue].text.split()))
    again = _told_again(items[:cue], telling, source)
    if not lacking and not again and all(_speaks_of(item, source) for item in telling):
        return []  # "products in A not in B with status X" may be said of either: of the products
    return list(range(start, end))


def _leads(item: Item) -> bool:
    return item.text.split()[0] in _LEADS


def _lacks(item: Item) -> bool:
    # "in A without a reporting line", where A has such lines alone
    return item.is_cue("not") and bool(_LACKING & set(item.text.split()))


def _told_again(before: Sequence[Item], telling: Sequence[Item], source: str) -> bool:
    # "products in A with status X not in B with status X": what the products are is told before
    told = {hit.column for item in before for hit in item.values if hit.table == source}
    said = [{hit.column for hit in item.values if hit.table == source} for item in telling]
    return any(said) and all(columns & told for columns in said if columns)


def _ends(items: Sequence[Item], position: int) -> bool:
    item = items[position]
    if item.kind == "mark":
        return item.text[0] in _BORDERS
    following = items[min(position + 1, len(items) - 1)]
    return item.text in _JOINING and (
        any(following.is_cue(kind) for kind in _CONTRASTS) or _is_verb(following)
    )


def _is_verb(item: Item) -> bool:
    return item.text in {"are", "is", "have", "has", "were", "was", "show", "list", "give"}


def _speaks_of(item: Item, table: str) -> bool:
    """Tell whether a mention names a value or a column of the table."""
    named = any(hit.table == table and hit.score >= _NAMED for hit in item.column_hits())
    return named or _tells(item, table)
