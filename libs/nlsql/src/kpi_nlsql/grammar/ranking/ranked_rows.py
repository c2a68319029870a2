"""Ranked rows: whether what a superlative measures is one row's, or counted over several."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Sorting, Wanted, chosen_ref
from kpi_nlsql.english.words import all_stems, stem
from kpi_nlsql.grammar.conditions.totals import amount_of
from kpi_nlsql.grammar.scanner import Scanner


def most_rows(scan: Scanner, position: int, start: int, descending: bool) -> Sorting | None:
    """Return the order by how many rows there are of what is mentioned, if it is rows."""
    stored = scan.stored_count(position)
    if stored is not None:
        return Sorting(start, stored, None, None, descending)
    if scan.role(position) == "table" and scan.role(position + 1) != "column":
        return Sorting(start, None, "count", scan.table(position), descending)
    if scan.subject(position) is not None:
        return Sorting(start, None, "count", None, descending)
    return None


def amount_of_rows(scan: Scanner, position: int, descending: bool) -> bool:
    """Ask for the extreme of an amount that rows have: "the highest amount of open invoices"."""
    start, noun = scan.position, scan.head(position)
    groups = {group.position for group in scan.draft.groups}
    rows = [at for at, _ in scan.draft.entities if at not in groups]
    asked = scan.in_where or scan.draft.wanted or rows
    if asked or scan.role(noun) != "table" or not scan.item.text.endswith("amount of"):
        return False
    table = scan.sentence.graph.table(scan.table(noun))
    amount = amount_of(table)
    if amount is None or stem("amount") not in all_stems(table.column(amount).display_names):
        return False
    ref = chosen_ref(start, table.name, amount)
    scan.draft.wanted.append(Wanted(start, ref, "max" if descending else "min"))
    scan.take(start)
    scan.position = start + 1
    return True


def has_several(scan: Scanner, ref: Ref) -> bool:
    """Tell whether a beer is asked for of which there are several: "delivered the most kegs of"."""
    tables = {table for _, table in scan.draft.entities}
    return bool(tables) and not any(hit.table in tables for hit in ref.hits)


def dates_of_groups(scan: Scanner, ref: Ref) -> bool:
    """Tell whether a date is the latest of several: "the latest reading date of each meter"."""
    grouped = any(item.is_cue("group") for item in scan.items) or _by_groups(scan, ref.position)
    return scan.is_dated(ref.hits[0]) and grouped


def _by_groups(scan: Scanner, position: int) -> bool:
    # "the latest reading date by meter", but not "by reading date"
    told = [at for at in range(position, len(scan.items)) if scan.at(at).text == "by"]
    named = [at + 1 for at in told if scan.role(at + 1) in {"column", "table"}]
    return any(scan.role(at) == "table" or not scan.is_dated(scan.ref(at).hits[0]) for at in named)


def measures(scan: Scanner, position: int) -> bool:
    """Tell whether a column of amounts is named here."""
    return scan.role(position) == "column" and scan.measures(scan.ref(position))
