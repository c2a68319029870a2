"""Demonyms: "German suppliers" are those in Germany, also where the country is kept as a code."""

from __future__ import annotations

_COUNTRIES = {
    "american": "united states|usa|us", "australian": "australia|au", "austrian": "austria|at",
    "belgian": "belgium|be", "brazilian": "brazil|br",
    "british": "united kingdom|great britain|uk|gb", "bulgarian": "bulgaria|bg",
    "canadian": "canada|ca", "chinese": "china|cn", "croatian": "croatia|hr",
    "czech": "czech republic|czechia|cz", "danish": "denmark|dk",
    "dutch": "netherlands|the netherlands|nl", "estonian": "estonia|ee", "finnish": "finland|fi",
    "french": "france|fr", "german": "germany|de", "greek": "greece|gr",
    "hungarian": "hungary|hu", "indian": "india|in", "irish": "ireland|ie", "italian": "italy|it",
    "japanese": "japan|jp", "korean": "south korea|korea|kr", "latvian": "latvia|lv",
    "lithuanian": "lithuania|lt", "mexican": "mexico|mx", "norwegian": "norway|no",
    "polish": "poland|pl", "portuguese": "portugal|pt", "romanian": "romania|ro",
    "russian": "russia|ru", "serbian": "serbia|rs", "slovak": "slovakia|sk",
    "slovenian": "slovenia|si", "spanish": "spain|es", "swedish": "sweden|se",
    "swiss": "switzerland|ch", "turkish": "turkey|tr", "ukrainian": "ukraine|ua",
}  # fmt: skip
"""From a demonym to the country's names and codes, the usual name first."""

SPOKEN = {
    stored: (demonym, names.split("|")[0])
    for demonym, names in _COUNTRIES.items()
    for stored in names.split("|")
}
"""From a country's name or code, as it is stored, to what people say: (german, germany)."""
