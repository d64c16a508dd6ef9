"""What stands on a sheet, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo


@dataclass(frozen=True)
class Issuer:
    """Who issues it: the utility and its office, in the reader's language. `zone` is the utility's."""

    utility: str
    office: str
    address: str
    phone: str
    zone: tzinfo


@dataclass(frozen=True)
class DemandNote:
    """A demand note. Sums are in minor units; `paid` is what came in before, `expires_at` None: it can always be paid.

    `pay_at` is the address where it can be paid, also as a picture for a telephone's camera.
    """

    reference: str
    number: str
    name: str
    address: str
    lines: tuple[tuple[str, int], ...]
    total: int
    paid: int
    issued_at: datetime
    expires_at: datetime | None
    pay_at: str


@dataclass(frozen=True)
class NoDues:
    """A certificate that nothing is owed for a connection that ended. `check_at` is the address where anybody can check it."""

    reference: str
    number: str
    name: str
    address: str
    account: str
    ended_at: datetime
    issued_at: datetime
    check_at: str
