"""Groups by a unit of time: "orders per month", "monthly", "jobs closed per year"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Group, Ref, Term, Wanted, chosen_ref
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.grammar.asking.grouping import add_amount_up, further, rows_asked
from kpi_nlsql.grammar.asking.units_of_time import STORED, by_period, keeps
from kpi_nlsql.grammar.conditions.periods import amounted, date_of
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.periods_told import UNITS

_ADVERBS = frozenset({"monthly", "yearly", "daily", "annually"})
_OPENING = 2


def read(scan: Scanner) -> bool:
    """Consume a unit of time that rows are put together by, and what else they are."""
    start = scan.position
    if _is_ranked(scan):
        scan.draft.groups.append(Group(start, period=UNITS[scan.item.text]))  # type: ignore[arg-type]
        scan.take(start)
        scan.position += 1
        scan.in_where = True
        return True
    unit = scan.at(start + 2).text
    deed = _date_of_deed(scan, start) if _is_group(scan, start + 1) and unit in UNITS else None
    at = start + (deed is not None)
    if not _is_group(scan, at) and not _is_adverb(scan):
        return False
    scan.position = at
    summed = scan.at(at + 1).text in UNITS and add_amount_up(scan)
    rows = scan.at(at + 1).text in UNITS and (rows_asked(scan) or _things_done(scan, deed))
    if not by_period(scan, at + _is_group(scan, at)):
        if summed:
            scan.draft.wanted[0].function = None
        scan.position = start
        return False
    scan.take(start)
    if rows:
        scan.draft.wanted = [Wanted(at, function="count", table=deed.table if deed else None)]
    _date_by(scan, deed)
    further(scan, at)
    return True


def _is_ranked(scan: Scanner) -> bool:
    """Tell whether a unit of time is asked for: "which month had the most absences".

    So it is in "month with the highest order amount".
    """
    asked = scan.at(scan.position - 1)
    which = asked.is_cue("relative") and asked.last_word in {"which", "what"}
    opens = scan.skip(0) == scan.position or asked.is_cue("show")
    which = which or (opens and scan.at(scan.position + 1).text in {"with", "of"})
    if scan.item.text not in UNITS or not which or scan.draft.entities:
        return False
    ranked = any(item.is_cue("superlative") for item in scan.items[scan.position + 1 :])
    stored = scan.item.best_column() >= STORED or keeps(scan, scan.position)
    return ranked and not stored


def complete(scan: Scanner) -> None:
    """Take the months asked for of the date of what they are ranked by, if it has one."""
    _add_up(scan)
    for group in [group for group in scan.draft.groups if group.period and not group.ref]:
        table = next(iter(amounted(scan)), None)
        date = date_of(scan, table) if table is not None else None
        if table is None or date is None:
            scan.draft.groups.remove(group)
            scan.draft.note("unmeasured")
            continue
        group.ref = Ref(group.position, date.hits, table)
        scan.draft.entities = scan.draft.entities or [(group.position, table)]
        for sorting in scan.draft.sorting:
            adds = sorting.ref is not None and scan.adds_up(sorting.ref.hits[0])
            sorting.function = sorting.function or ("sum" if adds else None)


def _add_up(scan: Scanner) -> None:
    # "monthly invoice amount" adds up what there is of each month; "monthly invoices" does not say
    groups = [each for each in scan.draft.groups if scan.at(each.position).text in _ADVERBS]
    for group in groups:
        for wanted in scan.draft.wanted:
            behind = wanted.position > group.position
            if behind and wanted.ref and not wanted.function and scan.adds_up(wanted.ref.hits[0]):
                wanted.function = "sum"
    if groups and not any(wanted.function for wanted in scan.draft.wanted):
        scan.draft.note("unmeasured")


def _is_group(scan: Scanner, position: int) -> bool:
    return scan.at(position).is_cue("group") or scan.at(position).text == "by"


def _is_adverb(scan: Scanner) -> bool:
    # "monthly", unless the rows have a frequency Monthly: "monthly pledges"
    following = scan.at(scan.position + 1).table_hits()
    described = bool(following) and any(
        value.table == following[0].table and value.score >= 1.0 for value in scan.item.values
    )
    return scan.item.text in _ADVERBS and not described


def _date_of_deed(scan: Scanner, position: int) -> NameHit | None:
    """Return the date of the rows that a verb names: "jobs [closed] per year"."""
    named = scan.at(position).column_hits()
    rows = scan.last_table() or scan.entity() or (named[0].table if named else None)
    if rows is None or not scan.participle(position):
        return None
    word = stem(scan.at(position).text)
    dated = [c for c in scan.sentence.graph.table(rows).columns if c.dated]
    told = [c for c in dated if any(word in stems(name) for name in c.display_names)]
    return NameHit(rows, told[0].name, 1.0) if len(told) == 1 else None


def _things_done(scan: Scanner, deed: NameHit | None) -> bool:
    """Tell whether a column stands for the rows: "materials created per month" are counted."""
    shown = scan.draft.wanted
    if deed is None or len(shown) != 1 or shown[0].function or not shown[0].ref:
        return False
    ref, plural = shown[0].ref, scan.at(shown[0].position).last_word.endswith("s")
    own = any(hit.table == deed.table for hit in ref.hits[:1])
    return own and plural and not scan.measures(ref) and shown[0].position <= _OPENING


def _date_by(scan: Scanner, deed: NameHit | None) -> None:
    """Take the months of the date that a verb names: "closed per month", "by month closed"."""
    group, behind = scan.draft.groups[-1], scan.position
    following = scan.at(behind + 1)
    if deed is None and (following.text in {"", "and"} or following.kind == "mark"):
        deed = _date_of_deed(scan, behind)
        if deed is not None:
            scan.take(behind)
            scan.position = behind + 1
    if deed is not None and group.ref is not None:
        group.ref.hits, group.ref.near = (deed,), deed.table
        if scan.column_of(deed).nullable:  # what is not closed yet was closed in no month
            done = chosen_ref(group.position, deed.table, str(deed.column))
            scan.draft.terms.append(Term("null", group.position, done, negated=True))
