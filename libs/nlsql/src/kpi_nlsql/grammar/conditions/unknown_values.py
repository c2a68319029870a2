"""Unknown values: "whose vendor code is V100 or V200", "with the last name Smith".

What a column of free texts is said to be is its value, though nobody has told that it has it.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.english.function_words import COPULAS, FUNCTION_WORDS
from kpi_nlsql.grammar.scanner import Scanner

_LEADS = frozenset({"of", "(", ":", "in", "either", "neither", "only", "called", "named"})
_SIGNS = frozenset({"zero", "negative", "positive"})
_LISTING = frozenset({",", "or", "nor", "and"})


def unknown_value(scan: Scanner) -> bool:
    """Consume a proper name or a code that the column named right before it is said to have."""
    ref, last = _subject(scan)
    if ref is None or not _is_proper(scan, scan.position) or not _holds_any(scan, ref):
        return False
    end = scan.position + 1
    while _is_proper(scan, end) and scan.at(end - 1).text.isalpha():
        end += 1
    tokens = scan.sentence.tokens
    first, final = tokens[scan.at(scan.position).start], tokens[scan.at(end - 1).end - 1]
    text = scan.sentence.text[first.start : final.end]
    term = Term("value", scan.position, ref, values=(text,))
    if last is not None:
        denied = last.negated or last.operator == "!="
        term.operator = last.operator
        term.negated = last.negated and not scan.negate  # "nor" denies anew
        term.also_denied, term.joined_by_or = denied, not denied
    elif scan.at(scan.position - 1).is_cue("compare", "!="):
        term.negated = True
    scan.not_output(ref)
    scan.add(term)
    scan.take(*range(scan.position, end))
    scan.in_where = True
    scan.position = end
    return True


def told_to_be(scan: Scanner, position: int) -> bool:
    """Tell whether what a column named just before is not: "whose last name is not Smith"."""
    if scan.at(position).text in _SIGNS and scan.pending is not None:
        return scan.measures(scan.pending) and scan.pending.position >= position - 3
    ref = scan.pending
    near = ref is not None and ref.position >= position - 3
    return near and ref is not None and _is_proper(scan, position) and _holds_any(scan, ref)


def _subject(scan: Scanner) -> tuple[Ref | None, Term | None]:
    """Return the column spoken of, and the value before that this one is listed with."""
    last = scan.draft.terms[-1] if scan.draft.terms else None
    link = scan.position - 1
    while scan.at(link).text in _LISTING and scan.at(link - 1).text == ",":
        link -= 1
    if scan.at(link).text in _LISTING:
        listed = last is not None and last.kind == "value" and last.ref is not None
        ends = last is not None and {link - 1} & scan.draft.used and last.scope == scan.scope
        return (last.ref, last) if listed and ends and last is not None else (None, None)
    pending = scan.pending
    if pending is None or scan.pending_function is not None:
        return None, None
    between = [scan.at(at) for at in range(pending.position + 1, scan.position)]
    leads = all(
        item.text in COPULAS | _LEADS
        or item.is_cue("not")
        or item.is_cue("compare", "=")
        or item.is_cue("compare", "!=")
        for item in between
    )
    told = scan.in_where or bool(between)
    return (pending, None) if leads and told else (None, None)


def _is_proper(scan: Scanner, position: int) -> bool:
    item = scan.at(position)
    if item.kind != "word" or item.cues or item.text in FUNCTION_WORDS:
        return False
    written = scan.sentence.tokens[item.start].text
    return written[:1].isupper() or any(letter.isdigit() for letter in written)


def _holds_any(scan: Scanner, ref: Ref) -> bool:
    """Tell whether the column holds texts of which none is known beforehand."""
    own = [hit for hit in ref.hits if hit.table == (ref.near or scan.entity())]
    best = next(iter(own or ref.hits), None)
    if best is None or best.column is None:
        return False
    column = scan.column_of(best)
    alike = [hit for hit in own[1:] if hit.score >= best.score]
    free = column.family == "text" and not (column.values or column.dated)
    return free and not alike  # "named Smith" may be the first name or the last
