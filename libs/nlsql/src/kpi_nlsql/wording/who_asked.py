"""Who asked: "who has never rented a car" asks for the customers that rentals refer to."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.deeds import is_verb
from kpi_nlsql.mentions.lexicon import Lexicon, NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.people import are_people, people_of
from kpi_nlsql.wording.bare_deeds import called_by, left_by, names_rows

_BEFORE = frozenset("has have had ever been all already not".split())  # noqa: SIM905
_HAVING = frozenset({"has", "have", "had"})
_NAMES_ROWS = 0.6


def who_asked(items: Sequence[Item], lexicon: Lexicon, graph: Graph) -> list[Item]:
    """Return the items with the people told that an opening "who" stands for, by what they did."""
    told = list(items)
    if text_at(told, 0) != "who" or any(_tells_people(item, graph) for item in told):
        return told
    verb = 1
    while (item := item_at(told, verb)) is not None and (
        item.text in _BEFORE or item.is_cue("not")
    ):
        verb = skip_words(told, verb + 1, _BEFORE)
    deed = item_at(told, verb)
    if deed is None:
        return told
    if text_at(told, verb - 1) in _HAVING and deed.is_cue("superlative"):
        people = _people_having(told[verb + 1 :], graph)
    elif " " in deed.text or not is_verb(deed.text):
        return told
    else:
        people = _people(deed, told, lexicon, graph)
    if people is None:
        return told
    hits = (NameHit(people, None, 1.0),)
    at = told[0].end
    return [told[0], Item("mention", "who", at, at, hits=hits, worth=1.0), *told[1:]]


def _tells_people(item: Item, graph: Graph) -> bool:
    return names_rows(item) and are_people(graph.table(item.table_hits()[0].table))


def _people_having(named: Sequence[Item], graph: Graph) -> str | None:
    """Return the people who have what is named: "who has the highest order amount"."""
    tables = [item.hits[0].table for item in named if item.hits and not item.values]
    found = (people_of(graph, table, declared=False) for table in tables)
    return next((people for people in found if people is not None), None)


def _people(deed: Item, items: Sequence[Item], lexicon: Lexicon, graph: Graph) -> str | None:
    """Return the people of what was done: by the verb, by its object, or by what it may leave."""
    behind = [item.table_hits()[0] for item in items if item.table_hits() and item is not deed]
    hits, left = called_by(deed, lexicon), left_by(deed, lexicon)
    for named, declared in ((hits, False), (behind, True), (left, bool(behind))):
        rows = [hit for hit in named if hit.column is None and hit.score >= _NAMES_ROWS]
        for hit in rows:
            if (people := people_of(graph, hit.table, declared=declared)) is not None:
                return people
    return None
