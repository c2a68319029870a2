"""A small word in capitals is a system where tables begin so: HIS, IT."""

from __future__ import annotations

from kpi_nlsql import Answer, Column, Engine, Table
from kpi_nlsql.schema.building import build_graph

_ENGINE = Engine(
    build_graph(
        "clinic",
        [
            Table("his_ward", None, (Column("ward_no", "text"), Column("beds", "integer"))),
            Table("lab_ward", None, (Column("ward_no", "text"), Column("beds", "integer"))),
        ],
    )
)


def test_a_system_in_capitals_is_no_pronoun() -> None:
    answer = _ENGINE.read("HIS wards that are not in LAB")
    assert isinstance(answer, Answer)
    assert answer.source_table == "his_ward"


def test_where_all_is_in_capitals_nothing_is_told_by_them() -> None:
    plainly, loudly = (_ENGINE.read(text) for text in ("all wards of his", "ALL WARDS OF HIS"))
    assert type(plainly) is type(loudly)
