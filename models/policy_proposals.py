"""Timings a second administrator must agree to: kept as they were proposed, never used, approved or refused by another, or taken back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit import Audit
from models.database import codes, instant, text
from models.policy import PolicyVersion
from models.policy_versions import (
    LONGEST_NOTE,
    NoteMissing,
    NothingChanged,
    Outdated,
    differences,
    newest,
    read_toml,
    save,
)
from rules.policy import Policy
from rules.policy_json import from_json, to_json
from rules.policy_second import needs_second
from rules.terms import Codes

AUDIT = "policy_proposal"


class ProposalState(StrEnum):
    """How a proposal stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    OUTDATED = "outdated"
    WITHDRAWN = "withdrawn"


class PolicyProposal(SQLModel, table=True):
    """Timings somebody proposed over version `base`; `choice` is what the form said of open requests. Used by no request."""

    __tablename__ = "policy_proposal"

    id: int | None = Field(default=None, primary_key=True)
    base: int
    content: Codes = codes()
    note: str = text()
    author: int | None = None
    at: datetime = instant()
    choice: Codes = codes()
    state: str = Field(default=ProposalState.OPEN, max_length=10, index=True)
    decided_by: int | None = None
    decided_at: datetime | None = instant(optional=True)
    answer: str = text()
    version: int | None = None

    @property
    def policy(self) -> Policy:
        """The timings proposed."""
        return from_json(self.content)


class Decided(Exception):
    """It was approved, refused or taken back already."""


class OwnProposal(Exception):
    """Nobody agrees to his own."""


class NotOwnProposal(Exception):
    """Nobody takes back what another proposed: he refuses it."""


class NeedsSecond(Exception):
    """The timings must be proposed: a second person has to agree."""


class OtherBase(Exception):
    """A file changes timings that are not those it says it was made from."""

    def __init__(self, of: int, newest: int) -> None:
        super().__init__(
            f"The file was made from timings no. {of}, but no. {newest} are in force. `onewindow policy diff FILE` says what it would "
            f"change of them. Then export them again and change that file; or, if the file shall stand over them, write "
            f"`version = {newest}` in it, or leave that line out."
        )


async def save_alone(
    session: AsyncSession,
    policy: Policy,
    note: str,
    author: int | None,
    at: datetime,
    base: int,
    *,
    beside: bool = True,
) -> int:
    """Save timings one person may save alone; the new version's number. NeedsSecond where he may not; as `save` else.

    With `beside` the older versions that open requests have are saved with new calendars, too.
    """
    row = await newest(session)
    if row.number == base and needs_second(row.policy, policy):
        raise NeedsSecond
    return await save(session, policy, note, author, at, base=base, alone=not beside)


async def propose(
    session: AsyncSession,
    policy: Policy,
    note: str,
    author: int | None,
    at: datetime,
    base: int,
    choice: Codes | None = None,
) -> int:
    """Keep timings for somebody else to agree to; the proposal's number. Outdated, NothingChanged, NoteMissing."""
    note = note.strip()
    if not 1 <= len(note) <= LONGEST_NOTE:
        raise NoteMissing("say in at most 500 characters why it changes")
    row = await newest(session)
    if row.number != base:
        raise Outdated(row.number)
    changes = differences(row.policy, policy)
    if not changes:
        raise NothingChanged
    made = PolicyProposal(
        base=base, content=to_json(policy), note=note, author=author, at=at, choice=choice or {}, answer=""
    )
    session.add(made)
    await session.flush()
    assert made.id is not None
    before = {".".join(change.path): change.before for change in changes}
    after = {".".join(change.path): change.after for change in changes}
    session.add(Audit(at=at, person=author, what=AUDIT, subject=str(made.id), before=before, after=after, note=note))
    return made.id


async def proposals(session: AsyncSession, limit: int = 100) -> list[PolicyProposal]:
    """The newest proposals, the open ones first."""
    order = (col(PolicyProposal.state) == ProposalState.OPEN).desc(), col(PolicyProposal.id).desc()
    return list((await session.exec(select(PolicyProposal).order_by(*order).limit(limit))).all())


async def waiting(session: AsyncSession) -> list[int]:
    """The numbers of those nobody decided on."""
    asked = select(PolicyProposal.id).where(PolicyProposal.state == ProposalState.OPEN)
    return [id for id in (await session.exec(asked.order_by(col(PolicyProposal.id)))).all() if id is not None]


async def one(session: AsyncSession, number: int) -> PolicyProposal | None:
    """The proposal of this number; None where there is none."""
    return await session.get(PolicyProposal, number)


async def approve(session: AsyncSession, number: int, by: int, at: datetime) -> tuple[int, PolicyProposal]:
    """Make it the next version, if what is in force is still what it was proposed over; its number, and the proposal.

    Raises LookupError, Decided, OwnProposal, and Outdated where other timings are in force by now.
    """
    row = await _of_another(session, number, by)
    saved = await save(session, row.policy, row.note, row.author, at, base=row.base)
    made = await session.get(PolicyVersion, saved)
    assert made is not None
    made.approved_by = by
    row.version = saved
    _decide(session, row, ProposalState.APPROVED, by, at, {"version": str(saved)})
    return saved, row


async def refuse(session: AsyncSession, number: int, by: int, at: datetime, answer: str) -> None:
    """Refuse it, with why. LookupError, Decided, OwnProposal."""
    row = await _of_another(session, number, by)
    row.answer = answer
    _decide(session, row, ProposalState.REFUSED, by, at)


async def outdated(session: AsyncSession, number: int, by: int, at: datetime) -> None:
    """Other timings came into force meanwhile: it is over, and may be proposed anew over them."""
    row = await _of_another(session, number, by)
    _decide(session, row, ProposalState.OUTDATED, by, at)


async def withdraw(session: AsyncSession, number: int, by: int, at: datetime) -> None:
    """Its author takes it back. LookupError, Decided, NotOwnProposal."""
    row = await _open(session, number)
    if row.author != by:
        raise NotOwnProposal
    _decide(session, row, ProposalState.WITHDRAWN, by, at)


async def _of_another(session: AsyncSession, number: int, by: int) -> PolicyProposal:
    row = await _open(session, number)
    if row.author == by:
        raise OwnProposal
    return row


async def _open(session: AsyncSession, number: int) -> PolicyProposal:
    row = await session.get(PolicyProposal, number, with_for_update=True)
    if row is None:
        raise LookupError(number)
    if row.state != ProposalState.OPEN:
        raise Decided
    return row


def _decide(
    session: AsyncSession,
    row: PolicyProposal,
    state: ProposalState,
    by: int,
    at: datetime,
    more: dict[str, Any] | None = None,
) -> None:
    row.state, row.decided_by, row.decided_at = state.value, by, at
    after = {"state": state.value, **(more or {})}
    before = {"state": ProposalState.OPEN.value}
    session.add(Audit(at=at, person=by, what=AUDIT, subject=str(row.id), before=before, after=after, note=row.answer))


async def import_toml(
    session: AsyncSession, text: str, note: str, author: int | None, at: datetime
) -> tuple[int, int | None]:
    """Save what `text` says over the policy in force; the version then in force, and the proposal it waits as, if it must.

    The same file again finds the proposal made of it. Raises BadPolicy with every problem, NoteMissing, NoPolicy, OtherBase
    where the text changes timings that are not those it names, and Outdated if somebody saved at the same moment.
    """
    row = await newest(session)
    parsed = await read_toml(session, text)
    if parsed.version != row.number and differences(row.policy, parsed):
        raise OtherBase(parsed.version, row.number)
    try:
        return await save_alone(session, parsed, note, author, at, row.number), None
    except NothingChanged:
        return row.number, None
    except NeedsSecond:
        same = await _proposed(session, parsed, row.number)
        return row.number, same or await propose(session, parsed, note, author, at, row.number)


async def _proposed(session: AsyncSession, policy: Policy, base: int) -> int | None:
    """The open proposal that says just this."""
    asked = select(PolicyProposal).where(PolicyProposal.base == base, PolicyProposal.state == ProposalState.OPEN)
    rows = (await session.exec(asked)).all()
    return next((row.id for row in rows if not differences(row.policy, policy)), None)
