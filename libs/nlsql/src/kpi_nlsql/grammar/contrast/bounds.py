"""Bounds: where the stretch of a sentence begins and ends that makes a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_nlsql.grammar.contrast.comparator import Comparator
from kpi_nlsql.grammar.contrast.per_source import tells_source
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words

_OPENERS = frozenset(
    "where whose with having which that who when have has had showing carrying although "  # noqa: SIM905
    "everything anything whatever for by".split()
) | {"for which", "in which"}
ENDS = frozenset({",", ".", "?", ";", ":", "(", ")", "!"})
CLAUSE_JOINTS = frozenset({"and", "but"})
VERBS = frozenset("is are was were does do did".split())  # noqa: SIM905
PLACES = frozenset({"in", "at", "on", "per", "within", "inside", "according to", "by"})
LED_TO = frozenset({"in", "at", "with", "on", "by", "to", "under", "for", "as"})
THEY = frozenset({"they", "these", "both", "two", "the two", "values", "it"})


def split_at(
    items: Sequence[Item], positions: Sequence[int], at_words: frozenset[str]
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield the ways to cut a stretch in two at one of the words."""
    for cut, position in enumerate(positions):
        left, right = tuple(positions[:cut]), tuple(positions[cut + 1 :])
        said = says_something(items, left) and says_something(items, right)
        if items[position].text in at_words and said:
            yield left, right


def begins(items: Sequence[Item], found: Comparator) -> int:
    """Return where the clause with the comparison begins."""
    for position in range(found.start - 1, -1, -1):
        if items[position].text == "for which":
            verb = (at for at in range(position, found.start) if items[at].text in VERBS)
            return next(verb, position) + 1
        # "asks for more", "A and B show different prices"
        shows = items[position].is_cue("show") and items[position - 1].kind == "mention"
        leads_on = (shows or items[position].text == "for") and position == found.start - 1
        if _lists_before(items, position):
            return position + 1  # "number and price of all articles priced below"
        if items[position].text in ENDS or (opens(items, position) and not leads_on):
            return position + 1
    return next((at for at in range(found.start) if not _asks(items[at])), 0)


def _lists_before(items: Sequence[Item], position: int) -> bool:
    """Tell whether "of all" or "for all" stands here, behind a list of what to show."""
    led = position > 1 and items[position].is_cue("all")
    listed = any(item.text in {",", "and"} for item in items[: max(position - 1, 0)])
    return led and listed and items[position - 1].text in {"of", "for"}


def _asks(item: Item) -> bool:
    asks = any(item.is_cue(kind) for kind in ("show", "count", "all", "details"))
    return (asks and not item.hits) or item.text in {"which", "what", "the"}


def opens(items: Sequence[Item], position: int) -> bool:
    """Tell whether a word opens a clause."""
    text = items[position].text
    return text in _OPENERS or (items[position].is_cue("show") and position > 0)


def ends(items: Sequence[Item], start: int) -> int:
    """Return where what stands behind the comparison ends."""
    for position in range(start, len(items)):
        item = items[position]
        led = position > start and item.text in {"with", "showing"}
        led = led or pairs(items, position) or _denies_further(items, position)
        shows = item.is_cue("show") and position > start and items[position - 1].text != "the"
        led = led or (position > start and _says_more(items, position))
        if item.text[:1] in ENDS or led or shows or item.text in {"where", "whose"}:
            return position - (shows and items[position - 1].text == "and")
    return len(items)


def _denies_further(items: Sequence[Item], position: int) -> bool:
    # "where the stock is below the minimum and never counted": a condition of its own
    following = items[position + 1 : position + 2]
    return items[position].text in {"and", "but"} and any(item.is_cue("not") for item in following)


def _says_more(items: Sequence[Item], position: int) -> bool:
    """Tell whether a clause of its own begins here: "… and the vendor is blocked"."""
    if items[position].text not in CLAUSE_JOINTS:
        return False
    noun = skip_words(items, position + 1, {"the", "their", "its"})
    if noun < len(items) and items[noun].is_cue("relative"):
        return True
    verb = noun + 1
    while verb < len(items) and (items[verb].kind == "mention" or items[verb].text in PLACES):
        verb += 1
    said = noun < len(items) and items[noun].kind == "mention"
    return said and verb < len(items) and items[verb].text.split()[0] in VERBS


def pairs(items: Sequence[Item], position: int) -> bool:
    """Tell whether the key follows: "for the same order", "per sample", "by SKU"."""
    if tells_source(items, position):
        return False
    if items[position].text in {"per", "by", "joined on"} or items[position].is_cue("group"):
        return True
    following = items[position + 1 : position + 3]
    led = items[position].text in {"for", "of"}
    return led and any(item.text.endswith("same") for item in following)


def refers_back(items: Sequence[Item], positions: Sequence[int]) -> bool:
    """Tell whether a stretch says by "the one in …" that it is called as the other side is."""
    texts = [items[at].text for at in positions if items[at].text != "the"]
    return len(texts) > 1 and texts[0] in {"one", "ones", "that", "those", "the one", "the ones"}


def says_something(items: Sequence[Item], positions: Sequence[int]) -> bool:
    """Tell whether a stretch names anything."""
    return any(
        items[at].kind == "mention"
        or (items[at].kind == "word" and len(items[at].text) > 3)
        or items[at].text == "lines"  # "the sum of its lines"
        for at in positions
        if items[at].text not in THEY and items[at].text not in VERBS
    )
