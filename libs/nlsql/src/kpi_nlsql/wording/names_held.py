"""Names held: "the name of a customer" is the customer, where rows hold no more of customers.

"orders from customers whose name contains Motor" are those whose ``CUSTOMER`` contains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.named_columns import NAMES
from kpi_nlsql.mentions.walking import item_at
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.wording.rewriting import Step, rewritten

_CALLED = 0.95
_TABLE = 0.6
_LEADS = frozenset({"from", "of", "by", "for", "to"})


def names_as_held(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with names of what only a column tells put as the column."""
    return rewritten(items, (partial(_held, graph),))


def _held(graph: Graph, items: Sequence[Item], position: int) -> Step | None:
    noun, whose, name = (item_at(items, position + n) for n in range(3))
    if noun is None or whose is None or name is None:
        return None
    if whose.text != "whose" or name.text not in NAMES or not _is_value(noun, graph):
        return None
    start = position - 1
    while start and items[start].text in {"the", "all"}:
        start -= 1
    led = start > 0 and items[start].text in _LEADS and bool(items[start - 1].table_hits())
    start = start if led else position + 1
    return start, position + 3, [whose, noun]


def _is_value(noun: Item, graph: Graph) -> bool:
    """Tell whether a noun is a column of texts, and no rows are called so."""
    called = [hit for hit in noun.column_hits() if hit.score >= _CALLED]
    texts = bool(called) and all(_is_text(hit, graph) for hit in called)
    return texts and noun.best_table() < _TABLE and not noun.values


def _is_text(hit: NameHit, graph: Graph) -> bool:
    return graph.table(hit.table).column(str(hit.column)).family == "text"
