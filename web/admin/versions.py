"""The versions of the timings with their differences."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import PlainTextResponse, Response

from models import policy_versions
from models.people import Staff
from web.admin.changes import told
from web.deps import Db, Parts
from web.desk.session import ReadsAdmin
from web.errors import NotFound
from web.render import page

router = APIRouter(include_in_schema=False)


async def staff_names(session: AsyncSession) -> dict[int | None, str]:
    """The names of all staff by id."""
    rows = await session.exec(select(Staff.id, Staff.name))
    return dict(rows.all())


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
    )


@router.get("/admin/versions/{number}")
async def version(request: Request, number: int, person: ReadsAdmin, db: Db, parts: Parts) -> Response:
    """One version and what it changed."""
    after = await db.read(policy_versions.version, number)
    if after is None:
        raise NotFound
    rows = [row for row in await db.read(policy_versions.versions, 10_000) if row.number == number]
    before = await db.read(policy_versions.version, rows[0].made_from or number - 1) if rows else None
    changes = told(policy_versions.differences(before, after), parts.book) if before else []
    return page(
        request,
        "admin/versions.html",
        person=person,
        rows=rows,
        names=await db.read(staff_names),
        moment=parts.clock(),
        one=number,
        changes=changes,
        may_take_back="tune" in person.rights and bool(before) and number == parts.book.newest,
    )


@router.get("/admin/policy.toml")
async def export(person: ReadsAdmin, db: Db) -> Response:
    """The timings in force as TOML, as `policy export` writes them."""
    text = await db.read(policy_versions.export_toml)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="policy.toml"'}
    return PlainTextResponse(text, headers=headers)
