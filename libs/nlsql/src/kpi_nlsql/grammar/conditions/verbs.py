"""Verbs: mentions that say what is done to rows, though a column is called so, too."""

from __future__ import annotations

from kpi_nlsql.grammar.asking.implied_columns import IMPLIED
from kpi_nlsql.grammar.scanner import Scanner

_LEADS = frozenset("via by on for from to at with through against under".split())  # noqa: SIM905

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
        following.is_cue(kind) for kind in ("compare", "average_of_all", "below_average")
    )
    measures = measures or _is_compared(scan, position)
    plainly = often or measures or _is_participle(scan, position) or _happened(scan, position)
    return plainly or _leads_on(scan, position)


def _is_compared(scan: Scanner, position: int) -> bool:
    # "claims billed above average": behind the rows, a participle whose amount is compared.
    following = scan.at(position + 1)
    averaged = following.is_cue("average_of_all") or following.is_cue("below_average")
    return averaged and scan.participle(position) and scan.role(position - 1) == "table"


def is_asked(scan: Scanner, position: int) -> bool:
    """Tell whether a verb stands here behind "did": "How many parcels did we lose?"."""
    before = position - 1
    before -= scan.at(before).text in _PERSONS
    plain = " " not in scan.at(position).text and not scan.in_where
    told = bool(scan.draft.wanted or scan.draft.entities)
    return plain and told and scan.at(before).text in {"did", "does"}


def _happened(scan: Scanner, position: int) -> bool:
    # "opened in 2024", "installed before May": the verb names the column of the date.
    following = scan.at(position + 1)
    timed = following.text in {"in", "on", "during"} or any(
        following.is_cue(kind) for kind in ("after", "before", "between", "recent")
    )
    item = scan.at(position)
    dated = any(scan.column_of(hit).dated for hit in item.column_hits())
    return timed and dated and item.text.endswith(("ed", "en", "ght"))


def _leads_on(scan: Scanner, position: int) -> bool:
    # "confirmations received via SWIFT", "refunds booked on orders": behind the rows, a verb.
    text, lead = scan.at(position).text, scan.at(position + 1).text
    behind_rows = scan.role(position - 1) in {"table", "value"}
    return text.endswith("ed") and " " not in text and behind_rows and lead in _LEADS


def is_stated(scan: Scanner) -> bool:
    """Tell whether a verb alone says of whose rows is spoken."""
    verb = scan.item.text.endswith(("ed", "en", "ne")) and " " not in scan.item.text
    copula = scan.at(scan.position - 1).text in {"is", "are", "was", "were", "been"}
    alone = not (scan.draft.entities or scan.draft.wanted or scan.tables_named())
    return verb and copula and alone and scan.position > 1
