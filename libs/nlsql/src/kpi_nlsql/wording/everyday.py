"""Everyday words: "we've got", "a contract with us", "as well" are put as a report would put them.

Whoever asks speaks of the business as "we": where its part is told by a preposition alone ("a
contract with us", "a cat of ours"), nothing is said that the rows do not say themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kpi_nlsql.english.money import OF_MONEY
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, retold, said, with_phrases

_OUR_PART = frozenset({"us", "ours", "ourselves"})
_PART_LEADS = frozenset("with of from by for to at on among".split())  # noqa: SIM905
_ASKING_IF = frozenset("do did have has had we you is are was were there got still any".split())  # noqa: SIM905
_ARE_THERE = (["are", "there"], ["were", "there"], ["are", "there", "still"])
_COMPARING = frozenset("more fewer less as at enough how".split())  # noqa: SIM905
_TELLING = frozenset({"show", "tell", "give", "let", "the"})
_PERIODS = frozenset({"year", "month", "week", "day", "quarter"})
_ENDS = frozenset({"and", "or", "but"})
_CLOSING = {("as", "well"): ("too",), ("at", "all"): ()}
_DENYING = frozenset("not no never without hardly t".split())  # noqa: SIM905
_PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("made", "it", "into"): ("found", "in"), ("make", "it", "into"): ("found", "in"),
    ("made", "it", "to"): ("found", "in"), ("found", "its", "way", "into"): ("found", "in"),
    ("found", "their", "way", "into"): ("found", "in"),
    ("show", "up", "in"): ("appear", "in"), ("shows", "up", "in"): ("appears", "in"),
    ("turn", "up", "in"): ("appear", "in"), ("turns", "up", "in"): ("appears", "in"),
    ("in", "terms", "of"): ("by",), ("even", "one"): ("one",), ("even", "a"): ("a",),
    ("have", "got"): ("have",), ("has", "got"): ("has",), ("have", "had", "both"): ("have", "both"),
    ("has", "had", "both"): ("has", "both"),
}  # fmt: skip
_SOLD_OUT = ("with", "a", "stock", "quantity", "of", "0")
_PHRASES |= {
    (*led, "out", "of", "stock"): _SOLD_OUT
    for led in ((), ("that", "is"), ("that", "are"), ("which", "is"), ("which", "are"))
}
_PHRASES |= {
    (verb, "back"): ("returned",)
    for verb in "came come went gone sent brought given handed".split()  # noqa: SIM905
}
_STAYING = "are with us|is with us|work here|works here"
_PHRASES |= {tuple(said.split()): ("not", "left") for said in _STAYING.split("|")}


def plainly_told(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with everyday words put plainly."""
    told = _asked_for_any(list(tokens))
    steps: tuple[Callable[[list[Token]], list[Token]], ...] = (
        _spoken_have, _phrases, _without_our_part, _not_a_single, _too, _without_rates,
    )  # fmt: skip
    for step in steps:
        told = step(told)
    return told


def _asked_for_any(tokens: list[Token]) -> list[Token]:
    """Tell "do we have any orders that …?", "are there orders that …?" as "orders that …"."""
    opening = next((at for at, token in enumerate(tokens) if token.lower not in _ASKING_IF), 0)
    named = tokens[opening : opening + 1]
    asks = opening and tokens[opening - 1].lower == "any"
    there = [token.lower for token in tokens[:opening]] in _ARE_THERE
    asks = asks or (there and tokens[opening].lower not in _COMPARING)
    return tokens[opening:] if asks and named and named[0].kind == "word" else tokens


def _spoken_have(tokens: list[Token]) -> list[Token]:
    """Tell "we've" and "who've" as "we have"."""
    return [
        replace(token, text="have", kind="word")
        if token.lower == "ve" and at and tokens[at - 1].end == token.start - 1
        else token
        for at, token in enumerate(tokens)
    ]


def _without_our_part(tokens: list[Token]) -> list[Token]:
    """Leave out "with us" and "of ours"; "US" is a country."""
    told: list[Token] = []
    for token in tokens:
        before = told[-1].lower if told else ""
        if token.text in _OUR_PART and len(told) > 1 and before in _PART_LEADS:
            told.pop()
        elif token.text != "us" or not told or before in _TELLING:
            told.append(token)  # "cost us 500" cost 500
    return told


def _without_rates(tokens: list[Token]) -> list[Token]:
    """Tell "cost more than 500 a year" as "cost more than 500": what is stored is a year's fee."""
    return retold(tokens, _rate)


def _rate(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    rate = lower_at(tokens, position) == "a" and lower_at(tokens, position + 1) in _PERIODS
    paid = bool(told) and (told[-1].kind == "number" or told[-1].lower in OF_MONEY)
    return 2 if rate and paid else 0


def _not_a_single(tokens: list[Token]) -> list[Token]:
    """Tell "do not have a single order" as "do not have an order"."""
    told: list[Token] = []
    for at, token in enumerate(tokens):
        before = {lower_at(tokens, at - back) for back in range(2, 5)}
        single = token.lower == "single" and lower_at(tokens, at - 1) in {"a", "one"}
        if not (single and before & _DENYING):
            told.append(token)
    return told


def _phrases(tokens: list[Token]) -> list[Token]:
    return with_phrases(tokens, _PHRASES, _meant)


def _meant(told: Sequence[Token], _: Sequence[Token], words: tuple[str, ...]) -> tuple[str, ...]:
    # "have not made it into the ledger"
    denied = words == ("found", "in") and bool(told) and told[-1].lower in _DENYING
    return words[1:] if denied else words


def _too(tokens: list[Token]) -> list[Token]:
    """Tell a closing "as well" as "too", and leave out "at all"."""
    return retold(tokens, _closing)


def _closing(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    run = (lower_at(tokens, position), lower_at(tokens, position + 1))
    behind = lower_at(tokens, position + 2)
    ended = not behind or behind in _ENDS or tokens[position + 2].kind == "mark"
    if run not in _CLOSING or not ended:
        return 0
    told += said(_CLOSING[run], replace(tokens[position], end=tokens[position + 1].end))
    return 2
