"""Comparators: the words that set one value against another, "differs from", "later than"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.reconciling.differing import LEAVING_OUT
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.periods_told import is_beside_today
from kpi_nlsql.mentions.walking import skip_words, skip_words_back
from kpi_nlsql.plans.plan import Operator

_ORDERS: dict[str, Operator] = {"after": ">", "later than": ">", "before": "<", "earlier than": "<"}
_IN_TIME = frozenset({*_ORDERS, "later", "earlier", "sooner"})
_MORE: dict[str, Operator] = {
    "higher": ">", "larger": ">", "bigger": ">", "greater": ">", "more": ">", "later": ">",
    "lower": "<", "smaller": "<", "less": "<", "fewer": "<", "earlier": "<", "sooner": "<",
    "cheaper": "<", "dearer": ">", "pricier": ">", "heavier": ">", "lighter": "<", "longer": ">",
    "shorter": "<", "more expensive": ">", "less expensive": "<",
}  # fmt: skip
_UNLIKE = frozenset(
    {"different", "another", "other", "with different", "has a different", "have a different",
     "have different"}
)  # fmt: skip
_SAME = frozenset("same|equal|match|agree|the same|identical|matches|agrees".split("|"))  # noqa: SIM905
_LIKE = frozenset(
    {"same", "the same", "identical", "with the same", "have the same", "has the same"}
)
_HAVING = frozenset({"have", "has", "having", "with", "show", "shows", "hold", "carry", "carries"})
_DONE_WITH = frozenset({"with", "at", "to", "in", "under", "on", "for", "by"})
_DONE = frozenset("paid sold bought sent built made held".split())  # noqa: SIM905
_DEFINITE = frozenset({"the", "their", "its"})
_WITHIN = 10
_MIRRORED: dict[Operator, Operator] = {
    ">": "<",
    "<": ">",
    ">=": "<=",
    "<=": ">=",
    "=": "=",
    "!=": "!=",
}


@dataclass(frozen=True, slots=True)
class Comparator:
    """Where a comparison is made, and which; ``attributive`` stands before what is compared."""

    start: int
    end: int
    operator: Operator
    text: str
    attributive: bool = False

    @property
    def in_time(self) -> bool | None:
        """Whether dates are compared, or amounts; None where it may be anything."""
        return None if self.operator in {"=", "!="} else self.text in _IN_TIME


def mirrored(operator: Operator) -> Operator:
    """Return the comparison with its sides exchanged."""
    return _MIRRORED[operator]


def comparators(items: Sequence[Item]) -> Iterator[Comparator]:
    """Yield the comparisons that the items may make."""
    position = 0
    while position < len(items):
        found = _at(items, position)
        if found is not None:
            yield found
            position = found.end - 1
        position += 1


def _at(items: Sequence[Item], position: int) -> Comparator | None:
    item = items[position]
    if item.is_cue("not"):
        return _denied(items, position)
    if _is_unlike(items, position):
        return Comparator(position, position + 1, "!=", item.text, attributive=True)
    if item.text in _UNLIKE and _of_two(items, position):
        return Comparator(position, position + 1, "!=", item.text)
    ordered = _MORE.get(item.text)
    if ordered is not None and _than_follows(items, position):
        return Comparator(position, position + 1, ordered, item.text, attributive=True)
    if _is_alike(items, position):
        return Comparator(position, position + 1, "=", item.text, attributive=True)
    if item.text in _ORDERS and is_beside_today(items, skip_words(items, position + 1, {"the"})):
        return None  # "hired before last year" sets a date against no other
    operator = "!=" if item.is_cue("mismatch") else _ordered(item) or _equal(items, position)
    if operator is None:
        return None
    end = skip_words(items, position + 1, {"from", "with", "to", "than", "as"})
    return Comparator(position, end, operator, item.text)


def _than_follows(items: Sequence[Item], position: int) -> bool:
    # "a bigger volume than", but not "bigger than"
    following = [item.last_word for item in items[position + 1 : position + _WITHIN]]
    return "than" in following[1:]


def _ordered(item: Item) -> Operator | None:
    said = item.argument("compare")
    if item.text in LEAVING_OUT or item.text.startswith("or "):
        return None  # "4 or more transactions": a number of them
    return next((each for each in _MIRRORED if each == said != "="), _ORDERS.get(item.text))


def _of_two(items: Sequence[Item], position: int) -> bool:
    # "A and B show different prices"
    before = [item.text for item in items[max(position - 4, 0) : position]]
    return "and" in before[:-1] and before[-1] in _HAVING


def _equal(items: Sequence[Item], position: int) -> Operator | None:
    """Return that values are equal; not where a key or a number is told by it, "exactly 5"."""
    item = items[position]
    agrees = item.is_cue("agree") and item.text not in _LIKE
    says = agrees or (item.argument("compare") == "=" and item.text != "exactly")
    return "=" if says and position > 1 else None


def _is_alike(items: Sequence[Item], position: int) -> bool:
    """Tell whether "the same" stands before what is compared: "have the same e-mail in A and B"."""
    text = items[position].text
    having = position > 0 and items[position - 1].text in _HAVING
    following = [item.last_word for item in items[position + 1 : position + _WITHIN]]
    led = having or text.startswith(("has ", "have ", "with "))
    return text in _LIKE and led and bool({"in", "as", "on"} & {*following[1:]})


def _is_unlike(items: Sequence[Item], position: int) -> bool:
    """Tell whether "different" or "another" stands before what is compared."""
    if items[position].text not in _UNLIKE:
        return False
    following = [item.last_word for item in items[position + 1 : position + _WITHIN]]
    if following[:1] in (["from"], ["to"], ["than"]):
        return False
    told = bool({"than", "from", "in", "at", "on", "vs", "versus"} & set(following))
    return told or deed_before(items, position) is not None


def deed_before(items: Sequence[Item], position: int) -> int | None:
    """Return where a deed stands that is done unlike: "invoiced with a different amount"."""
    lead = skip_words_back(items, position - 1, {"a", "an"})
    if items[position].text.startswith("with "):
        lead = position
    elif lead < 1 or items[lead].text not in _DONE_WITH:
        return None
    return lead - 1 if lead and is_deed(items[lead - 1]) else None


def is_deed(item: Item) -> bool:
    """Tell whether an item is what was done with something: "invoiced", "paid"."""
    return (item.text.endswith("ed") or item.text in _DONE) and not item.cues


def _denied(items: Sequence[Item], position: int) -> Comparator | None:
    """Return "not the same as", "is not equal with", and "is not" before what is denied."""
    end = skip_words(items, position + 1, {"the", "be", "exactly", "as"})
    if end >= len(items):
        return None
    if items[end].text == "add" and [item.text for item in items[end + 1 : end + 2]] == ["up to"]:
        return Comparator(position, end + 2, "!=", "add up")
    if items[end].text in _LIKE and _is_alike(items, end):
        return Comparator(position, end + 1, "!=", items[end].text, attributive=True)
    if items[end].text in _SAME or items[end].argument("compare") == "=":
        end = skip_words(items, end + 1, {"as", "with", "to"})
        return Comparator(position, end, "!=", "not the same")
    definite = items[position + 1].text.split()[0] in _DEFINITE  # "the sum of" is read as one
    if items[position].last_word == "not" and definite:
        return Comparator(position, position + 1, "!=", "not")
    return None
