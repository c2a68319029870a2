"""Grouping: "for each department", "per category", "by region"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Group, Ref, Wanted
from kpi_nlsql.english.money import PARTICLES
from kpi_nlsql.english.words import lemma
from kpi_nlsql.grammar.asking.group_names import behind_key, column_behind, name_at, owns_next
from kpi_nlsql.grammar.asking.numbered_rows import numbers_rows_told
from kpi_nlsql.grammar.asking.units_of_time import by_period
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, skip_words_back
from kpi_nlsql.schema.people import is_person

_WHOLE_NAME = 0.95
_HOW_OFTEN = frozenset({"or more", "more", "or", "again", "already"})
_BEING = frozenset({"is", "are", "was", "were", "=", "not"})
_PLACING = frozenset({"in", "from", "of"})
_FOR_EACH = frozenset(
    "by|per|for each|for every|by each|grouped by|broken down by|split by".split("|")  # noqa: SIM905
)


def read(scan: Scanner) -> bool:
    """Consume what the rows are put together by."""
    start = scan.position
    if _are_whose(scan):
        return False
    rows = _opened_with_rows(scan)
    explicit = scan.item.is_cue("group")
    implied = _by_after_aggregate(scan) or _by_after_amount(scan)
    if not explicit and not implied and not (rows and _by_after_rows(scan)):
        return False
    if scan.item.text == "by" and numbers_rows_told(scan, scan.skip(start + 1)):
        return False  # "hours booked by personnel numbers that are not in the register"
    if rows:
        scan.draft.wanted.append(Wanted(start, function="count"))
    position = name_at(scan, start + 1, explicit)
    scan.take(start)
    scan.position = start + 1
    column = column_behind(scan, start, position)
    if column is not None:
        scan.take(*range(position, column))
        position = column
    if _group_by(scan, position):
        scan.take(position)
        scan.position = behind_key(scan, position + 1)
        _take_verb(scan, start)
        further(scan, start)
    return True


def _are_whose(scan: Scanner) -> bool:
    """Tell whether rows are told to be those of others: "orders by customers in Berlin"."""
    noun = scan.skip(scan.position + 1)
    item, behind = scan.at(noun), scan.at(noun + 1)
    if scan.item.text != "by" or scan.role(noun) != "table" or not item.text.endswith("s"):
        return False
    told, table = scan.at(scan.skip(noun + 2)), scan.table(noun)
    people = scan.last_table() != table and is_person(item.text)
    place = behind.text in _PLACING and any(hit.table == table for hit in told.values)
    return people and (place or behind.is_cue("relative"))


def _group_by(scan: Scanner, position: int) -> bool:
    """Group by what is named at a position: a column, rows, or the column that names rows."""
    if scan.role(position) == "column":
        scan.draft.groups.append(Group(position, scan.ref(position)))
        return True
    if scan.role(position) != "table":
        return False
    held = _held_column(scan, position) or _called_so(scan, position)
    table = scan.table(position) if held is None else None
    scan.draft.groups.append(Group(position, held, table))
    if table is not None and not scan.in_where:
        scan.draft.entities.append((position, table))
    return True


def regroup(scan: Scanner) -> None:
    """Group by the column of the rows added up that a noun names: "paid each supplier"."""
    for group in scan.draft.groups:
        rows = group.table is not None and scan.role(group.position) == "table"
        held = _held_column(scan, group.position) if rows else None
        if held is not None:
            group.ref, group.table = held, None


def _take_verb(scan: Scanner, start: int) -> None:
    """Account for the verb of "how many orders did each customer place", which says no more."""
    verb = scan.position
    asked = scan.at(start - 1).text in {"did", "does", "do"} and bool(scan.draft.wanted)
    if not asked or not scan.unknown(verb):
        return
    end = skip_words(scan.items, verb + 1, PARTICLES)
    if any(scan.role(at) != "none" for at in range(verb, end)):
        return
    led = scan.at(end - 1).text == "in" and end - 1 > verb  # "place in May"
    end -= led
    scan.take(*range(verb, end))
    scan.position = end


def _by_after_aggregate(scan: Scanner) -> bool:
    # "number of products by category": "by" after an aggregate, before a name.
    if scan.item.text not in {"by", "across", "in", "for"}:
        return False
    aggregates = [wanted for wanted in scan.draft.wanted if wanted.function]
    if not aggregates:
        return False
    if scan.item.text == "by":
        named = scan.role(scan.position + 1) in {"column", "table"} and not _tells_value(scan)
        return named and not (scan.in_where and _is_done_by(scan))
    return not scan.in_where and scan.at(scan.position + 1).is_cue("distinct")


def _by_after_amount(scan: Scanner) -> bool:
    # "freight amount by carrier" is the sum for each carrier.
    named = scan.role(scan.position + 1) in {"column", "table"} and not _tells_value(scan)
    return named and add_amount_up(scan)


def add_amount_up(scan: Scanner) -> bool:
    """Make a sum of the one amount asked for before "by", if there is one."""
    draft = scan.draft
    if scan.item.text != "by" or scan.in_where or len(draft.wanted) != 1:
        return False
    total = scan.at(draft.wanted[0].position).text.startswith("total ")
    if draft.entities and not total:
        return False
    ref = draft.wanted[0].ref
    if draft.wanted[0].function or ref is None:
        return False
    if not ref.hits or not scan.adds_up(ref.hits[0]):
        return False
    draft.wanted[0].function = "sum"
    return True


def _opened_with_rows(scan: Scanner) -> bool:
    # "tickets by priority and state" counts the tickets of each.
    following = scan.role(scan.skip(scan.position + 1))
    return rows_asked(scan) and following in {"column", "table"} and not _pairs(scan)


def rows_asked(scan: Scanner) -> bool:
    """Tell whether "by" or "per" follows rows of which nothing else is asked."""
    draft = scan.draft
    asked = draft.wanted or draft.sorting or draft.groups or draft.limit
    if scan.at(scan.position - 1).is_cue("show"):
        return False  # "show me for each vendor the newest order"
    opened = draft.notes.get("asks_rows") and scan.item.text in _FOR_EACH
    return bool(opened) and not asked


def _pairs(scan: Scanner) -> bool:
    # "clients who are also in the register by LEI" are found there by it.
    before = scan.items[: scan.position]
    also = any("also" in item.text.split() for item in before)
    return also and scan.role(scan.position - 1) == "table"


def _by_after_rows(scan: Scanner) -> bool:
    """Tell whether "by" leads to what rows are counted by, and not to who did something."""
    return scan.item.text == "by" and not _is_done_by(scan) and not _tells_value(scan)


def _is_done_by(scan: Scanner) -> bool:
    # "orders shipped by carrier", "invoiced twice or more by the carrier": who did it.
    verb = scan.position - 1
    while scan.at(verb).is_cue("often") or scan.at(verb).text in _HOW_OFTEN:
        verb -= 1
    if scan.role(verb) == "value" and any(scan.role(verb - back) == "column" for back in (1, 2)):
        return False  # "whose offence is Parking by city"
    if scan.role(verb) == "value" and scan.at(verb - 1).last_word in _BEING:
        return False  # "suppliers that are not blocked by country"
    if scan.role(verb) == "table":
        rows = verb - 1 - (scan.at(verb - 1).text == "have")
        return scan.role(rows) == "table" and scan.at(verb).text.endswith("ed")
    if _is_told_value(scan, verb):
        return False  # "claims whose state is Rejected by branch"
    return scan.participle(verb) or _is_irregular(scan.at(verb))


def _is_told_value(scan: Scanner, position: int) -> bool:
    """Tell whether a column named right before has what stands here: nothing was done then."""
    column = skip_words_back(scan.items, position - 1, _BEING)
    held = {(hit.table, hit.column) for hit in scan.at(column).column_hits()}
    return any((value.table, value.column) in held for value in scan.at(position).values)


def _is_irregular(item: Item) -> bool:
    # "invoices sent by vendors"
    plain = item.kind == "word" and not item.text.endswith("s")
    return plain and lemma(item.text) != item.text


def _held_column(scan: Scanner, position: int) -> Ref | None:
    """Return the column by which a noun groups rows of its own table (wards: ``WARD_CODE``).

    A key that every row has to itself groups nothing: "the name and age of each user".
    """
    table = scan.table(position)
    shown = {hit.table for wanted in scan.draft.wanted if wanted.ref for hit in wanted.ref.hits[:1]}
    held = [
        hit
        for hit in scan.at(position).column_hits()
        if hit.table == table and not _identifies(scan, hit)
    ]
    partial = scan.at(position).best_table() < _WHOLE_NAME
    return Ref(position, tuple(held[:1]), table) if shown == {table} and held and partial else None


def _called_so(scan: Scanner, position: int) -> Ref | None:
    """Return the column of the rows added up that is called like the other table (``PLANT``)."""
    shown = {w.ref.hits[0].table for w in scan.draft.wanted if w.ref and w.function and w.ref.hits}
    shown |= {w.table for w in scan.draft.wanted if w.function == "count" and w.table}
    owner = next(iter(shown)) if len(shown) == 1 else None
    held = [
        hit
        for hit in scan.at(position).column_hits()
        if hit.table == owner and hit.score >= _WHOLE_NAME
    ]
    other = scan.table(position)
    if not held or owner == other:
        return None
    for wanted in scan.draft.wanted:
        if wanted.ref is not None and wanted.ref.near == other:
            wanted.ref.near = owner
    return Ref(position, tuple(held[:1]), owner)


def _identifies(scan: Scanner, hit: NameHit) -> bool:
    table = scan.sentence.graph.table(hit.table)
    return hit.column is not None and table.variety(table.column(hit.column)) == 1


def _tells_value(scan: Scanner) -> bool:
    # "by warehouse North" speaks of one warehouse.
    position = scan.skip(scan.position + 1)
    columns = {(hit.table, hit.column) for hit in scan.at(position).column_hits()}
    values = scan.at(position + 1).values
    return any((value.table, value.column) in columns for value in values)


def further(scan: Scanner, start: int) -> None:
    """Consume what else rows are put together by: "for each region and category"."""
    while True:
        position = scan.position
        if scan.at(position).text not in {"and", ","}:
            return
        position = scan.skip(position + 1)
        if scan.at(position).is_cue("group"):
            position = scan.skip(position + 1)
        comma = scan.at(scan.position).text == ","
        if comma and not (_ends_list(scan, position) or scan.at(start).text == "group by"):
            return
        if by_period(scan, position):
            continue
        if scan.role(position + 1) == "column" and owns_next(scan, position):
            scan.take(position)
            position += 1
        group = _group_at(scan, position)
        if group is None:
            return
        scan.draft.groups.append(group)
        scan.take(*range(scan.position, position + 1))
        scan.position = position + 1


def _group_at(scan: Scanner, position: int) -> Group | None:
    """Return the further group that is named at a position, unless something is said of it."""
    if scan.role(position) == "column":
        ref = scan.ref(position)
        shown = scan.at(position - 1).text == "the" and scan.measures(ref)
        return None if shown else Group(position, ref)  # "… per status and the total amount"
    following = scan.at(position + 1)
    if scan.role(position) != "table" or following.is_cue("relative") or following.hits:
        return None
    return Group(position, table=scan.table(position))


def _ends_list(scan: Scanner, position: int) -> bool:
    """Tell whether a further group stands between the comma and the end, or "and", of a list."""
    following = scan.at(position + 1)
    named = scan.role(position) in {"column", "table"}
    last = position + 1 >= len(scan.items) or following.text == "," or following.is_cue("order")
    return named and (following.text == "and" or last)
