"""Public holidays from the library `holidays`, as a profile asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from holidays import country_holidays


def public_holidays(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of a country (ISO 3166-1, with a subdivision or without) in a year, named in English.

    Names of days that depend on the moon and are still to come end in "(estimated)". LookupError for a country or
    subdivision the library does not know.
    """
    try:
        return dict(country_holidays(country, subdiv=subdivision, years=year, language="en_US").items())
    except NotImplementedError as error:
        raise LookupError(str(error)) from None
