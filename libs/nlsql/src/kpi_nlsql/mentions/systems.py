"""Systems: "the material master of HANA" is one table, and "PMS" the one that meets the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import simplemma

from kpi_nlsql.english.words import Token, parts
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.schema.graph import Graph, Join

_EXACT = 0.95
_NAMES_TABLE = 0.6
_INTO = frozenset({"in", "from", "of", "within"})
_CALLED = 0.8
_CLEARLY = 0.1
_TWO = 2
_NEAR = 0.05
"""How much better a system may name a column: ``bill_cyc`` of an account in ``bil_acct``."""
_SPOKEN = 0.85
_ONE = frozenset({"a", "an", "any", "one"})


def whole_tables(items: Sequence[Item]) -> list[Item]:
    """Return the items with a table and the system it is said to be of made one mention."""
    found: list[Item] = []
    for item in items:
        lead = _lead(found)
        had = lead is not None and lead > 1 and found[lead - 2].is_cue("not")
        table = None if lead is None else _same_table(found[lead - 1], item, had=had)
        if lead is not None and table is not None:
            before = replace(
                found[lead - 1], end=item.end, hits=(NameHit(table, None, 1.0),), values=()
            )
            found = [*found[: lead - 1], before]
            continue
        found.append(item)
    return found


def _lead(items: Sequence[Item]) -> int | None:
    """Return the position of an "of" at the end of the items, behind a mention."""
    lead = skip_words_back(items, len(items) - 1, {"the", "our"})
    led = lead > 0 and items[lead].text in _INTO and items[lead - 1].kind == "mention"
    return lead if led else None


def _same_table(first: Item, second: Item, *, had: bool) -> str | None:
    """Return the one table that both mentions name, if they do: of the surer one of them.

    ``had``: rows that others lack, "without a balance in the ledger", whatever else is a balance.
    """
    mine, theirs = first.table_hits(), second.table_hits()
    if not mine or not theirs or second.values:
        return None
    if theirs[0].score >= _EXACT:
        rows = first.best_table() >= first.best_column() and not first.values
        if rows and mine[0].score < _EXACT and theirs[0].table in {hit.table for hit in mine}:
            return theirs[0].table  # "without any claim in the claims register"
        # "confirmations from the broker" are those of ``broker_confirm``, not of ``broker``.
        both = mine[0].score < _EXACT and mine[0].table in {hit.table for hit in theirs[1:]}
        return mine[0].table if both else None
    if (mine[0].score < first.best_column() and not had) or theirs[0].score < second.best_column():
        return None
    if mine[0].score >= _NAMES_TABLE and mine[0].table in _rivals(theirs):
        return mine[0].table
    sole = theirs[0].score >= _NAMES_TABLE and len(_rivals(theirs)) == 1
    return theirs[0].table if sole and theirs[0].table in _rivals(mine) else None


def system_rows(items: Sequence[Item]) -> list[Item]:
    """Return the items with a system and what it has one of made a mention of the one table.

    "employees without an LMS account" lack a row of ``lms_user``, which has an account status;
    no other table of the LMS speaks of accounts.
    """
    found: list[Item] = []
    for item in items:
        led = len(found) > 1 and (found[-2].text in _ONE or found[-2].is_cue("not"))
        table = _spoken_of(found[-1], item) if led else None
        if table is None:
            found.append(item)
            continue
        text, hits = f"{found[-1].text} {item.text}", (NameHit(table, None, _SPOKEN),)
        found[-1] = replace(found[-1], text=text, end=item.end, hits=hits)
    return found


def is_system(item: Item) -> bool:
    """Tell whether several tables go by a name and nothing else does as well: "the portal"."""
    several = len(item.table_hits()) > 1 and not item.values and not item.text.endswith("s")
    return several and item.best_column() <= min(item.best_table() + _NEAR, _NAMES_TABLE)


def of_another_system(rows: Item, place: str, tokens: Sequence[Token]) -> bool:
    """Tell whether rows in a place are called by their own system: "SAP accounts in Oracle".

    Those of SAP are sought that Oracle has, too; "customer orders in Oracle" are just its orders.
    """
    words = [token.lower for token in tokens[rows.start : rows.end]]
    if rows.best_table() < _CALLED or len(words) < _TWO or not words[-1].endswith("s"):
        return False
    name, other = tokens[rows.start].text, rows.table_hits()[0].table
    proper = name.isupper() or not simplemma.is_known(name.lower(), lang="en")
    proper = proper or (rows.start > 0 and not name.islower())
    return proper and words[0] in set(parts(other)) - set(parts(place))


def _spoken_of(system: Item, noun: Item) -> str | None:
    """Return the only table of several of a system that a noun speaks of."""
    tables = set(_rivals(system.table_hits()))
    if len(tables) < 2 or system.best_column() > _NAMES_TABLE or system.values or noun.values:
        return None
    if noun.kind != "mention" or noun.best_table() >= _NAMES_TABLE or noun.text.endswith("s"):
        return None
    spoken = {hit.table for hit in noun.hits if hit.table in tables}
    exact = noun.best_column() >= _EXACT
    return next(iter(spoken)) if len(spoken) == 1 and not exact else None


def _rivals(hits: Sequence[NameHit]) -> list[str]:
    return [hit.table for hit in hits if hit.score >= hits[0].score - _CLEARLY]


def _worth(join: Join, graph: Graph) -> float:
    """Return how well a join pairs rows one to one: hotels with properties, not with bookings."""
    return join.score + (_CLEARLY if graph.pairs_one_to_one(join) else 0.0)


def _nouns_before(items: Sequence[Item], position: int) -> list[str]:
    return [
        item.table_hits()[0].table
        for item in items[:position]
        if item.best_table() >= _NAMES_TABLE and item.best_table() >= item.best_column()
    ]


def _denied_of(items: Sequence[Item], position: int) -> bool:
    # "units on the fleet sheet that are not in the fleet register": another fleet than that.
    lead = items[max(position - 3, 0) : position]
    return any(item.is_cue("missing") for item in lead)


def best_joined(items: Sequence[Item], position: int, graph: Graph) -> str | None:
    """Return the table of a system that clearly best joins the other table that is named."""
    named = [
        item.table_hits()[0].table
        for at, item in enumerate(items)
        if at != position and item.best_table() >= _NAMES_TABLE
    ]
    tables = _rivals(items[position].table_hits())
    if len(set(named)) > 1:
        named = _nouns_before(items, position)[-1:]  # "alarms of nodes that are not in A": nodes
    if len(set(named)) != 1:
        return None
    other = named[0]
    if other in tables and not _denied_of(items, position):
        return None
    tables = [table for table in tables if table != other]
    joins = {table: graph.joins_between(table, other)[:1] for table in tables}
    ranked = sorted(((_worth(found[0], graph), name) for name, found in joins.items() if found))
    ranked = ranked[::-1]
    if not ranked or (len(ranked) > 1 and ranked[0][0] < ranked[1][0] + _CLEARLY):
        return None
    return ranked[0][1]
