"""What superlatives measure: "the oldest" by age or birth, "the cheapest" by price."""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.drafting.draft import Ref, chosen_ref
from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.asking.implied_columns import PAY, PRICE, TIME, own_amount
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.schema.amounts import main_amount

_SIZES = ("size", "area", "popul", "capac", "amount")
_LENGTHS = ("length", "durat", "distanc", "day", "night", "hour", "minut")
_IMPLIED: dict[str, tuple[tuple[str, ...], bool]] = {
    "oldest": (("age",), True),
    "youngest": (("age",), False),
    "longest": (_LENGTHS, True),
    "shortest": (("length", "height", *_LENGTHS[1:]), False),
    "tallest": (("height",), True),
    "highest": (("height", "elevat", "altitud"), True),
    "heaviest": (("weight",), True),
    "lightest": (("weight",), False),
    "cheapest": (PRICE, False),
    "most expensive": (PRICE, True),
    "the most expensive": (PRICE, True),
    "least expensive": (PRICE, False),
    "the least expensive": (PRICE, False),
    "costliest": (("cost", "price"), True),
    "priciest": (PRICE, True),
    "fastest": (("speed", "time"), True),
    "slowest": (("speed",), False),
    "latest": (TIME, True),
    "most recent": (TIME, True),
    "newest": (("date", "year"), True),
    "most recently": (TIME, True),
    "earliest": (TIME, False),
    "first": (TIME, False),
    "last": (TIME, True),
    "largest": (_SIZES, True),
    "biggest": (_SIZES, True),
    "smallest": (_SIZES, False),
    "richest": (("money", "worth", "incom"), True),
    "highest paid": (("salari",), True),
    "best paid": (PAY, True),
    "best": (("rate", "rank", "score"), True),
    "worst": (("rate", "score"), False),
    "the best": (("rate", "score"), True),
    "lowest paid": (PAY, False),
}
"""The columns a superlative is about, as stems, and whether high values are meant."""

_PRICED = frozenset(word for word, (measures, _) in _IMPLIED.items() if set(measures) == set(PRICE))
"""Superlatives of what something costs: also by its one amount, whatever that is called."""

_NOT_WHEN = frozenset("birth expiri end due valid matur plan termin to close until".split())  # noqa: SIM905
"""Stems of dates that do not tell when a row came about: the latest is not the latest due."""
_BEHIND = 0.15
_NEAR = 4
"""How far behind the noun "by" still leads to a measure, whatever follows it."""
_LEADS = (("by",), ("based", "on"), ("according", "to"), ("measured", "by"))
_ORDINAL = frozenset({"first", "last"})
_HIGH = frozenset({"highest", "largest", "biggest"})
_BY_AMOUNT = frozenset({"highest", "largest", "biggest", "lowest", "smallest", "top"})


def implied_measure(scan: Scanner, start: int, noun: int | None = None) -> tuple[Ref, bool] | None:
    """Return what a superlative is about unnamed, and whether high values come first.

    ``noun``: where the rows are named, if not right behind it.
    """
    text = scan.at(start).text.removeprefix("the ").removesuffix(" first")
    implied = _IMPLIED.get(text)
    if implied is None:
        return None
    measures, descending = implied
    noun = start + 1 if noun is None else noun
    near = scan.table(noun) if scan.role(noun) == "table" else None
    near = near or scan.last_table() or scan.entity()
    ref = scan.implied(start, measures, near)
    if ref is not None and "date" in measures:
        ref.hits = _came_about(scan, ref.hits)
    if ref is not None and text in _ORDINAL and all(hit.table != near for hit in ref.hits):
        return None  # "the first 10 customers", whatever date their orders have
    # "the most expensive booking", whose only amount is the fare; "the largest batch" by volume
    priced = (text in _PRICED or measures == _SIZES) and near is not None
    if priced and (cost := own_amount(scan, start, str(near), ref)) is not None:
        return cost, descending
    if text in {"oldest", "youngest"}:
        ages = ref and any(hit.table == near for hit in ref.hits)
        birth = scan.implied(start, ("birth",), near)
        if not ages and birth is not None and any(hit.table == near for hit in birth.hits):
            return birth, not descending
        if not ages:
            dated = scan.implied(start, ("date", "year"), near)
            if dated is not None and any(hit.table == near for hit in dated.hits):
                return dated, not descending
    return None if ref is None else (ref, descending)


def own_measure(scan: Scanner, start: int) -> tuple[Ref, bool] | None:
    """Return what rows are put in order by: "orders, newest first", "invoices, largest first"."""
    rows, implied = scan.entity(), implied_measure(scan, start)
    if rows is None or (implied is not None and any(hit.table == rows for hit in implied[0].hits)):
        return implied
    word = scan.at(start).text.split()[0]
    column = main_amount(scan.sentence.graph.table(rows)) if word in _BY_AMOUNT else None
    return None if column is None else (chosen_ref(start, rows, column), word in _HIGH)


def _came_about(scan: Scanner, hits: tuple[NameHit, ...]) -> tuple[NameHit, ...]:
    """Put the dates that a row ends or is due at behind those it came about at, unless told."""
    told = {token.stem for token in scan.sentence.tokens}
    later = {hit for hit in hits if _NOT_WHEN & (set(stems(str(hit.column))) - told)}
    return tuple(replace(hit, score=hit.score - _BEHIND) if hit in later else hit for hit in hits)


def by_amount(scan: Scanner, position: int, descending: bool) -> tuple[Ref, bool] | None:
    """Return the one amount that the rows at ``position`` have: "the ten highest invoices"."""
    text = scan.at(scan.position - 1).text if scan.at(position - 1).number else ""
    words = {scan.at(at).text.split()[-1] for at in range(position)} | {text}
    if scan.role(position) != "table" or not words & _BY_AMOUNT:
        return None
    table = scan.table(position)
    column = main_amount(scan.sentence.graph.table(table))
    return None if column is None else (chosen_ref(position, table, column), descending)


def measured_behind(scan: Scanner, position: int) -> range | None:
    """Return where it is told what the rows named here are measured by: "by weight".

    Farther away it has to end what is said of them: "top 5 jobs booked after March by weight".
    """
    start = position
    while start < len(scan.items):
        column = _measure_led_to(scan, start)
        if column is not None and _measures_rows(scan, start, column, near=position + _NEAR):
            return range(start, column + 1)
        start += 1
    return None


def from_oldest(scan: Scanner, start: int, ref: Ref) -> bool:
    """Tell whether a superlative of ages is measured by a date or year: the oldest comes first."""
    told = scan.at(start).text.removeprefix("the ") in {"oldest", "youngest"}
    names = scan.column_of(ref.hits[0]).display_names
    return told and (scan.is_dated(ref.hits[0]) or any("year" in name.split() for name in names))


def _measure_led_to(scan: Scanner, position: int) -> int | None:
    """Return the column that "by", "ranked by", "by highest" or "based on" lead to."""
    item = scan.at(position)
    words = next((w for w in _LEADS if _says(scan, position, w)), ())
    sorts = item.is_cue("order") and item.last_word == "by"
    if not (words or sorts) or scan.at(position - 1).kind == "mark":
        return None
    column = position + (len(words) or 1)
    column += scan.at(column).text == "the"
    column += scan.at(column).is_cue("superlative")
    return column if scan.role(column) == "column" else None


def _says(scan: Scanner, position: int, words: tuple[str, ...]) -> bool:
    return all(scan.at(position + at).text == word for at, word in enumerate(words))


def _measures_rows(scan: Scanner, start: int, column: int, near: int) -> bool:
    if scan.at(start).text == "by" and column == start + 1 and start < near:
        return True
    ref = scan.ref(column)
    counts = scan.measures(ref) or scan.is_dated(ref.hits[0])
    counts = counts or scan.column_of(ref.hits[0]).family == "number"
    return counts and _ends(scan, column + 1)


def _ends(scan: Scanner, position: int) -> bool:
    return position >= len(scan.items) or scan.at(position).kind == "mark"
