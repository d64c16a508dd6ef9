"""Demo requests written as their life went: the turns the rules made, as the pen would have written them, in one go.

The pen writes each turn with a handful of statements, which for a thousand turns is most of a first start; here a life
is put together in memory. A test tells some lives by the pen as well and finds the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities import writing
from activities.demo.acts import Scene
from activities.demo.course import Course, Move, turn_of
from activities.demo.pictures import SIZE, digest, picture
from activities.demo.post import Postbag
from models.cases import keep_case
from models.chain import linked
from models.events import Event, Submission
from models.notices import queue
from models.papers import Document
from models.people import AnswerLink, Post
from models.requests import Consumer, Hold, Lapse, ServiceRequest, Task, Words
from rules import request as rules
from rules.case import Case
from rules.request import Ground
from rules.terms import Act, Actor, NoticeKind
from rules.turn import Turn

ANSWERS = frozenset({Act.CONFIRM, Act.NOT_REPAIRED})


@dataclass
class Telling:
    """One request being told: its rows as they become, and how it stands. `last`: the newest line of its history."""

    session: AsyncSession
    scene: Scene
    dice: Random
    row: ServiceRequest
    consumer: Consumer | None
    request: rules.Request
    last: Event
    postbag: Postbag
    tasks: dict[str, Task] = field(default_factory=dict)
    tray: list[Submission] = field(default_factory=list)
    written: list[Event | Lapse] = field(default_factory=list)

    async def live(self, course: Course) -> None:
        """Every move of its course."""
        moves = course.moves(self.request)
        move: Move | None = next(moves, None)
        while move is not None:
            await self._move(move, course.scene.ground)
            try:
                move = moves.send(self.request)
            except StopIteration:
                move = None

    async def _move(self, move: Move, ground: Ground) -> None:
        sent = None if move.sent is None else await self._submission(move)
        turn = turn_of(self.request, ground, move)
        recorded = move.at + timedelta(milliseconds=self.dice.uniform(15, 240))
        self.request = turn.request
        self._become(turn, recorded)
        self._write(turn, recorded, sent)
        if sent is not None:
            sent.answered, sent.number = recorded, self.row.number
            self.tray.append(sent)
        words = {"words_id": sent.words_id} if sent is not None and sent.words_id is not None else {}
        notices = [notice.with_data(words) for notice in turn.notices]
        secret, filled = ground.timing.confidential, self.scene.filled
        await queue(self.session, self.row, notices, filled, self.tasks, turn.at, now=recorded, confidential=secret)
        for notice in notices:
            if notice.kind is NoticeKind.QUESTION:
                await self.postbag.question(f"{self.row.reference}/{notice.number}/{notice.kind}/consumer")

    def _become(self, turn: Turn, recorded: datetime) -> None:
        """The row and its tasks as the turn left them."""
        writing.onto(self.row, turn.request)
        self.row.state, self.row.changed_at = turn.request.state.value, recorded
        for task in turn.request.tasks:
            blank = Task(
                id=task.id, reference=self.row.reference, ladder="", handler="", answerable="", entered=task.entered
            )
            writing.onto(self.tasks.setdefault(task.id, blank), task)

    def _write(self, turn: Turn, recorded: datetime, sent: Submission | None) -> None:
        for new in turn.events:
            self.last = linked(writing.event_row(self.row.reference, new, recorded, sent), self.last.hash)
            self.written.append(self.last)
        for lapse in turn.lapses:
            made = Lapse(task_id=lapse.task, reference=self.row.reference, tier=0, post="", due=lapse.due, at=turn.at)
            made.tier, made.post, made.person = lapse.tier, lapse.post, lapse.person
            self.written.append(made)

    async def _submission(self, move: Move) -> Submission:
        """What was sent, as it lay in the tray."""
        sent = move.sent
        assert sent is not None
        row = Submission(
            id=f"{sent.actor}-{sent.act}-{self.dice.getrandbits(128):032x}",
            reference=self.row.reference,
            act=sent.act.value,
            actor=sent.actor.value,
            person=sent.person,
            post=sent.post,
            task_id=sent.task or (next(iter(self.tasks)) if self.tasks and sent.post is not None else None),
            seen=None if sent.actor is Actor.SYSTEM else self.row.number,
            data=dict(sent.data),
            words_id=None if move.said is None else await self._words(move.said),
            at=move.at,
            received=move.at + timedelta(milliseconds=4),
        )
        if sent.act is Act.RECEIPT:
            row.id, row.data = self.postbag.receipt(row.data["state"])
        elif sent.act in ANSWERS:
            self._by_its_link(row)
        elif sent.act is Act.PAY:
            row.id = str(row.data["payment"])
        elif sent.act is Act.DOCUMENT:
            self.session.add(self._document(str(row.data["paper"]), str(row.data["document"]), move.at))
        return row

    def _document(self, paper: str, id: str, at: datetime) -> Document:
        wide, high = SIZE
        return Document(
            id=id,
            reference=self.row.reference,
            paper=paper,
            content="image/jpeg",
            bytes=len(picture(paper)),
            sha256=digest(paper),
            received_sha256=digest(paper),
            pixels_wide=wide,
            pixels_high=high,
            name=f"{paper}.jpg",
            uploaded_at=at,
            actor=Actor.CONSUMER.value,
        )

    async def _words(self, said: str) -> int:
        values = {"reference": self.row.reference, "body": said}
        number: int = (await self.session.exec(insert(Words).values(**values).returning(col(Words.id)))).scalar_one()
        return number

    def _by_its_link(self, row: Submission) -> None:
        """An answer uses up the link of its question."""
        for link in self.session.new:
            if isinstance(link, AnswerLink) and link.number == self.request.question_number:
                row.id, row.seen, link.used_at = f"answer/{link.token_hash}", None, row.at

    async def keep(self) -> None:
        """Write everything but the messages."""
        self.session.add_all(self.tasks.values())
        await self.session.flush()
        for value in self.request.tasks:
            for hold in value.holds:
                kept = Hold(task_id=value.id, reason=hold.reason, start=hold.start)
                writing.onto(kept, hold)
                self.session.add(kept)
        for value in self.request.open_tasks:
            more = update(Post).where(col(Post.code) == value.handler)
            await self.session.exec(more.values(open_tasks=col(Post.open_tasks) + 1))
        if self.request.case != Case():
            await keep_case(self.session, self.row.reference, self.request.case)
        self.row.started_at = self.row.registered_at + timedelta(seconds=1) if self.row.over else None
        self.session.add_all([self.row, *self.written, *self.tray])
        await self.session.flush()


async def with_loads(session: AsyncSession, ground: Ground) -> Ground:
    """The ground, and that of each stage, with the loads of its posts as they are now."""
    grounds = (ground, *ground.stages.values())
    posts = {candidate.post for one in grounds for candidate in one.candidates}
    asked = select(Post.code, Post.open_tasks).where(col(Post.code).in_(posts))
    loads = dict((await session.exec(asked)).all())

    def loaded(one: Ground) -> Ground:
        return replace(one, candidates=[replace(each, open_tasks=loads[each.post]) for each in one.candidates])

    return replace(loaded(ground), stages={code: loaded(stage) for code, stage in ground.stages.items()})
