"""Parts of values: "paintings on panel" where materials are "oil on panel" and "tempera on panel".

A word that nothing is called by, and that one column of the rows has in several of its values or
beside other words, tells which values are meant.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term, chosen_ref
from kpi_nlsql.english.function_words import STOP_WORDS
from kpi_nlsql.grammar.conditions.listed_with import connect
from kpi_nlsql.grammar.scanner import Scanner

_LEADS = frozenset("on in of a an is are the or nor from with not".split())  # noqa: SIM905
_SAYING = frozenset({"a", "an", "the", "is", "are"})
"""What leads to such a word only behind its column: "whose location is a store"."""
_SHORTEST = 4
_SHARED = 0.5


def read(scan: Scanner) -> bool:
    """Consume a word that values of one column of the rows contain beside others."""
    position, item = scan.position, scan.item
    lead = scan.at(position - 1)
    if item.kind != "word" or len(item.text) < _SHORTEST or item.text in STOP_WORDS:
        return False
    led = lead.last_word in _LEADS or lead.text == ","
    if not scan.unknown(position) or not led:
        return False
    ref = _column(scan, position)
    if ref is None:
        return False
    end = _end(scan, position, ref)
    text = " ".join(scan.at(at).text for at in range(position, end))
    term = Term("like", position, ref, values=(text,))
    connect(scan, term)
    term.joined_by_or = term.joined_by_or or (lead.text == "," and _goes_on(scan, ref))
    scan.not_output(scan.pending)
    scan.add(term)
    scan.take(*range(position, end))
    scan.in_where = True
    scan.position = end
    return True


def _end(scan: Scanner, position: int, ref: Ref) -> int:
    """Return where the words end that stand so in a value: "on wild stock"."""
    values, end = scan.sentence.lexicon.values, position + 1
    while ref.chosen in values.containing((scan.at(end - 1).text, scan.at(end).text)):
        end += 1
    return end


def _goes_on(scan: Scanner, ref: Ref) -> bool:
    """Tell whether the word before was such a part, too: "on panel, canvas or paper"."""
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "like" or last.ref is None:
        return False
    return last.position == scan.position - 2 and last.ref.choice == ref.choice


def _column(scan: Scanner, position: int) -> Ref | None:
    """Return the one column of the rows whose values contain the word, and what leads to it."""
    values, word = scan.sentence.lexicon.values, scan.at(position).text
    lead = scan.at(position - 1).last_word
    for found in (values.containing((lead, word)), values.containing((word,))):
        rows = scan.entity() or _holding_kind(scan, found)
        if rows is None:
            continue
        columns = _of_rows(scan, rows, [name for table, name in found if table == rows])
        if len(columns) == 1:
            return chosen_ref(position, rows, columns[0])
    return None


def _holding_kind(scan: Scanner, found: tuple[tuple[str, str], ...]) -> str | None:
    """Return the table of rows named by a value: "paintings on panel" are in that of materials."""
    kinds = {hit.table for term in scan.draft.terms for hit in term.hits}
    tables = kinds & {table for table, _ in found}
    return tables.pop() if len(tables) == 1 else None


def _of_rows(scan: Scanner, rows: str, columns: list[str]) -> list[str]:
    """Return which of the columns may be meant: the one spoken of, if it is one of them."""
    table = scan.sentence.graph.table(rows)
    varied = {name: table.variety(table.column(name)) or 0.0 for name in columns}
    shared = [name for name in columns if varied[name] < _SHARED]
    hits = scan.pending.hits[:1] if scan.pending is not None else ()
    named = [name for name in shared if any(hit.column == name for hit in hits)]
    return named or (shared if scan.at(scan.position - 1).text not in _SAYING else [])
