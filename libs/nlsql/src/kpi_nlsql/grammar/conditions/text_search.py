"""Conditions on texts and gaps: "contains", "starts with", "is null"; and "in the last 30 days"."""

from __future__ import annotations

from typing import Literal

from kpi_nlsql.drafting.draft import Ref, Term, chosen_ref
from kpi_nlsql.grammar.asking.implied_columns import TIME
from kpi_nlsql.grammar.conditions.periods import time_of
from kpi_nlsql.grammar.conditions.searched_texts import (
    behind_list,
    is_letter,
    is_name,
    marked_text,
    run_end,
    written,
)
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.periods_told import DAYS_OF
from kpi_nlsql.schema.naming_columns import naming_columns

_HAVING = frozenset({"with", "having", "have", "has", "containing"})
_DETERMINERS = frozenset({"the", "its", "their"})
_PROSE = frozenset("description text comment comments note notes remark remarks".split())  # noqa: SIM905
_TEXTS = frozenset({"word", "phrase", "substring", "string", "text"})
_EMPTY = frozenset({"empty", "blank", "null", "value"})
_GONE = frozenset({"missing", "unknown", "undefined"})
_GOING_ON = frozenset({"and", "or", "but", "", "are", "is", "have", "has", "by"})
_MOST_BETWEEN = 3
_NAMED = 0.95


def read(scan: Scanner) -> bool:
    """Consume one of these conditions."""
    item = scan.item
    if item.is_cue("null") or item.is_cue("not_null"):
        return _null(scan, item.is_cue("not_null"))
    if item.text in {"missing", "unknown"} and scan.role(scan.position + 1) == "column":
        return _null(scan, known=False)
    if item.text == "missing" and _lacks_one(scan):
        return True
    before = scan.at(scan.position - 1)
    if item.text == "missing" and before.text in {"both", "all"} and scan.pending is not None:
        return _null(scan, known=False)
    if item.is_cue("recent") or item.is_cue("older") or item.is_cue("younger"):
        return _recent(scan)
    if _inside(scan):
        return True
    for cue, kind in (("starts", "starts"), ("ends", "ends"), ("contains", "contains")):
        if item.is_cue(cue):
            return _like(scan, kind)  # type: ignore[arg-type]
    return False


def _lacks_one(scan: Scanner) -> bool:
    """Consume "missing a phone number", said of the rows asked for."""
    start, entity = scan.position, scan.entity()
    named = scan.at(start + 1).text in {"a", "an", "any"} and scan.role(start + 2) == "column"
    ref = scan.ref(start + 2) if named else None
    if ref is None or entity is None or all(hit.table != entity for hit in ref.hits):
        return False
    last = start + 2
    scan.add(Term("null", start, ref))
    while (further := _another_lacked(scan, last + 1, entity)) is not None:
        term = Term("null", further, scan.ref(further))
        term.joined_by_or = scan.at(last + 1).text == "or"
        scan.add(term)
        last = further
    scan.take(*range(start, last + 1))
    scan.position, scan.in_where, scan.pending = last + 1, True, None
    return True


def _another_lacked(scan: Scanner, position: int, entity: str) -> int | None:
    """Return where one more of what is missing stands: "missing a phone number or an e-mail"."""
    named = scan.skip(position + 1)
    if scan.at(position).text not in {"or", "and", ","} or scan.role(named) != "column":
        return None
    behind = scan.at(named + 1)
    ends = behind.kind == "mark" or behind.text in _GOING_ON or behind.is_cue("relative")
    own = any(hit.table == entity for hit in scan.at(named).column_hits())
    return named if ends and own else None


def _inside(scan: Scanner) -> bool:
    """Consume "with Apples in the name", "with leak in the text": what a column has somewhere."""
    position = scan.position
    told = scan.role(position) == "value" or is_name(scan, position) or _is_unknown(scan)
    before = scan.at(position - 1)
    lacking = before.text.split()[:1] in (["without"], ["no"])
    if not (lacking or before.last_word in _HAVING) or scan.at(position + 1).text != "in":
        return False
    column = scan.skip(position + 2)
    if not told or scan.at(position + 2).text not in _DETERMINERS or scan.role(column) != "column":
        return False
    last = position if scan.item.kind == "quoted" else run_end(scan, position)
    ref = scan.ref(column)
    if scan.column_of(ref.hits[0]).family != "text":
        return False
    text = scan.item.text if scan.item.kind == "quoted" else written(scan, position, last)
    denied = scan.negate or scan.scope in scan.draft.negative_scopes
    if denied and not any(term.scope == scan.scope for term in scan.draft.terms):
        scan.close_scope()  # "that do not have leak in the comment and are open" are open
        denied, lacking = False, True
    scan.add(Term("like", position, ref, values=(text,), negated=lacking and not denied))
    scan.take(*range(position, column + 1))
    scan.position = column + 1
    return True


def _is_unknown(scan: Scanner) -> bool:
    """Tell whether nothing is called by the word or text that stands here."""
    return scan.unknown(scan.position) or scan.item.kind == "quoted"


def _subject(scan: Scanner) -> Ref | None:
    if scan.pending is not None:
        return scan.pending
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if scan.at(scan.position - 1).text == "or" and last is not None and last.kind == "null":
        return last.ref  # "whose e-mail is empty or ends with example.org"
    for wanted in reversed(scan.draft.wanted):
        if wanted.ref is not None:
            return wanted.ref
    return None


def _null(scan: Scanner, known: bool) -> bool:
    if _leads_elsewhere(scan):
        return False
    if scan.role(scan.position + 1) == "column":
        ref: Ref | None = scan.ref(scan.position + 1)
        scan.take(scan.position + 1)
        following = 2
    else:
        ref, following = _subject(scan), 1
    if ref is None or scan.role(scan.position + 1) == "table":
        return False
    scan.not_output(ref)
    for other in _beside(scan, ref):
        scan.not_output(other)
        scan.add(Term("null", other.position, other, negated=known))
    scan.add(Term("null", scan.position, ref, negated=known))
    scan.take(scan.position)
    scan.position += following
    return True


def _leads_elsewhere(scan: Scanner) -> bool:
    """Tell whether it is said of what something is not there: "not assigned to", "missing in".

    "Whose code is empty with the lowest price" and "… is missing by region" only go on.
    """
    following, told = scan.at(scan.position + 1).text, scan.item.last_word
    if told in _GONE:
        return following in {"to", "in", "on"}
    return following in {"to", "by", "in", "on", "with"} and told not in _EMPTY


def _beside(scan: Scanner, ref: Ref) -> list[Ref]:
    # "whose phone or e-mail is missing", "where A, B and C are all empty": all are subjects.
    between = range(ref.position + 1, scan.position)
    light = all(
        scan.at(at).kind == "word" or scan.at(at).is_cue("both") or scan.at(at).is_cue("all")
        for at in between
    )
    if not scan.in_where or not light or len(between) > _MOST_BETWEEN:
        return []
    found: list[Ref] = []
    position, linked = ref.position, {"or", "and"}
    while True:
        link = position - 2 if scan.at(position - 1).text in _DETERMINERS else position - 1
        if scan.at(link).text not in linked or scan.role(link - 1) != "column":
            break
        position, linked = link - 1, {","}
        found.insert(0, scan.ref(position))
    if found:
        scan.take(*between)
    return found


def is_span(scan: Scanner) -> bool:
    """Tell whether a span of time up to now is told here: "the last 30 days", "last year"."""
    unit = scan.position + 1 + (scan.at(scan.position + 1).number is not None)
    told = scan.at(unit).text in DAYS_OF and scan.role(unit) != "table"
    alone = unit == scan.position + 1 and scan.at(unit).text in {"day", "days"}
    return scan.item.is_cue("recent") and told and not alone and scan.at(unit + 1).text != "of"


def _recent(scan: Scanner) -> bool:
    amount = scan.at(scan.position + 1).number
    unit_at = scan.position + (2 if amount is not None else 1)
    days = DAYS_OF.get(scan.at(unit_at).text)
    if days is None or (amount is None and days == 1):
        return False
    ref = scan.pending or time_of(scan) or scan.implied(scan.position, TIME, scan.entity())
    if ref is None:
        return False
    scan.take(*range(scan.position, unit_at + 1))
    total = days * int(amount if amount is not None else 1)
    scan.not_output(ref)
    older = scan.item.is_cue("older")
    scan.add(Term("recent", scan.position, ref, values=(total,), negated=older))
    scan.position = unit_at + 1
    return True


def _like(scan: Scanner, kind: Literal["contains", "starts", "ends"]) -> bool:
    position = scan.position + 1
    if _marked(scan, position, kind):
        return True
    while scan.at(position).is_cue("contains") or (
        scan.at(position).kind == "word"
        and not is_letter(scan, position)
        and (
            scan.at(position).text in {"the", "a", "an", "letter", "with", "letters", "in", *_TEXTS}
        )
    ):
        position += 1
    value = scan.at(position)
    announced = scan.at(position - 1).last_word in _TEXTS and bool(value.text) and not value.cues
    short = announced or (value.kind == "word" and len(value.text) == 1)
    closing = _closes_search(scan, position)
    named = is_name(scan, position) or closing is not None
    if not (value.kind in {"quoted", "number"} or value.values or short or named):
        return False
    ref = _subject(scan) or _prose(scan, kind)
    told = behind_list(scan, closing or position)
    after = scan.skip(told)
    if scan.at(told).text == "in" and scan.role(after) == "column":
        ref = scan.ref(after)
        scan.take(after)
        scan.skipped.add(after)
    ref = ref or _naming(scan, position)
    if ref is None:
        return False
    scan.not_output(ref)
    last = run_end(scan, closing or position)
    text = value.text if value.kind == "quoted" else written(scan, position, last)
    scan.add(Term("like", scan.position, ref, values=(text,), like=kind))
    scan.take(*range(scan.position, last + 1))
    scan.position = last + 1
    while _goes_on(scan):
        _another(scan, ref, kind)
    return True


def _marked(scan: Scanner, position: int, kind: Literal["contains", "starts", "ends"]) -> bool:
    """Consume a text that begins with a mark: "ends with .com", "contains @gmail.com"."""
    ref, found = scan.pending, marked_text(scan, position)
    if ref is None or found is None:
        return False
    text, last = found
    scan.not_output(ref)
    scan.add(Term("like", scan.position, ref, values=(text,), like=kind))
    scan.take(*range(scan.position, last + 1))
    scan.position = last + 1
    return True


def _naming(scan: Scanner, position: int) -> Ref | None:
    # "products that start with A" are called so
    if scan.at(position).number is not None:
        return None
    entity = scan.entity()
    table = scan.sentence.graph.table(entity) if entity else None
    named = naming_columns(table)[0] if table is not None else None
    if table is None or named is None or table.column(named).family != "text":
        return None
    return chosen_ref(scan.position, table.name, named)


def _prose(scan: Scanner, kind: str) -> Ref | None:
    """Return the one free text of the rows: "reports that mention a scratch" in ``notes``."""
    entity = scan.entity() if kind == "contains" else None
    columns = scan.sentence.graph.table(entity).columns if entity else ()
    texts = [c.name for c in columns if _PROSE & {name.split()[-1] for name in c.display_names}]
    return chosen_ref(scan.position, str(entity), texts[0]) if len(texts) == 1 else None


def _goes_on(scan: Scanner) -> bool:
    """Tell whether a further text to look for follows: "contains leak, crack or rust"."""
    text, after = scan.at(scan.position + 1), scan.at(scan.position + 2)
    if scan.item.text not in {"or", ","} or text.kind not in {"word", "mention"} or text.cues:
        return False
    named = text.kind == "mention" and not text.values and text.best_table() < _NAMED
    unknown = scan.unknown(scan.position + 1)
    ends = after.text in {"", "or", "and", "but"} or (after.kind == "mark" and after.text != "=")
    listed = scan.item.text == "or" or (after.text in {"or", ","} and unknown)
    return (unknown or named) and ends and listed


def _another(scan: Scanner, ref: Ref, kind: Literal["contains", "starts", "ends"]) -> None:
    position = scan.position + 1
    last = run_end(scan, position)
    text = written(scan, position, last)
    scan.add(Term("like", position, ref, values=(text,), like=kind, joined_by_or=True))
    scan.take(*range(scan.position, last + 1))
    scan.position = last + 1


def _closes_search(scan: Scanner, position: int) -> int | None:
    """Return the last of the unknown words that end the condition: "whose email contains nag"."""
    last = position
    while scan.unknown(last + 1):
        last += 1
    after = scan.at(last + 1)
    ends = after.kind == "mark" or after.text in _GOING_ON
    ends = ends or any(after.is_cue(kind) for kind in ("order", "group", "relative"))
    known = all(scan.unknown(at) for at in range(position, last + 1))
    inside = scan.at(last + 1).text == "in" and scan.role(scan.skip(last + 2)) == "column"
    ends = ends or inside
    known = known and (inside or scan.pending is not None or bool(_prose(scan, "contains")))
    return last if known and ends else None
