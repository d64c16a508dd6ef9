"""The pen: the only writer of requests, tasks and events; every transition is one transaction by one command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_
from sqlalchemy.exc import NoResultFound
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import many, moving, retiming, writing
from activities.patience import Waiting
from models import bulk, papers
from models.cases import meter_state
from models.database import Sessions, remembering
from models.elsewhere import elsewhere_of
from models.events import Event, Submission
from models.exceptional import standing as standing_events
from models.ground import Fillings, Policies, ground_of, standard_of
from models.himself import about_himself
from models.known import located
from models.outbox import Notification
from models.people import Post
from models.requests import ServiceRequest
from models.runs import settled
from models.storm import lines
from rules import judge
from rules.messages import ItIsTime, Look, Standing, Take, Taken
from rules.request import Ground, Request, Sent, standing
from rules.terms import Act, Actor, EventKind, Kind, Refused, State
from rules.turn import Refusal, Turn

LOCKED = select(ServiceRequest).where(ServiceRequest.reference == bindparam("reference")).with_for_update()


class Record:
    """Activities that judge a command by what the tables say, and write what follows from it."""

    def __init__(self, sessions: Sessions, *, committed: Callable[[], None] = lambda: None) -> None:
        """`committed` is called after each commit that changed something: a place for a hint to look."""
        self.sessions = sessions
        self.policies = Policies()
        self.committed = committed
        self.waiting = Waiting()

    @activity.defn
    async def look(self, command: Look) -> Standing:
        """Assign a request that was only received, mark it started, and answer how it stands. Repeating changes nothing."""
        await self.waiting.done(self.sessions)
        async with self.sessions.begin() as session:
            row = await self._locked(session, command.reference)
            answer = await self._moved(session, row, command.at)
        self.committed()
        return answer

    @activity.defn
    async def it_is_time(self, command: ItIsTime) -> Standing:
        """Do what fell due by `at`: remind, escalate, end a hold, close. Repeating answers the present Standing."""
        await self.waiting.done(self.sessions)
        async with self.sessions.begin() as session:
            row = await self._locked(session, command.reference)
            await self._count_money(session, row, command.at)
            answer = await self._moved(session, row, command.at, by_time=True)
        self.committed()
        return answer

    @activity.defn
    async def take(self, command: Take) -> Taken:
        """Take one submission from the tray: do it or refuse it, and keep the outcome. Repeating answers that outcome."""
        await self.waiting.done(self.sessions)
        async with self.sessions.begin() as session:
            row = await self._locked(session, command.reference)
            sent = await session.get(Submission, command.submission)
            if sent is None or sent.reference != command.reference:
                raise ApplicationError(f"no submission {command.submission}", type="NoSubmission", non_retryable=True)
            if sent.answered is None:
                request = await self._take(session, row, sent, command.at or sent.at)
            else:
                request = await writing.read(session, row)
            answer = Taken(
                standing(request), Refused(sent.refused) if sent.refused else None, sent.number or row.number
            )
        self.committed()
        return answer

    async def take_few(self, commands: Sequence[Take]) -> frozenset[str]:
        """Take those of many commands by which nothing but due instants moves, in one transaction; their submissions.

        The others are left for `take`, and so are those that somebody else is writing.
        """
        grounds: dict[tuple[Any, ...], tuple[Ground, Ground]] = {}
        async with self.sessions.begin() as session:
            some, now = await many.few(session, commands), await clock(session)
            turns: dict[str, Turn] = {}
            for row in some.rows:
                sent = some.sent[row.reference]
                at = max(sent.at, some.lasts[row.reference][0])
                key = (*same_ground(row), sent.data["after"])
                if key not in grounds:
                    try:
                        grounds[key] = await self._both_grounds(session, row, int(sent.data["after"]), at)
                    except KeyError:  # the new timings know no such category: it is refused one by one
                        continue
                turn = many.brought(some, row, *grounds[key], at)
                if turn is not None:
                    turns[row.reference] = turn
            await many.written(some, turns, now)
        self.committed()
        return frozenset(some.sent[reference].id for reference in turns)

    async def _both_grounds(
        self, session: AsyncSession, row: ServiceRequest, version: int, at: datetime
    ) -> tuple[Ground, Ground]:
        """The ground a request has, and the one under another version."""
        new, _ = await ground_of(session, row, await self.policies.of(session, version), at)
        return (await self._ground(session, row, at))[0], new

    async def _count_money(self, session: AsyncSession, row: ServiceRequest, at: datetime) -> None:
        """Take the payments that lie in the tray: nothing lapses while its money waits there."""
        if row.kind == Kind.COMPLAINT:
            return
        waiting = select(Submission).where(
            Submission.reference == row.reference, Submission.act == Act.PAY.value, col(Submission.answered).is_(None)
        )
        for sent in (await session.exec(waiting.order_by(col(Submission.received)))).all():
            await self._take(session, row, sent, at)

    async def _rights(self, session: AsyncSession, post: str | None) -> str:
        """The set of rights of the post somebody acts for; empty for a consumer."""
        row = await session.get(Post, post) if post is not None else None
        return "" if row is None else row.rights

    async def _locked(self, session: AsyncSession, reference: str) -> ServiceRequest:
        remembering(session)
        try:
            return (await session.exec(LOCKED, params={"reference": reference})).one()
        except NoResultFound:
            raise ApplicationError(f"no request {reference}", type="NoRequest", non_retryable=True) from None

    async def _ground(
        self, session: AsyncSession, row: ServiceRequest, at: datetime, act: Act | None = None
    ) -> tuple[Ground, Fillings]:
        policy = await self.policies.of(session, row.policy_version)
        ground, filled = await ground_of(session, row, policy, at, assigning=row.state == State.RECEIVED, act=act)
        if row.standard_version not in (None, row.policy_version):
            given = await self.policies.of(session, row.standard_version or row.policy_version)
            ground = replace(ground, standard=standard_of(row, given))
        if row.standard is not None and row.standard_lapsed_at is None:
            ground = replace(ground, exceptional=await standing_events(session))
        return ground, filled

    async def _moved(
        self, session: AsyncSession, row: ServiceRequest, at: datetime, *, by_time: bool = False
    ) -> Standing:
        request, last = await writing.read(session, row), await writing.last(session, row)
        at = last.never_back(at)
        if row.started_at is None:
            row.started_at = last.now
        nothing_due = by_time and (row.wake_at is None or row.wake_at > at)
        if (row.state != State.RECEIVED or request.tasks) and (not by_time or nothing_due):
            return standing(request)
        with session.no_autoflush:  # the row is written once, with what follows
            ground, filled = await self._ground(session, row, at)
        turn = judge.it_is_time(request, ground, at) if by_time else judge.look(request, ground, at)
        if turn.wanted:
            turn = judge.it_is_time(request, await in_line(session, ground, turn), at)
        await writing.write(session, row, request, turn, filled, last)
        return standing(turn.request)

    async def _take(self, session: AsyncSession, row: ServiceRequest, sent: Submission, at: datetime) -> Request:
        """Take one submission and keep its outcome; the request as it then is."""
        request, last = await writing.read(session, row), await writing.last(session, row)
        at, now = last.never_back(at), last.now
        if sent.act != Act.RETIME:  # it comes past the workflow, which may not have been started
            row.started_at = row.started_at or now
        ground, filled = await self._ground(session, row, at, Act(sent.act))
        ground, filled = await self._with_elsewhere(session, row, at, sent, ground, filled)
        if meter := sent.data.get("meter"):
            ground = replace(ground, meter=await meter_state(session, str(meter)))
        if row.wake_at is not None and row.wake_at <= at:
            ground = await in_line(session, ground, judge.it_is_time(request, ground, at))
        turn: Turn | None = None
        try:
            if sent.act == Act.RETIME:
                turn, more = await retiming.brought_under(session, row, request, sent, ground, self.policies, at)
                filled = {**filled, **more}
            elif sent.act == Act.MOVE:
                turn, more = await moving.moved(session, row, request, sent, ground, self.policies, at)
                filled = {**filled, **more}
            else:
                turn = judge.take(request, ground, at, await self._sent(session, row, sent))
        except Refusal as refusal:
            sent.refused = refusal.code.value
            if document := sent.data.get("document"):
                await papers.belongs_to_nobody(session, str(document))
        else:
            await writing.write(session, row, request, turn, filled, last, sent)
            sent.number = row.number
        if sent.run is not None:
            outcome = retiming.outcome(sent, turn) if sent.act == Act.RETIME else sent.refused or bulk.DONE
            by = retiming.tell_by(request, turn) if sent.act == Act.RETIME else None
            await settled(session, sent.run, sent.reference, outcome, now, sent.task_id or "", by)
        sent.answered = now
        session.add(sent)
        return request if turn is None else turn.request

    async def _with_elsewhere(
        self,
        session: AsyncSession,
        row: ServiceRequest,
        at: datetime,
        sent: Submission,
        ground: Ground,
        filled: Fillings,
    ) -> tuple[Ground, Fillings]:
        """The ground with where the request would go, for an act that moves it to another category or office."""
        going = row.proposal if sent.act == Act.AGREE else sent.data
        category, office, locality = going.get("category"), going.get("office"), going.get("locality")
        place = await located(session, locality) if locality and sent.act == Act.TRANSFER else None
        if sent.act not in ELSEWHERE or not (category or office or place):
            return ground, filled
        policy = await self.policies.of(session, row.policy_version)
        there, more = await elsewhere_of(session, row, policy, at, category, office, place)
        return replace(ground, elsewhere=there), {**filled, **more}

    async def _sent(self, session: AsyncSession, request: ServiceRequest, row: Submission) -> Sent:
        data = dict(row.data)
        if row.act == Act.RECEIPT:
            asked = await session.get(Notification, int(data["notification"]))
            data["question"] = None if asked is None else int(asked.data.get("question", 0))
        if row.act == Act.PAY:
            data.setdefault("paid_at", row.at.isoformat())
        since: frozenset[EventKind] = frozenset()
        if row.seen is not None:
            later = select(Event.kind).where(Event.reference == row.reference, Event.number > row.seen)
            if row.task_id is not None:
                later = later.where(or_(col(Event.task_id).is_(None), col(Event.task_id) == row.task_id))
            since = frozenset(EventKind(kind) for kind in (await session.exec(later)).all())
        return Sent(
            act=Act(row.act),
            actor=Actor(row.actor),
            data=data,
            person=row.person,
            post=row.post,
            rights=await self._rights(session, row.post),
            words=row.words_id is not None,
            task=row.task_id,
            since=since,
            own=row.actor == Actor.OFFICER
            and (row.person in request.concerned or await about_himself(session, request, row.person)),
        )


async def in_line(session: AsyncSession, ground: Ground, dry: Turn) -> Ground:
    """The ground with the lines of those above to whom a dry turn would give something, locked until they are given it."""
    return replace(ground, lines=await lines(session, dry.wanted, dry.at)) if dry.wanted else ground


ELSEWHERE = frozenset({Act.CORRECT, Act.RAISE, Act.TRANSFER, Act.AGREE})
"""Acts that may move a request to another category or office."""


def same_ground(row: ServiceRequest) -> tuple[Any, ...]:
    """What the ground of a complaint hangs on at an instant."""
    timings = row.policy_version, row.standard_version, row.category, row.area_class
    law = row.standard, row.standard_calendar, row.standard_lapsed_at is None
    return *timings, row.office, row.zone, row.site_office, row.site_zone, tuple(row.concerned), *law


async def clock(session: AsyncSession) -> datetime:
    """The database's clock: the one that says when something was recorded, and that no rule sees."""
    now: datetime = (await session.exec(select(func.clock_timestamp()))).one()
    return now
