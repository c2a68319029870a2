"""A chain of salons: staff who come and go, appointments by their date, and what was paid."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Join, Table
from kpi_nlsql.schema.building import build_graph


def _text(name: str, *values: str) -> Column:
    return Column(name, "varchar(80)", values=values)


def _number(name: str) -> Column:
    return Column(name, "decimal(12,2)")


def _key(name: str) -> Column:
    return Column(name, "int", unique=True)


def _date(name: str, *values: str) -> Column:
    return Column(name, "date", values=values)


def salon() -> Graph:
    """Return salons, their staff, clients and appointments, and the payments."""
    staff = (
        _key("staff_no"),
        _text("staff_name"),
        _text("job", "stylist", "barber", "trainee"),
        _number("salon_no"),
        _date("hired_on"),
        _date("exit_date"),
    )
    cuts = (
        _key("slot_no"),
        _number("client_no"),
        _number("staff_no"),
        _number("salon_no"),
        _date("cut_date", "2024-03-04", "2024-05-02", "2024-06-07"),
        _text("state", "Done", "Missed"),
    )
    salons = (_key("salon_no"), _text("salon_name"), _text("town"), _date("opened_on"))
    clients = (_key("client_no"), _text("client_name"), _date("birth_date"))
    paid = (_key("pmt_no"), _number("client_no"), _number("paid_amount"), _date("paid_on"))
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
