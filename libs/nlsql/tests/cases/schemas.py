"""The schemas of the written cases: products, finance, retail, clubs, workshops, and a brewery."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Join, Table
from kpi_nlsql.schema.building import build_graph

from .charter import charter
from .salon import salon
from .shorthand import leasing, rental
from .six_letters import six_letters
from .toolroom import toolroom

_STATUSES = ("Active", "Inactive", "Blocked")
_CATEGORIES = ("Electronics", "Home", "Garden")
_CURRENCIES = ("EUR", "USD", "GBP")


def _text(name: str, *values: str, unique: bool = False) -> Column:
    return Column(name, "varchar(80)", values=values, unique=unique)


def _number(name: str, unique: bool = False) -> Column:
    return Column(name, "int" if unique else "decimal(12,2)", unique=unique)


def _date(name: str) -> Column:
    return Column(name, "date")


def products() -> Graph:
    """Return the tables of the requirements: a system, a spreadsheet and the master."""
    return build_graph(
        "products",
        [
            Table(
                "brz_lnd_RBP_GPU",
                columns=(
                    _text("PLANNING_SKU"),
                    _text("PRODUCT_NAME"),
                    _text("CATEGORY", *_CATEGORIES),
                    _text("STATUS", *_STATUSES),
                    _number("PRICE"),
                    _number("QUANTITY"),
                    Column("UPDATED_AT", "timestamp"),
                ),
            ),
            Table(
                "brz_lnd_OPS_EXCEL",
                columns=(
                    _text("PLANNING_SKU"),
                    _text("PRODUCT_NAME"),
                    _text("STATUS", *_STATUSES),
                    _number("PRICE"),
                    _text("REGION", "EMEA", "APAC", "AMER"),
                ),
            ),
            Table(
                "hana_material_master",
                columns=(
                    _text("PLANNING_SKU", unique=True),
                    _text("MATERIAL"),
                    _text("PRODUCT_NAME"),
                    _text("CATEGORY", *_CATEGORIES),
                    _text("STATUS", *_STATUSES),
                    _number("PRICE"),
                    _date("CREATED_ON"),
                ),
            ),
        ],
    )


def finance() -> Graph:
    """Return invoices, payments and vendors, without a declared key anywhere."""
    return build_graph(
        "finance",
        [
            Table(
                "sap_invoices",
                columns=(
                    _text("invoice_number", unique=True),
                    _text("vendor_code"),
                    _number("amount"),
                    _text("currency", *_CURRENCIES),
                    _date("invoice_date"),
                    _text("payment_status", "Paid", "Open", "Overdue"),
                ),
            ),
            Table(
                "bank_payments",
                columns=(
                    _number("payment_id", unique=True),
                    _text("invoice_number"),
                    _number("amount"),
                    _date("payment_date"),
                    _text("currency", *_CURRENCIES),
                ),
            ),
            Table(
                "vendor_master",
                columns=(
                    _text("vendor_code", unique=True),
                    _text("vendor_name"),
                    _text("country", "Germany", "France", "India"),
                    Column("is_active", "char(1)", values=("Y", "N")),
                ),
            ),
        ],
    )


def retail() -> Graph:
    """Return customers, orders and products with foreign keys."""
    return build_graph(
        "retail",
        [
            Table(
                "customers",
                columns=(
                    _number("customer_id", unique=True),
                    _text("first_name"),
                    _text("last_name"),
                    _text("email"),
                    _text("city", "Berlin", "Paris", "London"),
                    _text("segment", "Consumer", "Corporate"),
                ),
                primary_key=("customer_id",),
            ),
            Table(
                "orders",
                columns=(
                    _number("order_id", unique=True),
                    _number("customer_id"),
                    _date("order_date"),
                    _text("status", "Shipped", "Cancelled", "Pending"),
                    _number("total_amount"),
                ),
                primary_key=("order_id",),
            ),
            Table(
                "order_items",
                columns=(
                    _number("order_item_id", unique=True),
                    _number("order_id"),
                    _number("product_id"),
                    _number("quantity"),
                    _number("unit_price"),
                ),
                primary_key=("order_item_id",),
            ),
            Table(
                "products",
                columns=(
                    _number("product_id", unique=True),
                    _text("product_name"),
                    _text("category", *_CATEGORIES),
                    _number("price"),
                    _number("stock"),
                ),
                primary_key=("product_id",),
            ),
        ],
        [
            Join("orders", ("customer_id",), "customers", ("customer_id",)),
            Join("order_items", ("order_id",), "orders", ("order_id",)),
            Join("order_items", ("product_id",), "products", ("product_id",)),
        ],
    )


def clubs() -> Graph:
    """Return clubs that meet in pairs, and players with one club now and several before."""
    players = (
        _number("player_id", unique=True),
        _text("name"),
        _text("country", "Spain", "Portugal", "Norway"),
        _text("position", "Goalkeeper", "Defender", "Forward"),
        _number("age"),
        _number("club_id"),
    )
    matches = (
        _number("match_id", unique=True),
        _number("home_club_id"),
        _number("away_club_id"),
        _text("venue", "Lisbon/Porto", "Oslo"),
    )
    return build_graph(
        "clubs",
        [
            Table(
                "clubs",
                columns=(
                    _number("club_id", unique=True),
                    _text("club_name"),
                    _text("city", "Lisbon", "Porto", "Oslo"),
                ),
                primary_key=("club_id",),
            ),
            Table("players", columns=players, primary_key=("player_id",)),
            Table(
                "seasons",
                columns=(_number("player_id"), _number("club_id"), _number("year")),
            ),
            Table("matches", columns=matches, primary_key=("match_id",)),
        ],
        [
            Join("players", ("club_id",), "clubs", ("club_id",)),
            Join("seasons", ("player_id",), "players", ("player_id",)),
            Join("seasons", ("club_id",), "clubs", ("club_id",)),
            Join("matches", ("home_club_id",), "clubs", ("club_id",)),
            Join("matches", ("away_club_id",), "clubs", ("club_id",)),
        ],
    )


def workshops() -> Graph:
    """Return trainees and workshops that several tables tie together, each by what is done."""
    trainees = (
        _number("trainee_id", unique=True),
        _text("name"),
        _text("town", "Graz", "Linz", "Wels"),
        _text("trainee_details"),
    )
    held = (
        _number("workshop_id", unique=True),
        _text("title", unique=True),
        _text("topic", "Welding", "Safety"),
    )
    tied = (_number("trainee_id"), _number("workshop_id"))
    return build_graph(
        "workshops",
        [
            Table("trainees", columns=trainees, primary_key=("trainee_id",)),
            Table("workshops", columns=held, primary_key=("workshop_id",)),
            Table("workshop_bookings", columns=(*tied, _number("fee"))),
            Table("workshop_attendance", columns=(*tied, _number("hours"))),
        ],
        [
            Join("workshop_bookings", ("trainee_id",), "trainees", ("trainee_id",)),
            Join("workshop_bookings", ("workshop_id",), "workshops", ("workshop_id",)),
            Join("workshop_attendance", ("trainee_id",), "trainees", ("trainee_id",)),
            Join("workshop_attendance", ("workshop_id",), "workshops", ("workshop_id",)),
        ],
    )


def brewery() -> Graph:
    """Return landed tables with words written short and no declared key."""
    return build_graph(
        "brewery",
        [
            Table(
                "brz_lnd_MES_BATCHES",
                columns=(
                    _text("BATCH_ID"),
                    _text("TANK_CODE"),
                    _text("RECIPE", "Lager", "Stout", "Pilsner"),
                    _text("BATCH_STATE", "Open", "Closed", "Checked"),
                    _date("BREWED_DT"),
                    _number("VOLUME"),
                ),
            ),
            Table(
                "brz_lnd_INSTR_RESULTS",
                columns=(
                    _number("RESULT_NO", unique=True),
                    _text("BTCH_ID"),
                    _text("PARAMETER", "Gravity", "Bitterness"),
                    _number("RESULT_VAL"),
                ),
            ),
            Table(
                "stg_ExtLab_Findings",
                columns=(
                    _text("BatchID"),
                    _text("Parameter", "Gravity", "Bitterness"),
                    _number("ResultVal"),
                    _date("ReportedOn"),
                ),
            ),
            Table(
                "ref_tanks",
                columns=(_text("TANK_CODE", unique=True), _text("HALL"), _number("CAPACITY")),
            ),
            Table(
                "ops_sensor_alerts",
                columns=(_number("alert_no", unique=True), _text("tank"), _text("severity")),
            ),
            Table("ops_cleaning_runs", columns=(_text("tank_name"), _date("cleaned_on"))),
        ],
    )


def garage() -> Graph:
    """Return jobs and bills of a garage, with amounts that add up and words written short."""
    jobs = (
        _number("job_no", unique=True),
        _number("cust_no"),
        _text("job_typ", "Service", "Repair", "Paint"),
        _text("mechanic"),
        _number("labour_cost"),
        _number("parts_cost"),
        _number("est_hrs"),
        _number("act_hrs"),
        _date("opened_on"),
        _date("closed_on"),
    )
    bills = (
        _number("bill_no", unique=True),
        _number("cust_no"),
        _text("bill_state", "Open", "Settled", "Disputed"),
        _number("amount"),
        _number("paid_amount"),
    )
    return build_graph(
        "garage",
        [
            Table(
                "customer",
                columns=(_number("cust_no", unique=True), _text("cust_nm"), _text("town")),
                primary_key=("cust_no",),
            ),
            Table("wo_job", columns=jobs, primary_key=("job_no",)),
            Table("bill", columns=bills, primary_key=("bill_no",)),
        ],
        [
            Join("wo_job", ("cust_no",), "customer", ("cust_no",)),
            Join("bill", ("cust_no",), "customer", ("cust_no",)),
        ],
    )


SCHEMAS = {
    "garage": garage(),
    "products": products(),
    "finance": finance(),
    "retail": retail(),
    "clubs": clubs(),
    "workshops": workshops(),
    "brewery": brewery(),
    "rental": rental(),
    "leasing": leasing(),
    "charter": charter(),
    "six_letters": six_letters(),
    "toolroom": toolroom(),
    "salon": salon(),
}
