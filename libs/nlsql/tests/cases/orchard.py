"""An orchard that values, insures and lends its trees: rows with many columns to ask after."""

from __future__ import annotations

from kpi_nlsql import Graph, Table
from kpi_nlsql.schema.building import build_graph

from .columns import date, number, text

_GRADES = ("Poor", "Fair", "Good", "Excellent")


def orchard() -> Graph:
    """Return the trees, what is done to them and who insures them; the last is a spreadsheet."""
    trees = (
        text("TreeNo", unique=True),
        text("Species", "apple on dwarf stock", "apple on wild stock", "quince"),
        number("YearPlanted"),
        date("AcquiredOn"),
        text("AcquisitionMethod", "Purchase", "Gift", "Cutting"),
        number("Valuation"),
        number("HeightCm"),
        text("HealthGrade", *_GRADES),
        text("InFruit", "Y", "N"),
        text("Terrace"),
    )
    care = (
        text("CareNo", unique=True),
        text("TreeNo", "1985-024", "1985-101", "1986-047"),
        text("Gardener", "Ines Roth", "Tom Lind"),
        date("TreatedOn"),
        text("HealthBefore", *_GRADES),
        text("HealthAfter", *_GRADES),
        date("NextPruningDue"),
        number("Cost"),
        number("InsuredValue"),
    )
    leases = (
        text("LeaseNo", "L-100", "L-101", "L-102", "L-103", unique=True),
        text("TreeNo", "1985-024", "1985-101", "1986-047"),
        text("State", "Out", "Back", "Requested"),
        text("Haulier", "Kern", "Momart"),
        date("ShippedOn"),
        date("DueBack"),
        date("ReturnedOn"),
    )
    policies = (
        text("Policy No", unique=True),
        text("Insurer", "Helvetia", "Basler"),
        date("CoverFrom"),
        date("CoverTo"),
        number("InsuredValue"),
        number("PreviousValue"),
    )
    return build_graph(
        "orchard",
        [
            Table("stg_trees", columns=trees, primary_key=("TreeNo",)),
            Table("care_log", columns=care),
            Table("tree_leases", columns=leases),
            Table("Insurance_Policies_XLS", columns=policies),
        ],
    )
