"""Verbs: mentions that say what is done to rows, though a column is called so, too."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref
from kpi_nlsql.english.deeds import is_inflected
from kpi_nlsql.grammar.asking.implied_columns import IMPLIED, what_it_costs
from kpi_nlsql.grammar.conditions.date_gaps import DAYS
from kpi_nlsql.grammar.scanner import Scanner

_LEADS = frozenset("via by on for from to at with through against under of as".split())  # noqa: SIM905

_PERSONS = frozenset({"we", "they", "you", "i", "it"})


def _is_participle(scan: Scanner, position: int) -> bool:
    # "performances they attended": a verb that only shares its stem with a column's name.
    item = scan.at(position)
    if not item.text.endswith(("ed", "ing", "en", "ught")) or " " in item.text:
        return False
    return not any(item.text in str(hit.column).lower() for hit in item.column_hits())


def is_deed(scan: Scanner, position: int) -> bool:
    """Tell whether a mention says what is done, and names no column to show."""
    item, following = scan.at(position), scan.at(position + 1)
    often = item.text.endswith("ed") and following.is_cue("often")
    # "products cost more than 5": a verb, whatever column is called so.
    measures = item.text in IMPLIED and any(
        following.is_cue(kind) for kind in ("compare", "between", "average_of_all", "below_average")
    )
    measures = measures or _is_compared(scan, position)
    plainly = often or measures or _is_participle(scan, position) or _happened(scan, position)
    return plainly or _leads_on(scan, position)


def _is_compared(scan: Scanner, position: int) -> bool:
    # "claims billed above average": behind the rows, a participle whose amount is compared.
    following = scan.at(position + 1)
    averaged = following.is_cue("average_of_all") or following.is_cue("below_average")
    number, unit = scan.at(position + 2).number, scan.at(position + 3).text
    averaged = averaged or (number is not None and unit in DAYS)  # "reported 5 days after …"
    return averaged and scan.participle(position) and scan.role(position - 1) == "table"


def is_asked(scan: Scanner, position: int) -> bool:
    """Tell whether a verb stands here behind "did": "How many parcels did we lose?"."""
    before = position - 1
    before -= scan.at(before).text in _PERSONS
    plain = " " not in scan.at(position).text and not scan.in_where
    told = bool(scan.draft.wanted or scan.draft.entities)
    asked = {"did", "does", "do"} if before < position - 1 else {"did", "does"}
    return plain and told and scan.at(before).text in asked


def _happened(scan: Scanner, position: int) -> bool:
    # "opened in 2024", "installed before May": the verb names the column of the date.
    following = scan.at(position + 1)
    timed = following.text in {"in", "on", "during"} or any(
        following.is_cue(kind) for kind in ("after", "before", "between", "recent", "older")
    )
    item = scan.at(position)
    dated = any(map(scan.is_dated, item.column_hits()))
    return timed and dated and item.text.endswith(("ed", "en", "ght"))


def _leads_on(scan: Scanner, position: int) -> bool:
    # "confirmations received via SWIFT", "refunds booked on orders": behind the rows, a verb.
    text, lead = scan.at(position).text, scan.at(position + 1).text
    behind_rows = scan.role(position - 1) in {"table", "value"}
    past = text.endswith("ed") or is_inflected(text)
    return past and " " not in text and behind_rows and lead in _LEADS


def _is_stated(scan: Scanner) -> bool:
    """Tell whether a verb alone says of whose rows is spoken."""
    verb = scan.item.text.endswith(("ed", "en", "ne")) and " " not in scan.item.text
    copula = scan.at(scan.position - 1).text in {"is", "are", "was", "were", "been"}
    alone = not (scan.draft.entities or scan.draft.wanted or scan.tables_named())
    return verb and copula and alone and scan.position > 1


def _ask_for_kind(scan: Scanner, ref: Ref) -> None:
    """Ask for the rows named by their kind: "Which repairs cost more than 500?"."""
    if scan.draft.wanted or scan.draft.entities:
        return
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "value" or last.position != scan.position - 1:
        return
    tables = [hit.table for hit in last.hits]
    own = [hit.table for hit in ref.hits if hit.table in tables]
    if tables:
        scan.draft.entities.append((last.position, (own or tables)[0]))


def is_compared(scan: Scanner) -> bool:
    """Tell whether a value follows: "repairs cost more than 3000", "milestones of type Launch"."""
    before, after = scan.at(scan.position - 1), scan.at(scan.position + 1)
    amount = scan.at(scan.position + 2)
    said = after.is_cue("compare") or after.is_cue("between")
    if said and (amount.number is not None or amount.kind == "quoted"):
        return bool(scan.draft.entities)
    numbered = after.kind == "number" and scan.measures(scan.ref(scan.position))
    if numbered and before.text in {"on", "of", "with", "in", "at"} and scan.draft.entities:
        return True
    of_rows = scan.role(scan.position - 2) == "table" and before.text in {"of", "with", "in"}
    return of_rows and scan.role(scan.position + 1) == "value" and after.kind == "mention"


def told_by_verb(scan: Scanner, ref: Ref) -> Ref:
    """Begin a condition where a column is only what a verb speaks of; return what it compares."""
    acts = is_deed(scan, scan.position)
    stated = _is_stated(scan)
    if stated:
        # "Which jobs were done by …": the noun is unknown, its verb tells whose rows are meant.
        scan.draft.entities.append((scan.position, scan.item.column_hits()[0].table))
    if acts:
        _ask_for_kind(scan, ref)
    acts = acts or stated or is_compared(scan)
    if not acts or not (scan.draft.wanted or scan.draft.entities):
        return ref
    scan.in_where = True
    return what_it_costs(scan, ref)
