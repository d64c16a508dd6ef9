"""What every page needs, handed in once: the database, the door to the workflows, the clock and the names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from models.database import Sessions
from rules.messages import Take, Taken
from web.assets import Assets
from web.book import Book
from web.counted import Counted
from web.database import Bounded
from web.live import Hub
from web.uploads.receive import Uploads

REPORTS = 3
"""Delivery reports that are written at once."""


class Door(Protocol):
    """The only way in to a request's workflow."""

    async def act(self, take: Take) -> Taken:
        """What became of a submission of the tray; NotYet when it was not done in time."""

    async def wake(self) -> None:
        """Hint that a request waits to be started."""


@dataclass(frozen=True)
class Claims:
    """Who a directory says somebody is: the claim that names users here; None when it names none that can be trusted."""

    username: str | None


class Directory(Protocol):
    """Where staff may sign in instead: the utility's own directory, by OpenID Connect."""

    name: str

    async def leave(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """The address to which the browser goes. DirectoryAway when it does not answer."""

    async def returned(self, back: str, code: str, nonce: str, verifier: str) -> Claims:
        """Who came back. DirectoryAway, or NotBelieved for an answer that is not sound."""


@dataclass
class Onewindow:
    """The parts one web process is built from. `zone` is the utility's; `clock` answers aware instants.

    `listen_url` None: changes are found by looking alone. `temporal` says whether Temporal answers.
    `directory` None: staff sign in here alone. `payment_secret` None: no payments come from outside; `payment_url` None: no link to pay.
    """

    sessions: Sessions
    door: Door
    clock: Callable[[], datetime]
    zone: ZoneInfo
    secret: str
    public_url: str = "http://localhost:8000"
    secure_cookies: bool = False
    messages_url: str | None = None
    listen_url: str | None = None
    temporal: Callable[[], Awaitable[bool]] | None = None
    uploads: Uploads = field(default_factory=Uploads)
    payment_secret: str | None = None
    payment_url: str | None = None
    directory: Directory | None = None
    book: Book = field(default_factory=Book)
    assets: Assets = field(default_factory=Assets)
    counted: Counted = field(default_factory=Counted)
    hub: Hub = field(init=False)
    database: Bounded = field(init=False)
    reports: Bounded = field(init=False)
    """The same for what gateways report: hundreds in a second must leave connections to people."""

    def __post_init__(self) -> None:
        self.database = Bounded(self.sessions)
        self.reports = Bounded(self.sessions, at_once=REPORTS)
        self.hub = Hub(self.sessions, self.book, self.listen_url)
