"""What superlatives measure: "the oldest" by age or birth, "the cheapest" by price."""

from __future__ import annotations

_SIZES = ("size", "area", "popul", "capac", "amount")
_TIMES = ("date", "year", "time")
_PAY = ("salari", "wage", "pay")
_PRICES = ("price", "cost")
IMPLIED: dict[str, tuple[tuple[str, ...], bool]] = {
    "oldest": (("age",), True),
    "youngest": (("age",), False),
    "longest": (("length", "durat", "distanc"), True),
    "shortest": (("length", "height", "durat", "distanc"), False),
    "tallest": (("height",), True),
    "highest": (("height", "elevat", "altitud"), True),
    "heaviest": (("weight",), True),
    "lightest": (("weight",), False),
    "cheapest": (_PRICES, False),
    "most expensive": (_PRICES, True),
    "the most expensive": (_PRICES, True),
    "least expensive": (_PRICES, False),
    "the least expensive": (_PRICES, False),
    "costliest": (("cost", "price"), True),
    "priciest": (_PRICES, True),
    "fastest": (("speed", "time"), True),
    "slowest": (("speed",), False),
    "latest": (_TIMES, True),
    "most recent": (_TIMES, True),
    "newest": (("date", "year"), True),
    "most recently": (_TIMES, True),
    "earliest": (_TIMES, False),
    "first": (_TIMES, False),
    "last": (_TIMES, True),
    "largest": (_SIZES, True),
    "biggest": (_SIZES, True),
    "smallest": (_SIZES, False),
    "richest": (("money", "worth", "incom"), True),
    "highest paid": (("salari",), True),
    "best paid": (_PAY, True),
    "best": (("rate", "rank", "score"), True),
    "worst": (("rate", "score"), False),
    "the best": (("rate", "score"), True),
    "lowest paid": (_PAY, False),
}
"""The columns a superlative is about, as stems, and whether high values are meant."""

PRICED = frozenset(word for word, (measures, _) in IMPLIED.items() if set(measures) == set(_PRICES))
"""Superlatives of what something costs: also by its one amount, whatever that is called."""

NOT_WHEN = frozenset("birth expiri end due valid matur plan termin to close until".split())  # noqa: SIM905
"""Stems of dates that do not tell when a row came about: the latest is not the latest due."""
