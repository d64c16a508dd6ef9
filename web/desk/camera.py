"""What an officer photographs where he works: kept with the act it goes with, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Unpack

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import UploadFile

from languages.catalog import gettext as _
from languages.papers import unfit
from models import papers, tray
from models.casefile import CaseFile
from models.papers import Document
from models.storage import StorageAway
from models.tray import More
from rules.messages import Take
from rules.papers import DESK_PHOTO, PHOTOGRAPHED, WORK_PHOTO, Content, FileFault, content_of
from rules.procedure import PHOTOGRAPHED_STAGES, Does, Stage
from rules.terms import Act, Actor
from web.acting import Outcome, through
from web.errors import Stale
from web.onewindow import Onewindow
from web.uploads.faults import NotTaken, Reused, Unfit
from web.uploads.receive import Handed

HEAD = 32


@dataclass(frozen=True)
class Photo:
    """A photo that came with a form, and what it is kept as."""

    file: UploadFile
    paper: str


def takes_photos(act: Act, stage: Stage | None) -> bool:
    """Whether a photo may come with this act; one that ends a stage only where somebody stood at the place."""
    return act in PHOTOGRAPHED and (act is not Act.FINISH or (stage is not None and stage.does in PHOTOGRAPHED_STAGES))


def kept_as(file: CaseFile, act: Act, stage: Stage | None) -> str:
    """What the photo is kept as: the consumer sees what was put right for him, and nothing of a confidential report."""
    for_him = act is Act.RESOLVE or (act is Act.FINISH and stage is not None and stage.does is Does.HANDOVER)
    return WORK_PHOTO if for_him and not file.request.confidential else DESK_PHOTO


async def act_with(parts: Onewindow, photo: Photo, id: str, reference: str, what: Act, **more: Unpack[More]) -> Outcome:
    """Keep the photo and put the act into the tray in one transaction, then through the door; the photo goes when the act is refused.

    Raises NotTaken when the photo cannot be kept: nothing is done then. A repeated `id` gives the first one's outcome.
    """
    if content_of(await photo.file.read(HEAD)) is Content.PDF:
        raise NotTaken(unfit(FileFault.OTHER_KIND, photo=True))
    await photo.file.seek(0)
    handed = Handed(photo.paper, Actor.OFFICER, parts.clock(), reference, person=more.get("person"), token=id)
    try:
        row = await parts.uploads.receive(parts.database, photo.file, handed, partial(_along, id, what, more))
    except Unfit as wrong:
        raise NotTaken(unfit(wrong.fault, photo=True)) from None
    except StorageAway:
        raise NotTaken(
            _("We cannot keep photos just now. Send it without the photo, or again in a minute."), 503
        ) from None
    except Reused:
        raise Stale from None
    outcome = await through(parts, Take(reference, id, what))
    if outcome.refused is not None or not await parts.database.read(tray.names, id, row.id):
        await parts.database.write(papers.take_back, row.id)
        await parts.uploads.unneeded(row.id)
    return outcome


async def _along(id: str, what: Act, more: More, session: AsyncSession, row: Document) -> None:
    """Put the act into the tray with the row of its photo; `at` is the same instant for both."""
    data: Mapping[str, object] = {**(more.get("data") or {}), "document": row.id}
    said: More = {**more, "data": dict(data)}
    await tray.put(
        session, id=id, reference=row.reference or "", act=what, actor=Actor.OFFICER, at=row.uploaded_at, **said
    )
