"""What calendars are saved by: whose zone an office is of; and a version that is taken back."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.people import Office
from models.policy import PolicyVersion
from models.policy_versions import current, version
from models.runs import Run
from rules.holidays import without
from rules.policy import Policy
from rules.terms import Act


async def offices_by_zone(session: AsyncSession) -> dict[str, str]:
    """The zone of each office."""
    return dict((await session.exec(select(Office.code, Office.zone))).all())


async def taken_out(session: AsyncSession, number: int) -> tuple[Policy, int]:
    """The policy in force without what a version changed, unsaved, and the number of the one in force.

    Raises ChangedSince where that was changed again since, LookupError for a version that changed nothing: the first, or
    one that is not there.
    """
    row, newest = await session.get(PolicyVersion, number), await current(session)
    before = await version(session, row.made_from or number - 1) if row else None
    after = await version(session, number)
    if before is None or after is None:
        raise LookupError(f"version {number} changed nothing")
    return without(newest, after, before), newest.version


async def taken_back(session: AsyncSession, upto: int) -> set[int]:
    """The versions taken back by those up to this number; not where the taking back was taken back itself."""
    by, of = (col(Run.data)[key].as_integer() for key in ("version", "takes_back"))
    asked = select(by, of).where(Run.act == Act.RETIME.value, of.is_not(None), by <= upto).order_by(by.desc())
    gone = set[int]()
    for number, taken in (await session.exec(asked)).all():
        if number not in gone:
            gone.add(taken)
    return gone
