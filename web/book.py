"""The names people read, as they are now: utility, categories, offices, localities and posts, kept in memory."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from languages.catalog import named
from models.names import NOTHING, Everything, everything, newest_edition
from models.people import Locality, Office, Post
from models.policy import Names


class Book:
    """Look-ups over the administrator's tables; read again whenever their edition rises."""

    def __init__(self) -> None:
        self.now: Everything = NOTHING

    @property
    def edition(self) -> int:
        """The edition this book was read at; 0 before the first reading."""
        return self.now.edition

    async def refresh(self, session: AsyncSession) -> bool:
        """Read everything again if the edition rose; whether it did."""
        if await newest_edition(session) == self.edition:
            return False
        self.now = await everything(session)
        return True

    def row(self, kind: str, code: str) -> Names | None:
        """The row of a code, or None."""
        return self.now.names.get((kind, code))

    def label(self, kind: str, code: str | None) -> str:
        """What people read for a code; the code itself with spaces when nobody named it."""
        row = self.row(kind, code or "")
        return (named(row.labels) if row else "") or (code or "").replace("_", " ").replace("-", " ")

    def all(self, kind: str) -> list[Names]:
        """Every row of a kind in the profile's order."""
        return self.now.by_kind.get(kind, [])

    def office(self, code: str | None) -> Office | None:
        return self.now.offices.get(code or "")

    def locality(self, code: str | None) -> Locality | None:
        return self.now.localities.get(code or "")

    def post(self, code: str | None) -> Post | None:
        return self.now.posts.get(code or "")

    def title(self, code: str | None) -> str:
        """A post's title; its role's label when it has none of its own."""
        post = self.post(code)
        return (named(post.titles) or self.label("role", post.role)) if post else ""

    def utility(self, what: str) -> str:
        """A text of the utility itself (name, phone, safety_phone ...); empty when the profile has none."""
        row = self.row("utility", what)
        return (named(row.labels) or str(row.data.get("value", ""))) if row else ""
