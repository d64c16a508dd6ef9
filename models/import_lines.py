"""What the columns of a request that is brought forward say, checked against what there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from models.people import Office
from models.requests import Connection
from rules.assignment import Segment
from rules.policy import Policy
from rules.sheet import Row, Sheet

OLDEST = timedelta(days=3_660)
"""Ten years: what is older is a slip of the finger."""


@dataclass(frozen=True)
class Known:
    """What lines are checked against."""

    policy: Policy
    offices: Mapping[str, Office]
    localities: Mapping[str, str]
    accounts: Mapping[str, Connection]
    there: frozenset[str]
    groups: Sequence[Segment]
    staff: Mapping[str, set[int]]
    languages: tuple[str, ...]
    country: str
    zone: ZoneInfo
    at: datetime


def among(line: Row, column: str, value: str, choices: Iterable[str], sheet: Sheet) -> None:
    """Note what is none of the choices."""
    if value not in choices:
        sheet.wrong(line.line, column, f"{value!r} is none of {', '.join(choices)}")


def place(line: Row, known: Known, sheet: Sheet) -> tuple[Office | None, str | None, str | None]:
    """The office, the locality and the feeder; None where the place is not known, which is then noted."""
    account, locality = line["account"], line["locality"]
    held = known.accounts.get(account)
    if account and held is None:
        sheet.wrong(line.line, "account", f"there is no account {account!r}; import the consumers first")
        return None, None, None
    locality = locality or (held.locality if held else "")
    if locality not in known.localities:
        said = f"there is no locality {locality!r}" if locality else "write a locality or an account"
        sheet.wrong(line.line, "locality", said)
        return None, None, None
    return known.offices[known.localities[locality]], locality, held.feeder if held else None


def tier(line: Row, highest: int, sheet: Sheet) -> int:
    """The tier its ladder begins at, 1 if left out."""
    written = line["tier"] or "1"
    if not (written.isascii() and written.isdigit() and 1 <= int(written) <= highest):
        sheet.wrong(line.line, "tier", f"{written!r} is no tier from 1 to {highest}")
        return 1
    return int(written)


def moment(line: Row, column: str, known: Known, sheet: Sheet) -> datetime | None:
    """The instant (UTC) in a column; None where there is none, or where it is wrong, which is then noted."""
    try:
        local = datetime.fromisoformat(line[column])
    except ValueError:
        if line[column]:
            sheet.wrong(line.line, column, f"{line[column]!r} is no instant; write 2027-05-14 17:30")
        return None
    at = (local if local.tzinfo else local.replace(tzinfo=known.zone)).astimezone(UTC)
    if not known.at - OLDEST < at <= known.at:
        sheet.wrong(line.line, column, "this is not within the last ten years")
        return None
    return at
