"""What a word written short may stand for, and what not."""

from __future__ import annotations

import pytest

from kpi_nlsql.english.abbreviations import expansions
from kpi_nlsql.english.shortening import likeness
from kpi_nlsql.english.words import parts


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
    ],
)  # fmt: skip
def test_short_forms_written_together_are_cut_apart(name: str, told: list[str]) -> None:
    assert parts(name) == told


@pytest.mark.parametrize("name", ["casino", "volcano", "instr", "telematics", "barcode", "reefer"])
def test_words_are_left_whole(name: str) -> None:
    assert parts(name) == [name]
