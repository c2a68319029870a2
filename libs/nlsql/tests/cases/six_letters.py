"""A schema of a carrier whose old system allows six letters for a name, and one of its sheets."""

from __future__ import annotations

from kpi_nlsql import Graph, Table
from kpi_nlsql.schema.building import build_graph

from .columns import date, number, text


def six_letters() -> Graph:
    """Return haulers, their trips with the lines loaded, the articles, and a list of prices."""
    return build_graph(
        "six_letters",
        [
            Table(
                "HAUMST",
                columns=(
                    text("HAUCOD", unique=True),
                    text("HAUNAM"),
                    text("CTRCOD", "AT", "CH", "IT"),
                    text("HAUSTS", "ACTIVE", "CLOSED"),
                ),
            ),
            Table(
                "TRPHDR",
                columns=(
                    text("TRPNO", unique=True),
                    text("HAUCOD"),
                    date("TRPDAT"),
                    text("TRPSTS", "PLANNED", "ARRIVED", "CANCELLED"),
                    number("TRPWGT"),
                    number("TOTAMT"),
                    text("SEALNO"),
                ),
            ),
            Table(
                "TRPDTL",
                columns=(text("TRPNO"), text("LINNO"), text("ARTNO"), number("LODQTY")),
            ),
            Table(
                "TRPBIL",
                columns=(
                    text("BILNO", unique=True),
                    text("TRPNO"),
                    date("BILDAT"),
                    number("BILAMT"),
                ),
            ),
            Table(
                "ARTMST",
                columns=(
                    text("ARTNO", unique=True),
                    text("ARTDSC"),
                    number("UNTPRC"),
                    number("STKQTY"),
                ),
            ),
            Table(
                "xls_prc_list",
                columns=(text("art_no", unique=True), text("art_desc"), number("prc")),
            ),
        ],
    )
