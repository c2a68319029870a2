"""Either … or: marks the conditions that an "or" sets beside the one before."""

from __future__ import annotations

from itertools import pairwise

from kpi_nlsql.drafting.draft import MAIN
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.grammar.conditions.ranges import starts_alternative
from kpi_nlsql.grammar.scanner import Scanner


def complete(scan: Scanner) -> None:
    """Mark each condition of the rows asked for with an "or" between it and the one before."""
    terms = sorted(
        (term for term in scan.draft.terms if term.scope == MAIN), key=lambda term: term.position
    )
    for before, term in pairwise(terms):
        between = scan.items[before.position + 1 : term.position]
        place = next(
            (
                i
                for i, item in enumerate(between)
                if item.text == "or" or starts_alternative(scan, before.position + 1 + i)
            ),
            None,
        )
        if place is None or term.also_denied:
            continue
        term.joined_by_or = True
        term.widely_joined = len(between) - place > 1 and any(
            item.kind != "word" or item.text in FUNCTION_WORDS - {"the", "a", "an"}
            for item in between[place + 1 :]
        )
