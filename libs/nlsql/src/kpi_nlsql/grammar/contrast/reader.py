"""The reader of contrasts: "aircraft whose seats in A differ from the capacity in B"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.grammar.contrast.account import Account
from kpi_nlsql.grammar.contrast.asked_sum import asks_sum
from kpi_nlsql.grammar.contrast.attributed import attributed
from kpi_nlsql.grammar.contrast.blanks import blanks
from kpi_nlsql.grammar.contrast.choice import Choice, choices
from kpi_nlsql.grammar.contrast.clause import clauses, compares_twice, lists_several
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.layout import laid_out, words_of
from kpi_nlsql.grammar.contrast.margin import Margin, with_margin
from kpi_nlsql.grammar.contrast.plainness import is_plain
from kpi_nlsql.grammar.contrast.reading import Reading
from kpi_nlsql.grammar.contrast.row_phrases import without_phrases
from kpi_nlsql.grammar.contrast.sought import sought_in
from kpi_nlsql.grammar.contrast.states import state_choice, states
from kpi_nlsql.grammar.contrast.together import comes_together, names_total, of_all_rows, summed_up
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.row_nouns import merged
from kpi_nlsql.sentence import Candidate, Sentence


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the readings of the sentence as one that sets a column against another table's."""
    items = merged(sentence.linked, sentence.graph)
    yield from _states(sentence, items)
    if asks_sum(items):
        return
    for form in (*clauses(items), *blanks(items)):
        if lists_several(items, form) or compares_twice(items, form):
            continue
        summed = summed_up(items, form)
        plain = summed is not form and _of_clause(sentence, items, form, plainly=True)
        found = plain or _of_clause(sentence, items, summed)
        yield from () if found is None else (found,)


def _of_clause(
    sentence: Sentence, items: Sequence[Item], form: Clause, plainly: bool = False
) -> Candidate | None:
    """Return the reading of a comparison; ``plainly`` of one whose total is a column."""
    measured = with_margin(items, form)
    if measured is None:
        return None
    clause, margin = measured
    clause, phrases = without_phrases(items, clause)
    layout = laid_out(items, clause)
    sought = sought_in(sentence, items, clause, layout)
    ranked = choices(sentence, sought)
    if (function := clause.together) is not None:
        plain = (c for c in ranked if c.link is None and not c.same_row)
        ranked = [c for c in plain if comes_together(sentence.graph, c, function, sought.right)]
    whole = of_all_rows(items, clause, sentence.graph, ranked[0]) if ranked else None
    if whole is not None and not plainly:
        return _of_clause(sentence, items, whole)
    if not ranked or not is_plain(sentence, ranked[0], clause):
        return None
    if margin is not None and not _measurable(sentence, ranked[0], margin):
        return None
    if plainly and not names_total(sentence, items, form, ranked[0]):
        return None
    told = Account(sentence, items, layout.told)
    reading = Reading(sentence, items, layout, sought, told, phrases)
    return reading.of(ranked, clause, margin)


def _states(sentence: Sentence, items: Sequence[Item]) -> Iterator[Candidate]:
    for found in (*states(items), *attributed(items)):
        tokens = sentence.tokens
        clause = Clause("!=", (), (), (), found.before, found.after, found.told)
        owners = [words_of(items, each.owner, tokens) for each in (found.first, found.second)]
        choice = state_choice(sentence, items, found, owners)
        if choice is not None:
            layout = laid_out(items, clause)
            sought = replace(
                sought_in(sentence, items, clause, layout), common=(*owners[0], *owners[1])
            )
            told = Account(sentence, items, layout.told)
            reading = Reading(sentence, items, layout, sought, told).of_states(choice, found)
            yield from () if reading is None else (reading,)


def _measurable(sentence: Sentence, choice: Choice, margin: Margin) -> bool:
    """Tell whether a margin is one of the columns compared: days of dates, else of amounts.

    Days between two dates of one row are read by the general reader: "reported after the loss".
    """
    dated = [side.dated for side in choice.meant(sentence.graph)]
    if margin.days:
        return all(dated) and not choice.same_row
    return not any(dated)
