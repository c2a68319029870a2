"""Mentions of tables and columns: outputs at first, subjects of conditions later on."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term, Wanted
from kpi_nlsql.grammar.asking.numbered_rows import summed_over
from kpi_nlsql.grammar.conditions.deeds import done_in
from kpi_nlsql.grammar.conditions.denied_subjects import says_nothing, take_verb
from kpi_nlsql.grammar.conditions.times import is_timed
from kpi_nlsql.grammar.conditions.tying_verbs import relates
from kpi_nlsql.grammar.conditions.verbs import is_asked, is_compared, is_deed, told_by_verb
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.named_columns import NAMES
from kpi_nlsql.schema.flags import FALSE
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns

_PASSIVE = frozenset({"being", "been"})
_SURE, _HALF_NAMED = 0.8, 0.6
_EXACT = 0.95
_TRUE = frozenset({"t", "true", "y", "yes", "1"})
_FLAGS = _TRUE | FALSE


def read(scan: Scanner) -> bool:
    """Consume a mention of a table or a column."""
    if _naming(scan) or _only_values(scan):
        return True
    role = scan.role(scan.position)
    subject = scan.subject(scan.position)
    if role == "table":
        _table(scan)
    elif subject is not None and not scan.in_where and not is_compared(scan):
        if _opens(scan) and scan.item.text.endswith("s"):
            scan.draft.note("asks_rows")
        scan.draft.entities.append((scan.position, subject))
    elif role == "column" and is_asked(scan, scan.position):
        scan.in_where = True
        scan.position += 1  # what the verb says of the rows stays unread
        return True
    elif role == "column":
        _column(scan)
    else:
        return False
    scan.take(scan.position)
    scan.position += 1
    return True


def _own(scan: Scanner, ref: Ref) -> str | None:
    # "Which … ? Show the name." asks for the name of what the question is about.
    entity = next((group.table for group in scan.draft.groups if group.table), scan.entity())
    named = any(hit.table == entity and hit.score >= _SURE for hit in ref.hits)
    return entity if named or scan.item.text in NAMES else None


def _naming(scan: Scanner) -> bool:
    """Consume "names" of a table without any column of that name."""
    if scan.item.text not in NAMES or scan.in_where:
        return False
    before, after = scan.position - 1, scan.skip(scan.position + 1)
    if scan.role(before) == "table":
        table = scan.table(before)
    elif scan.role(after) == "table" and scan.at(scan.position + 1).text in {"of", "for"}:
        table = scan.table(after)
    elif scan.again:
        table = str(scan.entity())
    elif (owner := scan.owners[scan.position]) is not None:
        table = owner
    else:
        return False
    if scan.item.hits and not _named_in_two(scan, table):
        return False
    scan.draft.wanted.append(Wanted(scan.position, table=table))
    scan.take(scan.position)
    scan.position += 1
    return True


def _only_values(scan: Scanner) -> bool:
    """Consume "values" of "distinct currency values", which are those of the column named."""
    shown = any(w.ref and w.ref.position == scan.position - 1 for w in scan.draft.wanted)
    if scan.item.text not in {"value", "values"} or not shown:
        return False
    scan.take(scan.position)
    scan.position += 1
    return True


def _named_in_two(scan: Scanner, table: str) -> bool:
    """Tell whether rows go by a first and a last name, and no column is called "name"."""
    own = any(hit.table == table and hit.score >= _SURE for hit in scan.item.column_hits())
    rows = scan.sentence.graph.table(table)
    names = naming_columns(rows)
    return not own and len(names) > 1 and names != key_columns(rows)


def _table(scan: Scanner) -> None:
    table = scan.table(scan.position)
    if _opens(scan):
        scan.draft.note("asks_rows")
    modifies = scan.role(scan.position + 1) == "column" and not scan.in_where
    deed = is_deed(scan, scan.position + 1) or scan.tells_date(scan.position + 1)
    modifies = modifies and not deed
    modifies = modifies and done_in(scan, scan.position + 1, table) is None
    relating = _tells(scan) and relates(scan, scan.position)
    followed = scan.role(scan.position + 1) == "table" and not relates(scan, scan.position + 1)
    modifies = modifies or (followed and not _acts(scan))
    if modifies and not relating:
        return
    if _says_what_value_is(scan, table):
        if not scan.in_where and not scan.draft.wanted and not scan.draft.entities:
            scan.draft.entities.append((scan.position, table))
        return
    scan.in_where = scan.in_where or relating or _is_undergone(scan, table)
    if (scan.in_where and scan.draft.entities and table != scan.entity()) or (
        scan.in_where and scan.draft.wanted and table not in _wanted_tables(scan)
    ):
        table = _nearest(scan, table)
        if _is_another(scan, table):
            scan.open_scope(negative=False)
        scan.add(Term("exists", scan.position, table=table))
        if scan.at(scan.position + 1).text == "they":
            scan.draft.note("dangling", 4.0)  # "trainees with the workshops they booked": shown
        denied = scan.scope in scan.draft.negative_scopes and scan.at(scan.position - 1).is_cue(
            "not"
        )
        if denied and says_nothing(scan, scan.position + 1):
            take_verb(scan, scan.position + 1)  # "materials that no recipe uses"
    else:
        if _listed(scan):
            scan.draft.wanted.append(Wanted(scan.position, table=table))
        scan.draft.entities.append((scan.position, table))


def _tells(scan: Scanner) -> bool:
    # A verb is said of rows that were spoken of before.
    return bool(scan.draft.entities or scan.draft.wanted)


def _is_undergone(scan: Scanner, table: str) -> bool:
    # "tests being ordered" have an order.
    passive = scan.at(scan.position - 1).text in _PASSIVE and scan.participle(scan.position)
    told = passive or (scan.role(scan.position - 1) == "table" and _is_done(scan, scan.position))
    return told and bool(scan.draft.entities) and table != scan.entity()


def _is_done(scan: Scanner, position: int) -> bool:
    """Tell whether it is said how often, or when, something was done: "vendors invoiced in May"."""
    told = scan.at(position + 1).is_cue("often") or is_timed(scan, position + 1)
    return told and scan.participle(position)


def _is_another(scan: Scanner, table: str) -> bool:
    # "members with a loan and a booking" have one of each, whether or not the two belong together.
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "exists" or last.table in {None, table}:
        return False
    if last.scope != scan.scope or scan.scope in scan.draft.negative_scopes:
        return False
    between = [scan.at(index) for index in range(last.position + 1, scan.position)]
    plain = all(item.kind == "word" or item.is_cue("also") for item in between)
    return plain and any(item.text == "and" for item in between)


def _nearest(scan: Scanner, table: str) -> str:
    # "materials that no recipe uses", where a recipe's rows are ``recipe`` and ``recipe_line``:
    # those of the table that is met first on the way.
    entity, hits = scan.entity(), scan.item.table_hits()
    if entity is None or hits[0].score >= _EXACT:
        return table
    path = scan.sentence.paths.path(entity, table)
    named = {hit.table for hit in hits}
    way = [join.right_table for join in path[1]] if path else []
    return next((passed for passed in way if passed in named), table)


def _opens(scan: Scanner) -> bool:
    # "top 5 orders by amount" and "open orders" ask for rows without a verb.
    before = range(scan.position)
    return all(
        scan.at(at).kind == "number"
        or scan.at(at).is_cue("superlative", "high")
        or scan.at(at).is_cue("superlative", "low")
        or scan.role(at) == "value"
        or scan.at(at).text in {"the", "all", "or", "and", ","}
        for at in before
    )


def _acts(scan: Scanner) -> bool:
    # "medicines interact with …": a plural stands for rows, and what follows for what they do.
    item, following = scan.item, scan.at(scan.position + 1)
    if _is_done(scan, scan.position + 1):
        return True  # "orders refunded more than once"
    plural = item.text.endswith("s") and item.best_table() >= _EXACT
    return plural and following.best_table() < _EXACT and not following.text.endswith("s")


def _says_what_column_is(scan: Scanner) -> bool:
    # "headquarters countries" are headquarters, whatever column else is a nationality.
    last = scan.draft.wanted[-1] if scan.draft.wanted else None
    if last is None or last.ref is None or last.position != scan.position - 1 or scan.in_where:
        return False
    told = any(hit.score >= _EXACT for hit in last.ref.hits)
    return told and scan.item.best_column() < _EXACT and not last.function


def _names_column(scan: Scanner) -> bool:
    # "the name of the country", where the country is a column, is the country.
    if scan.item.text not in {"name", "names"} or scan.at(scan.position + 1).text != "of":
        return False
    following = scan.skip(scan.position + 2)
    if scan.at(following).is_cue("distinct"):
        following += 1
    return scan.role(following) == "column"


def _flag(scan: Scanner) -> str | None:
    # "male people", where a column ``is_male`` holds T and F, means those with T.
    if scan.role(scan.position + 1) != "table":
        return None
    best = scan.item.column_hits()[0]
    if best.table != scan.table(scan.position + 1) or best.column is None:
        return None
    values = scan.column_of(best).values
    if not values or len(values) > 2 or not {value.lower() for value in values} <= _FLAGS:
        return None
    return next((value for value in values if value.lower() in _TRUE), None)


def _total(scan: Scanner, ref: Ref) -> str | None:
    # "what is the total amount" of a column ``total_amount`` is the sum over the rows.
    asks = scan.items[0].text in {"what is", "how much is", "what was"}
    of_all = scan.at(scan.position + 1).text == "of" and scan.at(scan.position + 2).is_cue("all")
    title = scan.position == 0 and scan.at(1).text not in {",", "and"}  # "Total amount in 2024"
    told = asks or of_all or title
    alone = told and not scan.draft.wanted and scan.item.text.startswith("total ")
    return "sum" if alone and scan.measures(ref) else None


def _listed(scan: Scanner) -> bool:
    """Tell whether the table stands in a list of outputs ("show the players and their ages")."""
    before = scan.position - 1
    while scan.at(before).text in {"the", "all", "all the"} or scan.at(before).is_cue("all"):
        before -= 1
    after = scan.at(scan.position + 1).text
    opens = scan.at(before).is_cue("show") or scan.at(before).text in {"and", ",", "which"}
    return not scan.in_where and opens and after in {"and", ","} and _list_goes_on(scan)


def _list_goes_on(scan: Scanner) -> bool:
    following = scan.skip(scan.position + 2)
    return scan.role(following) == "column" or scan.at(following).is_cue("count")


def _says_what_value_is(scan: Scanner, table: str) -> bool:
    # "Biology department": the noun behind a value only says what the value is.
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "value" or last.position != scan.position - 1:
        return False
    if not (scan.draft.entities or scan.draft.wanted):
        return False  # "discarded samples that …": these are the rows asked for
    references = {
        (join.left_table, column)
        for join in scan.sentence.graph.joins
        if join.right_table == table and join.kind == "foreign_key"
        for column in join.left_columns
    }
    own = any(hit.table == table for hit in last.hits)
    return own or any((hit.table, hit.column) in references for hit in last.hits)


def _wanted_tables(scan: Scanner) -> set[str | None]:
    owners = {wanted.ref.near for wanted in scan.draft.wanted if wanted.ref}
    return owners | {wanted.table for wanted in scan.draft.wanted}


def _is_row_noun(scan: Scanner) -> bool:
    # "uncleared rent postings" are rows, though a ``posting_date`` is the nearest name.
    before, item = scan.at(scan.position - 1), scan.item
    if scan.role(scan.position - 1) != "value" or not item.text.endswith("s") or scan.in_where:
        return False
    hits = item.column_hits()
    own = any(value.table == hits[0].table for value in before.values) if hits else False
    return own and item.best_column() < _HALF_NAMED


def _column(scan: Scanner) -> None:
    if _names_column(scan) or summed_over(scan) or _says_what_column_is(scan):
        return
    if _is_row_noun(scan):
        scan.draft.entities.append((scan.position, scan.item.column_hits()[0].table))
        return
    ref = told_by_verb(scan, scan.ref(scan.position))
    if scan.in_where:
        if ref.near is None:
            ref.near = scan.last_table()
        scan.expect(ref)
        return
    flag = _flag(scan)
    if flag is not None:
        scan.add(Term("value", scan.position, ref, values=(flag,)))
        return
    distinct = scan.at(scan.position - 1).is_cue("distinct")
    if distinct:
        scan.take(scan.position - 1)
        scan.draft.distinct = True
    if scan.again and ref.near is None and (owner := _own(scan, ref)):
        scan.owners[scan.position] = owner
        ref = scan.ref(scan.position)
    scan.draft.wanted.append(Wanted(scan.position, ref, _total(scan, ref)))
    scan.pending = ref
    scan.pending_function = None
