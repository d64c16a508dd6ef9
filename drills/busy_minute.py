"""A busy minute with kills: consumers file, officers act, consumers answer, some only look, timers run, and part after part is killed."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from datetime import timedelta

import httpx2
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from drills.ending import counted
from drills.findings import Finding, none_of
from drills.people import UNCLEAR, Caller, NotTaken, Officer
from drills.stack import PARTS, Stack
from drills.turn import Turn
from models.answers import answer_id
from models.database import Sessions
from models.people import Fill, Staff

KILLS = (*PARTS, "all", "worker", "postgres", "temporal")
APART = (2.0, 6.0)
"""Seconds between two kills."""
POSTS = ("relationship-officer-gizri-1", "relationship-officer-gizri-2", "service-manager-gizri", "zone-head-south")
CATEGORIES = ("no-supply", "voltage")
TIMINGS = """[complaint.no-supply]
accept = "none"
tiers = ["6s", "6s", "8s"]
standard = "20s"
calendar = "round-the-clock"

[complaint.voltage]
accept = "4s"
tiers = ["8s", "8s", "8s"]
standard = "24s"
calendar = "round-the-clock"
"""
QUIET = timedelta(seconds=9)
"""The count begins when nothing falls due for so long: longer than the longest tier."""
CATCHING_UP = 150.0
"""Seconds until then, the last timers of the minute included."""
ANSWER = re.compile(r"/answer/([A-Za-z0-9_-]{8,64})")
ONLOOKERS = 3
"""Those who look at pages and ask the API, until all is counted."""
IMPATIENT = 0.1
"""The share of callers who are gone before they hear an answer, and never come again."""


class Crowd:
    """Everybody who does something during the minute; what they were told is kept in what was promised."""

    def __init__(self, turn: Turn, officers: list[Officer]) -> None:
        self.turn = turn
        self.stack = turn.stack
        self.promised = turn.promised
        self.officers = officers
        self.over = asyncio.Event()
        self.answered_otherwise: list[str] = []

    async def run(self) -> None:
        """Act until the last kill is through."""
        people = [self.files(number) for number in range(2)] + [self.acts(officer) for officer in self.officers]
        tasks = [asyncio.create_task(one) for one in (*people, self.answers())]
        await self.kills()
        self.over.set()
        await asyncio.gather(*tasks)

    async def kills(self) -> None:
        """Kill every part once and some again, in an order left to chance."""
        chance = self.turn.chance
        for part in chance.sample(KILLS, len(KILLS)):
            await asyncio.sleep(chance.uniform(*APART))
            if part == "all":
                self.stack.kill_all()
                await self.stack.start()
            else:
                self.stack.kill(part)
        await asyncio.sleep(chance.uniform(*APART))

    async def files(self, who: int) -> None:
        """File one complaint after the other; some callers hang up, some send the same twice."""
        chance, caller = self.turn.luck("files", who), Caller(self.stack)
        number = 0
        while not self.over.is_set():
            number += 1
            key = self.turn.key("busy", who, number)
            category = chance.choice(CATEGORIES)
            if chance.random() < IMPATIENT:
                await Caller(self.stack, seconds=chance.uniform(0.005, 0.05)).file(key, category)
            else:
                given = await caller.filed(key, category, 120)
                self.promised.numbers[key] = given
                if chance.random() < IMPATIENT and await caller.filed(key, category, 120) != given:
                    self.answered_otherwise.append(key)
            await asyncio.sleep(chance.uniform(0.2, 1.2))

    async def acts(self, officer: Officer) -> None:
        """Open a request, do one of the things offered; some officers hang up before they hear what became of it."""
        chance = self.turn.luck("acts", officer.username)
        while not self.over.is_set():
            await asyncio.sleep(chance.uniform(0.3, 1.5))
            mine = sorted(set(await officer.queue()) & set(self.promised.numbers.values()))
            offers = await officer.offers(chance.choice(mine)) if mine else []
            if not offers:
                continue
            sheet = chance.choice(offers).filled(chance)
            if chance.random() < IMPATIENT:
                hasty = Caller(self.stack, seconds=chance.uniform(0.005, 0.05))
                hasty.client.cookies = officer.caller.client.cookies
                await hasty.post(sheet.address, sheet.fields)
            else:
                await officer.send(sheet, tries=60)

    async def answers(self) -> None:
        """Answer the questions that come by text message, each by its link."""
        chance, caller, seen = self.turn.luck("answers"), Caller(self.stack), set[str]()
        while not self.over.is_set():
            await asyncio.sleep(chance.uniform(0.5, 2))
            texts = [message.text for message in self.turn.caught() if message.channel == "sms"]
            for token in (link for text in texts for link in ANSWER.findall(text) if link not in seen):
                seen.add(token)
                await self.answer(caller, token, chance.choice(("confirm", "not_repaired")))

    async def looks(self, who: int) -> None:
        """Look at one request after the other, by its page or by the API, for ever; a web that is away is looked at later."""
        chance = self.turn.luck("looks", who)
        async with httpx2.AsyncClient(base_url=self.stack.url, timeout=20, verify=False) as client:
            onlooker = self.turn.onlooker(client)
            while True:
                await asyncio.sleep(chance.uniform(0.3, 1))
                numbers = sorted(self.promised.numbers.values())
                if numbers:
                    reference = chance.choice(numbers)
                    with suppress(httpx2.HTTPError):
                        await chance.choice((onlooker.opens, onlooker.asks))(reference)

    async def answer(self, caller: Caller, token: str, what: str) -> None:
        """Tap one of the two buttons until it is taken."""
        for _ in range(60):
            answer = await caller.post(f"/answer/{token}", {"answer": what})
            if answer.status == 303:
                self.promised.told[answer_id(token)] = "received"
            if answer.status and answer.status not in UNCLEAR:
                return
            await asyncio.sleep(0.5)


async def drill(turn: Turn) -> list[Finding]:
    """One busy minute, then the count."""
    await turn.timings(TIMINGS)
    officers, killed = await signed_in(turn.stack, turn.sessions, POSTS), len(turn.stack.kills)
    crowd = Crowd(turn, officers)
    turn.did("signing in")
    looking = [asyncio.create_task(crowd.looks(who)) for who in range(ONLOOKERS)]
    await crowd.run()
    turn.did("the minute")
    found = await counted(turn, CATCHING_UP, officers, QUIET)
    for task in looking:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return [
        Finding("killed", True, f"{len(turn.stack.kills) - killed} times"),
        none_of("repeated filings answered otherwise", crowd.answered_otherwise, len(turn.promised.numbers)),
        *found,
    ]


async def signed_in(stack: Stack, sessions: Sessions, posts: tuple[str, ...]) -> list[Officer]:
    """The people who fill these posts, each at a desk of his own."""
    async with sessions() as session:
        officers = [Officer(name, id, Caller(stack)) for name, id in await _people(session, posts)]
    for officer in officers:
        await officer.sign_in(stack.password())
    if len(officers) < len(posts):
        raise NotTaken(f"only {[officer.username for officer in officers]} could be found")
    return officers


async def _people(session: AsyncSession, posts: tuple[str, ...]) -> list[tuple[str, int]]:
    asked = select(Staff.username, Staff.id).join(Fill, col(Fill.person) == col(Staff.id))
    rows = (await session.exec(asked.where(col(Fill.post).in_(posts)).order_by(Staff.username))).all()
    return [(name, id) for name, id in rows if id is not None]
