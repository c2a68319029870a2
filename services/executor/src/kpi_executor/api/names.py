"""Names of sources, graphs and rulesets: they stand in addresses and on command lines."""

from marshmallow import validate

plain_name = validate.Regexp(
    r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}\Z", error="Use letters, digits, blanks, '.', '_' and '-'."
)
