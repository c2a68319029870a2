"""What a word written short may stand for, and what not."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Engine
from kpi_nlsql.english.abbreviations import expansions, shortened
from kpi_nlsql.english.shortening import likeness
from kpi_nlsql.english.words import parts, stem
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.schema.graph import Column, Graph, Table


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("cstmr", "customer"), ("cust", "customer"), ("qty", "quantity"), ("acct", "account"),
        ("wrhs", "warehouse"), ("dpt", "depot"), ("invntry", "inventory"), ("prc", "price"),
    ],
)  # fmt: skip
def test_letters_kept_in_their_order_are_alike(short: str, full: str) -> None:
    assert likeness(short, full) >= 0.8


@pytest.mark.parametrize(
    ("short", "full"), [("rgn", "range"), ("bal", "label"), ("c", "customer"), ("order", "order")]
)
def test_letters_out_of_order_or_too_few_are_not(short: str, full: str) -> None:
    assert likeness(short, full) == 0.0


def test_without_vowels_is_likelier_than_scattered_letters() -> None:
    assert likeness("cntrct", "contract") > likeness("ctr", "contract")


def test_a_known_short_form_means_nothing_else() -> None:
    assert "pct" not in expansions(["pct", "product"])
    assert expansions(["pct", "percentage"]) == {"pct": "percentage"}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("CUSTNM", ["cust", "nm"]), ("SLSORDITM", ["sls", "ord", "itm"]), ("EXPDT", ["exp", "dt"]),
        ("PLNNGCD", ["plnng", "cd"]), ("WHSE_CD", ["whse", "cd"]),
        ("EmpLName", ["emp", "lname"]), ("F_NAME", ["fname"]),
    ],
)  # fmt: skip
def test_short_forms_written_together_are_cut_apart(name: str, told: list[str]) -> None:
    assert parts(name) == told


@pytest.mark.parametrize("name", ["casino", "volcano", "instr", "telematics", "barcode", "reefer"])
def test_words_are_left_whole(name: str) -> None:
    assert parts(name) == [name]


_FERRY = Graph(
    name="ferry",
    tables=(
        Table(
            "rsv_psgr",
            columns=(
                Column("psgr_no", "text"),
                Column("fc_no", "text"),
                Column("bns_pts", "integer"),
                Column("dly_min", "integer"),
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("phrase", "column"),
    [
        ("frequent cruiser number", "fc_no"), ("bonus points", "bns_pts"),
        ("delay minutes", "dly_min"), ("passenger number", "psgr_no"),
    ],
)  # fmt: skip
def test_names_of_short_forms_are_told_in_full(phrase: str, column: str) -> None:
    words = tuple(phrase.split())
    hits = Lexicon(_FERRY).names(tuple(map(stem, words)), "".join(words), words)
    assert hits[0].column == column


def test_initials_of_words_that_tell_an_order_are_no_name() -> None:
    words = ("most", "recently", "opened", "number")
    assert not Lexicon(_FERRY).names(tuple(map(stem, words)), "", words)


def test_stems_of_whole_words_are_not_short() -> None:
    assert shortened(["citi", "lgci", "parti"]) == {"lgci"}


_WORKFORCE = Graph(
    name="workforce",
    tables=(
        Table(
            "emp",
            columns=(
                Column("emp_no", "text", unique=True),
                Column("act_fl", "text", values=("Y", "N")),
                Column("sal", "integer"),
                Column("dept", "text"),
                Column("per", "text"),
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        (
            "How many employees are inactive?",
            "SELECT COUNT(*) AS count FROM emp WHERE emp.act_fl = 'N'",
        ),
        (
            "List all active employees with a salary above 5000",
            "SELECT emp.* FROM emp WHERE emp.act_fl = 'Y' AND emp.sal > 5000",
        ),
        (
            "What is the average salary per department?",
            "SELECT emp.dept, AVG(emp.sal) AS avg_sal FROM emp GROUP BY emp.dept",
        ),
    ],
)  # fmt: skip
def test_flags_and_salaries_written_short_are_told_in_full(sentence: str, sql: str) -> None:
    answer = Engine(_WORKFORCE).read(sentence)
    assert isinstance(answer, Answer)
    assert answer.sql("sqlite").replace('"', "") == sql
