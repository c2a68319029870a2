"""A pool of tools that are lent: the tools are in a register that is not called after them."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Table
from kpi_nlsql.schema.building import build_graph


def _text(name: str, *values: str, unique: bool = False) -> Column:
    return Column(name, "varchar(80)", values=values, unique=unique)


def _number(name: str, unique: bool = False) -> Column:
    return Column(name, "int" if unique else "decimal(12,2)", unique=unique)


def _date(name: str) -> Column:
    return Column(name, "date")


def toolroom() -> Graph:
    """Return the register of tools, what happens to them, and who inspects them."""
    register = (
        _number("tool_no", unique=True),
        _text("tool_descr"),
        _text("tool_type", "Drill", "Saw", "Crane"),
        _text("tool_state", "Ready", "Broken", "Retired"),
        _text("depot"),
        _number("buy_price"),
        _number("wear"),
        _number("nbv"),
    )
    scans = (
        _number("scan_no", unique=True),
        _number("tool_no", unique=True),
        _text("found_at"),
        _date("scan_dt"),
    )
    loans = (
        _text("loan_no", unique=True),
        _number("tool_no"),
        _text("firm_class", "Builder", "Painter"),
        _text("loan_state", "Running", "Ended"),
        _number("day_fee"),
        _date("end_dt"),
    )
    certificates = (
        _text("coi_no", unique=True),
        _number("tool_no"),
        _text("coi_grade", "A", "B"),
        _date("valid_to"),
    )
    return build_graph(
        "toolroom",
        [
            Table("pool_register", columns=register),
            Table("chk_scan", columns=scans),
            Table("ln_contract", columns=loans),
            Table("ln_fine", columns=(_number("fine_no", unique=True), _text("loan_no"))),
            Table(
                "gl_wastage",
                columns=(_number("doc_no", unique=True), _text("site"), _number("wastage_amt")),
            ),
            Table("safety_coi", columns=certificates),
        ],
    )
