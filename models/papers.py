"""Documents that were handed in: what each is and how it stands. The files themselves lie in the storage, under the same id."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import instant
from rules.papers import DocumentState, room_left


class Document(SQLModel, table=True):
    """One file handed in for one of the papers a request wants.

    `reference` is None while its request is a form half filled in, whose token is `draft`; `token` is the
    form's own, or made of a caller's key: sent twice, it is one document. `sha256` is of the file as kept,
    `received_sha256` as it came. `pages` None: not counted. `pixels_*` are of the picture as kept. `name` is the file's own,
    to be read alone. `fault` and `words_id` are what an officer found wrong with it.
    """

    id: str = Field(primary_key=True, max_length=32)
    reference: str | None = Field(default=None, foreign_key="service_request.reference", index=True, max_length=9)
    draft: str | None = Field(default=None, index=True, max_length=80)
    token: str | None = Field(default=None, unique=True, max_length=80)
    paper: str = Field(max_length=60)
    content: str = Field(max_length=40)
    bytes: int
    sha256: str = Field(max_length=64)
    received_sha256: str = Field(max_length=64)
    pages: int | None = None
    pixels_wide: int | None = None
    pixels_high: int | None = None
    name: str = Field(default="", max_length=120)
    state: str = Field(default=DocumentState.WAITING.value, max_length=10)
    fault: str | None = Field(default=None, max_length=60)
    words_id: int | None = Field(default=None, foreign_key="words.id")
    uploaded_at: datetime = instant()
    actor: str = Field(max_length=10)
    person: int | None = None


class NoRoom(Exception):
    """So many documents, or so much of them, were handed in that no more are taken for this request."""


def new_id() -> str:
    """An id nobody can guess, in letters every file system tells apart."""
    return secrets.token_hex(16)


async def room(session: AsyncSession, reference: str | None, draft: str | None, more: int) -> None:
    """NoRoom unless a file of `more` bytes may still be handed in."""
    mine = Document.reference == reference if reference else Document.draft == draft
    question = select(func.count(), func.coalesce(func.sum(Document.bytes), 0)).select_from(Document).where(mine)
    count, size = (await session.exec(question)).one()
    if not room_left(count, int(size), more):
        raise NoRoom


async def by_token(session: AsyncSession, token: str) -> Document | None:
    """The document that was sent with this token; None when none was."""
    return (await session.exec(select(Document).where(Document.token == token))).first()


async def add(session: AsyncSession, document: Document) -> Document:
    """Keep a document's row; the one already there if its token was sent before. NoRoom when that would be one too many.

    One for a request there is counts from the moment its submission is taken.
    """
    # Two sent at once must not both take the last place, nor both be the first of their token.
    place = f"document/{document.reference or document.draft}"
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(place, 0))))
    before = await by_token(session, document.token) if document.token else None
    if before is not None:
        return before
    await room(session, document.reference, document.draft, document.bytes)
    if document.reference is not None and document.state == DocumentState.WAITING:
        document.state = DocumentState.SENT.value
    session.add(document)
    await session.flush()
    return document


async def find(session: AsyncSession, id: str) -> Document | None:
    """The document of this id; None when there is none."""
    return await session.get(Document, id)


async def of_request(session: AsyncSession, reference: str) -> Sequence[Document]:
    """Everything handed in for a request, oldest first."""
    return await _ordered(session, Document.reference == reference)


async def of_draft(session: AsyncSession, draft: str) -> Sequence[Document]:
    """Everything handed in for a form half filled in, oldest first."""
    return await _ordered(session, (col(Document.draft) == draft) & col(Document.reference).is_(None))


async def _ordered(session: AsyncSession, which: object) -> Sequence[Document]:
    question = select(Document).where(which).order_by(col(Document.uploaded_at), Document.id)  # type: ignore[arg-type]
    return (await session.exec(question)).all()


async def adopt(session: AsyncSession, draft: str, reference: str) -> None:
    """Give what was handed in with a form to the request it became."""
    mine = (col(Document.draft) == draft) & col(Document.reference).is_(None)
    await session.exec(update(Document).where(mine).values(reference=reference))


async def drop(session: AsyncSession, draft: str, id: str) -> bool:
    """Take a document back out of a form half filled in; whether there was one. Its file is the caller's to delete."""
    found = await session.get(Document, id)
    if found is None or found.draft != draft or found.reference is not None:
        return False
    await session.delete(found)
    return True


async def take_back(session: AsyncSession, id: str) -> None:
    """Let go of a document that its request refused. Its file is the caller's to delete."""
    found = await session.get(Document, id)
    if found is not None:
        await session.delete(found)


async def belongs_to_nobody(session: AsyncSession, id: str) -> None:
    """Let go of a document that came with what was refused after its sender had gone: it is deleted with those of forms never sent."""
    await session.exec(update(Document).where(col(Document.id) == id).values(reference=None))


async def mark_lost(session: AsyncSession, id: str) -> bool:
    """Say that a document's file is gone or damaged; whether that is news."""
    gone = update(Document).where(col(Document.id) == id, col(Document.state) != DocumentState.LOST.value)
    found = await session.exec(gone.values(state=DocumentState.LOST.value).returning(col(Document.id)))
    return found.first() is not None


async def unclaimed(session: AsyncSession, before: datetime, limit: int = 100) -> Sequence[Document]:
    """Documents of forms that were never sent, from before an instant."""
    question = select(Document).where(col(Document.reference).is_(None), col(Document.uploaded_at) < before)
    return (await session.exec(question.order_by(col(Document.uploaded_at)).limit(limit))).all()


async def let_go(session: AsyncSession, id: str) -> bool:
    """Delete the row of a document no request has; whether it was still there and nobody's."""
    gone = delete(Document).where(col(Document.id) == id, col(Document.reference).is_(None))
    return (await session.exec(gone.returning(col(Document.id)))).first() is not None
