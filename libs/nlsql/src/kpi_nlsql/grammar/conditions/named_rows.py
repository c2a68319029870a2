"""Named rows: "heavier than the Falcon", "rated above that of Acme" compare with what one row has.

The row is told by a value that names it; what it has is the measure that is compared.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term, chosen_ref
from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.asking.implied_columns import AGE, implied_column
from kpi_nlsql.grammar.conditions.times import bound
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.plans.plan import Operator
from kpi_nlsql.schema.graph import Column

_NAMING = 0.5
"""The variety of a column from which on its values name rows rather than kinds of them."""
_AGED = 0.9
_TITLES = tuple(stems(word) for word in ("name", "title"))
_YEAR = stems("year")
_ITS_OWN = frozenset({"that", "those", "of", "the", "for"})


def against_named_row(
    scan: Scanner, operator: Operator, position: int, measure: Ref | None = None
) -> bool:
    """Consume "above that of the Kiel plant": the same measure of the row that is named there.

    The ``measure`` stands inside the comparison in "more berths than the Albatros".
    """
    name = _name_at(scan, position)
    if name is None or operator in {"=", "!="}:
        return False  # "boats other than the Albatros"
    aged = scan.item.is_cue("older") or scan.item.is_cue("younger")
    subject = measure or scan.pending
    if subject is None or aged:
        subject = _age(scan) if aged else implied_column(scan, scan.position)
    hits = _naming(scan, name, subject)
    if subject is None or not hits or scan.pending_function is not None:
        return False
    if aged and _is_date(scan.column_of(subject.hits[0])):
        operator = bound(scan.item, dated=True) or operator
    _compare(scan, operator, subject, name, hits)
    return True


def _compare(
    scan: Scanner, operator: Operator, subject: Ref, name: int, hits: tuple[ValueHit, ...]
) -> None:
    """Add the comparison with what the rows have that are named so: one, as a rule."""
    subject.near = hits[0].table
    subject.hits = tuple(hit for hit in subject.hits if hit.table == hits[0].table)
    extreme = "max" if operator[0] == ">" else "min"
    term = Term("compare", scan.position, subject, operator, (extreme,), against="average")
    scan.take(*range(scan.position, name + 1))
    scan.not_output(subject)
    scan.add(term)
    term.among = scan.further_scope()
    scan.draft.terms.append(
        Term("value", name, hits=hits, values=(scan.at(name).text,), scope=term.among)
    )
    scan.position, scan.in_where, scan.pending = name + 1, True, None


def _name_at(scan: Scanner, position: int) -> int | None:
    """Return where the row is named, past "that of" and the noun of the rows."""
    at = position
    while scan.at(at).text in _ITS_OWN or scan.mentions(at, scan.entity()):
        at += 1
    item = scan.at(at)
    return at if item.values and item.number is None else None


def _naming(scan: Scanner, position: int, subject: Ref | None) -> tuple[ValueHit, ...]:
    """Return the value as a name of rows that have the measure; nothing where it is none."""
    if subject is None:
        return ()
    measured = {hit.table for hit in subject.hits if _is_measure(scan, hit)}
    named = [hit for hit in scan.at(position).values if hit.table in measured and _names(scan, hit)]
    own = [hit for hit in named if hit.table == scan.entity()] or named
    return tuple(hit for hit in own if hit.table == own[0].table)


def _is_measure(scan: Scanner, hit: NameHit) -> bool:
    column = scan.column_of(hit) if hit.column is not None else None
    return column is not None and (column.dated or column.family == "number")


def _names(scan: Scanner, hit: ValueHit) -> bool:
    """Tell whether a value names one row, as far as is known, rather than a kind of rows."""
    table = scan.sentence.graph.table(hit.table)
    column = table.column(hit.column)
    if column.dated or column.monthly or column.measures:
        return False  # "reviewed after 2024-05"
    variety = table.variety(column)
    if variety is None:
        return stems(hit.column)[-1:] in _TITLES
    return variety >= _NAMING


def _age(scan: Scanner) -> Ref | None:
    """Return the age of the rows asked for, or else the one day or year that tells it."""
    rows = scan.entity()
    if rows is None:
        return None
    aged = scan.implied(scan.position, AGE, rows)
    own = [hit for hit in aged.hits if hit.table == rows] if aged else []
    if own and own[0].score >= _AGED:
        return chosen_ref(scan.position, rows, str(own[0].column))
    dated = [c.name for c in scan.sentence.graph.table(rows).columns if _is_date(c)]
    return chosen_ref(scan.position, rows, dated[0]) if len(dated) == 1 else None


def _is_date(column: Column) -> bool:
    return column.dated or (column.family == "number" and stems(column.name)[-1:] == _YEAR)
