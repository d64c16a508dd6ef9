"""A feeder trips: complaints pour in, half of them by the call centre, everybody watches his page, somebody tries out numbers."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import httpx2

from drills.busy_minute import signed_in
from drills.ending import counted
from drills.findings import Finding, none_of, spread, within
from drills.flood import alarmed, deluged, heard
from drills.people import OUR_PAGE, UNCLEAR, Caller, NotTaken, Officer, consumer_of
from drills.seen_pages import Onlooker
from drills.stack import Stack
from drills.turn import Turn
from drills.waiting import until
from rules import reference

LOCALITY, CATEGORY = "gizri", "no-supply"
"""The locality all of them name; it is on one feeder."""
DANGER = "sparks"
PER_SECOND = 5.0
"""How they come: 3,000 in ten minutes."""
ADDRESSES = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")
"""All who watch sit behind these, as half a city behind its carrier's."""
WATCHERS = 3
"""One page is open for so many complaints."""
GUESSES = 60
"""Numbers tried out from each address: twice as many as are let pass."""
ASKED_AGAIN, A_WHILE = 2, 5.0
"""So often, after so many seconds, somebody asks again for what could not be read in time just then."""
AGENTS = ("call-centre-1", "call-centre-2")
CONTROL = "control-room"
HEARD_BY = 60.0
"""Seconds in which danger must have come to somebody who takes it up; he has five minutes by the timings."""
NUMBER = re.compile(r"/counter/requests/([0-9]{9})")


@dataclass
class Trip:
    """What is going on, and what was seen of it."""

    turn: Turn
    many: int
    over: asyncio.Event = field(default_factory=asyncio.Event)
    refused: list[str] = field(default_factory=list)
    opened: int = 0
    not_now: int = 0
    guessed: dict[str, Counter[int]] = field(default_factory=dict)
    slow: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stack = self.turn.stack
        self.promised = self.turn.promised
        self.chance = self.turn.chance
        self.key_of_danger = self.turn.key("danger")

    async def by_program(self, one: int) -> None:
        """A consumer's own filing, retried under its key."""
        began, key = asyncio.get_running_loop().time(), self.turn.key("trip", one)
        self.promised.numbers[key] = await Caller(self.stack).filed(key, CATEGORY, 120)
        self.slow.append(asyncio.get_running_loop().time() - began)

    async def by_call(self, agent: Officer, one: int) -> None:
        """A caller written down on the call centre's page; the same page sent again while its fate is unclear."""
        began, key = asyncio.get_running_loop().time(), self.turn.key("call", one)
        typed = {
            "token": key, "danger": "no", "category": CATEGORY, "locality": LOCALITY.capitalize(), "language": "en",
            "channel": "call", "phone": consumer_of(key)["phone"], "words": "The whole lane is dark", "anyway": "yes",
        }  # fmt: skip
        for _ in range(100):
            answer = await agent.caller.post("/counter/requests", typed)
            found = NUMBER.search(answer.leads_to)
            if found:
                self.promised.numbers[key] = found[1]
                self.slow.append(asyncio.get_running_loop().time() - began)
                return
            if answer.status and answer.status not in UNCLEAR:
                raise NotTaken(f"a call was answered {answer.status}: {answer.text[:2000]}")
            await asyncio.sleep(0.3)
        raise NotTaken("a call got no number")

    async def pours(self, agents: Sequence[Officer]) -> None:
        """All of them, evenly, half by call."""
        tasks, killed = [], self.chance.randrange(self.many // 4, self.many * 3 // 4)
        for one in range(self.many):
            how = self.by_call(agents[one // 2 % len(agents)], one) if one % 2 else self.by_program(one)
            tasks.append(asyncio.create_task(how))
            if one == killed:
                self.stack.kill("worker")
            await asyncio.sleep(1 / PER_SECOND)
        await asyncio.gather(*tasks)

    async def watches(self, place: int) -> None:
        """Keep the page of somebody's number open, from one of the addresses, until all is over."""
        address = ADDRESSES[place % len(ADDRESSES)]
        number, _ = await until(lambda: self.given(place * WATCHERS), bool, self.many / PER_SECOND + 60)
        if not number:
            return
        async with client_from(self.stack, address) as client:
            onlooker = self.turn.onlooker(client)
            self.opened += 1
            for ask in (self.page, self.live):
                await self.answered(ask, onlooker, number)

    async def answered(self, ask: Callable[[Onlooker, str], Awaitable[int]], onlooker: Onlooker, number: str) -> None:
        """Ask for a page or what is told live of it; after a "not now" its reader, or the page's own script, asks again."""
        status = await ask(onlooker, number)
        for _ in range(ASKED_AGAIN):
            if status == 503:
                self.not_now += 1
                await asyncio.sleep(A_WHILE)
                status = await ask(onlooker, number)
        if status != 200:
            self.refused.append(f"{number}, {ask.__name__}: {status}")

    async def page(self, onlooker: Onlooker, number: str) -> int:
        """Open the page of a number; the status with which it was answered."""
        return (await onlooker.opens(number)).status_code

    async def given(self, place: int) -> str:
        """The number given as the so manieth; "" before."""
        return next(itertools.islice(self.promised.numbers.values(), place, None), "")

    async def live(self, onlooker: Onlooker, number: str) -> int:
        """Hold the stream of a page until all is over; the status with which it was answered."""
        async with onlooker.client.stream("GET", f"/track/{number}/live") as stream:
            if stream.status_code != 200:
                return stream.status_code
            reading = asyncio.create_task(onlooker.follows(number, stream))
            over = asyncio.create_task(self.over.wait())
            await asyncio.wait({reading, over}, return_when=asyncio.FIRST_COMPLETED)
            for task in (reading, over):
                task.cancel()
            return 200

    async def guesses(self, address: str) -> None:
        """Try out numbers that nobody has, from an address behind which many watch."""
        self.guessed[address] = seen = Counter[int]()
        async with client_from(self.stack, address) as client:
            for _ in range(GUESSES):
                number = reference.new(10_000_000 + self.chance.randrange(90_000_000))
                seen[(await client.get(f"/track/{number}")).status_code] += 1
                await asyncio.sleep(0.05)

    async def danger(self, control: Sequence[Officer]) -> float:
        """A report of danger in the midst, taken up by whoever has his shift in the control room; the seconds until then."""
        began, key = asyncio.get_running_loop().time(), self.key_of_danger
        number = await Caller(self.stack).filed(key, DANGER, 60)
        self.promised.numbers[key] = number
        found, _ = await until(lambda: self.taken_up_by(control, number), bool, HEARD_BY)
        if not found:
            raise NotTaken("nobody could take up the report of danger")
        return asyncio.get_running_loop().time() - began

    async def taken_up_by(self, control: Sequence[Officer], number: str) -> bool:
        """Whether one of them was offered to take it up, and did."""
        for officer in control:
            sheet = await officer.offered(number, "accept")
            if sheet is not None:
                answer = await officer.send(sheet.filled(self.chance), tries=20)
                return answer.status == 303
        return False


def client_from(stack: Stack, address: str) -> httpx2.AsyncClient:
    """A browser at one of this machine's own addresses."""
    transport = httpx2.AsyncHTTPTransport(local_address=address, verify=False)
    return httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{stack.port}", transport=transport, timeout=30, headers=OUR_PAGE
    )


async def drill(turn: Turn) -> list[Finding]:
    """The trip; then the count."""
    trip = Trip(turn, turn.chosen.many // 2)
    agents = await signed_in(turn.stack, turn.sessions, AGENTS)
    control = await signed_in(turn.stack, turn.sessions, (CONTROL,))
    watching = [asyncio.create_task(trip.watches(place)) for place in range(trip.many // WATCHERS)]
    pouring = asyncio.create_task(trip.pours(agents))
    await asyncio.sleep(trip.many / PER_SECOND / 2)
    accepted = await trip.danger(control)
    await asyncio.gather(*(trip.guesses(address) for address in ADDRESSES))
    await pouring
    again = [await refused_now(trip, address) for address in ADDRESSES]
    trip.over.set()
    await asyncio.gather(*watching)
    turn.did("the trip")
    found = await counted(turn, 90, control)
    return [*seen(trip, accepted, again), *await messages(trip), *found]


async def messages(trip: Trip) -> list[Finding]:
    """What came to the officers: of the trip, and of the danger in the midst of it."""
    numbers, came = dict(trip.promised.numbers), trip.turn.caught()
    danger = numbers.pop(trip.key_of_danger)
    others = [one for one in came if not one.mentions(danger)]
    async with trip.turn.sessions() as session:
        return [
            *await deluged(session, others, trip.promised.since),
            await heard(session, list(numbers.values()), others),
            await alarmed(session, danger, came),
        ]


async def refused_now(trip: Trip, address: str) -> tuple[int, int]:
    """What an address is answered now: to a number that is there, and to one that is not."""
    async with client_from(trip.stack, address) as client:
        there = await client.get(f"/track/{next(iter(trip.promised.numbers.values()))}")
        guess = await client.get(f"/track/{reference.new(10_000_000 + trip.chance.randrange(90_000_000))}")
    return there.status_code, guess.status_code


def seen(trip: Trip, accepted: float, again: Sequence[tuple[int, int]]) -> list[Finding]:
    """What people saw while it went on."""
    let_pass = [f"{address}: {found}" for address, found in trip.guessed.items() if not found[429]]
    told = [f"{address}: {found}" for address, found in trip.guessed.items() if set(found) - {404, 429}]
    return [
        none_of("complaints without a number", ["..."] * (trip.many + 1 - len(trip.promised.numbers)), trip.many),
        spread("seconds to a number", trip.slow),
        none_of("pages of numbers refused to those who watch", trip.refused, trip.opened),
        Finding("of them asked for again after 'not now'", True, f"{trip.not_now} times"),
        none_of("addresses that could try out numbers for ever", let_pass, len(ADDRESSES)),
        none_of("guesses answered otherwise than 'none' or 'too many'", told, len(ADDRESSES)),
        none_of("afterwards: numbers that are there, refused", [pair for pair in again if pair[0] != 200], len(again)),
        none_of("afterwards: guesses not refused", [pair for pair in again if pair[1] != 429], len(again)),
        within("danger reported and taken up after", accepted, HEARD_BY),
    ]
