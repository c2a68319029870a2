"""Composite keys told column by column: "per sample and analyte", "customer/date pairs"."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.grammar.repeating.named_keys import TOGETHER
from kpi_nlsql.mentions.homes import key_part
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Table
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.schema.partners import partnered
from kpi_nlsql.sentence import Sentence

_LEADING = frozenset({"per", "by", "on", "using", "via", "same", "the same", "with the same"})
_THEIRS = frozenset({"their", "its"})
_JOINING = frozenset({"and", ",", "/", "&", "+", "plus", "the"})


def key_mentions(items: Sequence[Item]) -> tuple[int, ...]:
    """Return where the parts of a key of two or more columns are named; empty if they are not."""
    for position, item in enumerate(items):
        if item.kind != "mention" or item.values:
            continue
        found = _listed(items, position)
        if len(found) > 1 and (_led(items, position) or _told_together(items, found[-1])):
            return found
    return ()


def composite_key(sentence: Sentence, source: str, target: str) -> Pairing | None:
    """Return the pairing by the key the sentence names, if both tables have all of its columns."""
    positions = key_mentions(sentence.items)
    mentions = [sentence.items[position] for position in positions]
    tables = sentence.graph.table(source), sentence.graph.table(target)
    named = [(_column_of(each, tables[0]), _column_of(each, tables[1])) for each in mentions]
    pairs = [pair for pair in partnered(named, tables, set()) if pair is not None]
    columns = {column.lower() for pair in pairs for column in (pair.left, pair.right)}
    if not pairs or len(pairs) < len(positions) or columns & sentence.excluded:
        return None
    return Pairing(tuple(pairs), 0.9, "the columns that are named")


def _column_of(item: Item, table: Table) -> str | None:
    part = key_part(item, table)
    return part and part[0]


def _listed(items: Sequence[Item], start: int) -> tuple[int, ...]:
    found = [start]
    position = start + 1
    while position < len(items):
        if items[position].kind == "mention" and items[position - 1].text in _JOINING:
            found.append(position)
        elif items[position].text not in _JOINING:
            break
        position += 1
    return tuple(found)


def _led(items: Sequence[Item], position: int) -> bool:
    lead = position - 1
    if lead < 1 or items[lead - 1].is_cue("mismatch") or items[lead - 1].is_cue("compare"):
        return False
    if items[lead].text in _THEIRS and items[lead - 1].text == "for":
        return True  # "without a rate for their carrier and lane"
    return items[lead].text in _LEADING or items[lead].is_cue("group")


def says_same(items: Sequence[Item], lead: int) -> bool:
    """Tell whether keys are said to be those of the rows themselves: "for the same", "for its"."""
    return items[lead].is_cue("agree") or items[lead].text in _THEIRS


def _told_together(items: Sequence[Item], last: int) -> bool:
    return last + 1 < len(items) and items[last + 1].text in TOGETHER
