"""The rest of the rows: what else must hold of those that repeat.

"Duplicate codes in A priced above 100", "… that are not in B": what is said beside the repeat is
read as a question for these rows alone, and only what that question understands whole counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.grammar import general
from kpi_nlsql.grammar.reconciling import reconcile
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.periods_told import is_beside_today
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.nesting import nested
from kpi_nlsql.plans.plan_walk import moved
from kpi_nlsql.sentence import Candidate, Sentence
from kpi_nlsql.wording.rewriting import SHOW_ALL

_IDLE = ("show", "all", "relative", "details", "distinct", "count", "group")


def rest_of_rows(
    sentence: Sentence, table: str, used: set[int], nouns: frozenset[int], *, related: bool
) -> tuple[list[plan.Condition], frozenset[int]] | None:
    """Return the conditions beside the repeat and the items that say them; None if there are none.

    ``nouns`` are the mentions of the table, which the question needs again; where there are none,
    the table is put in: "duplicate invoice numbers since last month". ``related``: rows of other
    tables that are named are such that these have, none that are counted.
    """
    items = sentence.items
    kept = [at for at in range(len(items)) if at not in used or at in nouns]
    said = {at for at in kept if at not in nouns and _tells(items, at)}
    if all(any(hit.table == table for hit in items[at].values) for at in said):
        return None  # values alone are read with the repeat
    if any(items[at].is_cue("aggregate") for at in said):
        return None  # "more than the average of the same customer": nothing repeats
    rows = () if nouns else (Item("mention", table, 0, 0, hits=(NameHit(table, None, 1.0),)),)
    lead = (*SHOW_ALL, *rows)
    rest = replace(sentence, items=(*lead, *(items[at] for at in kept)))
    for candidate in _readings(rest):
        told = {kept[at - len(lead)] for at in candidate.used if at >= len(lead)}
        query = candidate.plan
        if not isinstance(query, plan.Query) or not said <= told or (query.joins and not related):
            continue
        if _keeps_rows(query, table):
            where = moved(nested(query), query.source.alias, table).where
            return list(plan.conjuncts(where)), frozenset(told)
    return None


def _readings(rest: Sentence) -> Iterator[Candidate]:
    yield from reconcile.read(rest)
    yield from general.read(rest)


def _keeps_rows(query: plan.Query, table: str) -> bool:
    """Tell whether a query only says which rows of the table are meant."""
    plain = not query.group and query.limit is None and not any(j.outer for j in query.joins)
    told = query.where is not None or bool(query.joins)
    return plain and query.source.table == table and told


def _tells(items: Sequence[Item], position: int) -> bool:
    item = items[position]
    if is_beside_today(items, position):
        return True
    return item.kind not in {"word", "mark"} and not any(item.is_cue(kind) for kind in _IDLE)
