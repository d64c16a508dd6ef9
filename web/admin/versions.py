"""The versions of the timings with their differences."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from models import policy_versions
from models.staff import staff_names
from web.admin.changes import told
from web.deps import Db, Parts
from web.desk.session import Person, ReadsAdmin
from web.errors import NotFound
from web.onewindow import Onewindow
from web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/admin/versions")
async def versions(request: Request, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """Every version, newest first."""
    rows, names = await db.read(policy_versions.versions), await db.read(staff_names)
    return page(
        request,
        "admin/versions.html",
        person=person,
        rows=rows,
        names=names,
        moment=parts.clock(),
        one=None,
        changes=(),
        may_take_back=False,
        error="",
    )


@router.get("/admin/versions/{number}")
async def version(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """One version and what it changed."""
    return await version_page(request, number, person, db, parts)


async def version_page(
    request: Request,
    number: int,
    person: Person,
    db: Db,
    parts: Onewindow,
    status: int = 200,
    error: str = "",
    note: str = "",
) -> Response:
    """The same, with why it was not taken back (`error`), and what was typed then (`note`)."""
    after = await db.read(policy_versions.version, number)
    if after is None:
        raise NotFound
    rows = [row for row in await db.read(policy_versions.versions, 10_000) if row.number == number]
    before = await db.read(policy_versions.version, rows[0].made_from or number - 1) if rows else None
    changes = told(policy_versions.differences(before, after), parts.book) if before else []
    return page(
        request,
        "admin/versions.html",
        status=status,
        person=person,
        rows=rows,
        names=await db.read(staff_names),
        moment=parts.clock(),
        one=number,
        changes=changes,
        may_take_back="tune" in person.rights and bool(before) and number == parts.book.newest,
        error=error,
        note=note,
    )


@router.get("/admin/policy.toml")
async def export(person: ReadsAdmin, db: Db) -> Response:
    """The timings in force as TOML, as `policy export` writes them."""
    text = await db.read(policy_versions.export_toml)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="policy.toml"'}
    return PlainTextResponse(text, headers=headers)
