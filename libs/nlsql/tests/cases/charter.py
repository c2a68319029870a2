"""A schema of a yacht charter: boats, trips, payments, and the bookings of the portals."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Table
from kpi_nlsql.schema.building import build_graph

_STATES = ("Booked", "Sailed", "Cancelled")


def _text(name: str, *values: str, unique: bool = False) -> Column:
    return Column(name, "varchar(40)", values=values, unique=unique)


def charter() -> Graph:
    """Return boats that are let by the day, and trips that came in by a portal among others."""
    return build_graph(
        "charter",
        [
            Table(
                "boats",
                columns=(
                    _text("boat_no", unique=True),
                    _text("boat_name"),
                    _text("kind", "Yacht", "Catamaran", "Gulet"),
                    Column("berths", "integer"),
                    Column("built_year", "integer"),
                    Column("daily_rate", "decimal(12,2)"),
                ),
            ),
            Table(
                "trips",
                columns=(
                    _text("trip_no", unique=True),
                    _text("boat_no"),
                    _text("guest_no"),
                    _text("channel", "Portal", "Desk", "Phone"),
                    Column("sail_date", "date"),
                    _text("trip_status", *_STATES),
                    _text("fare_type", "Spot", "Season"),
                ),
            ),
            Table(
                "guests",
                columns=(
                    _text("guest_no", unique=True),
                    _text("guest_name"),
                    _text("email_address"),
                    _text("home_port"),
                    _text("tel_no"),
                ),
            ),
            Table(
                "trip_payments",
                columns=(
                    _text("payment_no", unique=True),
                    _text("trip_no"),
                    Column("payment_date", "date"),
                    Column("amount", "decimal(12,2)"),
                ),
            ),
            Table(
                "ota_bookings",
                columns=(
                    _text("booking_ref", unique=True),
                    _text("own_trip_no"),
                    _text("prtl_nm", "SailNow", "Blue Seas"),
                    _text("booking_status", *_STATES),
                    Column("booking_fee", "decimal(12,2)"),
                ),
            ),
        ],
    )
