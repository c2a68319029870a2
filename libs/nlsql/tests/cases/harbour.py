"""A schema of a harbour: the harbour system, the ledger, a supplier's file and berth watches."""

from __future__ import annotations

from kpi_nlsql import Graph, Table
from kpi_nlsql.schema.building import build_graph

from .columns import date, number, text

_CALLS = tuple(f"C-{number}" for number in range(4100, 4130))
_OFFICES = tuple(f"VAT{number}" for number in range(7200, 7220))
_STATES = ("Open", "Closed", "Disputed")


def harbour() -> Graph:
    """Return the tables of two systems with a prefix each, and three of nobody's."""
    return build_graph(
        "harbour",
        [
            Table(
                "HMS_VESSEL",
                columns=(
                    text("VESSEL_NO", unique=True),
                    text("VESSEL_NAME"),
                    text("FLAG_STATE", "Malta", "Panama", "Norway"),
                    text("TAX_ID", *_OFFICES),
                ),
            ),
            Table(
                "HMS_CALL",
                columns=(
                    text("CALL_NO", *_CALLS, unique=True),
                    text("VESSEL_NO"),
                    text("BERTH_CODE"),
                    text("PURPOSE", "Cargo", "Bunker", "Crew"),
                    text("STATE", *_STATES),
                    number("HARBOUR_DUES"),
                    date("ARRIVED_ON"),
                ),
            ),
            Table(
                "GL_CALL_CHARGE",
                columns=(
                    text("LEDGER_CALL", *_CALLS[:24], unique=True),
                    text("STATE", *_STATES),
                    number("LEDGER_CHARGE"),
                ),
            ),
            Table("GL_JOURNAL", columns=(text("JOURNAL_NO", unique=True), number("AMOUNT"))),
            Table(
                "BUNKER_SUPPLIER_FILE",
                columns=(
                    text("DELIVERY_ID", unique=True),
                    text("CALL_NO", *_CALLS[:20]),
                    number("TONNES"),
                ),
            ),
            Table("AgencyRegister", columns=(text("VatNo", *_OFFICES[:15]), text("AgentName"))),
            Table(
                "REF_BERTH",
                columns=(
                    text("BERTH_CODE", unique=True),
                    text("BERTH_NAME"),
                    number("QUAY_LENGTH_METRES"),
                    number("DAILY_CAPACITY"),
                    number("NOTICE_DAYS"),
                ),
            ),
            Table(
                "berth_watch",
                columns=(text("BERTH_CODE"), text("VESSEL_NO"), number("HOURS"), date("DAY")),
            ),
        ],
    )
