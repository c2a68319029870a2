"""The scanner: walks over the items while the grammar modules fill a draft."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import MAIN, Draft, Ref, Term
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.named_columns import named_columns
from kpi_nlsql.mentions.owners import owners
from kpi_nlsql.mentions.roles import Role, roles
from kpi_nlsql.schema.amounts import adds_up
from kpi_nlsql.schema.graph import Column
from kpi_nlsql.sentence import Sentence

_NAMING = 0.8
_NAMED = 0.95
_NAMING_TAILS = tuple(
    stem(word) for word in ("name", "id", "code", "number", "sku", "key", "title", "description")
)
_DATE_TAIL = stem("date")
_TIMED = frozenset({"in", "on", "since", "during"})
_TIMES = frozenset({_DATE_TAIL, stem("day"), stem("time"), stem("year"), stem("month")})
_SHARED = 0.5
"""The variety of a column under which its values are kinds that rows share, and name none."""
_NOTHING = Item("mark", "", -1, -1)
_PASS = frozenset(
    "a an the of in on at to for from by is are was were be been it its their his her that this "  # noqa: SIM905
    "these those do does did have has had as any some there they we you them respectively total "
    "whole overall given list been being also our".split()
)


class Scanner:
    """Where the reading stands: position, region (select or where), scope and pending column."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.items = sentence.items
        self.roles = roles(sentence.items, sentence.graph.references)
        self.owners = owners(sentence.items, self.roles)
        self.draft = Draft()
        self.position = 0
        self.in_where = False
        self.scope = MAIN
        self.scopes = 1
        self.anew = 0
        self.pending: Ref | None = None
        self.pending_function: str | None = None
        self.pending_table: str | None = None
        self.negate = False
        self.again = False
        self.skipped: set[int] = set()
        self.limit: int | None = None
        self.asked: str | None = None
        self.dangling: list[tuple[Ref, int]] = []
        self.adverbs: list[tuple[int, str]] = []
        self.again_shown: list[tuple[int, int]] = []

    def at(self, position: int) -> Item:
        """Return the item at a position; an empty mark beyond both ends."""
        return self.items[position] if 0 <= position < len(self.items) else _NOTHING

    @property
    def item(self) -> Item:
        """The item that is being read."""
        return self.at(self.position)

    def role(self, position: int) -> Role:
        """Return the role of an item; ``none`` beyond both ends."""
        return self.roles[position] if 0 <= position < len(self.roles) else "none"

    def take(self, *positions: int) -> None:
        """Mark items as accounted for."""
        self.draft.used.update(positions)

    def skip(self, position: int) -> int:
        """Return the next position that is no function word and no all-quantifier."""
        while position < len(self.items):
            item = self.items[position]
            plain = item.kind == "word" and item.text in _PASS
            if not (plain or item.is_cue("all")):
                break
            position += 1
        return position

    def ref(self, position: int) -> Ref:
        """Return a reference to the column mentioned at a position."""
        near = self.owners[position]
        graph = self.sentence.graph
        hits = named_columns(self.items, self.roles, position, near, graph)
        return Ref(position, hits, near)

    def head(self, position: int) -> int:
        """Return where the noun stands that values describe: "settled amount", "open orders".

        The position itself where no noun is described so. What describes it is read by itself.
        """
        noun = position
        while self.role(noun) == "value":
            noun += 1
        return noun if self.role(noun) in {"table", "column"} else position

    def table(self, position: int) -> str:
        """Return the table that is mentioned at a position."""
        return self.at(position).table_hits()[0].table

    def mentions(self, position: int, table: str | None) -> bool:
        """Tell whether the table is the one mentioned at a position."""
        return self.role(position) == "table" and self.table(position) == table

    def column_of(self, hit: NameHit) -> Column:
        """Return the column that a mention names."""
        return self.sentence.graph.table(hit.table).column(str(hit.column))

    def is_dated(self, hit: NameHit) -> bool:
        """Tell whether a mention names a column of dates."""
        return hit.column is not None and self.column_of(hit).dated

    def adds_up(self, hit: NameHit) -> bool:
        """Tell whether a mention names a column whose sum over many rows means something."""
        return hit.column is not None and adds_up(self.column_of(hit))

    def measures(self, ref: Ref) -> bool:
        """Tell whether the column most likely meant holds amounts rather than numbers that name."""
        best = ref.hits[0] if ref.hits else None
        if best is None or best.column is None:
            return False
        column = self.column_of(best)
        name = column.name.lower()
        names = name.endswith(("id", "code", "year", "date", "key", "no", "number"))
        key = column.name in self.sentence.graph.table(best.table).primary_key
        return column.family == "number" and not names and not key

    def modifies(self, position: int) -> bool:
        """Tell whether a table's name stands before one of its columns ("customer name")."""
        if self.role(position) != "table" or self.role(position + 1) != "column":
            return False
        return not (self.participle(position + 1) or self.tells_date(position + 1))

    def tells_date(self, position: int) -> bool:
        """Tell whether a verb leads to a date: "slots cut before May", that have a ``cut_date``."""
        item, following = self.at(position), self.at(position + 1)
        timed = following.text in _TIMED or following.is_cue("before") or following.is_cue("after")
        dated = all(self.is_dated(hit) for hit in item.column_hits()[:1])
        return timed and dated and " " not in item.text and stem(item.text) not in _TIMES

    def unknown(self, position: int) -> bool:
        """Tell whether a word stands here that nothing is called by, and that tells something."""
        item = self.at(position)
        return item.kind == "word" and item.text not in FUNCTION_WORDS

    def participle(self, position: int) -> bool:
        """Tell whether a mention is a verb: "founded", "attending"."""
        text = self.at(position).text
        return " " not in text and text.endswith(("ed", "ing", "ught"))

    def subject(self, position: int) -> str | None:
        """Return the table whose rows a noun speaks of though none is called so.

        "products" are the rows of the table with a ``product_name``: the one named beside it;
        "moves" those with a ``move_date``.
        """
        if self.role(position) != "column" or self.at(position).best_column() >= _NAMED:
            return None
        words = tuple(stem(word) for word in self.at(position).text.split())
        hits = [hit for tail in _NAMING_TAILS for hit in self._columns((*words, tail))]
        if not hits and self.at(position).text.endswith("s"):
            dated = {hit.table for hit in self._columns((*words, _DATE_TAIL))}
            return dated.pop() if len(dated) == 1 else None
        if not hits:
            return None
        near = self.owners[position] or next(iter(self.tables_named()), None)
        if all(self._tells_kind(hit) for hit in hits):
            return None
        tables = [hit.table for hit in hits]
        return near if near in tables else None if near else self._told_most(tables)

    def _tells_kind(self, hit: NameHit) -> bool:
        """Tell whether rows named by a noun of their own share a name: "groups of KPIs"."""
        variety = self.sentence.graph.table(hit.table).variety(self.column_of(hit))
        return variety is not None and variety < _SHARED and hit.table in self.tables_named()

    def _told_most(self, tables: list[str]) -> str:
        """Return the table of which the sentence tells most, or that is tied to most others.

        "available vehicles with more than 50000 km" are those of the fleet, which tells their
        distance, though the telematics number them, too.
        """
        told = [hit.table for item in self.items for hit in item.hits if hit.score >= _NAMED]
        told += [t for item in self.items for t in {v.table for v in item.values}]
        tied = [
            t for join in self.sentence.graph.joins for t in (join.left_table, join.right_table)
        ]
        return max(tables, key=lambda table: (told.count(table), tied.count(table)))

    def _columns(self, name: tuple[str, ...]) -> list[NameHit]:
        """Return the columns that are called so in full (stems)."""
        hits = self.sentence.lexicon.names(name, "")
        return [hit for hit in hits if hit.column is not None and hit.score >= _NAMED]

    def tables_named(self) -> list[str]:
        """Return the tables mentioned anywhere, in order."""
        named = [self.table(i) for i, role in enumerate(self.roles) if role == "table"]
        return list(dict.fromkeys(named))

    def entity(self) -> str | None:
        """Return the table the question is mainly about, as far as is known."""
        if self.draft.entities:
            return self.draft.entities[0][1]
        for wanted in self.draft.wanted:
            if wanted.table:
                return wanted.table
            if wanted.ref and wanted.ref.near:
                return wanted.ref.near
        named = self.tables_named()
        return self._holding_all() or (named[0] if named else None)

    def _holding_all(self) -> str | None:
        """Return the one table that has all of several columns asked for."""
        refs = [wanted.ref for wanted in self.draft.wanted if wanted.ref]
        holders = [{hit.table for hit in ref.hits if hit.score >= _NAMED} for ref in refs]
        common = set.intersection(*holders) if len(holders) > 1 else set()
        return next(iter(common)) if len(common) == 1 else None

    def last_table(self) -> str | None:
        """Return the table mentioned last before the present position."""
        for index in range(self.position - 1, self.anew - 1, -1):
            if self.roles[index] == "table":
                return self.table(index)
        return self.entity() if self.anew else None

    def stored_count(self, position: int) -> Ref | None:
        """Return a column that keeps how many there are ("hosts" → ``number_of_hosts``)."""
        words = tuple(stem(word) for word in self.at(position).text.split())
        if self.role(position) not in {"table", "column"}:
            return None
        lexicon = self.sentence.lexicon
        found = [
            NameHit(hit.table, hit.column, hit.score)
            for start in (("number", "of"), ("number",), ("total",), ("count", "of"))
            for hit in lexicon.names((*start, *words), "")
            if hit.column is not None and hit.score >= 0.95 and hit.table == self.entity()
        ]
        return Ref(position, tuple(found)) if found else None

    def add(self, term: Term) -> None:
        """Add a condition in the present scope, negated if a "not" stands before it."""
        term.scope = self.scope
        if self.negate:
            term.negated = not term.negated
            self.negate = False
        self.draft.terms.append(term)

    def expect(self, ref: Ref) -> None:
        """Make a column the subject of the condition to come; without one it must merely exist."""
        self.pending = ref
        self.pending_function = None
        self.pending_table = None
        self.dangling.append((ref, self.scope))

    def not_output(self, ref: Ref | None) -> None:
        """Drop an output that turns out to be the subject of a condition, if others are left."""
        if ref is None:
            return
        kept = [wanted for wanted in self.draft.wanted if wanted.ref is not ref]
        if len(kept) < len(self.draft.wanted) and (kept or self.draft.entities or ref.near):
            self.draft.wanted = kept

    def further_scope(self) -> int:
        """Return a scope that nothing is said in yet."""
        self.scopes += 1
        return self.scopes - 1

    def open_scope(self, negative: bool) -> None:
        """Start a nested scope: what follows holds for (or is denied of) related rows."""
        self.scope = self.further_scope()
        if negative:
            self.draft.negative_scopes.add(self.scope)

    def close_scope(self) -> None:
        """Return to the rows asked for."""
        self.scope = MAIN

    def leave_average(self) -> None:
        """Return to the rows asked for, from those that an average is taken over."""
        if any(term.among == self.scope for term in self.draft.terms):
            self.close_scope()

    def _told(self, column: str, word: str) -> bool:
        """Tell whether a further word of the column's name stands in the sentence."""
        further = set(stems(column)) - {word}
        return any(token.stem in further for token in self.sentence.tokens)

    def implied(self, position: int, words: tuple[str, ...], near: str | None) -> Ref | None:
        """Return a reference to a column that an adjective implies (``oldest`` → age)."""
        hits: list[NameHit] = []
        for rank, word in enumerate(words):
            for hit in self.sentence.lexicon.names((word,), ""):
                if hit.column is not None and not any(
                    (hit.table, hit.column) == (h.table, h.column) for h in hits
                ):
                    told = 0.25 * self._told(hit.column, word)
                    hits.append(NameHit(hit.table, hit.column, hit.score - 0.1 * rank + told))
        if "date" in words and near is not None:
            hits = self._own_dates(near, hits) or hits
        return Ref(position, tuple(hits), near, implied=True) if hits else None

    def _own_dates(self, table: str, hits: list[NameHit]) -> list[NameHit]:
        # A time is told of the rows' own dates; other tables' are asked only where they have none.
        columns = self.sentence.graph.table(table).columns
        own = [hit for hit in hits if hit.table == table]
        return own or [NameHit(table, c.name, _NAMING) for c in columns if c.dated]
