"""Deeds: from everyday verbs to the rows that a business keeps of what is done so."""

from __future__ import annotations

from kpi_nlsql.english.words import lemma, stem

_LEAVINGS = {
    "buy bought purchase": "purchase order sale",
    "sell sold": "sale order",
    "order": "sale purchase",
    "deliver ship send sent dispatch": "delivery shipment dispatch consignment",
    "bill charge invoice": "invoice bill",
    "see saw seen treat examine": "visit appointment consultation examination",
    "come came": "visit appointment booking",
    "stay stayed": "stay booking reservation",
    "rent hire lease borrow lend": "rental loan booking lease hire",
    "attend": "attendance checkin visit",
    "enrol enroll sign": "enrolment registration membership",
    "make made produce brew bake build": "batch production",
    "repair fix mend service maintain": "repair job maintenance service",
    "inspect audit check": "inspection audit check",
    "teach taught train": "lesson training course class",
    "ride rode drive drove": "trip ride tour",
    "call ring phone": "call",
    "complain": "complaint ticket",
    "donate give gave": "donation gift pledge",
    "vote": "vote ballot",
}
LEAVINGS = {
    stem(verb): tuple(stem(noun) for noun in nouns.split())
    for verbs, nouns in _LEAVINGS.items()
    for verb in verbs.split()
}
"""From the stem of a verb to the stems of the nouns that its rows may be called by."""

BRINGING_ABOUT = frozenset(
    stem(verb)
    for verb in "place receive get make submit send raise issue file create open order book".split()  # noqa: SIM905
)
"""Verbs of how rows come about, whatever state is called so: who never placed an order has none."""


def is_verb(word: str) -> bool:
    """Tell whether a word says by its form that something was done: "rented", "sold", "paid"."""
    return word.endswith("ed") or (is_inflected(word) and not word.endswith("ing"))


def is_inflected(word: str) -> bool:
    """Tell whether a word is the form of a verb: "selling", "sold", but not the noun "sales"."""
    return lemma(word) != word and not word.endswith("s")
