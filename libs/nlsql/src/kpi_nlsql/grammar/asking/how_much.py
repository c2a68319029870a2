"""How much: "how much was paid per channel" adds up the money of the rows, for each group.

Which money, the rows tell that the sentence names: "what did each hotel earn with confirmed
bookings" adds up that of the bookings, "how much has each author earned" that of the only rows
with money that an author has several of.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Group, Ref, Wanted, chosen_ref
from kpi_nlsql.english.deeds import LEAVINGS
from kpi_nlsql.english.function_words import HELPING
from kpi_nlsql.english.money import MOVING
from kpi_nlsql.english.verbal_nouns import VERBAL_NOUNS
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.grammar.conditions.totals import amounts_of, amounts_of_related, summable
from kpi_nlsql.grammar.scanner import Scanner

_FARTHEST_VERB = 5
_PERSONS = frozenset({"we", "they", "you", "people"})
_PARTLY = 0.6
_CALLED = 0.6


def complete(scan: Scanner) -> None:
    """Add up what is asked for by "how much": money, or the amount that is named."""
    start, draft = _start(scan), scan.draft
    if start is None or not asks_total(scan):
        return
    draft.wanted = [wanted for wanted in draft.wanted if not _does_it(scan, wanted, start)]
    sums = [wanted for wanted in draft.wanted if wanted.function == "sum"]
    if not sums and not _add_up(scan):
        draft.note("unmeasured")
        return
    scan.take(start, start + 1)


def asks_total(scan: Scanner) -> bool:
    """Tell whether "how much" asks for what is paid, earned or billed, or for each of a kind."""
    start = _start(scan)
    return start is not None and (_moves(scan, start) or bool(scan.draft.groups))


def _moves(scan: Scanner, start: int) -> bool:
    """Tell whether money is moved: "how much did we charge for", "how much royalty do we owe"."""
    helpers = HELPING | {"was", "were", "is"}  # "how much was invoiced"
    helping = next((at for at in (start + 2, start + 3) if scan.at(at).text in helpers), None)
    if helping is None:
        return False
    ahead = range(helping + 1, helping + 1 + _FARTHEST_VERB)
    verb = next((at for at in ahead if scan.at(at).text in MOVING), None)
    if verb is not None:
        scan.take(verb)
    return verb is not None


def _start(scan: Scanner) -> int | None:
    texts = [item.text for item in scan.items]
    return next((at for at in range(len(texts) - 1) if texts[at : at + 2] == ["how", "much"]), None)


def _does_it(scan: Scanner, wanted: Wanted, start: int) -> bool:
    # "how much did people pay": who did it is not asked for.
    if wanted.ref is None or wanted.function or scan.at(start + 2).text not in HELPING:
        return False
    subject = scan.at(start + 3).text in _PERSONS
    told = start + 3 <= wanted.position <= start + 3 + subject
    return told and scan.at(wanted.position).best_column() < _PARTLY


def _add_up(scan: Scanner) -> bool:
    for wanted in scan.draft.wanted:
        if wanted.ref is None or not wanted.ref.hits or wanted.function is not None:
            continue
        if wanted.ref.choice is None:
            summable(scan, wanted.ref)
        if scan.adds_up(wanted.ref.hits[0]):
            wanted.function = "sum"
            return True
    money = money_of_rows(scan)
    if money is None:
        return False
    scan.draft.wanted = [wanted for wanted in scan.draft.wanted if wanted.ref is None]
    scan.draft.wanted.append(Wanted(money.position, money, "sum"))
    return True


def money_of_rows(scan: Scanner) -> Ref | None:
    """Return the money of the rows named, or else of the rows that those grouped by have."""
    grouped = {group.position for group in scan.draft.groups}
    named = [at for at in range(len(scan.items)) if at not in grouped and _names_rows(scan, at)]
    for position in named:
        if amounts := amounts_of(scan, [scan.table(position)]):
            return chosen_ref(position, *amounts[0])
    for position in named:
        amounts = amounts_of_related(scan, scan.table(position))
        if len(amounts) == 1:
            return chosen_ref(position, *amounts[0])
    return None if named else _of_values(scan) or _of_grouped(scan)


def _names_rows(scan: Scanner, position: int) -> bool:
    """Tell whether rows are named: "how much did we refund" tells of no ``ref_lift_cert``."""
    item = scan.at(position)
    if item.text not in MOVING or item.best_table() < _CALLED:
        return scan.role(position) == "table" and item.text not in MOVING
    told = stem(item.text)
    nouns = {told, *VERBAL_NOUNS.get(told, ()), *LEAVINGS.get(told, ())}
    names = scan.sentence.graph.table(scan.table(position)).display_names
    return any(nouns & set(stems(name)) for name in names)


def _of_values(scan: Scanner) -> Ref | None:
    """Return the money of the rows told by a value alone: "how much did we take by card"."""
    told = [term for term in scan.draft.terms if term.kind == "value" and term.hits]
    for term in told:
        tables = dict.fromkeys(hit.table for hit in term.hits if hit.score >= 1.0)
        amounts = amounts_of(scan, tables)
        if len(amounts) == 1:
            return chosen_ref(term.position, *amounts[0])
    return None


def _of_grouped(scan: Scanner) -> Ref | None:
    """Return the money of the rows that have what is grouped by: "for each type of service"."""
    for group in scan.draft.groups:
        if group.ref is not None:
            best = group.ref.hits[0]
            held = {hit.table for hit in group.ref.hits if hit.score >= best.score}
            amounts = amounts_of(scan, held)
        elif group.table is not None:
            amounts = amounts_of_related(scan, group.table) or _told_by_column(scan, group)
        else:
            continue
        if len(amounts) == 1:
            return chosen_ref(group.position, *amounts[0])
    return None


def _told_by_column(scan: Scanner, group: Group) -> list[tuple[str, str]]:
    """Return the money of the rows by a column of which they are grouped: "at each supplier"."""
    held = {hit.table for hit in scan.at(group.position).column_hits()} & {group.table}
    return amounts_of(scan, held)
