"""What is to be said, queued in the transition's own transaction: one row a recipient, with its plan of channels."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.ground import utility_zone
from models.outbox import Notification
from models.people import AnswerLink, Staff, StopLink
from models.policy import Names
from models.requests import Consumer, ServiceRequest, Task
from rules.digest import may_wait, on_duty, quiet_span, waking
from rules.ladder import HEARING, Filling, Seat, present
from rules.request import RECOVERY, Request
from rules.request import Task as Worked
from rules.terms import Codes, Kind, NoticeKind
from rules.turn import Notice

QUEUED = insert(Notification).on_conflict_do_nothing(index_elements=["key"])
STAFF = select(Staff).where(col(Staff.id).in_(bindparam("people", expanding=True)))
EARLIER = (
    select(Notification.data)
    .where(
        Notification.reference == bindparam("reference"),
        Notification.consumer_id == bindparam("consumer"),
        col(Notification.data)["stop"].is_not(None),
    )
    .limit(1)
)


def token_hash(token: str) -> str:
    """What is kept of a token: enough to know it again, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


async def queue(
    session: AsyncSession,
    row: ServiceRequest,
    notices: Sequence[Notice],
    fillings: Mapping[str, tuple[Filling, ...]],
    tasks: Mapping[str, Task],
    at: datetime,
    *,
    now: datetime,
    confidential: bool = False,
) -> None:
    """Queue `notices` about `row`. Recipients are whoever fills a post at `at` (the case's clock); `now` is the database's."""
    told = [(one, {**_then(one, row, tasks, confidential), **_own(one)}) for one in notices]
    values = [await _to_consumer(session, row, one, data, now) for one, data in told if one.post is None]
    whom = [(one, data, _who(one, fillings, at)) for one, data in told if one.post is not None]
    values += await _to_staff(session, row, [one for one in whom if isinstance(one[2], int)], fillings, now)
    if known := [one for one in values if one is not None]:
        await session.exec(QUEUED, params=known)


def _who(notice: Notice, fillings: Mapping[str, tuple[Filling, ...]], at: datetime) -> Any:
    """The person a notice to a post is for; anything else where nobody fills it."""
    return notice.person or present(Seat(notice.post or "", fillings.get(notice.post or "", ())), at)


def _own(notice: Notice) -> Codes:
    """A notice's own data; a category or office that is only proposed does not pass for the request's."""
    if notice.kind is not NoticeKind.PROPOSED:
        return notice.data
    return {f"proposed_{key}" if key in ("category", "office") else key: said for key, said in notice.data.items()}


def _then(notice: Notice, row: ServiceRequest, tasks: Mapping[str, Task], confidential: bool) -> Codes:
    """What a notice may say of the request and its task: as they were when it was told."""
    if notice.stood is None:
        return _facts(row, tasks.get(notice.task or ""), confidential)
    task = next((one for one in notice.stood.tasks if one.id == notice.task), None)
    return _facts(notice.stood, task, notice.stood.confidential)


def _facts(row: ServiceRequest | Request, task: Task | Worked | None, confidential: bool) -> Codes:
    facts: dict[str, Any] = {
        "reference": row.reference,
        "kind": row.kind,
        "category": row.category,
        "state": row.state,
        "office": row.office,
        "locality": row.locality,
        "feeder": row.feeder,
        "safety": row.safety or None,
        "confidential": confidential or None,
        "standard_due": row.standard_due and row.standard_due.isoformat(),
        "standard_lapsed": row.standard_lapsed_at is not None or None,
    }
    if task is not None:
        due = task.due and task.due.isoformat()
        stage = None if row.kind == Kind.COMPLAINT else task.stage
        facts |= {"stage": stage, "tier": task.tier, "post": task.answerable, "handler": task.handler, "due": due}
        facts["recovery"] = "yes" if task.stage == RECOVERY else None
        facts["heard"] = "yes" if task.ladder == HEARING else None
    return {key: value for key, value in facts.items() if value is not None}


async def _to_consumer(
    session: AsyncSession, row: ServiceRequest, notice: Notice, data: Codes, now: datetime
) -> dict[str, Any] | None:
    """The row for the consumer; None when he cannot or does not want to be reached."""
    consumer = await session.get(Consumer, row.consumer_id)
    channels = _channels(consumer.phone, consumer.email) if consumer is not None else []
    if not channels or row.contact_refused:
        return None
    if notice.kind is NoticeKind.QUESTION:
        token = secrets.token_urlsafe(12)
        session.add(AnswerLink(token_hash=token_hash(token), reference=row.reference, number=int(data["question"])))
        data = {**data, "token": token}
    if notice.kind is not NoticeKind.PHONE_CHANGED:
        data = {**data, "stop": await stop_token(session, row)}
    key = _to_consumer_key(row, notice)
    return _values(row, notice, data, now, key, channels, row.language, consumer_id=row.consumer_id)


async def _to_staff(
    session: AsyncSession,
    row: ServiceRequest,
    told: Sequence[tuple[Notice, Codes, int]],
    fillings: Mapping[str, tuple[Filling, ...]],
    now: datetime,
) -> list[dict[str, Any] | None]:
    """The rows for officers, who are read once for all of them; an officer off duty is not woken."""
    if not told:
        return []
    asked = {"people": [*{person for _, _, person in told}]}
    people = {one.id: one for one in (await session.exec(STAFF, params=asked)).all()}
    wakes = await _waking(session, now)
    found: list[dict[str, Any] | None] = []
    for notice, data, person in told:
        staff = people.get(person)
        channels = _channels(staff.phone, staff.email) if staff is not None else []
        if staff is not None and channels:
            sleeps = may_wait(notice.kind, safety=row.safety) and not on_duty(
                fillings.get(notice.post or "", ()), person, now
            )
            waits = {"next_at": wakes, "together": True} if wakes is not None and sleeps else {}
            key = f"{row.reference}/{notice.number}/{notice.kind}/{notice.post}/{person}{_of_which(notice, row)}"
            whom = {"staff_id": person, "post": notice.post}
            found.append(_values(row, notice, data, now, key, channels, staff.language, **whom, **waits))
    return found


def _of_which(notice: Notice, row: ServiceRequest) -> str:
    """Of work that is given, which task: one line may give several to the same post. That they ended is told once."""
    return (notice.task or "").removeprefix(row.reference) if notice.kind is NoticeKind.ASSIGNED else ""


async def _waking(session: AsyncSession, now: datetime) -> datetime | None:
    """Until when the message of an officer off duty waits; None when it goes at once."""
    plans = await session.get(Names, ("utility", "channels"))
    spans = [plan["quiet"] for plan in (plans.data["value"].values() if plans else ()) if plan.get("quiet")]
    return waking(now, map(quiet_span, spans), ZoneInfo(await utility_zone(session))) if spans else None


def _channels(phone: str | None, email: str | None) -> list[str]:
    return [name for name, address in (("sms", phone), ("email", email)) if address]


def _values(*said: Any, **whom: Any) -> dict[str, Any]:
    """A row as it is inserted, where no other has its key."""
    return _said(*said, **whom).model_dump(exclude={"id"})


def _said(
    row: ServiceRequest,
    notice: Notice,
    data: Codes,
    now: datetime,
    key: str,
    channels: list[str],
    language: str,
    **whom: Any,
) -> Notification:
    kind, known = notice.kind.value, {"queued": now, "next_at": now, **whom}
    return Notification(
        key=key, reference=row.reference, number=notice.number, kind=kind,
        language=language, channels=channels, data=data, **known,
    )  # fmt: skip


def acknowledgement(
    row: ServiceRequest, consumer: Consumer, notice: Notice, id: int, now: datetime, confidential: bool
) -> list[SQLModel]:
    """What tells the consumer his number, as new rows to be written with his request; none when he cannot be reached.

    `id` is the notification's.
    """
    channels = _channels(consumer.phone, consumer.email)
    if not channels:
        return []
    token = secrets.token_urlsafe(12)
    data = {**_facts(row, None, confidential), **_own(notice), "stop": token}
    key = _to_consumer_key(row, notice)
    said = _said(row, notice, data, now, key, channels, row.language, id=id, consumer_id=row.consumer_id)
    return [StopLink(token_hash=token_hash(token), reference=row.reference, consumer_id=row.consumer_id), said]


def _to_consumer_key(row: ServiceRequest, notice: Notice) -> str:
    return f"{row.reference}/{notice.number}/{notice.kind}/consumer"


async def queue_code(session: AsyncSession, row: ServiceRequest, code: str, now: datetime) -> None:
    """Send a one-time code to the consumer's phone, or to his e-mail if he gave no phone."""
    consumer = await session.get(Consumer, row.consumer_id)
    channels = _channels(consumer.phone, consumer.email)[:1] if consumer is not None else []
    if channels:
        notice = Notice(NoticeKind.CODE, "consumer", None, row.number, {})
        key = f"{row.reference}/code/{secrets.token_hex(8)}"
        data = {"reference": row.reference, "kind": row.kind, "code": code, "stop": await stop_token(session, row)}
        session.add(_said(row, notice, data, now, key, channels, row.language, consumer_id=row.consumer_id))


async def stop_token(session: AsyncSession, row: ServiceRequest) -> str:
    """The token by which this consumer stops all messages about a request: the one earlier messages carry, or a new one."""
    if row.number > 1:
        asked = {"reference": row.reference, "consumer": row.consumer_id}
        if (known := (await session.exec(EARLIER, params=asked)).first()) is not None:
            return str(known["stop"])
    token = secrets.token_urlsafe(12)
    session.add(StopLink(token_hash=token_hash(token), reference=row.reference, consumer_id=row.consumer_id))
    return token


async def stopped_by(session: AsyncSession, token: str) -> StopLink | None:
    """Whose messages about which request a "not your complaint?" link stops; None if there is none."""
    return await session.get(StopLink, token_hash(token))
