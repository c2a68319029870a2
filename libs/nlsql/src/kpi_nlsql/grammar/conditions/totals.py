"""Totals that the sentence names by no column: "this total", "the most money"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kpi_nlsql.drafting.draft import Ref, Wanted, chosen_ref
from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.schema.amounts import adds_up, main_amount, money_amount
from kpi_nlsql.schema.graph import Table

MONEY = frozenset({"money", "revenue", "turnover", "value"})
_TOTALS = frozenset({"total", "totals", "sum", "in total", "value", "amount", "turnover"})
_WHOLE = frozenset({"gross", "value", "valu", "total"})
_THINGS = frozenset("sales hours units pieces points quantity volume spend".split())  # noqa: SIM905
_TIED = 0.05
_LIST = frozenset("and , the this that their its with show".split())  # noqa: SIM905


def shown(scan: Scanner, functions: list[str]) -> None:
    """Ask for the sum that rows are ranked by: "…, with the name and this total"."""
    draft = scan.draft
    measures = [sorting.ref for sorting in draft.sorting if sorting.ref is not None]
    listed = scan.at(scan.position - 1).text in _LIST
    if scan.in_where or not listed or functions != ["sum"] or len(measures) != 1:
        return
    draft.wanted.append(Wanted(scan.position, measures[0], "sum"))
    scan.take(scan.position)


def money(scan: Scanner, position: int) -> Ref | None:
    """Return the amount of the rows that money is spoken of with: "billed the most money".

    Where they are not named, it is that of the only rows with money that the others have several
    of; the reading doubts itself where there are none or more.
    """
    if _is_money(scan, position + 1) and scan.role(position) == "table":
        scan.take(position, position + 1)  # "the most ticket money"
        return of_rows(scan, position)
    if not _is_money(scan, position):
        return None
    entity = scan.entity() or _shown_table(scan)
    named = [table for table in reversed(scan.tables_named()) if table != entity]
    amounts = amounts_of(scan, named)
    if not amounts and entity is not None:
        related = amounts_of_related(scan, entity)
        amounts = related if len(related) == 1 else []
    if not amounts:
        scan.draft.note("unmeasured")
        return None
    scan.take(position)
    return chosen_ref(position, *amounts[0])


def _shown_table(scan: Scanner) -> str | None:
    # "Which segment has spent the most money?": whose segment it is.
    return next((hit.table for hit in scan.draft.shown()), None)


def _is_money(scan: Scanner, position: int) -> bool:
    return scan.at(position).text in MONEY and scan.role(position) in {"none", "value"}


def worth(scan: Scanner, position: int) -> Ref | None:
    """Return the amount of the rows named next: "total value of the open invoices"."""
    named = [at for at in range(position + 1, len(scan.items)) if scan.role(at) == "table"]
    table = scan.sentence.graph.table(scan.table(named[0])) if named else None
    amount = (amount_of(table) or _gross(table)) if table is not None else None
    return None if table is None or amount is None else chosen_ref(position, table.name, amount)


def _gross(table: Table) -> str | None:
    """Return the one column that says the whole amount, before fees and taxes."""
    whole = [column for column in table.columns if _WHOLE & set(stems(column.name))]
    return whole[0].name if len(whole) == 1 and adds_up(whole[0]) else None


def amounts_of(scan: Scanner, tables: Iterable[str]) -> list[tuple[str, str]]:
    """Return the amounts of the tables that have one, with the table of each."""
    graph = scan.sentence.graph
    return [(table, amount) for table in tables if (amount := amount_of(graph.table(table)))]


def amounts_of_related(scan: Scanner, entity: str) -> list[tuple[str, str]]:
    """Return the money of the rows that each row of a table has several of, or these have."""
    graph, nearest = scan.sentence.graph, _several(scan, entity)
    amounts = [(table, amount) for table in nearest if (amount := money_amount(graph.table(table)))]
    if amounts:
        return amounts
    further = {name for table in nearest for name in _several(scan, table)} - {entity}
    return amounts_of(scan, {*nearest, *further})


def _several(scan: Scanner, entity: str) -> list[str]:
    """Return the tables of which a row of another has several rows."""
    graph, paths = scan.sentence.graph, scan.sentence.paths
    joins = graph.joins_from(entity)
    declared = [join for join in joins if join.kind == "foreign_key"]
    several = [join for join in declared or joins if not paths.to_one(join, graph)]
    return list(dict.fromkeys(join.right_table for join in several))


def total_of(scan: Scanner, position: int) -> Ref | None:
    """Return the amount of rows whose total is told: "by [invoice] total"."""
    following = position + 1
    unnamed = scan.role(following) == "none" or scan.at(following).text in {"total", "totals"}
    if scan.at(following).text not in _TOTALS or not unnamed:
        return None
    return of_rows(scan, position)


def of_rows(scan: Scanner, position: int) -> Ref | None:
    """Return the amount of the rows named at a position: "the lowest total payments"."""
    if scan.role(position) != "table":
        return None
    amounts = amounts_of(scan, [scan.table(position)])
    return chosen_ref(position, *amounts[0]) if amounts else None


def of_many(scan: Scanner, position: int) -> bool:
    """Tell whether an amount is said to be what many rows come to: "ordered quantity", "kegs"."""
    words = scan.at(position).text.split()
    done = words[0] if len(words) > 1 else scan.at(position - 1).text
    return done.endswith("ed") or words[-1] in MONEY or (len(words) == 1 and words[0] in _THINGS)


def amount_of(table: Table) -> str | None:
    """Return the column that tells the money of a row, or else its one amount."""
    return money_amount(table) or main_amount(table)


def summable(scan: Scanner, ref: Ref) -> Ref:
    """Return the reference with columns that add up before those as likely that do not."""
    best = ref.hits[0].score if ref.hits else 0.0

    def rank(hit: NameHit) -> tuple[bool, bool]:
        return hit.score < best - _TIED, not scan.adds_up(hit)

    ref.hits = tuple(sorted(ref.hits, key=rank))
    ref.hits = tuple(replace(hit, score=hit.score + _TIED) for hit in ref.hits[:1]) + ref.hits[1:]
    return ref
