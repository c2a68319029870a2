"""Names whose words stand together without any mark are taken apart, and only those."""

import pytest

from kpi_nlsql.english.segments import segments
from kpi_nlsql.english.words import parts


@pytest.mark.parametrize(
    ("word", "made_of"),
    [
        ("cusnbr", ("cus", "nbr")),
        ("ordhdr", ("ord", "hdr")),
        ("custname", ("cust", "name")),
        ("deptno", ("dept", "no")),
        ("invdtlamt", ("inv", "dtl", "amt")),
        ("itmfrm", ("itm", "frm")),
        ("ledtim", ("led", "tim")),
    ],
)
def test_short_forms_that_stand_together_are_taken_apart(
    word: str, made_of: tuple[str, ...]
) -> None:
    assert segments(word) == made_of


@pytest.mark.parametrize(
    "word", ["program", "status", "prereq", "hometown", "thknss", "isbn", "order", "genre", "rate2"]
)
def test_other_words_stay_whole(word: str) -> None:
    assert segments(word) == (word,)


def test_parts_of_an_identifier_are_taken_apart() -> None:
    assert parts("brz_lnd_CSTMST") == ["brz", "lnd", "cst", "mst"]


@pytest.mark.parametrize(
    ("name", "made_of"),
    [
        ("Größe", ["größe"]),
        ("KundenStraße", ["kunden", "straße"]),
        ("KundenÄnderung", ["kunden", "änderung"]),
        ("GRÖSSE_NEU", ["grösse", "neu"]),
        ("État civil", ["état", "civil"]),
        ("Poznań", ["poznań"]),
        ("商品名", ["商品名"]),
    ],
)
def test_letters_of_other_alphabets_end_no_word(name: str, made_of: list[str]) -> None:
    assert parts(name) == made_of
