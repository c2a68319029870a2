"""Members shown: what is asked of rows that have, or lack, a match: a count, columns, or all."""

from __future__ import annotations

from itertools import pairwise

from kpi_nlsql.grammar.contrast.layout import is_value_of
from kpi_nlsql.grammar.reconciling.named_pairs import least_sure
from kpi_nlsql.grammar.reconciling.targets import Membership
from kpi_nlsql.mentions.homes import calls_by_key
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.amounts import adds_up
from kpi_nlsql.sentence import Sentence

_SURE_COLUMN = 0.85
_NAMED = 0.95


def members_shown(
    sentence: Sentence, asked: Membership, source: str, used: set[int]
) -> tuple[tuple[plan.Output, ...], str, bool]:
    """Return what is asked for: a count, named columns, or whole rows of the source."""
    count, columns = _asked_for(sentence, asked, source, used)
    if count and not columns:
        total = plan.Output(plan.Aggregate("count", plan.Star()), "count")
        return (total,), "The number of rows", False
    refs = [plan.ColumnRef("s", column) for column in dict.fromkeys(columns)]
    told = count and len(refs) == 1 and adds_up(sentence.graph.table(source).column(columns[0]))
    if told or _totals(sentence, asked, source, columns):
        total = plan.Output(plan.Aggregate("sum", refs[0]), f"sum_{columns[0]}")
        return (total,), f"The total {columns[0]}", False
    if count:
        distinct = plan.Output(plan.Aggregate("count", refs[0], distinct=True), "count")
        return (distinct,), f"The number of different {columns[0]}", False
    if refs:
        named = "The different " + ", ".join(columns)
        return tuple(plan.Output(ref) for ref in refs), named, True
    return (plan.Output(plan.Star("s")),), "All rows", False


def _asked_for(
    sentence: Sentence, asked: Membership, source: str, used: set[int]
) -> tuple[bool, list[str]]:
    """Return whether a count is asked for, and the columns of the source that are named."""
    count = False
    columns: list[str] = []
    for position in _asking(sentence, asked, source):
        item = sentence.items[position]
        if item.is_cue("count"):
            count = True
            used.add(position)
        elif position and _groups(sentence.items[position - 1]):
            continue
        elif position and is_value_of(sentence.items[position - 1], item):
            used.add(position)  # "high priority orders" asks for no priority
        elif _calls_rows(sentence, item, asked, source):
            used.add(position)
        elif item.kind == "mention" and not item.values:
            exact = [hit for hit in item.column_hits() if hit.table == source]
            named = _best_other(item, {target.table for target in asked.targets})
            least = least_sure(sentence.items, position)
            if exact and exact[0].score >= least and named < exact[0].score:
                columns.append(str(exact[0].column))
            elif not exact and (key := _key_called(item, asked)) is not None:
                columns.append(key)
            if not _names_other(item, asked, source):
                used.add(position)  # the subject: what the rows are rows of
    return count, columns


def _asking(sentence: Sentence, asked: Membership, source: str) -> list[int]:
    """Return where the sentence tells what it asks for: before the rows, or right behind them.

    "Issue item numbers that are not in …" asks for the numbers that issues have.
    """
    places = list(range(min(asked.source, asked.cue)))
    behind = asked.source + 1
    item = sentence.items[behind] if asked.source < asked.cue - 1 else None
    hits = item.column_hits() if item is not None and not item.values else []
    named = any(hit.table == source and hit.score >= _NAMED for hit in hits)
    if item is not None and named and item.text.endswith("s") and " " in item.text:
        places.append(behind)
    return places


def _calls_rows(sentence: Sentence, item: Item, asked: Membership, source: str) -> bool:
    """Tell whether the rows are only called by the key of one side: "products" by ``PRODUCT``."""
    tables = (source, *(target.table for target in asked.targets))
    return any(calls_by_key(item, sentence.graph.table(table)) for table in tables)


def _totals(sentence: Sentence, asked: Membership, source: str, columns: list[str]) -> bool:
    # "the total amount of the reports", though each has its own; "what is the cost of all trips"
    if len(set(columns)) != 1 or not sentence.graph.table(source).column(columns[0]).measures:
        return False
    texts = [item.text for item in sentence.items[: min(asked.source, asked.cue)]]
    one = texts[:2] == ["what is", "the"] and texts[-2:] == ["of", "all"]
    return one or any(a.startswith("total ") and b == "of" for a, b in pairwise(texts))


def _key_called(item: Item, asked: Membership) -> str | None:
    """Return the key of the source that goes by the name of the target's ("shipment ids")."""
    first = asked.targets[0]
    for left, right in first.pairing.columns():
        if any(
            (hit.table, hit.column) == (first.table, right) and hit.score >= _SURE_COLUMN
            for hit in item.column_hits()
        ):
            return left
    return None


def _groups(item: Item) -> bool:
    return item.text in {"by", "per"} or item.is_cue("group")


def _names_other(item: Item, asked: Membership, source: str) -> bool:
    """Tell whether a mention names, in full, a table that the reading leaves out."""
    known = {source, *(target.table for target in asked.targets)}
    return item.best_table() >= 1.0 and item.table_hits()[0].table not in known


def _best_other(item: Item, targets: set[str]) -> float:
    # "HS codes used in A but missing from the HS code reference": those of A
    hits = item.table_hits()
    return max((hit.score for hit in hits if hit.table not in targets), default=0.0)
