"""Denied subjects: "materials no recipe uses", "payments for an order that does not exist".

What is not there may stand before the denial, as the subject of what is not done, and the verb
says nothing that the data know.
"""

from __future__ import annotations

from itertools import pairwise

from kpi_nlsql.drafting.draft import MAIN, Term
from kpi_nlsql.english.deeds import BRINGING_ABOUT
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import stem
from kpi_nlsql.grammar.asking.implied_columns import IMPLIED
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.mentions.walking import skip_words

_BEING = frozenset({"exist", "exists", "there", "known", "available", "recorded"})
_ANY = frozenset({"a", "an", "any", "single", "one", "the", "even", "at", "all", "yet"})
_BORDERS = frozenset({"and", "but", "or", "although", "while"})
_WHO = frozenset({"who", "that", "which"})
_FINITE = frozenset({"have", "has", "are", "is", "were", "was"})
_SAYING = frozenset("are is were was with whose who that which live lives".split())  # noqa: SIM905
_NAMED = 0.8
_EVER = frozenset({"ever", "yet", "actually", "so", "far"})
_ACTING = frozenset({"has", "have", "had", "is", "are", "was", "were", "does", "do", "did"})


def subject_rows(scan: Scanner, start: int) -> Term | None:
    """Return the related rows told before the denial at ``start`` that it is said of."""
    last = _related(scan)
    if last is None:
        return None
    before = start - 1
    while scan.at(before).text in _ACTING:
        before -= 1
    verb = scan.position
    if scan.at(before).is_cue("relative"):
        lacking = scan.at(verb).text in _BEING
        told = lacking and last.position == before - 1
    else:
        told = last.position == before and scan.at(verb).text not in _BEING
    if not told or not says_nothing(scan, verb):
        return None
    take_verb(scan, verb)
    if last not in scan.draft.terms:
        scan.draft.entities.pop()
        scan.draft.terms.append(last)
    return last


def _related(scan: Scanner) -> Term | None:
    """Return the related rows told last, be it in a condition or behind those asked for."""
    entities, terms = scan.draft.entities, scan.draft.terms
    last = terms[-1] if terms else None
    if last and last.kind == "exists" and last.scope == MAIN and last.ref is None:
        return last
    if len(entities) < 2 or entities[-1][1] == entities[0][1]:
        return None
    position, table = entities[-1]
    return Term("exists", position, table=table)


def says_nothing(scan: Scanner, position: int) -> bool:
    """Tell whether nothing up to the end of the clause names data."""
    while not _ends(scan, position):
        item = scan.at(position)
        verb = item.is_cue("contains") and _ends(scan, position + 1)
        if scan.role(position) != "none" or item.number is not None or (item.cues and not verb):
            return False
        if _is_name(scan, item):
            return False  # "not reviewed by Britanny Harris", whom nobody knows
        position += 1
    return True


def _is_name(scan: Scanner, item: Item) -> bool:
    tokens = [token for token in scan.sentence.tokens if token.lower == item.text]
    return item.kind == "word" and any(token.text[:1].isupper() for token in tokens)


def take_verb(scan: Scanner, position: int) -> None:
    """Account for the words up to the end of the clause."""
    while not _ends(scan, position):
        scan.take(position)
        position += 1


def take_idle_verb(scan: Scanner) -> None:
    """Account for a verb that names no data before what was not done: "signed a contract"."""
    verb = skip_words(scan.items, scan.position, _EVER)
    item = scan.at(verb)
    misread = scan.role(verb) == "table" and item.best_table() < _NAMED
    if item.text in FUNCTION_WORDS or item.cues or not (scan.role(verb) == "none" or misread):
        return
    following = verb + 1
    while scan.at(following).text in _ANY or scan.at(following).is_cue("all"):
        following += 1
    if following == verb + 1 or scan.role(following) != "table":
        return
    status = _status(scan, item, scan.table(following))
    if status is not None:
        scan.add(Term("value", verb, hits=(status,), values=(status.value,)))
    if status is not None or misread or not item.hits:
        scan.take(verb)
        if misread:
            scan.position = verb + 1  # "never bought a ticket", whatever is called an order


def _status(scan: Scanner, verb: Item, table: str) -> ValueHit | None:
    """Return the verb as a status of its object, or of what links the rows to it.

    "never completed a course", "never cancelled an order".
    """
    entity = scan.entity()
    path = scan.sentence.paths.path(entity, table) if entity is not None else None
    way = {join.right_table for join in path[1]} if path else set()
    if stem(verb.text) in BRINGING_ABOUT:
        way -= {table}
    return next((value for value in verb.values if value.table in way), None)


def _ends(scan: Scanner, position: int) -> bool:
    item = scan.at(position)
    return item.kind == "mark" or item.text in _BORDERS or item.is_cue("relative")


def leave_denial(scan: Scanner) -> bool:
    """Consume an "and" or "but" behind which something is said again of the rows asked for.

    "customers that have no order and are in Paris" are in Paris themselves, and those that "have
    no order but hold a card" hold it. "How many customers without an order have a card" do, too.
    """
    contrasts = scan.item.text == "but" or _is_main_verb(scan)
    if not (contrasts or scan.item.text == "and"):
        return False
    if scan.scope not in scan.draft.negative_scopes:
        return False
    following = scan.at(scan.position + 1)
    terms = [term for term in scan.draft.terms if term.scope == scan.scope]
    said = following.text.split()[:1]
    again = contrasts or set(said) & _SAYING or _is_own_deed(scan, scan.position + 1)
    if not terms or not again:
        return False
    inside = range(terms[0].position + 1, scan.position)
    if any(scan.at(index).is_cue("relative") for index in inside):
        return False
    scan.close_scope()
    scan.pending = None
    scan.position += 1
    scan.anew = scan.position
    return True


def ends_denial(scan: Scanner) -> bool:
    """Tell whether a clause speaks of the rows asked for, behind what is denied of them."""
    denied = scan.scope in scan.draft.negative_scopes
    return denied and (_says_of_several(scan) or _denies_own_values(scan))


def _says_of_several(scan: Scanner) -> bool:
    """Tell whether "who were" follows one row that is denied: "staff without a badge who were"."""
    if scan.item.text not in _WHO:
        return False
    denied = scan.sentence.tokens[scan.at(scan.position - 1).end - 1]
    several = scan.at(scan.position + 1).text in {"are", "were", "have"}
    one = not denied.lower.endswith("s")  # "stock lines that were counted" are several
    return several and one and scan.role(scan.position - 1) == "table"


def _is_main_verb(scan: Scanner) -> bool:
    # "for which no invoice was issued": there it is the verb of what is denied
    before = [item.text for item in scan.items[: scan.position]]
    finite = scan.item.text in _FINITE | {"are in", "is in"} and _FINITE.isdisjoint(before)
    lacking = any(text.split()[0] == "without" for text in before) or ("with", "no") in pairwise(
        before
    )
    return finite and lacking and scan.role(scan.position - 1) == "table"


def _denies_own_values(scan: Scanner) -> bool:
    """Tell whether only values of the rows asked for are denied: "not of type Theft, with …"."""
    terms = [term for term in scan.draft.terms if term.scope == scan.scope]
    entity = scan.entity()
    return bool(terms) and all(
        term.kind == "value" and any(hit.table == entity for hit in term.hits) for term in terms
    )


def _is_own_deed(scan: Scanner, position: int) -> bool:
    # "… and cost more than 20": a verb that names a column of the rows asked for.
    item = scan.at(position)
    hits = [hit for hit in item.column_hits() if hit.table == scan.entity()]
    return bool(hits) and item.text in IMPLIED
