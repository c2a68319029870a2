from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi_nlsql import Answer, Engine, ReadOptions, Refusal
from kpi_nlsql.english.cues import CUES

from .cases.schemas import SCHEMAS
from .cases.written import kept

_ENGINES = {name: Engine(graph) for name, graph in SCHEMAS.items()}
_WORDS = sorted(
    {" ".join(words) for words in CUES}
    | {
        name
        for graph in SCHEMAS.values()
        for table in graph.tables
        for name in (table.name, *table.display_names, *(c.name for c in table.columns))
    }
    | {"of", "in", "the", "and", "or", "than", "5", "2024", "'x'", "Inactive", ",", "?", "not"}
)
_WRITTEN = sorted((name, sentence) for name in SCHEMAS for sentence in kept(name))

_HOSTILE = [
    "",
    "using the customer id",
    "more than one time name",
    "Vendors that were never includes the string nor have been invoiced",
    "   \n\t ",
    "x" * 2_000,
    "show " * 400,
    "a" * 5_000,
    "Zeige mir alle Produkte in RBP GPU, die nicht in OPS Excel sind",
    "显示所有产品",
    "покажи все товары",
    "'; DROP TABLE products; --",
    "drop table brz_lnd_RBP_GPU",
    "delete from products where 1=1",
    "\x00\x01\x02 show me \x1b[31m all products",
    "''''\"\"\"```",
    "SELECT * FROM products UNION SELECT * FROM secrets",
    "not not not in in in both only",
    "show me all unicorns in the rainbow warehouse",
    "1 2 3 4 5 6 7 8 9",
    "customer without cust_nm or town except Inactive",
    "How many products are Active in RBP GPU but Blocked in ?",
    "😀😀😀",
]


@pytest.mark.parametrize("sentence", _HOSTILE)
@pytest.mark.parametrize("schema", sorted(SCHEMAS))
def test_hostile_text_is_refused_or_read_but_never_raises(schema: str, sentence: str) -> None:
    read = _ENGINES[schema].read(sentence)
    assert isinstance(read, Refusal | Answer)
    if isinstance(read, Answer):
        assert read.sql("postgres").lstrip().upper().startswith("SELECT")


def test_an_empty_sentence_is_refused_with_a_reason() -> None:
    read = _ENGINES["products"].read("  ")
    assert isinstance(read, Refusal)
    assert read.reason


def test_a_sentence_about_nothing_that_is_known_names_the_unknown_words() -> None:
    read = _ENGINES["retail"].read("show me all unicorns in the rainbow warehouse")
    assert isinstance(read, Refusal)
    assert "unicorns" in read.unknown_words


def test_a_refusal_does_not_name_words_that_the_likeliest_reading_accounts_for() -> None:
    sure = ReadOptions(minimum_confidence=1.0)
    read = _ENGINES["retail"].read("Products with a larger price than the average product", sure)
    assert isinstance(read, Refusal)
    assert read.unknown_words == ()


def test_a_misspelt_table_is_suggested_or_understood() -> None:
    read = _ENGINES["retail"].read("how many custmers are there?")
    tables = [read.source_table] if isinstance(read, Answer) else list(read.closest_tables)
    assert "customers" in tables


def test_a_number_that_cannot_be_matched_is_no_confident_guess() -> None:
    read = _ENGINES["retail"].read("show products blarg 17 frobnicate 23")
    assert isinstance(read, Refusal) or read.confidence < 0.9


def test_quotes_in_values_stay_values() -> None:
    read = _ENGINES["retail"].read(
        "show customers where email is \"x' OR '1'='1\"", ReadOptions(minimum_confidence=0.0)
    )
    if isinstance(read, Answer):
        assert "'x'' OR ''1''=''1'" in read.sql("postgres")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_text_at_all_raises(sentence: str) -> None:
    for engine in _ENGINES.values():
        assert engine.read(sentence, ReadOptions(minimum_confidence=0.0)) is not None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=14), st.sampled_from(sorted(SCHEMAS)))
def test_no_heap_of_known_words_raises(words: list[str], schema: str) -> None:
    read = _ENGINES[schema].read(" ".join(words), ReadOptions(minimum_confidence=0.0))
    if isinstance(read, Answer):
        for dialect in ("mysql", "postgres", "oracle", "tsql", "sqlite", "duckdb", "trino"):
            assert read.sql(dialect)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_WRITTEN), st.data())
def test_no_sentence_with_a_word_lost_or_put_for_another_raises(
    written: tuple[str, str], data: st.DataObject
) -> None:
    schema, sentence = written
    words = sentence.split()
    at = data.draw(st.integers(0, len(words) - 1))
    words[at : at + 1] = data.draw(st.lists(st.sampled_from(_WORDS), max_size=1))
    assert _ENGINES[schema].read(" ".join(words), ReadOptions(minimum_confidence=0.0)) is not None
