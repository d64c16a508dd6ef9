"""The papers that come with an application: scans chosen on its form, each kept until it is filed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request
from starlette.datastructures import UploadFile

from languages.catalog import gettext
from languages.papers import unfit
from models import papers
from models.storage import StorageAway
from rules.terms import Actor
from web.database import Bounded
from web.forms import MOST_FIELDS, MOST_SCANS, Typed, words_of
from web.onewindow import Onewindow
from web.uploads.faults import Unfit
from web.uploads.receive import Handed


@dataclass(frozen=True)
class Scans:
    """The form as typed, and the file chosen for each paper."""

    typed: Typed
    files: Mapping[str, UploadFile]


async def scanned(request: Request) -> AsyncIterator[Scans]:
    """The form with its files, which can be read until the response is sent."""
    async with request.form(max_files=MOST_SCANS, max_fields=MOST_FIELDS) as form:
        files = {
            name.removeprefix("scan-"): value
            for name, value in form.multi_items()
            if isinstance(value, UploadFile) and name.startswith("scan-") and (value.filename or value.size)
        }
        yield Scans(words_of(form), files)


async def keep(
    scans: Scans, codes: Sequence[str], draft: str, person: int, db: Bounded, parts: Onewindow, now: datetime
) -> dict[str, str]:
    """Keep the scans that were chosen, each in place of an earlier one; what is wrong with the others."""
    wrong: dict[str, str] = {}
    for code in (code for code in codes if code in scans.files):
        before = [row.id for row in await db.read(papers.of_draft, draft) if row.paper == code]
        handed = Handed(code, Actor.OFFICER, now, draft=draft, person=person)
        try:
            await parts.uploads.receive(db, scans.files[code], handed)
        except Unfit as unfitting:
            wrong[f"scan-{code}"] = unfit(unfitting.fault)
            continue
        except StorageAway:
            wrong[f"scan-{code}"] = gettext("We cannot keep files just now. Note it as brought, and scan it later.")
            continue
        for id in before:
            if await db.write(papers.drop, draft, id):
                await parts.uploads.unneeded(id)
    return wrong
