"""The way on from a request: where in the queue it was opened from, as addresses and forms carry it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

LONGEST = 400


@dataclass(frozen=True)
class Way:
    """`view` is the queue's address as a query, `at` the request's place on that page.

    `before` and `after` are the addresses of the two beside it, "" where the list ends: `at_start` and `at_end` say so.
    """

    view: str
    at: int
    before: str = ""
    after: str = ""
    at_start: str = ""
    at_end: str = ""

    @property
    def back(self) -> str:
        """The queue one came from."""
        return f"/desk?{self.view}"

    @property
    def travels(self) -> dict[str, str]:
        """What an address carries on."""
        return {"in": self.view, "at": str(self.at)}


def leading(view: str, at: int) -> str:
    """The way as a line of the queue hands it to the request's page."""
    return urlencode({"in": view, "at": at})


def read_way(given: Mapping[str, str]) -> Way | None:
    """The way as it came by an address or a form; None where one came from elsewhere."""
    view, at = given.get("in", ""), given.get("at", "")
    if not view or len(view) > LONGEST or not (at.isascii() and at.isdigit() and len(at) < 4):
        return None
    return Way(urlencode(parse_qsl(view)), int(at))
