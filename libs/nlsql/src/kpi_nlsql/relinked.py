"""Relinked: tokens of a sentence become items, or some of its tokens a sentence of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.linking import Item, link
from kpi_nlsql.mentions.noun_modifiers import with_modifiers
from kpi_nlsql.mentions.placing import placed
from kpi_nlsql.mentions.told_columns import told_by_columns
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.row_keys import keyed
from kpi_nlsql.sentence import Sentence
from kpi_nlsql.wording.plainly import asked_plainly, plain_items

Linked = tuple[tuple[Item, ...], tuple[Item, ...]]
"""The items as the tokens were linked, and as they are put plainly and placed."""


def linked_items(tokens: Sequence[Token], graph: Graph, lexicon: Lexicon) -> Linked:
    """Return the items of plain tokens."""
    linked = with_modifiers(asked_plainly(link(tokens, lexicon), lexicon), graph)
    placed_items = placed(plain_items(linked, graph, lexicon), tokens, graph)
    return linked, told_by_columns(keyed(placed_items, graph), graph)


def relinked(sentence: Sentence, tokens: Sequence[Token]) -> Sentence:
    """Return a sentence of these tokens, read against what the given one is read against."""
    linked, items = linked_items(tokens, sentence.graph, sentence.lexicon)
    return replace(sentence, tokens=tuple(tokens), linked=linked, items=items)
