"""Turned names: columns and tables whose words are said in another order, or apart.

"type of bed" is ``bed_type``, "ordered quantity" ``qty_ordered``, "dispatches in WMS" are rows of
``wms_dispatch``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import stem
from kpi_nlsql.mentions.lexicon import Lexicon, NameHit

_WHOLE_NAME = 0.97
_EXACT = 0.95
_CALLED = 0.8
_NAMES_TABLE = 0.6
_SURE_ROWS = 0.6
_ARTICLES = frozenset({"a", "an", "the", "any"})
_DONE = ("ed", "ing")
_VERBS = frozenset("does do did has have lacks misses omits knows never".split())  # noqa: SIM905
_DETERMINERS = frozenset({"the", "our", "this"})
_ADVERBIAL = frozenset({"on", "in", "out"})


@dataclass(frozen=True, slots=True)
class Around:
    """The stem of the word before some words, the word behind, and whether that is a noun."""

    before: str
    behind: str
    noun: bool


def turned(
    words: tuple[str, ...],
    known: tuple[str, ...],
    lexicon: Lexicon,
    hits: tuple[NameHit, ...],
    around: Around,
) -> tuple[NameHit, ...]:
    """Return the hits, or what the words name in another order where they hit nothing so.

    ``known`` are the stems of the words.
    """
    length = len(words)
    if length == 2 and words[0].endswith("ed") and all(hit.score < _WHOLE_NAME for hit in hits):
        # "ordered quantity" is ``qty_ordered``
        return _columns(lexicon.names((known[1], known[0]), "")) or hits
    done = words[-1].endswith(_DONE)  # "employees hired" are no ``hr_employees``
    # "materials SAP does not know" are not the ``sap_materials``
    clause = around.behind in _VERBS and around.before not in _DETERMINERS
    if length == 2 and not (done or clause) and all(hit.score < _WHOLE_NAME for hit in hits):
        # "the claims bordereau" is ``bdx_claims``: a table called by just these two words
        hits = (*_whole(lexicon.names(known[::-1], "", words[::-1])), *hits)
    if length == 3 and words[0] in _ADVERBIAL and not hits:
        # "on hand quantity" is the quantity on hand
        return _columns(lexicon.names((known[2], *known[:2]), ""))
    if hits:
        return hits
    if length > 2 and words[1] in _ARTICLES and words[0] not in FUNCTION_WORDS:
        # "that require an import license" are those with ``import_license_required``
        return _columns(lexicon.names((*known[2:], known[0]), ""))
    if length == 3 and not set(words) & FUNCTION_WORDS:
        return _of_owner(known, lexicon)
    if length == 3 and words[1] == "in":
        apart = _of_other(around.before, known, lexicon) or _goes_on(known, around, lexicon)
        hits = () if apart else _inside(words, known, lexicon)
    if not hits and length in {3, 4} and "of" in words[1:-1]:
        counts = words[0] == "number" and around.noun  # "number of vendor invoices"
        hits = () if counts else _of(words, known, lexicon)
    return hits


def _columns(hits: Sequence[NameHit]) -> tuple[NameHit, ...]:
    return tuple(hit for hit in hits if hit.column and hit.score >= _WHOLE_NAME)


def _of_owner(known: tuple[str, ...], lexicon: Lexicon) -> tuple[NameHit, ...]:
    # "net invoice amount" is the ``net_amount`` of an invoice.
    own = _columns(lexicon.names((known[0], known[2]), ""))
    tables = {hit.table for hit in _tables(lexicon.names(known[1:2], "")) if hit.score >= _CALLED}
    return tuple(hit for hit in own if hit.table in tables)


def _inside(
    words: tuple[str, ...], known: tuple[str, ...], lexicon: Lexicon
) -> tuple[NameHit, ...]:
    pair = (known[0], known[-1])
    # "batches in status Free" are batches, whatever column tells their status.
    rows = words[0].endswith("s") and any(
        hit.score >= _SURE_ROWS for hit in _tables(lexicon.names(pair[:1], "", words[:1]))
    )
    columns = () if rows else lexicon.names(pair, "")
    hits = (*columns, *_tables(lexicon.names(pair[::-1], "")))
    return tuple(hit for hit in hits if hit.score >= _EXACT)


def _of_other(before: str, known: tuple[str, ...], lexicon: Lexicon) -> bool:
    # "SAP accounts in the ledger": rows of SAP that are there, too, and not ``ledger_accounts``
    called = _tables(lexicon.names((before, known[0]), "")) if before else ()
    whole = {hit.table for hit in called if hit.score >= _CALLED}
    there = _tables(lexicon.names((known[-1], known[0]), ""))
    return bool(whole) and not whole & {hit.table for hit in there if hit.score >= _EXACT}


def _goes_on(known: tuple[str, ...], around: Around, lexicon: Lexicon) -> bool:
    """Tell whether the place is told in full: "materials in SAP materials"."""
    if not around.behind:
        return False
    whole = _tables(lexicon.names((known[-1], stem(around.behind)), ""))
    return any(hit.score >= _EXACT for hit in whole)


def _of(words: tuple[str, ...], known: tuple[str, ...], lexicon: Lexicon) -> tuple[NameHit, ...]:
    # "type of bed" is the column ``bed_type``, unless what follows "of" is a table.
    if words[1] != "of" or words[0] in FUNCTION_WORDS or words[-1] in FUNCTION_WORDS:
        return ()
    if words[0] == "number" and words[-1].endswith("s"):
        return ()  # "number of badges" counts them
    if len(words) == 4 and words[2] not in {"the", "a", "each"}:
        return ()
    named = _tables(lexicon.names(known[-1:], words[-1]))
    if any(hit.score >= _NAMES_TABLE for hit in named):
        return ()
    hits = lexicon.names((known[-1], known[0]), "")
    rows = words[0].endswith("s")  # "prices of SAP", but the "list price of SAP"
    return tuple(hit for hit in hits if hit.score >= _EXACT and (hit.column or rows))


def _whole(hits: Sequence[NameHit]) -> tuple[NameHit, ...]:
    return tuple(hit for hit in _tables(hits) if hit.score >= _WHOLE_NAME)


def _tables(hits: Sequence[NameHit]) -> tuple[NameHit, ...]:
    # "dispatches in WMS" are those of ``wms_dispatch``.
    return tuple(hit for hit in hits if hit.column is None)
