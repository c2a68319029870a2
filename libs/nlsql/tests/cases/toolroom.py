"""A pool of tools that are lent: the tools are in a register that is not called after them."""

from __future__ import annotations

from kpi_nlsql import Graph, Table
from kpi_nlsql.schema.building import build_graph

from .columns import date, number, text


def toolroom() -> Graph:
    """Return the register of tools, what happens to them, and who inspects them."""
    register = (
        number("tool_no", unique=True),
        text("tool_descr"),
        text("tool_type", "Drill", "Saw", "Crane"),
        text("tool_state", "Ready", "Broken", "Retired"),
        text("depot"),
        number("buy_price"),
        number("wear"),
        number("nbv"),
        date("last_scan_dt"),
    )
    scans = (
        number("scan_no", unique=True),
        number("tool_no", unique=True),
        text("found_at"),
        date("scan_dt"),
    )
    loans = (
        text("loan_no", unique=True),
        number("tool_no"),
        text("firm_class", "Builder", "Painter"),
        text("loan_state", "Running", "Ended"),
        number("day_fee"),
        date("end_dt"),
    )
    certificates = (
        text("coi_no", unique=True),
        number("tool_no"),
        text("coi_grade", "A", "B"),
        date("valid_to"),
    )
    return build_graph(
        "toolroom",
        [
            Table("pool_register", columns=register),
            Table("chk_scan", columns=scans),
            Table("ln_contract", columns=loans),
            Table("ln_fine", columns=(number("fine_no", unique=True), text("loan_no"))),
            Table(
                "gl_wastage",
                columns=(number("doc_no", unique=True), text("site"), number("wastage_amt")),
            ),
            Table("safety_coi", columns=certificates),
        ],
    )
