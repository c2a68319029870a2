"""People: tables whose rows are people, and whose rows belong to whom."""

from __future__ import annotations

from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.schema.graph import Graph, Table

_PEOPLE = frozenset(
    stem(word)
    for word in (  # noqa: SIM905
        "person people customer client employee staff member student pupil citizen resident "
        "guest patient user driver subscriber tenant teacher player passenger reader worker "
        "borrower visitor donor candidate applicant contact agent volunteer owner author artist "
        "instructor trainer trainee mechanic technician doctor nurse vet debtor holder buyer "
        "seller vendor supplier participant attendee investor lessee renter"
    ).split()
)


def are_people(table: Table) -> bool:
    """Tell whether the rows of a table are people, by its name."""
    return any(is_person(name) for name in table.display_names)


def is_person(name: str) -> bool:
    """Tell whether a noun is one for people."""
    return bool(stems(name)) and stems(name)[-1] in _PEOPLE


def people_of(graph: Graph, table: str, *, declared: bool) -> str | None:
    """Return the one table of people that the rows of a table refer to themselves, if any.

    ``declared`` asks for a foreign key; else the keys that the data tell are enough.
    """
    found = [
        join
        for other in graph.tables
        if other.name != table and are_people(other)
        for join in graph.joins_between(table, other.name)[:1]
        if graph.table(join.right_table).identifies(join.right_columns)
    ]
    keys = [join for join in found if join.kind == "foreign_key"]
    named = {join.right_table for join in (keys if keys or declared else found)}
    return named.pop() if len(named) == 1 else None
