"""A chain of salons: staff who come and go, appointments by their date, and what was paid."""

from __future__ import annotations

from kpi_nlsql import Graph, Join, Table
from kpi_nlsql.schema.building import build_graph

from .columns import date, number, text


def salon() -> Graph:
    """Return salons, their staff, clients and appointments, and the payments."""
    staff = (
        number("staff_no", unique=True),
        text("staff_name"),
        text("job", "stylist", "barber", "trainee"),
        number("salon_no"),
        date("hired_on"),
        date("exit_date"),
    )
    cuts = (
        number("slot_no", unique=True),
        number("client_no"),
        number("staff_no"),
        number("salon_no"),
        date("cut_date", "2024-03-04", "2024-05-02", "2024-06-07"),
        text("state", "Done", "Missed"),
    )
    salons = (number("salon_no", unique=True), text("salon_name"), text("town"), date("opened_on"))
    clients = (number("client_no", unique=True), text("client_name"), date("birth_date"))
    paid = (
        number("pmt_no", unique=True),
        number("client_no"),
        number("paid_amount"),
        date("paid_on"),
    )
    return build_graph(
        "salon",
        [
            Table("salons", columns=salons, primary_key=("salon_no",)),
            Table("staff", columns=staff, primary_key=("staff_no",)),
            Table("clients", columns=clients, primary_key=("client_no",)),
            Table("slots", columns=cuts, primary_key=("slot_no",)),
            Table("till_pmts", columns=paid, primary_key=("pmt_no",)),
        ],
        [
            Join("staff", ("salon_no",), "salons", ("salon_no",)),
            Join("slots", ("salon_no",), "salons", ("salon_no",)),
            Join("slots", ("staff_no",), "staff", ("staff_no",)),
            Join("slots", ("client_no",), "clients", ("client_no",)),
            Join("till_pmts", ("client_no",), "clients", ("client_no",)),
        ],
    )
