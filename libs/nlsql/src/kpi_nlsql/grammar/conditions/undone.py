"""Undone: "never emptied", "not approved yet" — a deed whose date or doer the row does not have."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term, chosen_ref
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import lemma, stem, stems
from kpi_nlsql.grammar.conditions.times import PARTICLES, has_left
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.walking import skip_words

_OPPOSITES = {"open": "closed", "outstanding": "paid"}
_BEING = frozenset({"is", "are", "was", "were", "remain", "remains"})
_AUXILIARIES = frozenset({"been", "yet", "ever", "being", "be", "so", "far"})
_CLOSING = ("yet", "so", "far", "at", "all", "ever", "until", "now")
_BY = ("by", "anyone", "anybody", "someone", "any")
_TIMED = ("after", "before", "between", "recent", "compare", "older")


def read(scan: Scanner) -> bool:
    """Consume a denied deed that a nullable date of the rows asked for is called by."""
    item = scan.item
    if un(scan):
        return True
    if not item.is_cue("not") or item.last_word in {"no", "without", "a", "an", "any"}:
        return False
    position = skip_words(scan.items, scan.position + 1, _AUXILIARIES)
    rows = scan.entity() or _told_by_kind(scan)
    if _is_own_value(scan, position) or rows is None:
        return False
    ref, end = dated_by(scan, position, rows)
    if ref is None or _is_timed(scan, end) or _is_told_how(scan, end, rows):
        return False
    end = _closing(scan, end)
    scan.add(Term("null", scan.position, ref))
    scan.take(*range(scan.position, end))
    scan.position = end
    scan.in_where = True
    scan.pending = None
    return True


def un(scan: Scanner) -> bool:
    """Consume "unpaid" of invoices, "open" of cases: they have no date of payment or closing."""
    item = scan.item
    done = item.text[2:] if item.text.startswith("un") else _OPPOSITES.get(item.text, "")
    plain = item.kind == "word" or item.text in _OPPOSITES
    rows = _described_rows(scan) if done and plain else None
    if rows is None or any(value.table == rows for value in item.values):
        return False
    ref = _dated(scan, scan.position, done, rows)
    term = Term("null", scan.position, ref) if ref is not None else _state(scan, done, rows)
    if term is None:
        return False
    if scan.position == 0:
        scan.draft.note("asks_rows")
    scan.add(term)
    scan.take(scan.position)
    scan.position += 1
    return True


def _state(scan: Scanner, done: str, rows: str) -> Term | None:
    """Return that the rows do not have the state "unpaid" denies, where one column tells it."""
    found = scan.sentence.lexicon.values.find((done,))
    held = tuple(hit for hit in found if hit.table == rows and hit.score >= 1.0)
    denies = scan.item.text.startswith("un") or scan.item.text in _OPPOSITES
    if not denies or len({hit.column for hit in held}) != 1:
        return None
    column = chosen_ref(scan.position, rows, held[0].column)
    return Term("compare", scan.position, column, "!=", (held[0].value,))


def _described_rows(scan: Scanner) -> str | None:
    """Return the table of the rows that a word describes: "open cases", "cases that are open"."""
    noun = scan.head(scan.position + 1)  # "open repair jobs"
    if scan.role(noun) == "table":
        return scan.table(noun)
    if scan.role(scan.position - 1) == "table" and not scan.at(scan.position + 1).hits:
        return scan.table(scan.position - 1)  # "invoices unpaid since last month"
    return scan.entity() if scan.at(scan.position - 1).text in _BEING else None


def _told_by_kind(scan: Scanner) -> str | None:
    """Return the table of rows that are named by a value: "cooks who have not left"."""
    tables = [hit.table for term in scan.draft.terms for hit in term.hits]
    return tables[0] if len(set(tables)) == 1 else None


def _is_own_value(scan: Scanner, position: int) -> bool:
    # "not closed" with a status Closed denies the status.
    return any(value.table == scan.entity() for value in scan.at(position).values)


def dated_by(scan: Scanner, position: int, of: str | None = None) -> tuple[Ref | None, int]:
    """Return the column that the verb at a position names, and where the verb ends."""
    item = scan.at(position)
    if " " in item.text or item.kind not in {"mention", "word"} or scan.role(position) == "table":
        return None, position
    word, end = item.text, position + 1
    if word in FUNCTION_WORDS:
        return None, position  # "neither on panel nor on paper", whatever is called ``made_on``
    if scan.at(end).text in PARTICLES:
        # "logged in": the noun is one word.
        word = lemma(word) + scan.at(end).text
        end += 1
    ref = _dated(scan, position, word, of or str(scan.entity()))
    return (None, position) if ref is None else (ref, end)


def _dated(scan: Scanner, position: int, verb: str, of: str) -> Ref | None:
    """Return the one column that says when, or by whom, what the verb tells was done."""
    table, words = scan.sentence.graph.table(of), {stem(verb)}
    named = [
        column
        for column in table.columns
        if (column.dated or stems(column.name)[-1:] == ("by",))
        and column.nullable
        and column.name not in table.primary_key
        and any(words <= set(stems(name)) for name in column.display_names)
    ]
    left = has_left(verb, table)
    named = named or ([left] if left is not None and left.nullable else [])
    if len(named) != 1:
        return None
    return chosen_ref(position, table.name, named[0].name)


def _is_timed(scan: Scanner, position: int) -> bool:
    # "not updated since 2024" was updated, only not of late.
    following = [scan.at(position), scan.at(position + 1)]
    if [item.text for item in following] == ["until", "now"]:
        return False
    told = any(item.number is not None or item.kind == "quoted" for item in following)
    return told or any(following[0].is_cue(kind) for kind in _TIMED)


def _is_told_how(scan: Scanner, position: int, rows: str) -> bool:
    """Tell whether it was done, only not so: "not acquired by purchase", "not shipped with DHL"."""
    how = manner(scan, position)
    return how > position and any(value.table == rows for value in scan.at(how).values)


def manner(scan: Scanner, position: int) -> int:
    """Return where the words stand that tell how, behind a verb and "by" or "with"."""
    return scan.skip(position + (scan.at(position).text == "with"))


def _closing(scan: Scanner, position: int) -> int:
    if scan.at(position).text == "by" and scan.at(position + 1).text in _BY:
        position += 2
    return skip_words(scan.items, position, _CLOSING)
