"""Values: a word of the value dictionary, a quoted text or a number that a column must equal."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.english.function_words import COPULAS
from kpi_nlsql.grammar.conditions.code_spans import code_span
from kpi_nlsql.grammar.conditions.directions import direction
from kpi_nlsql.grammar.conditions.further_values import another_like, another_number, behind_list
from kpi_nlsql.grammar.conditions.happenings import rows_in_time
from kpi_nlsql.grammar.conditions.listed_with import connect, holds
from kpi_nlsql.grammar.conditions.times import DATE, told_before
from kpi_nlsql.grammar.conditions.unknown_values import unknown_value
from kpi_nlsql.grammar.conditions.years import ANY_YEAR, is_year_apart
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.values import ValueHit

_LEADS_IN = frozenset("in from of for by with at on is are was were named called to as".split())  # noqa: SIM905
_WITHIN = frozenset({"in", "within", "on", "at", "per"})
_OPENING = frozenset({"the", "or", "and", ",", "all", "our"})
_HELD = frozenset({"from", "in", "of"})
_OF_ROWS = frozenset({"of", "for", "among"})
_CALLED = 0.85
_NAMED = 0.95
_MOST_ROWS = 1000
_NEAR = 3
"""How many words may stand between a table and a value of its rows."""


def read(scan: Scanner) -> bool:
    """Consume a value and make it a condition on the column it belongs to."""
    item = scan.item
    if _is_limit(scan):
        scan.limit = scan.draft.limit = int(item.number or 1)
        scan.take(scan.position)
        scan.position += 1
        return True
    if item.kind == "word" and item.number is not None and item.text not in {"one", "single"}:
        return _identified(scan, item.number)
    if unknown_value(scan):
        return True
    if scan.role(scan.position) != "value" and item.kind != "number":
        return False
    if item.kind == "quoted" and another_like(scan):
        return True
    if code_span(scan):
        return True
    ref = _subject(scan)
    if item.kind == "number" and another_number(scan):
        return True
    if item.kind == "number" and ref is None:
        return _bare_number(scan)
    return _value(scan, ref)


def _subject(scan: Scanner) -> Ref | None:
    """Return the column that the value is a value of, where the words around it say so."""
    ref, values = _neighbour(scan), scan.item.values
    if ref is None or is_year_apart(scan, ref):
        return None
    if DATE.fullmatch(scan.item.text) and ref.choice and scan.is_dated(ref.hits[0]):
        return ref  # "dated May 2024", whatever other rows are of a period called so
    if values and not holds(values, ref):
        return None
    return _holding(values, ref) if values else ref


def _value(scan: Scanner, ref: Ref | None) -> bool:
    position, item = scan.position, scan.item
    term = Term("value", position, ref, hits=_hits(item.values, ref), values=(_literal(scan),))
    told = _holder(scan)
    place = _place(scan) or told
    term.near = place or _owner(scan)
    term.adjacent = place is not None or scan.role(position + 1) == "table"
    term.toward = direction(scan, told)
    scan.position += 1
    if not term.hits and ref is None:
        if item.kind == "quoted":
            scan.add(term)
            scan.take(position)
        return item.kind == "quoted"
    scan.position -= 1
    connect(scan, term)
    scan.not_output(scan.pending if ref is not None else None)
    scan.take(position)
    scan.add(term)
    rows = _rows_named(scan)
    if rows is not None:
        if position == 0:
            scan.draft.note("asks_rows")
        scan.draft.entities.append((position, rows))
    scan.in_where = scan.in_where or scan.at(position - 1).text in _LEADS_IN
    scan.position += 1
    return True


def _rows_named(scan: Scanner) -> str | None:
    """Return the rows asked for where a value is their noun: "which repairs", "hypermarkets in".

    A noun that nothing else is called by may follow: "high priority jobs".
    """
    item, draft = scan.item, scan.draft
    if draft.entities or draft.wanted or scan.tables_named():
        return None
    opens = all(
        scan.at(at).cues or scan.role(at) == "value" or scan.at(at).text in _OPENING
        for at in range(scan.position)
    )
    following = scan.position + 1
    if scan.role(following) == "column" and following in scan.skipped:
        following += 1
    called = scan.unknown(following) and scan.at(following).text.endswith("s")
    plural = item.text.endswith("s") and scan.role(following) == "none"
    return _holder_told(scan) if opens and (called or plural) and item.kind == "mention" else None


def _holder_told(scan: Scanner) -> str | None:
    """Return the table that holds the value; of several the one whose columns are told of."""
    tables = {hit.table for hit in scan.item.values}
    if len(tables) > 1:
        told = [each.column_hits() for each in scan.items if each.best_column() >= _NAMED]
        tables &= {hit.table for hits in told for hit in hits if hit.score >= _NAMED}
    return tables.pop() if len(tables) == 1 else None


def _owner(scan: Scanner) -> str | None:
    """Return the table mentioned beside the value: "Biology courses", "courses in Biology"."""
    if scan.role(scan.position + 1) == "table":
        return scan.table(scan.position + 1)
    index, heavy = scan.position - 1, 0
    while scan.in_where and index >= 0 and heavy < _NEAR:
        if scan.role(index) == "table":
            return scan.table(index)
        heavy += not _leads_on(scan.at(index))
        index -= 1
    return None


def _leads_on(item: Item) -> bool:
    # "a manager that is no longer active": the manager is
    return item.text in COPULAS or item.is_cue("relative") or item.is_cue("not")


def _place(scan: Scanner) -> str | None:
    """Return the other table that the rows are said to have the value in: "still open in B"."""
    if scan.at(scan.position + 1).text not in _WITHIN or not scan.draft.entities:
        return None
    noun = scan.skip(scan.position + 2)
    table = scan.table(noun) if scan.role(noun) == "table" else None
    held = any(hit.table == table and hit.score >= 1.0 for hit in scan.item.values)
    return table if held and table != scan.entity() else None


def _holder(scan: Scanner) -> str | None:
    """Return the table named right before that holds the value: "carriers from Poland"."""
    noun, holders = scan.at(scan.position - 2), {hit.table for hit in scan.item.values}
    if scan.at(scan.position - 1).text not in _HELD or scan.role(scan.position - 2) == "value":
        return None
    named = (hit.table for hit in noun.table_hits() if hit.score >= _CALLED)
    return next((table for table in named if table in holders), None)


def _holding(values: tuple[ValueHit, ...], ref: Ref) -> Ref:
    # A reference of its own for each value: "first and last name" may mean two columns.
    owners = {(value.table, value.column) for value in values}
    hits = tuple(hit for hit in ref.hits if (hit.table, hit.column) in owners)
    return Ref(ref.position, hits or ref.hits, ref.near)


def _is_kind(scan: Scanner) -> bool:
    # "the 3 nurses with the most overtime"
    noun = scan.position + 1
    plural = scan.role(noun) == "value" and scan.at(noun).text.endswith("s")
    return plural and scan.at(noun + 1).is_cue("relative")


def _is_limit(scan: Scanner) -> bool:
    # "the 3 departments with …", "show 5 products", "Five products …": so many rows are asked for.
    number = scan.item.number
    if not isinstance(number, int) or not 0 < number < _MOST_ROWS or scan.in_where:
        return False
    named = scan.role(scan.head(scan.position + 1)) in {"table", "column"} or _is_kind(scan)
    before = scan.at(scan.position - 1)
    opened = any(before.is_cue(kind) for kind in ("show", "all", "relative"))
    opened = opened or before.text in {"the", "of"} or scan.position == 0
    return named and opened and scan.item.text != "one"


def _literal(scan: Scanner) -> str | int | float:
    number = scan.item.number if scan.item.kind == "number" else None
    return scan.item.text if number is None else number


def _hits(values: tuple[ValueHit, ...], ref: Ref | None) -> tuple[ValueHit, ...]:
    """Narrow the columns that hold the value to those that the sentence names."""
    if ref is None:
        return values
    named = {(hit.table, hit.column) for hit in ref.hits if hit.score >= 0.5}
    return tuple(hit for hit in values if (hit.table, hit.column) in named) or values


def _neighbour(scan: Scanner) -> Ref | None:
    """Return the column that the words around the value name: "in the year 2004", "Math major"."""
    known = scan.pending is not None and scan.pending_function is None
    if known and _close(scan) and not _describes_rows(scan):
        return scan.pending
    after = behind_list(scan, scan.position)
    if scan.role(after) == "column" and scan.item.values:
        ref = scan.ref(after)
        owned = {(hit.table, hit.column) for hit in scan.item.values}
        if any((hit.table, hit.column) in owned for hit in ref.hits):
            scan.take(after)
            scan.skipped.add(after)
            return ref
    return None


def _describes_rows(scan: Scanner) -> bool:
    """Tell whether rows are told of which a column is shown: "distinct types of gas meters"."""
    shown = any(wanted.ref is scan.pending for wanted in scan.draft.wanted)
    rows = scan.role(scan.position + 1) == "table" and scan.at(scan.position + 1).text[-1:] == "s"
    return shown and rows and not scan.in_where and scan.at(scan.position - 1).text in _OF_ROWS


def _close(scan: Scanner) -> bool:
    """Tell whether only function words stand between the pending column and the value."""
    assert scan.pending is not None
    between = range(scan.pending.position + 1, scan.position)
    for index in between:
        item = scan.items[index]
        denied = item.is_cue("not") or (item.is_cue("missing") and item.last_word == "in")
        soft = item.kind in {"word", "mark"} or denied or scan.roles[index] == "value"
        if not (soft or item.is_cue("both") or item.is_cue("relative") or item.is_cue("also")):
            return item.is_cue("compare", "=") or item.is_cue("compare", "!=")
    return scan.in_where or len(between) <= 3


def _bare_number(scan: Scanner) -> bool:
    # A number without a column: a year, or one the value dictionary knows.
    number = scan.item.number
    if isinstance(number, int) and number in ANY_YEAR and scan.at(scan.position - 1).text != "top":
        near = rows_in_time(scan)
        ref = told_before(scan, near) if near is not None else None
        ref = ref or scan.implied(scan.position, ("year", "date"), near)
        if ref is not None:
            term = Term("value", scan.position, ref, values=(number,))
            connect(scan, term)
            scan.add(term)
            scan.take(scan.position)
            scan.position += 1
            return True
    if number is not None and _identified(scan, number):
        return True
    if scan.item.values:
        scan.add(Term("value", scan.position, hits=scan.item.values, values=(scan.item.text,)))
        scan.take(scan.position)
        scan.position += 1
        return True
    return False


def _identified(scan: Scanner, number: float) -> bool:
    # "department 80" means the department with this key; "2 departments" counts them.
    before, after = scan.position - 1, scan.position + 1
    if scan.role(after) == "table" and scan.in_where:
        scan.add(Term("count", after, None, "=", (number,), table=scan.table(after)))
        scan.take(scan.position, after)
        scan.position += 2
        return True
    if scan.role(after) == "column" and scan.in_where and scan.measures(scan.ref(after)):
        ref = scan.ref(after)
        ref.near = ref.near or scan.last_table()
        scan.add(Term("compare", scan.position, ref, "=", (number,)))
        scan.take(scan.position, after)
        scan.position += 2
        return True
    if scan.role(before) == "table":
        table = scan.sentence.graph.table(scan.table(before))
        if len(table.primary_key) == 1:
            ref = Ref(scan.position, (), None, (table.name, table.primary_key[0]))
            scan.add(Term("value", scan.position, ref, values=(number,)))
            scan.take(scan.position)
            scan.position += 1
            return True
    return False
