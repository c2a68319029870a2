"""What superlatives measure: "the oldest" by age or birth, "the cheapest" by price."""

from __future__ import annotations

_SIZES = ("size", "area", "popul", "capac", "amount")
_TIMES = ("date", "year", "time")
IMPLIED: dict[str, tuple[tuple[str, ...], bool]] = {
    "oldest": (("age",), True),
    "youngest": (("age",), False),
    "longest": (("length", "durat", "distanc"), True),
    "shortest": (("length", "height", "durat", "distanc"), False),
    "tallest": (("height",), True),
    "highest": (("height", "elevat", "altitud"), True),
    "heaviest": (("weight",), True),
    "lightest": (("weight",), False),
    "cheapest": (("price", "cost"), False),
    "most expensive": (("price", "cost"), True),
    "the most expensive": (("price", "cost"), True),
    "least expensive": (("price", "cost"), False),
    "the least expensive": (("price", "cost"), False),
    "costliest": (("cost", "price"), True),
    "priciest": (("price", "cost"), True),
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
    "best": (("rate", "rank", "score"), True),
    "worst": (("rate", "score"), False),
    "the best": (("rate", "score"), True),
    "lowest paid": (("salari",), False),
}
"""The columns a superlative is about, as stems, and whether high values are meant."""
