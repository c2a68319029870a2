"""Parents counted: "invoices of carriers with two shipments" counts what each carrier has.

What is counted belongs to the rows named right before it, where it refers to them and not to what
is asked for. Such conditions get a scope of their own.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import MAIN, Draft, Term
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.paths import JoinPaths


def set_apart(draft: Draft, graph: Graph, paths: JoinPaths, entity: str) -> dict[int, str]:
    """Move what is counted for parents of the rows asked for to new scopes; return whose it is."""
    parents: dict[int, str] = {}
    scope = max((term.scope for term in draft.terms), default=MAIN) + 1
    for counted in [term for term in draft.terms if term.kind == "count" and term.scope == MAIN]:
        parent = _parent_before(draft, counted)
        if parent is None or not _belongs(counted, parent, entity, graph, paths):
            continue
        for term in draft.terms:
            if term.scope == MAIN and _table(term) == counted.table:
                term.scope, term.joined_by_or = scope, False
        parents[scope] = parent
        scope += 1
    return parents


def _table(term: Term) -> str | None:
    return term.table or (term.ref.choice[0] if term.ref and term.ref.choice else None)


def _parent_before(draft: Draft, counted: Term) -> str | None:
    """Return the rows named last before what is counted."""
    named = [(at, table) for at, table in draft.entities if at < counted.position]
    named += [
        (term.position, term.table)
        for term in draft.terms
        if term.kind == "exists" and term.scope == MAIN and term.table
        if term.position < counted.position
    ]
    others = [entry for entry in named if entry[1] != counted.table]
    return max(others)[1] if others else None


def _belongs(counted: Term, parent: str, entity: str, graph: Graph, paths: JoinPaths) -> bool:
    """Tell whether what is counted refers to the parent that each row asked for has one of."""
    table = counted.table
    if counted.ref is not None or table is None or parent == entity or table == entity:
        return False
    above = paths.path(entity, parent)
    if above is None or not all(paths.to_one(join, graph) for join in above[1]):
        return False

    def refers(to: str) -> bool:
        found = paths.path(table, to)
        return found is not None and len(found[1]) == 1 and paths.to_one(found[1][0], graph)

    return refers(parent) and not refers(entity)
