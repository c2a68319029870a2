"""Negation and exception: "who do not …", "without …", "but not …", "except …"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.english.function_words import EXCEPTING
from kpi_nlsql.grammar.conditions.denied_subjects import says_nothing, subject_rows, take_idle_verb
from kpi_nlsql.grammar.conditions.times import is_own_time
from kpi_nlsql.grammar.conditions.undone import manner
from kpi_nlsql.grammar.conditions.unknown_values import told_to_be
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.had_rows import rows_had
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back

_OPERATORS = ("compare", "contains", "starts", "ends", "between", "null")
_CONTRASTING = frozenset({"but", "and", "yet"})
_LIGHT_VERBS = frozenset("give given gave provide provided get got grant granted us".split())  # noqa: SIM905
_LACKING = frozenset({"no", "without", "lack", "lacks", "lacking"})
_ACTING = frozenset("have has had do does did are is were was it they".split())  # noqa: SIM905
_LISTING = frozenset({"(", "one", "any", "either"})
_NEXT = 2
_YET = frozenset({"yet", "ever", "been"})


def read(scan: Scanner) -> bool:
    """Consume a "not": a value right behind it is denied, anything else opens a denied scope."""
    if not _denies(scan):
        return False
    start, item = scan.position, scan.item
    scan.take(start)
    if scan.negate and scan.at(start - 1).is_cue("not"):
        scan.position += 1
        return True  # "do no not have": denied once
    if "never" in item.text:
        scan.draft.note("never")
    scan.position += 1
    if scan.item.is_cue("only"):
        scan.position += 1
        return True
    following = _in_list(scan, _behind_light_verb(scan, scan.skip(scan.position)))
    scan.in_where = True
    own = scan.role(following) == "value" and _is_own(scan, following)
    own = own or (scan.at(following).kind == "number" and scan.pending is not None)
    own = own or told_to_be(scan, following)
    if own and _of_rows(scan, following):
        _deny_rows(scan, following)
    elif (own and item.text not in {"but not", "but not in"}) or _compares(scan, following):
        scan.negate = True
    elif (item.is_cue("not") or item.last_word == "in") and is_own_time(scan, following):
        scan.negate = True  # "not started in 2025, with no message": the message is not denied
    else:
        _open(scan, start, own)
    return True


def _behind_light_verb(scan: Scanner, position: int) -> int:
    # "did not give consent" denies the consent, whatever was not done with it; "not yet paid".
    following = position
    while scan.at(following).text in _YET:
        following = scan.skip(following + 1)
    while scan.at(following).text in _LIGHT_VERBS or _is_idle_deed(scan, following):
        following = manner(scan, following + 1)
    own = scan.role(following) == "value" and _is_own(scan, following)
    if following == position or not own:
        return position
    scan.take(*range(position, following))
    scan.position = following
    return following


def _in_list(scan: Scanner, position: int) -> int:
    """Return where the first value of a list stands: "not in (A, B)", "not one of A and B"."""
    value = position
    while scan.at(value).text in _LISTING or _is_kind(scan, value):
        value = scan.skip(value + 1)
    listed = scan.role(value) == "value" and _is_own(scan, value)
    numbers = scan.at(value).kind == "number" and scan.pending is not None
    return value if listed or numbers else position


def _is_kind(scan: Scanner, position: int) -> bool:
    """Tell whether a column stands before its value: "not in region North"."""
    named = {(hit.table, hit.column) for hit in scan.at(position).column_hits()}
    held = {(value.table, value.column) for value in scan.at(position + 1).values}
    roles = scan.role(position), scan.role(position + 1)
    return roles == ("column", "value") and bool(named & held)


def _is_idle_deed(scan: Scanner, position: int) -> bool:
    # "not paid by card", where Paid is a status of other rows
    if scan.role(position) == "column" and scan.participle(position):
        # "not shipped with DHL" denies the carrier, whatever date of shipping there is
        return manner(scan, position + 1) > position + 1
    return scan.role(position) == "none" and bool(scan.at(position).values)


def _denies(scan: Scanner) -> bool:
    item = scan.item
    if _excepts(scan):
        return True
    contrasts = item.text.startswith("but") and _compared_before(scan)
    if item.is_cue("compare", "!=") and scan.in_where and scan.pending and not contrasts:
        return False
    denies = item.is_cue("not") or item.is_cue("missing")
    return denies or (item.is_cue("null") and "not" in item.text.split())


def _compares(scan: Scanner, position: int) -> bool:
    """Tell whether what is denied compares a column: "not above 5", "does not contain 'x'"."""
    item = scan.at(position)
    holds = item.is_cue("contains") and scan.role(scan.skip(position + 1)) == "table"
    if holds or says_nothing(scan, position):
        return False  # "do not contain any track" denies the tracks
    return any(item.is_cue(kind) for kind in _OPERATORS)


def _open(scan: Scanner, start: int, own: bool) -> None:
    subject = _subject_before(scan) or subject_rows(scan, start)
    scan.open_scope(negative=True)
    take_idle_verb(scan)
    before = start
    while scan.at(before - 1).text in _ACTING:
        before -= 1  # "but have not been"
    if scan.at(start).text.startswith("but") or scan.at(before - 1).text in _CONTRASTING:
        scan.draft.contrasted.add(scan.scope)
    elif scan.at(before - 1).text == "who" and scan.in_where and before > 1:
        # "students involved in incidents who were not in detention": two things are said of them
        scan.draft.contrasted.add(scan.scope)
    if subject is not None:
        subject.scope = scan.scope
    scan.pending = scan.pending if own else None
    scan.pending_function = None


def _deny_rows(scan: Scanner, position: int) -> None:
    scan.open_scope(negative=True)
    scan.add(Term("exists", position + 1, table=scan.table(position + 1)))
    scan.skipped.add(position + 1)
    scan.take(position + 1)


def _of_rows(scan: Scanner, position: int) -> bool:
    # "Which cities have no Brandon player?" denies such a player, not this value of the city's.
    values_asked = not scan.draft.entities and bool(scan.draft.wanted)
    return values_asked and scan.role(position + 1) == "table"


def _subject_before(scan: Scanner) -> Term | None:
    """Return the value that is the subject of what is denied: "which Ann Lee did not review"."""
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "value" or last.position != scan.position - 2:
        return None
    return last if scan.at(last.position - 1).is_cue("relative") else None


def _compared_before(scan: Scanner) -> bool:
    """Tell whether a value of the same column was asked for before: "in A but not in B"."""
    pending = scan.pending
    return pending is not None and any(
        term.ref is not None and term.ref.position == pending.position for term in scan.draft.terms
    )


def _excepts(scan: Scanner) -> bool:
    # "except those with …", "other than the ones that …".
    if not scan.item.is_cue("compare", "!=") or not scan.item.text.startswith(EXCEPTING):
        return False
    following = scan.at(scan.position + 1)
    return following.text in {"those", "the", "ones", "that", "who", "for", "with"}


def _lacks_rows(scan: Scanner, position: int) -> bool:
    """Tell whether other rows with the value are denied: "customers without an open ticket"."""
    lacking = bool(set(scan.at(scan.position - 1).text.split()) & _LACKING)
    behind = scan.role(position + 1) == "table"
    return lacking and behind and scan.table(position + 1) != scan.entity()


def _is_own(scan: Scanner, position: int) -> bool:
    """Tell whether the value belongs to a column of the rows asked for."""
    entity = scan.entity()
    item = scan.at(position)
    if scan.at(scan.position - 1).text == "but" or _lacks_rows(scan, position):
        return False
    if any(hit.table == entity for hit in item.values) or _of_one_row(scan, item):
        return True
    had = rows_had(scan.items, scan.position - 1)
    if had is not None and any(hit.table == had for hit in item.values):
        return True
    return scan.pending is not None and any(hit.table == entity for hit in scan.pending.hits)


def _of_one_row(scan: Scanner, value: Item) -> bool:
    """Tell whether a column of a row is another: "with a badge whose zone is not Lab"."""
    column = scan.pending.position if scan.pending is not None else 0
    owner = skip_words_back(scan.items, column - 1, {"the"})
    if not column or scan.at(owner).text != "whose" or scan.position - column > _NEXT:
        return False
    held = {(hit.table, hit.column) for hit in scan.at(column).column_hits()}
    return any((hit.table, hit.column) in held for hit in value.values)
