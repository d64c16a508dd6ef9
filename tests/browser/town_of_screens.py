"""A town with a request in every state, on a clock that stands still: what every screen is looked at with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from activities.examples import Examples
from activities.facts import Place
from activities.say import Renderer
from models import papers
from models.absences import add_charge, add_leave
from models.bulk import DONE, Order, begin, choose
from models.database import engine, sessions_of
from models.filing import save_draft
from models.intake import New, register
from models.kept_forms import keep
from models.people import Staff
from models.policy_proposals import approve, propose
from models.policy_versions import current
from models.posts import posts_of
from models.proofs import open_session
from models.requests import Task
from models.runs import Run, Stage, settled
from models.staff import sign_in
from models.storage import Folder
from models.tray import put
from rules.durations import parse
from rules.messages import Take
from rules.papers import WORK_PHOTO
from rules.terms import Act, Actor, Channel, Kind, Refused
from tests.browser.applications import applications as desk_applications
from tests.browser.town_of_applications import EMAIL, applications
from tests.passwords import PASSWORD, let_in
from tests.served import served
from tests.web.stages_at_hand import sheet
from tests.web.window import MONDAY, PHONE, Window, window_on
from web.app import create_app

NOW = MONDAY + timedelta(hours=5, minutes=30)
"""Monday, half past three in the afternoon."""
TOKEN = "a-draft-for-every-screen"
MORE = (
    ("wrong-bill", "delhi-colony"),
    ("meter-fault", "tnt-colony"),
    ("streetlight", "gizri"),
    ("payment-not-posted", "hazara-colony"),
    ("transformer", "punjab-colony"),
    ("try-it", "gizri"),
)
"""What else fills the queues."""
FILED = "a-form-that-was-sent"
DRAFT: dict[str, Any] = {
    "danger": "no",
    "category": "no-supply",
    "channel": "web",
    "locality": "gizri",
    "address": "12, Lane 3",
    "place": "behind the school",
    "words": "The whole lane is dark since noon.",
    "phone": "+919800000017",
    "typed_phone": "98000 00017",
    "name": "Asha Demo",
    "email": EMAIL,
    "language": "hi",
}


@dataclass
class Town:
    """Where the pages are, the request of each state by its name, and the link of the open question."""

    window: Window
    address: str = ""
    of: dict[str, str] = field(default_factory=dict)
    question: str = ""
    stop: str = ""
    colleague: int = 0
    chosen: str = ""
    waiting: int = 0
    done: int = 0

    async def file(self, name: str, at: datetime, category: str = "no-supply", **more: object) -> str:
        """A request filed and assigned at `at`."""
        self.window.now = at
        self.of[name] = await self.window.filed(category, **more)
        return self.of[name]

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """The pages' database answers nothing while the block lasts."""
        bounded = self.window.parts.database
        there = bounded.sessions, bounded.questions
        bounded.sessions = bounded.questions = sessions_of(engine("postgresql+psycopg://nobody@127.0.0.1:9/none"))
        try:
            yield
        finally:
            bounded.sessions, bounded.questions = there

    async def own(self, name: str) -> dict[str, Any]:
        """The cookie of the consumer who proved that this request is his."""
        async with self.window.sessions.begin() as session:
            token = await open_session(session, self.of[name])
        return {"name": "consumer", "value": token, "domain": "127.0.0.1", "path": f"/track/{self.of[name]}"}

    async def staff(self, username: str) -> dict[str, Any]:
        """The cookie of somebody of the staff who is signed in; Priya's telephone was not asked yet."""
        async with self.window.sessions.begin() as session:
            await let_in(session, username, temporary=username == "salim")
        token = await sign_in(self.window.sessions, username, PASSWORD, NOW)
        return {"name": "staff", "value": token, "domain": "127.0.0.1", "path": "/"}


async def long_open(town: Town) -> None:
    """Nobody acted: past the last officer; and one that has climbed once."""
    window = town.window
    await window.passes(NOW - MONDAY, await town.file("beyond", MONDAY))
    escalated = await town.file("escalated", NOW - timedelta(minutes=70))
    await window.passes(timedelta(minutes=70), escalated)


async def ended(town: Town) -> None:
    """Closed by word, and taken back."""
    window = town.window
    closed = await town.file("closed", NOW - timedelta(hours=3))
    await window.resolved(closed)
    await consumer(window, closed, Act.CONFIRM)
    await consumer(window, await town.file("withdrawn", NOW - timedelta(hours=2), "voltage"), Act.WITHDRAW, "solved")


async def consumer(window: Window, reference: str, act: Act, reason: str = "") -> None:
    """The consumer does something."""
    id, data = f"story-{reference}-{act}", {"reason": reason} if reason else {}
    async with window.sessions.begin() as session:
        await put(session, id=id, reference=reference, act=act, actor=Actor.CONSUMER, at=window.now, data=data)
    taken = await window.record.take(Take(reference, id, act))
    assert taken.refused is None, taken.refused


async def under_way(town: Town) -> None:
    """On hold, with an expected time, waiting for an answer, given to an officer, confidential, only received."""
    window = town.window
    held = await town.file("on_hold", NOW - timedelta(minutes=50), "meter-fault")
    wait = await window.officer(
        held, Act.HOLD, data={"reason": "premises-locked"}, words="The gate to the meters in the yard."
    )
    assert wait.refused is None
    going = await town.file("in_progress", NOW - timedelta(minutes=40), locality="defence-1", email=EMAIL)
    until = (NOW + timedelta(minutes=70)).isoformat()
    expected = await window.officer(going, Act.EXPECT, data={"until": until, "reason": "crew-on-the-way"})
    assert expected.refused is None, expected.refused
    assert (await window.officer(going, Act.NOTE, words="The neighbours are dark as well.")).refused is None
    assert (await window.officer(going, Act.MESSAGE, words="Is the lamp of the street on?")).refused is None
    assert (await window.consumer(going, Act.ADD, words="No, the whole street is dark.")).refused is None
    asked = await town.file("resolved", NOW - timedelta(minutes=35))
    await window.resolved(asked, document=await photographed(window, asked))
    town.question = (await window.newest_notice(asked, "question")).data["token"]
    await town.file("confidential", NOW - timedelta(minutes=8), "theft-report")
    await town.file("assigned", NOW - timedelta(minutes=5))
    for ago, (category, locality) in enumerate(MORE, 9):
        await town.file(category, NOW - timedelta(minutes=ago), category, locality=locality)
    window.now = NOW - timedelta(minutes=1)
    new = New(Kind.COMPLAINT, "no-supply", Channel.WEB, "en", "Dark", FILED, window.now, locality="gizri")
    async with window.sessions.begin() as session:
        town.of["received"] = (await register(session, replace(new, phone=PHONE))).reference


async def photographed(window: Window, reference: str) -> str:
    """A photo of what was put right, kept for it."""
    data, id = sheet(), papers.new_id()
    await window.parts.uploads.storage.put(id, data)
    digest = sha256(data).hexdigest()
    row = papers.Document(
        id=id, reference=reference, paper=WORK_PHOTO, content="image/jpeg", bytes=len(data), sha256=digest,
        received_sha256=digest, uploaded_at=window.now, actor="officer",
    )  # fmt: skip
    async with window.sessions.begin() as session:
        await papers.add(session, row)
    return id


async def casework(town: Town) -> None:
    """Another category proposed, one turned down, danger, nobody reached, and one told at the counter."""
    window = town.window
    proposed = await town.file("proposed", NOW - timedelta(minutes=30))
    assert (
        await window.officer(proposed, Act.CORRECT, data={"category": "voltage"}, words="Low all day.")
    ).refused is None
    rejected = await town.file("rejected", NOW - timedelta(minutes=28), "wrong-bill")
    await window.officer(rejected, Act.REJECT, data={"reason": "own-wiring"}, words="Only his own wiring.")
    async with window.sessions.begin() as session:
        await put(
            session, id="agreed", reference=rejected, act=Act.AGREE, actor=Actor.OFFICER, at=window.now,
            post="service-manager-gizri",
        )  # fmt: skip
    assert (await window.record.take(Take(rejected, "agreed", Act.AGREE))).refused is None
    await town.file("danger", NOW - timedelta(minutes=2), "wire-down")
    unreached = await town.file("call_back", NOW - timedelta(days=3), phone=None)
    await window.resolved(unreached)
    await window.passes(timedelta(days=2), unreached)
    heard = await town.file("hearing", NOW - timedelta(minutes=26), "billing-old-dues")
    town.stop = str((await window.newest_notice(heard, "acknowledged")).data["stop"])


async def people(town: Town) -> None:
    """A leave with somebody who stands in, a form kept for Asha, a second step, a temporary password."""
    sessions, now = town.window.sessions, town.window.now
    async with sessions.begin() as session:
        staff = {row.username: row for row in (await session.exec(select(Staff))).all()}
        town.colleague, stands_in = staff["bilal"].id or 0, staff["asha"].id or 0
        staff["priya"].totp, staff["salim"].temporary = "A" * 32, True
        until = now + timedelta(days=3)
        await add_leave(session, town.colleague, now, until, now, staff["vimla"].id)
        await add_charge(session, "relationship-officer-gizri-2", stands_in, now, until, now, staff["vimla"].id)
        form = {"token": "t", "words": "The key of the meter room is with the neighbour on the first floor."}
        await keep(session, stands_in, f"/desk/requests/{town.of['assigned']}/note", form, now)


async def lists(town: Town) -> None:
    """What Asha chose in her queue: a list that still waits, and one that was done but for two."""
    now = town.window.now
    async with town.window.sessions.begin() as session:
        asha = (await session.exec(select(Staff.id).where(Staff.username == "asha"))).one() or 0
        posts = await posts_of(session, asha, now, "Asia/Kolkata")
        mine = select(Task.id).where(col(Task.handler).in_([post.code for post in posts]), col(Task.done_at).is_(None))
        tasks = (await session.exec(mine.order_by(col(Task.due), col(Task.id)).limit(6))).all()
        chosen = await choose(session, dict.fromkeys(tasks), posts)
        town.chosen = urlencode([("task", f"{task}~1") for task in tasks])
        order = Order(Act.GIVE, {"post": "relationship-officer-gizri-2"})
        town.waiting, town.done = [await begin(session, order, chosen, asha, now) for _ in range(2)]
        outcomes = (Refused.STALE.value, Refused.NOT_YOURS.value, *[DONE] * len(chosen))
        for one, outcome in zip(chosen, outcomes, strict=False):
            await settled(session, town.done, one.request.reference, outcome, now, one.task.id)
        (await session.get_one(Run, town.done)).state = Stage.DONE


async def more_time(town: Town) -> None:
    """Timings that Zubin proposed, by which a first officer gets more time: one set was approved, one waits."""
    async with town.window.sessions.begin() as session:
        people = dict((await session.exec(select(Staff.username, Staff.id))).all())
        zubin, vimla = people["zubin"] or 0, people["vimla"] or 0
        for category, time, note in (
            ("streetlight", "3 working days", "The crews are wanted for the flood until July"),
            ("no-supply", "2h", "Two crews fewer at Gizri in June"),
        ):
            policy = await current(session)
            timing = policy.timings[category]
            slower = replace(timing, tiers=(parse(time), *timing.tiers[1:]))
            longer = replace(policy, timings={**policy.timings, category: slower})
            made = await propose(session, longer, note, zubin, NOW, policy.version)
            if category == "streetlight":
                await approve(session, made, vimla, NOW)


@asynccontextmanager
async def town_on(url: str, *, whole: bool = True) -> AsyncIterator[Town]:
    """The town over a database of its own, its pages on a port; not `whole`: complaints alone, and those of casework left out."""
    async with window_on(url) as window:
        window.parts.uploads.storage = Folder(Path(mkdtemp()))
        town = Town(window)
        await long_open(town)
        await ended(town)
        await under_way(town)
        if whole:
            await desk_applications(window, town.of)
            await casework(town)
            town.of |= await applications(window, NOW)
        window.now = NOW
        await Examples(window.sessions, Renderer(Place("http://localhost:8000", ZoneInfo("Asia/Kolkata")))).step()
        await people(town)
        await lists(town)
        await more_time(town)
        async with window.sessions.begin() as session:
            await save_draft(session, TOKEN, DRAFT, NOW)
            report = {"category": "conduct", "called": "Bilal, the lineman", "about": "service-manager-gizri"}
            await save_draft(session, TOKEN + "-report", {**DRAFT, **report}, NOW)
            await save_draft(session, TOKEN + "-urgent", {**DRAFT, "danger": "yes", "category": ""}, NOW)
            await save_draft(session, TOKEN + "-unknown", {**DRAFT, "locality": None, "unknown": True}, NOW)
        window.parts.messages_url = "http://127.0.0.1:9/"
        async with served(create_app(window.parts)) as address:
            town.address = address
            yield town
