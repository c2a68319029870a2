"""Times: which date of the rows is meant, named by a verb ("expired in 2024") or not at all."""

from __future__ import annotations

import re
from dataclasses import replace

from kpi_nlsql.drafting.draft import MAIN, Ref, chosen_ref
from kpi_nlsql.english.dates_read import YEARS
from kpi_nlsql.english.words import all_stems, lemma, stem, stems
from kpi_nlsql.grammar.conditions.happenings import dates, has_for_life, rows_in_time
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.periods_told import DAYS_OF, is_beside_today
from kpi_nlsql.mentions.walking import skip_words
from kpi_nlsql.plans.plan import Operator
from kpi_nlsql.schema.graph import Column, Table

DATE = re.compile(r"\d{4}-(\d\d|[QH]\d)(-\d\d.*)?")
PARTICLES = frozenset({"in", "out", "on", "off", "up"})
"""Words that make one verb with what stands before: "logged in", "signed up"."""

_ROOT = 5
"""Letters that the stems of a verb and of its noun have in common."""

_LEADING = frozenset({"in", "on", "during", "by"})
_TIMED = ("after", "before", "between", "recent", "older")
_VERBS = {
    "expire lapse out": "expiry|expiration|expires|valid to|valid until|until|end|to",
    "end finish terminate": "end|finish|termination|term|valid to|valid until|until|to",
    "start begin commence": "start|begin|commencement|valid from|effective|from",
    "born": "birth|born",
    "leave left quit resign": "leave|leaving|exit|termination|term|end|departure|dep",
    "hire join recruit employ": "hire|join|joining|entry|start",
    "arrive arrival": "arrival|arrive|arr|checkin|check in",
    "depart departure": "departure|dep|checkout|check out",
    "open raise create log report": "open|opened|created|raised|logged|reported",
    "register": "registered|registration|reg",
    "build construct": "built|build|construction",
}
_COLUMNS = {
    stem(verb): tuple(stems(name) for name in names.split("|"))
    for verbs, names in _VERBS.items()
    for verb in verbs.split()
}
"""From the stem of a verb to what the date it speaks of may be called, the likeliest first."""

_ENDING = frozenset(map(stem, ("expire", "lapse", "end", "finish", "terminate", "leave", "depart")))
_LEAVING = frozenset(map(stem, ("leave", "left", "quit", "resign")))
_NAMED = 0.8
_OBJECT = 4
"""Words between a verb and its period."""
_DAYS = frozenset({"day", "date", "time"})
_CLAUSE = frozenset("they it he she was were is are on that when had been has have".split())  # noqa: SIM905

_HAPPENING = frozenset(
    "made placed recorded booked dated created posted taken happened dealt traded concluded "  # noqa: SIM905
    "executed entered logged captured".split()
)
"""Verbs of what every row stands for: their date is that of the row."""


_FROM = frozenset({"since", "starting from", "onwards"})
_UNTIL = frozenset({"until", "till"})


def bound(item: Item, *, dated: bool) -> Operator | None:
    """Return how words of time set something against a bound; older days come earlier."""
    older, younger = item.is_cue("older"), item.is_cue("younger")
    if item.is_cue("after") or (younger if dated else older):
        return ">=" if item.text in _FROM else ">"
    if item.is_cue("before") or (older if dated else younger):
        return "<=" if item.text in _UNTIL else "<"
    return None


def read(scan: Scanner) -> bool:
    """Consume a verb that a date of the rows is called by, before that date is compared."""
    end = scan.position + 1
    if scan.item.text in {"ran", "run", "runs"} and scan.at(end).text == "out":
        end += 1
    told = scan.at(end - 1).text
    if scan.at(end).text in PARTICLES and is_timed(scan, end + 1):
        told = lemma(scan.item.text) + scan.at(end).text + "s"  # "logged in after May": logins
        end += 1
    verb = scan.item.text.endswith(("ed", "ing"))
    noun = (scan.role(scan.position) == "table" and not verb) or " " in scan.item.text
    dated = told == "dated" and is_date(scan, end)  # "invoices dated May 2024"
    stays = told == "open" and (scan.at(end).is_cue("older") or scan.at(end).text == "since")
    if noun or stays or not (dated or is_timed(scan, end)):
        return False  # "jobs open since May" are open by now
    if scan.item.text == "valid":
        until = scan.at(end).is_cue("before") or scan.at(end).text == "to"
        told = "expire" if until else "start"
    ref = done_to(scan, told)
    if ref is None:
        _doubt(scan, told)
    if ref is None or (told in _HAPPENING and _has_rows_of_its_own(scan, ref)):
        return False
    scan.expect(ref)
    scan.take(*range(scan.position, end))
    scan.in_where = True
    scan.position = end
    return True


def _has_rows_of_its_own(scan: Scanner, ref: Ref) -> bool:
    # "vehicles booked this year" have a booking, whenever they were bought
    done = scan.at(scan.position).table_hits()[:1]
    return bool(done) and done[0].score >= _NAMED and done[0].table != ref.hits[0].table


def _doubt(scan: Scanner, verb: str) -> None:
    # "contracts ending next month" that have a date when they began, and one when they are paid
    rows = scan.last_table() or scan.entity()
    if rows is not None and stem(verb) in _ENDING and len(dates(scan, rows)) > 1:
        scan.draft.note("unmeasured")


def happens(scan: Scanner, position: int) -> bool:
    """Tell whether a verb tells when something is the case: "contracts expire in 2026"."""
    return stem(scan.at(position).text) in _COLUMNS and is_timed(scan, position + 1)


def done_to(scan: Scanner, verb: str) -> Ref | None:
    """Return the date that a verb speaks of: of the rows named last, else of those asked for.

    "bookings of corporate customers picked up in May" were picked up, not the customers, and
    "orders of customers placed in May" placed, whenever the customers signed up.
    """
    last, asked = scan.last_table(), scan.entity()
    lived = verb in _HAPPENING and last is not None and has_for_life(scan, last)
    tables = dict.fromkeys((asked, last) if lived else (last, asked))
    for table in filter(None, tables if scan.scope == MAIN else (last or asked,)):
        column = named_by(verb, scan.sentence.graph.table(table))
        if column is not None:
            return chosen_ref(scan.position, table, column.name)
    return None


def day_told(scan: Scanner, position: int) -> tuple[Ref, int] | None:
    """Return the date that "(the day) they were ordered" speaks of, and the position behind."""
    table = scan.last_table() or scan.entity()
    if table is None:
        return None
    start = position + (scan.at(position).last_word in _DAYS)
    verb = start
    while scan.at(verb).text in _CLAUSE or scan.at(verb).is_cue("relative"):
        verb += 1
    if not scan.at(verb).text.endswith(("ed", "en", "id", "nt", "de")) or verb == start:
        return None
    column = named_by(scan.at(verb).text, scan.sentence.graph.table(table))
    if column is None:
        return None
    return chosen_ref(verb, table, column.name), verb + 1


def is_timed(scan: Scanner, position: int) -> bool:
    """Tell whether a date or a year follows, told to be before, after, in or between."""
    item = scan.at(position)
    if item.is_cue("recent") or item.is_cue("older"):
        counted = scan.at(position + 1).number is not None
        unit = scan.at(position + 1 + counted).text
        return unit in DAYS_OF and (counted or item.is_cue("recent"))
    if is_beside_today(scan.items, position):
        return True
    if item.text not in _LEADING and not any(item.is_cue(kind) for kind in _TIMED):
        return False
    position += 1 + (item.text == "on" and scan.at(position + 1).is_cue("compare"))
    return is_date(scan, skip_words(scan.items, position, {"the", "year"}))


def is_own_time(scan: Scanner, position: int) -> bool:
    """Tell whether a period of a date of the rows asked for is told here: "(not) hired in 2024"."""
    entity = scan.entity()
    if entity is None or scan.last_table() != entity or not scan.draft.entities:
        return False
    dated = scan.pending is not None and any(
        hit.table == entity and scan.is_dated(hit) for hit in scan.pending.hits[:1]
    )
    if dated and (is_timed(scan, position) or is_date(scan, position)):
        return True
    verb = scan.at(position)
    rivals = any(hit.table != entity and hit.score >= _NAMED for hit in verb.table_hits())
    table = scan.sentence.graph.table(entity)
    return is_timed(scan, position + 1) and not rivals and named_by(verb.text, table) is not None


def is_date(scan: Scanner, position: int) -> bool:
    """Tell whether a date, a month, a year or a period beside today stands here."""
    item = scan.at(position)
    if is_beside_today(scan.items, position):
        return True
    return item.number in YEARS or (item.kind == "quoted" and DATE.fullmatch(item.text) is not None)


def named_by(verb: str, table: Table) -> Column | None:
    """Return the date or year of the table that a verb speaks of: "expired" and ``EXPIRY``."""
    told = stem(verb)
    dated = [column for column in table.columns if column.dated or _is_year(column)]
    if verb.endswith(("ed", "ing", "en", "t", "s", "id", "ld", "due")):
        named = [c for c in dated if any(told in stems(name) for name in c.display_names)]
        if len(named) == 1:
            return named[0]
    for run in _COLUMNS.get(told, ()):
        for column in dated:
            if any(_holds(stems(name), run) for name in column.display_names):
                return column
    return main_date(table) if verb in _HAPPENING else _cognate(told, dated)


def told_before(scan: Scanner, table: str) -> Ref | None:
    """Return the date of a verb that has an object before its period: "left the crew in 2024"."""
    for position in range(scan.position - 2, max(scan.position - 2 - _OBJECT, 0), -1):
        item = scan.at(position)
        if not scan.unknown(position) or stem(item.text) not in _COLUMNS:
            continue
        column = named_by(item.text, scan.sentence.graph.table(table))
        if column is not None:
            scan.take(position)
            return chosen_ref(position, table, column.name)
    return None


def has_left(verb: str, table: Table) -> Column | None:
    """Return the date that those have who did leave: "cooks who have not left"."""
    return named_by(verb, table) if stem(verb) in _LEAVING else None


def _cognate(verb: str, dated: list[Column]) -> Column | None:
    # "published in May" and ``PublicationDate``, "received" and ``RECEIPT_DATE``
    named = [
        column
        for column in dated
        if any(_begin_alike(verb, word) for name in column.display_names for word in stems(name))
    ]
    return named[0] if len(named) == 1 else None


def _begin_alike(verb: str, noun: str) -> bool:
    return len(verb) >= _ROOT and verb[:_ROOT] == noun[:_ROOT]


def _is_year(column: Column) -> bool:
    return column.family == "number" and stems(column.display_names[0])[-1:] == (stem("year"),)


def _holds(name: tuple[str, ...], run: tuple[str, ...]) -> bool:
    return any(name[at : at + len(run)] == run for at in range(len(name)))


def main_date(table: Table) -> Column | None:
    """Return the date that a row is of: the only one, or the one called like the table."""
    dated = [column for column in table.columns if column.dated]
    if len(dated) == 1:
        return dated[0]
    own = all_stems(table.display_names)
    named = [column for column in dated if own & set(stems(column.display_names[0]))]
    return named[0] if len(named) == 1 else None


def is_spent(scan: Scanner) -> bool:
    """Tell whether the date named last was compared, and other rows are spoken of since.

    "Badges issued before May of employees hired after June" are of two dates.
    """
    ref = scan.pending
    if ref is None or not ref.hits or not any(term.ref is ref for term in scan.draft.terms):
        return False
    since = [
        scan.table(at) for at in range(ref.position, scan.position) if scan.role(at) == "table"
    ]
    return bool(since) and since[-1] != (ref.near or ref.hits[0].table)


def date_meant(scan: Scanner, position: int, literals: list[str | int | float]) -> Ref | None:
    """Return the rows' own date where dates are compared with what is none; else None.

    "invoices of type Storage between 2024-03-01 and 2024-05-31" speaks of the invoice date.
    """
    dates = all(isinstance(value, str) and DATE.fullmatch(value) for value in literals)
    table = rows_in_time(scan)
    if not dates or table is None or scan.pending_function is not None:
        return None
    pending = scan.pending
    hits = pending.hits if pending is not None else ()
    if any(scan.is_dated(hit) for hit in hits) and not is_spent(scan):
        return None
    column = main_date(scan.sentence.graph.table(table))
    if column is None:
        return None
    return replace(chosen_ref(position, table, column.name), implied=True)
