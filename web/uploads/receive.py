"""Takes one file that was sent: checks it, makes it anew, keeps it, and writes its row."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import UploadFile

from models import papers
from models.papers import Document, NoRoom
from models.storage import Nowhere, Storage, StorageAway
from rules.papers import LARGEST, Content, DocumentState, FileFault, content_of, plain_name
from rules.terms import Actor
from web.database import Bounded
from web.uploads.apart import Fit, read_apart
from web.uploads.clamd import Clamd, ScannerAway
from web.uploads.faults import Reused, Unfit

AT_ONCE = 2
PIECE = 64 * 1024
log = structlog.get_logger()
Along = Callable[[AsyncSession, Document], Awaitable[None]]
"""What is written in the transaction of the document's row."""


@dataclass(frozen=True)
class Handed:
    """What a file is handed in for: the `paper` of a request (`reference`) or of a form half filled in (`draft`), by whom; sent twice with
    the same `token` it is one document."""

    paper: str
    actor: Actor
    at: datetime
    reference: str | None = None
    draft: str | None = None
    person: int | None = None
    token: str | None = None


@dataclass
class Uploads:
    """Where documents go. `scanner` None: they are not scanned. A few are read at once, the others wait their turn."""

    storage: Storage = field(default_factory=Nowhere)
    scanner: Clamd | None = None
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def receive(self, db: Bounded, upload: UploadFile, handed: Handed, along: Along | None = None) -> Document:
        """The row of the document, its file kept; `along` is written in its transaction. A repetition answers the first row.

        Raises Unfit, Reused, StorageAway and DatabaseAway; no row is written then, but for what carries a virus, whose row says so.
        """
        before = await self._before(db, handed)
        data = await whole(upload)
        if before is not None:
            return same(before, handed, data)
        content = content_of(data[:32])
        if isinstance(content, FileFault):
            raise Unfit(content)
        row = started(data, content, upload.filename or "", handed)
        await self._scanned(db, data, row)
        async with self.turns:
            fit = await read_apart(data, content)
        finished(row, fit)
        # The file first: one without a row takes up room, a row without its file is a document lost.
        await self.storage.put(row.id, fit.data)
        try:
            kept = await db.write(_written, row, along)
        except NoRoom:
            await self.unneeded(row.id)
            raise Unfit(FileFault.TOO_MANY) from None
        if kept.id != row.id:
            await self.unneeded(row.id)
            return same(kept, handed, data)
        return kept

    async def _before(self, db: Bounded, handed: Handed) -> Document | None:
        """The document that came with this token before; Unfit if there is none and no room for one."""
        found = await db.read(papers.by_token, handed.token) if handed.token else None
        if found is None:
            try:
                await db.read(papers.room, handed.reference, handed.draft, 1)
            except NoRoom:
                raise Unfit(FileFault.TOO_MANY) from None
        return found

    async def unneeded(self, id: str) -> None:
        """Delete a file that no row speaks of; left lying if the storage is away just then."""
        with suppress(StorageAway):
            await self.storage.delete(id)

    async def _scanned(self, db: Bounded, data: bytes, row: Document) -> None:
        if self.scanner is None:
            return
        try:
            found = await self.scanner.found(data)
        except ScannerAway as away:
            log.error("the virus scanner does not answer", why=repr(away.__cause__ or away))
            raise Unfit(FileFault.NOT_SCANNED) from None
        if found is None:
            return
        log.warning("a document carries a virus", virus=found, reference=row.reference, document=row.id)
        row.state, row.bytes = DocumentState.INFECTED.value, 0
        with suppress(NoRoom):
            await db.write(papers.add, row)
        raise Unfit(FileFault.INFECTED)


async def _written(session: AsyncSession, row: Document, along: Along | None) -> Document:
    kept = await papers.add(session, row)
    if kept is row and along is not None:
        await along(session, row)
    return kept


def same(before: Document, handed: Handed, data: bytes) -> Document:
    """The document that was sent before, if this is it again; Reused otherwise, Unfit if it carried a virus."""
    again = hashlib.sha256(data).hexdigest() == before.received_sha256
    if not again or (before.paper, before.reference, before.draft) != (handed.paper, handed.reference, handed.draft):
        raise Reused
    if before.state == DocumentState.INFECTED:
        raise Unfit(FileFault.INFECTED)
    return before


async def whole(upload: UploadFile) -> bytes:
    """The file, read piece by piece; Unfit as soon as it is larger than any document may be."""
    data = bytearray()
    while piece := await upload.read(PIECE):
        data += piece
        if len(data) > LARGEST:
            raise Unfit(FileFault.TOO_LARGE)
    return bytes(data)


def started(data: bytes, content: Content, name: str, handed: Handed) -> Document:
    """The row of what came, before it was read."""
    digest = hashlib.sha256(data).hexdigest()
    return Document(
        id=papers.new_id(),
        reference=handed.reference,
        draft=handed.draft,
        token=handed.token,
        paper=handed.paper,
        content=content.value,
        bytes=len(data),
        sha256=digest,
        received_sha256=digest,
        name=plain_name(name),
        uploaded_at=handed.at,
        actor=handed.actor.value,
        person=handed.person,
    )


def finished(row: Document, fit: Fit) -> None:
    """Say in the row what is kept."""
    row.content, row.bytes = fit.content.value, len(fit.data)
    row.sha256 = hashlib.sha256(fit.data).hexdigest()
    row.pages, row.pixels_wide, row.pixels_high = fit.pages, fit.wide, fit.high
