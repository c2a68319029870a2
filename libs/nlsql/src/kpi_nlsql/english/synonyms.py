"""Words of business English that stand for one another in names of tables and columns."""

from __future__ import annotations

from kpi_nlsql.english.words import stem

_GROUPS = (
    "product material item article goods merchandise",
    "customer client buyer patron",
    "supplier vendor provider",
    "employee staff worker personnel",
    "price cost",
    "sale sell",
    "salary wage pay income",
    "category type kind class group",
    "city town",
    "country nation",
    "name title",
    "gender sex",
    "quantity amount",
    "id identifier identification",
    "phone telephone",
    "mobile cellphone",
    "email mail",
    "teacher instructor professor",
    "film movie",
    "song track",
    "street address",
    "company firm business enterprise",
    "location place",
    "begin start",
    "end finish",
    "author writer",
    "document file",
    "doctor physician",
    "hometown birthplace",
    "nationality country citizenship",
    "number count",
    "review rating",
    "rating score star",
    "picture photo image",
    "car vehicle automobile",
    "policy contract",
    "journalist reporter",
    "region district zone",
    "apartment flat",
    "advisor adviser mentor tutor",
    "course class curriculum module",
    "boss manager supervisor",
    "shipment delivery",
    "error fault defect failure",
    "ticket case issue",
    "airplane aircraft plane",
    "stock inventory",
    "revenue sale turnover",
    "purchase buy",
    "order purchase",
    "store shop",
    "year date",
    "club team",
    "match game",
    "person member",
    "student pupil learner",
    "first given fore",
    "last family",
    "section department division",
    "organization organisation institution",
    "university college school",
    "reservation booking appointment",
    "performer actor artist",
    "player athlete",
    "test exam examination assessment",
    "state province",
    "dorm dormitory",
    "child kid",
    "pet animal",
)


def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, set[str]] = {}
    for group in _GROUPS:
        members = {stem(word) for word in group.split()}
        for member in members:
            table.setdefault(member, set()).update(members - {member})
    return {word: tuple(sorted(others)) for word, others in table.items()}


SYNONYMS = _table()
"""From a stem to the stems it may stand for."""
