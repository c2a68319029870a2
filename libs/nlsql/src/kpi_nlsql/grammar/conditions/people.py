"""People: "who never signed a contract" asks for the people that contracts refer to."""

from __future__ import annotations

from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.schema.people import are_people

_DENIED_WITHIN = 3


def ask_people(scan: Scanner) -> None:
    """Make "who", where no other word says it, the people that the rows named refer to."""
    if scan.item.text != "who" or scan.draft.entities:
        return
    if not _denied(scan):
        return
    named = [i for i in range(scan.position + 1, len(scan.items)) if scan.role(i) == "table"]
    if not named or are_people(scan.sentence.graph.table(scan.table(named[0]))):
        return
    table = _people_of(scan, scan.table(named[0]))
    if table is not None:
        scan.draft.entities.append((scan.position, table))
        scan.in_where = True


def _denied(scan: Scanner) -> bool:
    following = range(scan.position + 1, scan.position + 1 + _DENIED_WITHIN)
    return any(scan.at(index).is_cue("not") for index in following)


def _people_of(scan: Scanner, table: str) -> str | None:
    """Return the nearest table of people that each row of the table has one of, if any."""
    graph, paths = scan.sentence.graph, scan.sentence.paths
    found = [
        (path[0], other.name)
        for other in graph.tables
        if are_people(other)
        if (path := paths.path(table, other.name)) is not None
        if all(paths.to_one(join, graph) for join in path[1])
    ]
    return min(found)[1] if found else None
