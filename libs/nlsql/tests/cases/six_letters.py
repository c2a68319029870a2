"""A schema of a carrier whose old system allows six letters for a name, and one of its sheets."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Table
from kpi_nlsql.schema.building import build_graph


def _text(name: str, *values: str, unique: bool = False) -> Column:
    return Column(name, "varchar(40)", values=values, unique=unique)


def _number(name: str) -> Column:
    return Column(name, "decimal(12,2)")


def six_letters() -> Graph:
    """Return haulers, their trips with the lines loaded, the articles, and a list of prices."""
    return build_graph(
        "six_letters",
        [
            Table(
                "HAUMST",
                columns=(
                    _text("HAUCOD", unique=True),
                    _text("HAUNAM"),
                    _text("CTRCOD", "AT", "CH", "IT"),
                    _text("HAUSTS", "ACTIVE", "CLOSED"),
                ),
            ),
            Table(
                "TRPHDR",
                columns=(
                    _text("TRPNO", unique=True),
                    _text("HAUCOD"),
                    Column("TRPDAT", "date"),
                    _text("TRPSTS", "PLANNED", "ARRIVED", "CANCELLED"),
                    _number("TRPWGT"),
                    _number("TOTAMT"),
                    _text("SEALNO"),
                ),
            ),
            Table(
                "TRPDTL",
                columns=(_text("TRPNO"), _text("LINNO"), _text("ARTNO"), _number("LODQTY")),
            ),
            Table(
                "TRPBIL",
                columns=(
                    _text("BILNO", unique=True),
                    _text("TRPNO"),
                    Column("BILDAT", "date"),
                    _number("BILAMT"),
                ),
            ),
            Table(
                "ARTMST",
                columns=(
                    _text("ARTNO", unique=True),
                    _text("ARTDSC"),
                    _number("UNTPRC"),
                    _number("STKQTY"),
                ),
            ),
            Table(
                "xls_prc_list",
                columns=(_text("art_no", unique=True), _text("art_desc"), _number("prc")),
            ),
        ],
    )
