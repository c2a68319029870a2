"""Loans in a register and on the tape that the lender reports them on, by month of account."""

from __future__ import annotations

from kpi_nlsql import Graph, Join, Table
from kpi_nlsql.schema.building import build_graph

from .columns import number, text

_MONTHS = tuple(f"2024-{month:02d}" for month in range(1, 13))


def loan_tape() -> Graph:
    """Return tables that share the word by which most of them are called."""
    register = (
        text("LOAN_NO", unique=True),
        text("PLEDGE_NO"),
        text("LOAN_STATE", "Open", "Closed"),
        number("BALANCE"),
    )
    tape = (
        number("LINE_NO", unique=True),
        text("TAPE_PERIOD", *_MONTHS),
        text("LOAN_NO"),
        text("LENDER", "North", "South"),
        number("FUNDED_AMOUNT"),
    )
    repayments = (
        number("REPAYMENT_ID", unique=True),
        text("LOAN_NO"),
        number("AMOUNT"),
        text("BOOK_PERIOD", *_MONTHS),
    )
    ledger = (
        number("ENTRY_NO", unique=True),
        text("LOAN_NO"),
        text("ENTRY_STATE", "Posted", "Parked"),
        number("AMOUNT"),
    )
    pledges = (text("PLEDGE_NO", unique=True), text("PLEDGE_TYPE", "House", "Ship"))
    items = (text("PLEDGE_NO"), text("ITEM_NO"), number("VALUE"))
    valuations = (
        number("VALUATION_NO", unique=True),
        text("PLEDGE_NO"),
        text("ITEM_NO"),
        number("APPRAISED_VALUE"),
    )
    pair = ("PLEDGE_NO", "ITEM_NO")
    return build_graph(
        "loan_tape",
        [
            Table("brz_lnd_LOANS_REGISTER", columns=register),
            Table("stg_TAPE_LOANS", columns=tape),
            Table("brz_lnd_LOAN_REPAYMENTS", columns=repayments),
            Table("GL_LOAN_ENTRIES", columns=ledger),
            Table("brz_lnd_PLEDGES", columns=pledges),
            Table("PLEDGED_ITEMS", columns=items, primary_key=pair),
            Table("VALUATIONS", columns=valuations),
        ],
        [Join("VALUATIONS", pair, "PLEDGED_ITEMS", pair)],
    )
