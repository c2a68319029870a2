"""People: "who never signed a contract" asks for the people that contracts refer to."""

from __future__ import annotations

from kpi_nlsql.english.money import MOVING
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.walking import skip_words
from kpi_nlsql.schema.people import are_people

_DEEDS = MOVING | frozenset(
    "ordered bought booked sold rented borrowed returned cancelled sent received visited signed "  # noqa: SIM905
    "reserved attended subscribed complained".split()
)
_HELPING = frozenset({"has", "have", "had", "ever", "been", "all"})
_DENIED_WITHIN = 3


def ask_people(scan: Scanner) -> None:
    """Make "who", where no other word says it, the people that the rows named refer to."""
    if scan.item.text != "who" or scan.draft.entities:
        return
    ranked = _ranked(scan)
    if ranked is None and not (_denied(scan) or _acts(scan)):
        return
    named = [i for i in range(scan.position + 1, len(scan.items)) if scan.role(i) == "table"]
    rows = ranked or (scan.table(named[0]) if named else None)
    if rows is None:
        return
    people = are_people(scan.sentence.graph.table(rows))
    table = ranked if people else _people_of(scan, rows)
    if table is not None:
        scan.draft.entities.append((scan.position, table))
        scan.in_where = True


def _ranked(scan: Scanner) -> str | None:
    """Return the table of the amount that "who" has the most of: "who has the highest salary"."""
    most = skip_words(scan.items, scan.position + 1, _HELPING)
    most += scan.unknown(most)  # "who worked the most hours"
    amount = scan.skip(most + 1)
    if not scan.at(most).is_cue("superlative") or scan.role(amount) != "column":
        return None
    ref = scan.ref(amount)
    return ref.hits[0].table if scan.measures(ref) else None


def _denied(scan: Scanner) -> bool:
    following = range(scan.position + 1, scan.position + 1 + _DENIED_WITHIN)
    return any(scan.at(index).is_cue("not") for index in following)


def _acts(scan: Scanner) -> bool:
    """Tell whether "who" does something with rows: "who spent the most on orders"."""
    verb = skip_words(scan.items, scan.position + 1, _HELPING)
    most = scan.at(verb).argument("superlative") in {"most", "fewest"}
    return most or scan.at(verb).text in _DEEDS


def _people_of(scan: Scanner, table: str) -> str | None:
    """Return the nearest table of people that each row of the table has one of, if any."""
    graph, paths = scan.sentence.graph, scan.sentence.paths
    found = [
        (path[0], other.name)
        for other in graph.tables
        if other.name != table and are_people(other)
        if (path := paths.path(table, other.name)) is not None
        if all(paths.to_one(join, graph) for join in path[1])
    ]
    return min(found)[1] if found else None
