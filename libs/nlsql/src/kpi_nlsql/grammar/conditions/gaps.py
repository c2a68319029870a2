"""Gaps: "with no phone", "no analyst assigned", "have an e-mail" — whether a column is filled."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.english.abbreviations import abbreviates
from kpi_nlsql.english.function_words import EXCEPTING
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.grammar.conditions.times import is_date, is_timed
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.schema.flags import is_flag
from kpi_nlsql.schema.graph import Column, Table
from kpi_nlsql.schema.key_names import KEY_TAILS

_SURE = 0.8
_EXACT = 0.95
_POSSESSING = frozenset({"have", "has", "had", "having"})
_DENYING = frozenset({"no", "without", "any", "a", "an", "neither", "nor", "lacking"}) | frozenset(
    {"have", "having", "lack", "lacks"}
)
_COMPARING = ("compare", "between", "contains", "starts", "ends")
_IDLE = frozenset("a an any the have has had having do does".split())  # noqa: SIM905
_ARTICLES = frozenset({"a", "an", "any", "some"})
_KEPT = frozenset(
    "assigned given recorded known set available entered filled maintained stored provided "  # noqa: SIM905
    "specified registered attached allocated defined noted captured yet".split()
)
"""Participles that say of a value that the row keeps it."""
_LISTING = frozenset({"or", "and", "nor", "/", ","})
_BORDERS = frozenset({"and", "or", "but", "yet", "nor"})
_NUMBERING = frozenset({"number", "code", "id"})
"""What may be said besides of a value kept: "without an EORI number", of its ``eori``."""
_VALUES = frozenset({"value", "values", "entry"})
_OTHER = 5.0
"""How doubtful it is that rows "without a delivery date" lack another date that they have."""
_OF_SEVERAL = (["are"], ["were"], ["have"])
"""What goes on about the rows, not about the one value: "with an end date that are open"."""
_GOING_ON = frozenset({"have", "has", "had", "belonging", "are", "there", "by"})
_BEING = frozenset({"is", "was", "are", "were"})
_RELATING = frozenset({"of", "for"})
_SHORT = 2
_OPENING = frozenset({"where", "for which"})
_ENDING = frozenset({"but", "and", "although", "though", "while", "even"})
_KEY_STEMS = frozenset(map(stem, KEY_TAILS))
_TAILS = frozenset(
    stem(word)
    for word in (
        *KEY_TAILS,
        *"name title date time amount value address on at by reference text".split(),  # noqa: SIM905
        *"g kg grams kilograms l km m cm mm hours hrs minutes min days weeks months".split(),  # noqa: SIM905
        *"years percentage".split(),  # noqa: SIM905
    )
)
"""Words that a column's name ends with and people leave out: "no tool" and ``tool_id``."""


def read(scan: Scanner) -> bool:
    """Consume a denial or a possession of a value that the rows asked for may lack."""
    if scan.item.is_cue("not") and scan.item.last_word in _DENYING:
        return _lacks(scan)
    return _has(scan) or _given(scan)


def _lacks(scan: Scanner) -> bool:
    start, position = scan.position, _noun_at(scan, scan.position + 1)
    ref = _own(scan, position)
    if scan.unknown(position) and scan.role(position + 1) == "column":
        scan.draft.note("dangling", _OTHER)
    if ref is not None and scan.at(position + 1).text in _NUMBERING | _VALUES:
        position += 1
    if ref is None or not _ends(scan, position + 1, _BORDERS | {"for", "whose"}):
        return False
    if scan.item.text == "nor":
        scan.close_scope()  # "neither a brand nor an EAN": no brand, and an EAN of their own
    while ref is not None:
        # All stand where the denial does: "no phone or e-mail" lacks both.
        scan.not_output(ref)
        scan.add(Term("null", start, ref))
        scan.take(*range(start, position + 1))
        following = _noun_at(scan, position + 2)
        listed = scan.at(position + 1).text in _LISTING
        if scan.at(position + 1).text == "and":
            listed = following == position + 2  # "no phone and an e-mail" has the second
        ref = _own(scan, following) if listed else None
        if ref is None or not _ends(scan, following + 1, _BORDERS):
            break
        position = following
    scan.position = _behind_participle(scan, position + 1)
    scan.in_where = True
    scan.pending = None
    return True


def _has(scan: Scanner) -> bool:
    # "have a VIP level", "with an e-mail"; "with e-mail and phone" lists what to show.
    article = scan.at(scan.position + 1).text in _ARTICLES
    if scan.item.text not in _POSSESSING and not (scan.item.text == "with" and article):
        return False
    position = scan.position + (2 if article else 1)
    ref = _own(scan, position)
    rows = scan.draft.entities or any(scan.role(at) == "table" for at in range(scan.position))
    if ref is None or not rows or not _ends(scan, position + 1, _BORDERS):
        return False
    while ref is not None:
        scan.add(Term("null", scan.position, ref, negated=True))
        scan.take(*range(scan.position, position + 1))
        further = position + 3  # "with an e-mail and a phone"
        listed = scan.at(position + 1).text == "and" and scan.at(position + 2).text in _ARTICLES
        ref = _own(scan, further) if listed and _ends(scan, further + 1, _BORDERS) else None
        position = further if ref is not None else position
    scan.position = _behind_participle(scan, position + 1)
    scan.in_where = True
    scan.pending = None
    return True


def _noun_at(scan: Scanner, position: int) -> int:
    """Return where what is lacking stands: past articles, and past "number of"."""
    position = scan.skip(position)
    return scan.skip(position + 1) if scan.at(position).text == "number of" else position


def _ends(scan: Scanner, position: int, borders: frozenset[str]) -> bool:
    """Tell whether nothing more is said of the value: no comparison, no further noun."""
    item = scan.at(position)
    border = item.kind == "mark" and item.text != "="
    if item.text in _KEPT or item.text == "" or border or item.text in borders:
        return True
    leaves_out = bool(item.cues) and item.text.startswith(EXCEPTING) and item.text != "other than"
    if item.is_cue("group") or item.is_cue("order") or item.text in _GOING_ON or leaves_out:
        return True  # "orders with a comment per plant", "how many with a comment are there"
    if item.is_cue("not") and any(scan.at(position + 1).is_cue(kind) for kind in _COMPARING):
        return False  # "a price not between 10 and 20"
    if item.text in _RELATING and _begins_rows(scan, scan.skip(position + 1)):
        return True  # "runs with no cost center of staff in Bern", "with a price for new parts"
    if item.is_cue("not") and (is_timed(scan, position + 1) or is_date(scan, position + 1)):
        return False  # "a hiring date outside 2024"
    several = item.is_cue("relative") and scan.at(position + 1).text.split()[:1] in _OF_SEVERAL
    return several or item.is_cue("not") or item.text.split()[0] in _ENDING


def _begins_rows(scan: Scanner, position: int) -> bool:
    """Tell whether a noun for rows stands here, or behind a value of theirs: "inactive parts"."""
    return scan.role(position + (scan.role(position) == "value")) == "table"


def _behind_participle(scan: Scanner, position: int) -> int:
    while scan.at(position).text in _KEPT:
        scan.take(position)
        position += 1
    return position


def _own(scan: Scanner, position: int) -> Ref | None:
    """Return the column that is meant, one that may be empty: of the rows asked for, or had.

    "Members that have a badge without an issue date" have such a badge, and "claims of policies
    without a region" such a policy, though claims may have a region, too.
    """
    entity = scan.entity()
    if entity is None or scan.at(position).kind != "mention":
        return None
    before = _rows_before(scan, position)
    if before not in {None, entity} and _is_called(scan, position, str(before)):
        return _column_of(scan, position, str(before))
    ref, last = _column_of(scan, position, entity), scan.last_table()
    if ref is None and last not in {None, entity} and not _speaks_of(scan, position, entity):
        return _column_of(scan, position, str(last))
    return ref


def _rows_before(scan: Scanner, position: int) -> str | None:
    """Return the rows named right before what they lack: "policies that have no region"."""
    at = position - 1
    while scan.at(at).is_cue("not") or scan.at(at).is_cue("relative") or scan.at(at).text in _IDLE:
        at -= 1
    return scan.table(at) if scan.role(at) == "table" else None


def _is_called(scan: Scanner, position: int, table: str) -> bool:
    hits = scan.at(position).column_hits()
    return any(hit.table == table and hit.score >= _EXACT for hit in hits)


def _speaks_of(scan: Scanner, position: int, entity: str) -> bool:
    return any(hit.table == entity for hit in scan.at(position).column_hits())


def _column_of(scan: Scanner, position: int, entity: str) -> Ref | None:
    item = scan.at(position)
    table = scan.sentence.graph.table(entity)
    kept = scan.at(position + 1).text in _KEPT
    rival = any(hit.table != entity and hit.score >= _SURE for hit in item.table_hits())
    words = stems(item.text)
    best: tuple[float, Column] | None = None
    for hit in item.column_hits():
        if hit.table != entity:
            continue
        column = table.column(str(hit.column))
        leads = _leads(column, words)
        fits = hit.score >= _SURE or leads or _heads(table, column, words)
        state = item.text.endswith("ed") or not leads
        weak = item.values and state and hit.score < _EXACT
        if fits and not weak and (best is None or hit.score > best[0]):
            best = (hit.score, column)
    named = best is not None and best[0] >= _EXACT
    rival = (rival or scan.role(position) == "table") and not named
    itself = any(stems(name) == words for name in table.display_names)
    if best is None or itself or (rival and not kept):
        return None
    column = best[1]
    if not column.nullable or column.name in table.primary_key or is_flag(column):
        return None
    key = (entity, column.name)
    return Ref(position, (NameHit(entity, column.name, best[0]),), entity, key)


def _leads(column: Column, words: tuple[str, ...]) -> bool:
    for name in column.display_names:
        told = stems(name)
        alike = all(_stands_for(*pair) for pair in zip(told, words, strict=False))
        if len(told) >= len(words) and alike and set(told[len(words) :]) <= _TAILS:
            return True
    return False


def _heads(table: Table, column: Column, words: tuple[str, ...]) -> bool:
    """Tell whether one column alone ends so: "without a reason", of its ``reject_reason``."""
    ending = [
        each.name
        for each in table.columns
        if any(stems(name)[-len(words) :] == words for name in each.display_names)
    ]
    return ending == [column.name] and not set(words) & _KEY_STEMS


def _stands_for(told: str, word: str) -> bool:
    # ``cmnt_txt`` keeps a comment
    return told == word or (len(told) > _SHORT and abbreviates(told, word))


def _given(scan: Scanner) -> bool:
    """Consume "where a phone number is given", "where no phone is recorded"."""
    start, lead = scan.position, scan.at(scan.position + 1)
    denied = lead.is_cue("not") and lead.text == "no"
    position = start + 2
    known = scan.at(position + 1).text in _BEING and scan.at(position + 2).text in _KEPT
    if scan.item.text not in _OPENING or not (denied or lead.text in _ARTICLES) or not known:
        return False
    ref = _own(scan, position)
    behind = scan.at(position + 3)
    if ref is None or not (behind.is_cue("relative") or _ends(scan, position + 3, _BORDERS)):
        return False
    scan.add(Term("null", start, ref, negated=not denied))
    scan.take(*range(start, position + 3))
    scan.position, scan.in_where, scan.pending = position + 3, True, None
    return True
