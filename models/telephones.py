"""Telephone numbers as people write them: read in one way wherever they are typed, sent or brought in."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

MOBILE = (PhoneNumberType.MOBILE,)
MOBILE_OR_LANDLINE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)


def telephone(typed: str, country: str, sorts: tuple[int, ...] = MOBILE) -> str | None:
    """A number of any spelling as +CC…; None where its digits are too few or too many for all these sorts in its country."""
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    if not any(phonenumbers.is_possible_number_for_type(number, sort) for sort in sorts):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
