"""Mentions of tables and columns: outputs at first, subjects of conditions later on."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term, Wanted
from kpi_nlsql.grammar.conditions.deeds import done_in
from kpi_nlsql.grammar.conditions.denied_subjects import says_nothing, take_verb
from kpi_nlsql.grammar.conditions.tying_verbs import relates
from kpi_nlsql.grammar.conditions.verbs import is_asked, is_deed, told_by_verb
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.named_columns import NAMES

_PASSIVE = frozenset({"being", "been"})
_SURE = 0.8
_EXACT = 0.95


def read(scan: Scanner) -> bool:
    """Consume a mention of a table or a column."""
    if _naming(scan):
        return True
    role = scan.role(scan.position)
    subject = scan.subject(scan.position)
    if role == "table":
        _table(scan)
    elif subject is not None and not scan.in_where:
        if _opens(scan):
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
    before = scan.position - 1
    if scan.item.text not in NAMES or scan.item.hits or scan.role(before) != "table":
        return False
    scan.draft.wanted.append(Wanted(scan.position, table=scan.table(before)))
    scan.take(scan.position)
    scan.position += 1
    return True


def _table(scan: Scanner) -> None:
    table = scan.table(scan.position)
    if _opens(scan):
        scan.draft.note("asks_rows")
    modifies = scan.role(scan.position + 1) == "column" and not scan.in_where
    modifies = modifies and not is_deed(scan, scan.position + 1)
    modifies = modifies and done_in(scan, scan.position + 1, table) is None
    spoken_of = bool(scan.draft.entities or scan.draft.wanted)  # of which a verb is said
    relating = spoken_of and relates(scan, scan.position)
    followed = scan.role(scan.position + 1) == "table" and not relates(scan, scan.position + 1)
    modifies = modifies or (followed and not _acts(scan))
    if modifies and not relating:
        return
    if _says_what_value_is(scan, table):
        return
    undergone = scan.at(scan.position - 1).text in _PASSIVE  # "tests being ordered" have an order
    scan.in_where = scan.in_where or relating or undergone
    if (scan.in_where and scan.draft.entities and table != scan.entity()) or (
        scan.in_where and scan.draft.wanted and table not in _wanted_tables(scan)
    ):
        table = _nearest(scan, table)
        if _is_another(scan, table):
            scan.open_scope(negative=False)
        scan.add(Term("exists", scan.position, table=table))
        denied = scan.scope in scan.draft.negative_scopes and scan.at(scan.position - 1).is_cue(
            "not"
        )
        if denied and says_nothing(scan, scan.position + 1):
            take_verb(scan, scan.position + 1)  # "materials that no recipe uses"
    else:
        if _listed(scan):
            scan.draft.wanted.append(Wanted(scan.position, table=table))
        scan.draft.entities.append((scan.position, table))


def _is_another(scan: Scanner, table: str) -> bool:
    # "members with a loan and a booking" have one of each, whether or not the two belong together.
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "exists" or last.table in {None, table}:
        return False
    between = [scan.at(index) for index in range(last.position + 1, scan.position)]
    plain = all(item.kind == "word" for item in between)
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
    plural = item.text.endswith("s") and item.best_table() >= _EXACT
    return plural and following.best_table() < _EXACT


def _says_what_column_is(scan: Scanner) -> bool:
    # "headquarters countries" are headquarters, whatever column else is a nationality.
    last = scan.draft.wanted[-1] if scan.draft.wanted else None
    if last is None or last.ref is None or last.position != scan.position - 1:
        return False
    return scan.item.best_column() < _EXACT


def _summed_over(scan: Scanner) -> bool:
    # "the total quantity of all SKUs": the rows that the total is of, and no output
    last = scan.draft.wanted[-1] if scan.draft.wanted else None
    if scan.in_where or last is None or last.function is None:
        return False
    lead = scan.position - 1
    while scan.at(lead).text == "the" or scan.at(lead).is_cue("all"):
        lead -= 1
    return scan.at(lead).text in {"of", "on"} and last.position >= lead - 2


def _names_column(scan: Scanner) -> bool:
    # "the name of the country", where the country is a column, is the country.
    if scan.item.text not in {"name", "names"} or scan.at(scan.position + 1).text != "of":
        return False
    return scan.role(scan.skip(scan.position + 2)) == "column"


def _total(scan: Scanner, ref: Ref) -> str | None:
    # "what is the total amount" of a column ``total_amount`` is the sum over the rows.
    asks = scan.items[0].text in {"what is", "how much is", "what was"}
    alone = asks and not scan.draft.wanted and scan.item.text.startswith("total ")
    return "sum" if alone and scan.measures(ref) else None


def _listed(scan: Scanner) -> bool:
    """Tell whether the table stands in a list of outputs ("show the players and their ages")."""
    before = scan.position - 1
    while scan.at(before).text in {"the", "all", "all the"}:
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


def _column(scan: Scanner) -> None:
    if _names_column(scan) or _summed_over(scan) or _says_what_column_is(scan):
        return
    ref = told_by_verb(scan, scan.ref(scan.position))
    if scan.in_where:
        if ref.near is None:
            ref.near = scan.last_table()
        scan.expect(ref)
        return
    if scan.again and ref.near is None and (owner := _own(scan, ref)):
        scan.owners[scan.position] = owner
        ref = scan.ref(scan.position)
    scan.draft.wanted.append(Wanted(scan.position, ref, _total(scan, ref)))
    scan.pending = ref
    scan.pending_function = None
