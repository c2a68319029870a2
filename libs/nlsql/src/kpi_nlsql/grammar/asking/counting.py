"""Counts: "how many …", "the number of different …", as output or subject of a condition."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Wanted
from kpi_nlsql.english.function_words import HELPING
from kpi_nlsql.grammar.asking.openers import COMPARISONS
from kpi_nlsql.grammar.conditions.times import happens, is_timed
from kpi_nlsql.grammar.conditions.tying_verbs import relates
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit

_HAVE = frozenset({"have", "has", "had", "are", "is", "were", "was"})
_SURE = 0.85
_NUMBERS = frozenset({"number", "numbers", "count", "counts"})


def read(scan: Scanner) -> bool:
    """Consume a count and what it counts."""
    if _ranked_by(scan):
        return True
    return _counts(scan) and (_of_those(scan) or _counted(scan))


def _counted(scan: Scanner) -> bool:
    before = scan.position - 1
    grouped = any(group.position == before for group in scan.draft.groups)  # "yearly number of"
    if scan.item.text.startswith("number") and scan.role(before) == "column" and not grouped:
        scan.take(scan.position)  # "phone number of": part of a name
        scan.position += 1
        return True
    if _numbers(scan) or _of_rows_before(scan) or _deeds(scan):
        return True
    start = scan.position
    _show_again(scan)
    position, distinct = counted(scan, start + 1)
    if _described(scan, start, position) is not None:
        return True
    scan.take(start)
    scan.position = start + 1
    role = scan.role(position)
    subject = scan.subject(position)
    if subject is not None and not scan.in_where and not distinct:
        scan.take(*range(start, position + 1))
        scan.position = position + 1
        scan.draft.wanted.append(Wanted(start, None, "count", False, subject))
        scan.draft.entities.append((position, subject))
        return True
    if role not in {"table", "column"}:
        _rows(scan, start, _of_kind(scan, position))
        return True
    scan.take(*range(start, position + 1))
    scan.position = position + 1
    if scan.in_where and scan.at(start - 1).text in {"and", ","} and not _compared(scan, position):
        scan.in_where = False
    if scan.in_where:
        _expect(scan, position)
    else:
        _output(scan, start, position, distinct)
    return True


def _of_those(scan: Scanner) -> bool:
    """Consume "how many have" where rows were told: "of the gas meters, how many have …"."""
    start, rows = scan.position, scan.entity()
    if scan.item.text != "how many" or scan.at(start + 1).text not in _HAVE or rows is None:
        return False
    if scan.draft.wanted or not scan.draft.entities:
        return False
    scan.draft.wanted.append(Wanted(start, None, "count", False, rows))
    scan.take(start, start + 1)
    scan.position, scan.in_where, scan.pending = start + 1, True, None
    return True


def _deeds(scan: Scanner) -> bool:
    """Consume "how often" with what was done: "how often was each product ordered"."""
    start, done = scan.position, scan.at(scan.position + 1).text in {"was", "were", "is", "are"}
    if scan.item.text != "how often" or not (done or scan.at(start + 1).text in HELPING):
        return False
    tables = [at for at in range(start, len(scan.items)) if scan.role(at) == "table"]
    deed = tables[-1] if len(tables) > 1 else start
    verb = scan.participle(deed) if done else not scan.at(deed).text.endswith("s")
    if deed == start or not verb or scan.mentions(tables[0], scan.table(deed)):
        return False
    scan.draft.wanted.append(Wanted(start, None, "count", False, scan.table(deed)))
    scan.draft.entities.append((deed, scan.table(deed)))
    scan.take(start, start + 1, deed)
    scan.skipped.add(deed)
    scan.position = start + 1
    return True


def _of_rows_before(scan: Scanner) -> bool:
    # "donor count by type", "ticket count, per priority": what is counted stands before.
    after, before = scan.at(scan.position + 1), scan.position - 1
    leads = after.text in {"by", "of", ""} or after.is_cue("group") or after.kind == "mark"
    rows = scan.table(before) if scan.role(before) == "table" else scan.subject(before)
    if scan.item.text not in {"count", "counts"} or scan.in_where or not leads or rows is None:
        return False
    scan.draft.wanted.append(Wanted(scan.position, None, "count", False, rows))
    scan.take(scan.position)
    scan.position += 1
    return True


def _ranked_by(scan: Scanner) -> bool:
    # "top 3 buyers by number of tenders, with the number": the count they are ranked by.
    before, after = scan.at(scan.position - 1), scan.at(scan.position + 1)
    ranked = [sorting for sorting in scan.draft.sorting if sorting.function == "count"]
    ends = after.text in {"", "and"} or after.kind == "mark"
    led = before.text in {"the", "and", "with", "their", "its"}
    if not (ranked and ends and led) or scan.item.text not in _NUMBERS or scan.draft.terms:
        return False
    scan.draft.wanted.append(Wanted(scan.position, None, "count", False, ranked[-1].table))
    scan.take(scan.position)
    scan.position += 1
    return True


def _show_again(scan: Scanner) -> None:
    # "… with more than 5 open tickets and the number of such tickets": shown, not compared.
    before = scan.at(scan.position - 1)
    counted = any(term.kind == "count" for term in scan.draft.terms)
    if scan.in_where and counted and (before.text == "and" or before.is_cue("relative")):
        scan.in_where = _compared(scan, scan.position)


def _described(scan: Scanner, start: int, position: int) -> str | None:
    """Consume "number of active users": the values are read next, the noun is what is counted."""
    noun = position
    while scan.role(noun) == "value" or _is_kind(scan, noun):
        noun += 1
    if scan.in_where or noun == position or scan.role(noun) != "table":
        return None
    table = scan.table(noun)
    told = [scan.at(at) for at in range(position, noun) if scan.role(at) == "value"]
    own = all(any(hit.table == table for hit in item.values) for item in told)
    if not own or scan.role(noun + 1) in {"table", "column"}:
        return None
    scan.draft.wanted.append(Wanted(start, None, "count", False, table))
    scan.draft.entities.append((noun, table))
    scan.take(start, noun)
    scan.skipped.add(noun)
    scan.position = start + 1
    return table


def _is_kind(scan: Scanner, position: int) -> bool:
    """Tell whether a column stands before its value: "class I recalls"."""
    named = {(hit.table, hit.column) for hit in scan.at(position).column_hits()}
    if scan.role(position) != "column" or scan.role(position + 1) != "value":
        return False
    return any((hit.table, hit.column) in named for hit in scan.at(position + 1).values)


def _numbers(scan: Scanner) -> bool:
    """Consume "incident number": not how many there are, but the number of each."""
    before = scan.position - 1
    if scan.item.text != "number" or scan.role(before) != "table" or scan.in_where:
        return False
    table = scan.sentence.graph.table(scan.table(before))
    if scan.at(scan.position + 1).text == "of":
        return False
    keys = [c for c in table.columns if any(n.endswith("number") for n in c.display_names)]
    named = [column.name for column in keys] or list(table.primary_key)
    if not named:
        return False
    ref = Ref(scan.position, (NameHit(table.name, named[0], 1.0),), table.name)
    scan.draft.wanted.append(Wanted(scan.position, ref))
    scan.take(scan.position)
    scan.position += 1
    return True


def _counts(scan: Scanner) -> bool:
    """Tell whether a count stands here; "how many" after a border asks for an output again."""
    item, before = scan.item, scan.at(scan.position - 1)
    if not item.is_cue("count"):
        return False
    if item.text == "number" and scan.at(scan.position + 1).text != "of" and scan.in_where:
        return False
    if "how many" in item.text and before.text in {"and", ",", "?", "."}:
        scan.in_where = False
    return True


def _expect(scan: Scanner, position: int) -> None:
    role = scan.role(position)
    ref = scan.ref(position) if role == "column" else None
    scan.pending_function = None if ref and scan.measures(ref) else "count"
    scan.pending = ref
    scan.pending_table = scan.table(position) if role == "table" else None


def _output(scan: Scanner, start: int, position: int, distinct: bool) -> None:
    role = scan.role(position)
    if scan.modifies(position) and not _in_time(scan, position + 1):
        ref = scan.ref(position + 1)
        scan.take(position + 1)
        scan.position = position + 2
        scan.draft.wanted.append(Wanted(start, ref, "count", True))
    elif role == "table":
        table = scan.table(position)
        scan.draft.wanted.append(Wanted(start, None, "count", distinct, table))
        scan.draft.entities.append((position, table))
    else:
        ref = scan.ref(position)
        function = "amount" if not distinct and scan.measures(ref) else "count"
        scan.draft.wanted.append(Wanted(start, ref, function, function == "count"))
        if distinct:
            _further(scan, ref)


def _further(scan: Scanner, first: Ref) -> None:
    """Count what else the same rows tell: "how many different products and depots"."""
    table = first.hits[0].table
    while scan.at(scan.position).text in {"and", ","}:
        at = scan.position + 1
        own = [hit for hit in scan.at(at).column_hits() if hit.table == table]
        if not own or own[0].score < _SURE or scan.at(at).values:
            return
        scan.draft.wanted.append(Wanted(at, Ref(at, (own[0],), table), "count", True))
        scan.take(at)
        scan.position = at + 1


def _in_time(scan: Scanner, position: int) -> bool:
    """Tell whether a verb or date says when the rows counted are: "tickets due this year"."""
    dated = scan.role(position) == "column" and any(
        scan.is_dated(hit) for hit in scan.at(position).column_hits()[:1]
    )
    told = is_timed(scan, position + 1) or scan.at(position + 1).is_cue("compare")
    return happens(scan, position) or (dated and told)


def _compared(scan: Scanner, position: int) -> bool:
    """Tell whether a comparison of the count follows."""
    return any(
        scan.at(index).is_cue(kind)
        for index in range(position + 1, position + 5)
        for kind in COMPARISONS
    )


def counted(scan: Scanner, position: int) -> tuple[int, bool]:
    """Return the position of what is counted, and whether different ones are meant."""
    distinct = False
    while True:
        position = scan.skip(position)
        if scan.at(position).text == "such":
            scan.take(position)
            position += 1
        elif scan.at(position).is_cue("distinct") or scan.at(position).is_cue("count"):
            distinct = distinct or scan.at(position).is_cue("distinct")
            scan.take(position)
            position += 1
        elif _describes(scan, position) and not (distinct and scan.participle(position + 1)):
            scan.take(position)
            position += 1
        else:
            return position, distinct


def _describes(scan: Scanner, position: int) -> bool:
    """Tell whether a noun only describes the next, "student records"; not "students attend"."""
    tables = scan.role(position) == "table" and scan.role(position + 1) == "table"
    return tables and not relates(scan, position + 1)


def _of_kind(scan: Scanner, position: int) -> str | None:
    """Return the table of rows that are called by a value: "the number of goalkeepers".

    Where they are sought elsewhere "as well", the value tells where and not what.
    """
    if any(item.is_cue("also") for item in scan.items):
        return None
    item = scan.at(position)
    tables = {hit.table for hit in item.values}
    noun = scan.role(position) == "value" and item.text.endswith("s") and len(tables) == 1
    described = scan.role(position + 1) in {"table", "column", "value"}
    return next(iter(tables)) if noun and not described and not scan.in_where else None


def _rows(scan: Scanner, start: int, table: str | None) -> None:
    if scan.in_where and _compared(scan, start):
        scan.pending, scan.pending_function, scan.pending_table = None, "count", None
    if not scan.in_where:
        scan.draft.wanted.append(Wanted(start, None, "count", False, table))
