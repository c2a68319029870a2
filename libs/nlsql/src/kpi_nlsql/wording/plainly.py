"""All of a sentence put plainly: each step undoes one way of saying things, in this order."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.denials import plain_denials
from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.compound_nouns import compounded
from kpi_nlsql.mentions.kept_counts import with_kept_counts
from kpi_nlsql.mentions.kind_heads import with_rows_of_kind
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.part_nouns import with_parts
from kpi_nlsql.mentions.row_nouns import merged
from kpi_nlsql.mentions.split_measures import together
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.wording.afterthoughts import afterthoughts_told
from kpi_nlsql.wording.amounts_compared import amounts_compared
from kpi_nlsql.wording.announced import to_the_point
from kpi_nlsql.wording.another_value import differently_told
from kpi_nlsql.wording.asked_deeds import states_told
from kpi_nlsql.wording.asked_last import asked_first
from kpi_nlsql.wording.bare_deeds import bare_deeds
from kpi_nlsql.wording.capital_names import capital_names
from kpi_nlsql.wording.changes_told import changes_told
from kpi_nlsql.wording.codes_told import names_before_codes, with_codes_told
from kpi_nlsql.wording.count_again import counts_named_again
from kpi_nlsql.wording.courtesy import plainly_asked
from kpi_nlsql.wording.decades import decades_told
from kpi_nlsql.wording.deeds_told import deeds_told
from kpi_nlsql.wording.everyday import plainly_told
from kpi_nlsql.wording.glosses import without_glosses
from kpi_nlsql.wording.glued_words import glued
from kpi_nlsql.wording.grouped_first import grouped_last
from kpi_nlsql.wording.idle_verbs import idle_verbs_out
from kpi_nlsql.wording.known_names import by_known_names
from kpi_nlsql.wording.lacking_there import lacking_there
from kpi_nlsql.wording.latest_by import latest_of_each
from kpi_nlsql.wording.left_out import left_out
from kpi_nlsql.wording.margins_told import margins_last
from kpi_nlsql.wording.measures_told import measures_told
from kpi_nlsql.wording.money_verbs import money_told
from kpi_nlsql.wording.named_addresses import by_table_names
from kpi_nlsql.wording.names_held import names_as_held
from kpi_nlsql.wording.none_there import none_there
from kpi_nlsql.wording.not_all import not_all_told
from kpi_nlsql.wording.only_those import only_those
from kpi_nlsql.wording.periods_first import periods_last, periods_led
from kpi_nlsql.wording.plus_signs import told_apart
from kpi_nlsql.wording.presence_clauses import plain_presence
from kpi_nlsql.wording.rates_told import rates_told
from kpi_nlsql.wording.rows_had import plainly_had
from kpi_nlsql.wording.rows_included import rows_included
from kpi_nlsql.wording.shared_places import shared_places
from kpi_nlsql.wording.shorthand import written_out
from kpi_nlsql.wording.stated_rules import plainly_lacking
from kpi_nlsql.wording.taken_over import taken_over
from kpi_nlsql.wording.those_meant import those_meant
from kpi_nlsql.wording.totals_asked import totals_asked
from kpi_nlsql.wording.totals_split import totals_split
from kpi_nlsql.wording.who_asked import who_asked


def plain_tokens(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Token, ...]:
    """Return the tokens of a sentence put plainly, before a word of it is linked."""
    named = capital_names(tokens, lexicon)
    told = left_out(not_all_told(written_out(decades_told(without_glosses(named)))))
    told = afterthoughts_told(none_there(those_meant(told)))
    told = periods_led(periods_last(margins_last(told)))
    told = plainly_asked(totals_asked(plainly_told(told)))
    told = by_known_names(plainly_lacking(only_those(told)), lexicon)
    return tuple(glued(with_codes_told(by_table_names(told, lexicon), lexicon), lexicon))


def asked_plainly(items: Sequence[Item], lexicon: Lexicon) -> tuple[Item, ...]:
    """Return the linked items without announcements, and with deeds that are states as values."""
    return states_told(to_the_point(items), lexicon)


def plain_items(items: Sequence[Item], graph: Graph, lexicon: Lexicon) -> list[Item]:
    """Return the linked items with deeds, parts, denials and requests put plainly."""
    held = rows_included(shared_places(changes_told(items)))
    coded = names_before_codes(amounts_compared(held))
    items = taken_over(measures_told(names_as_held(coded, graph), graph))
    items = counts_named_again(items)
    told = idle_verbs_out(who_asked(rates_told(items, graph), lexicon, graph), graph)
    told = bare_deeds(told, lexicon, graph)
    told = together(told, graph)
    told = with_rows_of_kind(deeds_told(money_told(told, lexicon), lexicon), graph)
    told = lacking_there(compounded(with_parts(told, graph), graph), graph)
    told = differently_told(plain_presence(plainly_had(plain_denials(told, graph))))
    told = merged(asked_first(grouped_last(told_apart(told, graph))), graph)
    return with_kept_counts(totals_split(latest_of_each(told, graph), lexicon), graph)
