"""Latest by: "the newest readings by meter" are those of each meter, not put in order by it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.wording.rewriting import Step, rewritten

_TIMED = frozenset("latest newest earliest oldest last first".split()) | {"most recent"}  # noqa: SIM905
_PER = Item("cue", "per", 0, 0, cues=(Cue("group"),))


def latest_of_each(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with "by" behind the latest rows told as "per"."""
    return rewritten(items, (partial(_per, graph),), first=1)


def _per(graph: Graph, items: Sequence[Item], position: int) -> Step | None:
    """Read "latest readings by meter" as "latest readings per meter"."""
    rows, group = item_at(items, position - 1), item_at(items, position + 1)
    if text_at(items, position) != "by" or rows is None or not rows.table_hits() or group is None:
        return None
    described = position - 2
    while described >= 0 and items[described].kind in {"mention", "number"}:
        described -= 1
    timed = text_at(items, described).removeprefix("the ") in _TIMED
    if not timed or not group.hits or _measures(group, graph):
        return None
    return position, position + 1, [_PER]


def _measures(item: Item, graph: Graph) -> bool:
    """Tell whether rows can be put in order by what is named: a date or an amount."""
    columns = [graph.table(hit.table).column(str(hit.column)) for hit in item.column_hits()]
    return any(column.dated or column.measures for column in columns)
