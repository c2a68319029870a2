"""Walking over the items of a sentence: what stands at a place, and past words of a kind."""

from __future__ import annotations

from collections.abc import Container, Sequence

from kpi_nlsql.mentions.linking import Item


def item_at(items: Sequence[Item], position: int) -> Item | None:
    """Return the item at a position; None beyond both ends."""
    return items[position] if 0 <= position < len(items) else None


def text_at(items: Sequence[Item], position: int) -> str:
    """Return the text at a position; nothing beyond both ends."""
    return items[position].text if 0 <= position < len(items) else ""


def skip_words(items: Sequence[Item], position: int, words: Container[str]) -> int:
    """Return the first position, from this one on, where none of the words stands."""
    while position < len(items) and items[position].text in words:
        position += 1
    return position


def skip_words_back(items: Sequence[Item], position: int, words: Container[str]) -> int:
    """Return the last position up to this one where none of the words stands; 0 at the least."""
    while position > 0 and items[position].text in words:
        position -= 1
    return position
