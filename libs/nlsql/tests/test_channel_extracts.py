"""Sales of one system beside the extracts of the channels, whose names are values there, too."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Engine, Table
from kpi_nlsql.schema.building import build_graph

from .cases.columns import date, number, text

_TRIPS = tuple(f"T{n:03}" for n in range(90))
_BOATS = tuple(f"B{n:02}" for n in range(12))

FERRIES = Engine(
    build_graph(
        "ferries",
        [
            Table(
                "ref_Boats",
                columns=(
                    text("BoatCode", *_BOATS, unique=True),
                    text("BoatName"),
                    number("SeatCount"),
                    number("CrewNo"),
                ),
                row_count=12,
            ),
            Table(
                "Desk_Trips",
                columns=(
                    text("TripNo", *_TRIPS, unique=True),
                    text("BoatCode", *_BOATS),
                    text("Channel", "Ferry.net", "Quayside", "Phone"),
                    number("TotalAmount"),
                ),
                row_count=90,
            ),
            Table(
                "lnd_FerryNet_Extract",
                columns=(text("Ref", *_TRIPS[:40], unique=True), number("Commission")),
                row_count=40,
            ),
            Table(
                "lnd_Quayside_Extract",
                columns=(text("Voucher", *_TRIPS[30:70], unique=True), number("Commission")),
                row_count=40,
            ),
            Table(
                "ERP_Ledger",
                columns=(
                    text("DocumentNo", unique=True),
                    text("TripNo", *_TRIPS),
                    text("RevenueType", "Seat", "Bar"),
                    date("PostingDate"),
                    number("Amount"),
                ),
                row_count=200,
            ),
        ],
    )
)


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        (
            "All Ferry.net extract rows without a commission",
            (
                "SELECT lnd_FerryNet_Extract.* FROM lnd_FerryNet_Extract "
                "WHERE lnd_FerryNet_Extract.Commission IS NULL"
            ),
        ),
        (
            "Desk trips via Quayside that are not in the Quayside extract",
            (
                "SELECT s.* FROM Desk_Trips AS s WHERE s.Channel = 'Quayside' AND NOT EXISTS("
                "SELECT 1 FROM lnd_Quayside_Extract AS t WHERE s.TripNo = t.Voucher)"
            ),
        ),
        (
            "Total amount per revenue type",
            (
                "SELECT ERP_Ledger.RevenueType, SUM(ERP_Ledger.Amount) AS sum_Amount "
                "FROM ERP_Ledger GROUP BY ERP_Ledger.RevenueType"
            ),
        ),
        (
            "All boats with more than 150 seats",
            "SELECT ref_Boats.* FROM ref_Boats WHERE ref_Boats.SeatCount > 150",
        ),
        (
            "ERP ledger rows with a negative amount or no amount at all",
            (
                "SELECT ERP_Ledger.* FROM ERP_Ledger WHERE ERP_Ledger.Amount < 0 "
                "OR ERP_Ledger.Amount IS NULL"
            ),
        ),
        (
            "Top 3 boats by number of trips",
            (
                "SELECT ref_Boats.BoatCode, ref_Boats.BoatName, COUNT(*) AS count "
                "FROM Desk_Trips JOIN ref_Boats ON Desk_Trips.BoatCode = ref_Boats.BoatCode "
                "GROUP BY ref_Boats.BoatCode, ref_Boats.BoatName ORDER BY COUNT(*) DESC LIMIT 3"
            ),
        ),
    ],
)
def test_a_channel_s_extract_is_told_from_the_channel(sentence: str, sql: str) -> None:
    answer = FERRIES.read(sentence)
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "") == sql
