"""A schema of a yacht charter: boats, trips, payments, and the bookings of the portals."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Table
from kpi_nlsql.schema.building import build_graph

from .columns import date, number, text

_STATES = ("Booked", "Sailed", "Cancelled")


def charter() -> Graph:
    """Return boats that are let by the day, and trips that came in by a portal among others."""
    return build_graph(
        "charter",
        [
            Table(
                "boats",
                columns=(
                    text("boat_no", unique=True),
                    text("boat_name", "Albatros", "Pelican"),
                    text("kind", "Yacht", "Catamaran", "Gulet"),
                    Column("berths", "integer"),
                    Column("built_year", "integer"),
                    number("daily_rate"),
                ),
            ),
            Table(
                "trips",
                columns=(
                    text("trip_no", unique=True),
                    text("boat_no"),
                    text("guest_no"),
                    text("channel", "Portal", "Desk", "Phone"),
                    date("sail_date"),
                    text("trip_status", *_STATES),
                    text("fare_type", "Spot", "Season"),
                ),
            ),
            Table(
                "guests",
                columns=(
                    text("guest_no", unique=True),
                    text("guest_name"),
                    text("email_address"),
                    text("home_port"),
                    text("tel_no"),
                ),
            ),
            Table(
                "trip_payments",
                columns=(
                    text("payment_no", unique=True),
                    text("trip_no"),
                    date("payment_date"),
                    number("amount"),
                ),
            ),
            Table(
                "ota_bookings",
                columns=(
                    text("booking_ref", unique=True),
                    text("own_trip_no"),
                    text("prtl_nm", "SailNow", "Blue Seas"),
                    text("booking_status", *_STATES),
                    number("booking_fee"),
                ),
            ),
        ],
    )
