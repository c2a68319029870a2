"""Amounts ranked: "the highest amount of the invoices" is that of one invoice.

Who has "the highest amount of invoices" has the most of them; where no one is asked for, and the
rows have an amount, the highest of these is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.mentions.lexicon import Lexicon, NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, text_at
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.wording.bare_deeds import names_rows, table_of

_AMOUNT = ("amount", "of")
_RANK = {"most": "high", "fewest": "low"}
_PASSED = frozenset({"the", "all", "all the", "our", "all of", "any"})
_CALLED = 0.6


def amounts_ranked(items: Sequence[Item], lexicon: Lexicon, graph: Graph) -> list[Item]:
    """Return the items with such an amount told as a superlative and a column."""
    first = next((at for at, item in enumerate(items) if item.hits or item.values), 0)
    told = list(items)
    for at, item in enumerate(items[:first]):
        rank = _RANK.get(item.argument("superlative"))
        amount = _amount_behind(items, at + 1, lexicon, graph)
        if rank is None or tuple(item.text.split()[-2:]) != _AMOUNT or amount is None:
            continue
        end, text = item.end, " ".join(item.text.split()[:-2])
        told[at : at + 1] = [
            replace(item, text=text, end=end - 2, cues=(Cue("superlative", rank),)),
            Item("mention", "amount", end - 2, end - 1, hits=(amount,)),
            Item("word", "of", end - 1, end),
        ]
        return told
    return told


def _amount_behind(
    items: Sequence[Item], position: int, lexicon: Lexicon, graph: Graph
) -> NameHit | None:
    """Return the column called amount of the rows that are named from a position on."""
    at = skip_words(items, position, _PASSED)
    while at < len(items) and items[at].values and not names_rows(items[at]):
        at += 1
    if not text_at(items, at) or not names_rows(items[at]):
        return None
    table = graph.table(table_of(items[at]))
    hits = lexicon.names(_AMOUNT[:1], "")
    own = [hit for hit in hits if hit.table == table.name and hit.column and hit.score >= _CALLED]
    return own[0] if own and table.column(str(own[0].column)).measures else None
