"""Everything delivered twice and more, at once and again later, while the web is killed: each command is done once."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

from activities.record import Record
from drills.auditor import Promised, audit
from drills.busy_minute import ANSWER, signed_in
from drills.database_away import half_typed
from drills.findings import Finding, none_of
from drills.flows import flows
from drills.messages import caught_in
from drills.people import UNCLEAR, Caller, NotTaken, Officer, Sheet
from drills.stack import Chosen, Stack, running
from drills.waiting import caught_up, until
from drills.withdrawn import door_of
from embedded.message_store import stamp
from models.answers import answer_id
from models.database import Sessions
from rules.messages import ItIsTime, Take
from rules.terms import Act

TIMES = 3
FILED, TYPED = 12, 4
POSTS = ("relationship-officer-gizri-1", "relationship-officer-gizri-2")
KILLS = 3
PATIENCE = 60.0
QUIET = timedelta(seconds=5)
TIMINGS = """[complaint.no-supply]
accept = "none"
tiers = ["12s", "2h", "2h"]
standard = "8h"
calendar = "round-the-clock"
"""


class Echo:
    """Everybody who says all he says three times at once, and once more."""

    def __init__(self, stack: Stack, sessions: Sessions, promised: Promised, chance: random.Random) -> None:
        self.stack = stack
        self.sessions = sessions
        self.promised = promised
        self.chance = chance
        self.other: list[str] = []

    async def files(self, one: int) -> None:
        """One complaint by the API under one key: always the same number."""
        key = f"twice-{one}-{self.promised.since.timestamp():.0f}"
        callers = [Caller(self.stack) for _ in range(TIMES)]
        given = await asyncio.gather(*(caller.filed(key, "no-supply") for caller in callers))
        self.promised.numbers[key] = given[0]
        self.other += [key for number in (*given, await callers[0].filed(key, "no-supply")) if number != given[0]]

    async def types(self) -> None:
        """One form sent by an impatient hand: it shows one number."""
        form = await half_typed(self.stack)
        await asyncio.gather(*(form.check() for _ in range(TIMES)))
        for _ in range(20):
            if (await form.check()).status not in UNCLEAR | {0}:
                break
            await asyncio.sleep(0.5)
        self.promised.numbers[form.token] = await form.number()

    async def acts(self, officer: Officer, act: str) -> list[str]:
        """The same sheet of the desk for each request in a queue; the numbers it was sent for."""
        done = []
        for number in await officer.queue():
            sheet = next((one for one in await officer.offers(number) if one.act == act), None)
            if sheet is not None:
                await self.sent(officer, sheet.filled(self.chance))
                done.append(number)
        return done

    async def sent(self, officer: Officer, sheet: Sheet) -> None:
        """Three times at once, and again; then the same through the door and to the pen, as a network repeats it."""
        await asyncio.gather(*(officer.send(sheet, tries=40) for _ in range(TIMES)))
        await officer.send(sheet, tries=40)
        take = Take(sheet.reference, f"desk-{officer.id}-{sheet.act}-{sheet.fields['token']}", Act(sheet.act))
        door, pen = await door_of(self.stack, self.sessions), Record(self.sessions)
        await asyncio.gather(*(door.act(take) for _ in range(TIMES)), pen.take(take), pen.take(take))
        await asyncio.gather(*(door.look(sheet.reference) for _ in range(TIMES)))

    async def answers(self) -> int:
        """Each question is answered three times by its link; how many there were."""
        texts = [message.text for message in caught_in(self.stack.messages) if message.channel == "sms"]
        tokens = sorted({link for text in texts for link in ANSWER.findall(text)})
        callers = [Caller(self.stack) for _ in range(TIMES)]
        for token in tokens:
            taps = [caller.post(f"/answer/{token}", {"answer": "confirm"}) for caller in callers]
            if any(tap.status == 303 for tap in await asyncio.gather(*taps)):
                self.promised.told[answer_id(token)] = "received"
        return len(tokens)

    async def reports(self) -> list[str]:
        """Every delivery report comes twice more; those that were not taken."""
        caller, refused = Caller(self.stack), []
        for message in [one for one in caught_in(self.stack.messages) if one.callback]:
            said = {"id": message.id, "state": "delivered", "at": stamp(datetime.now(UTC))}
            for _ in range(TIMES - 1):
                answer = await caller.say("/api/v1/receipts/sms", said)
                if answer.status != 204:
                    refused.append(f"{message.id}: {answer.status}")
        return refused

    async def it_is_time(self) -> None:
        """The pen is told the time by nobody's workflow, again and again."""
        record, now = Record(self.sessions), datetime.now(UTC)
        commands = [ItIsTime(number, now) for number in self.promised.numbers.values() for _ in range(TIMES)]
        for few in (commands[at : at + 6] for at in range(0, len(commands), 6)):
            await asyncio.gather(*(record.it_is_time(one) for one in few))

    async def kills(self) -> None:
        """End the web again and again while all this comes in."""
        for _ in range(KILLS):
            await asyncio.sleep(self.chance.uniform(1, 3))
            self.stack.kill("web")
            await self.stack.back()


async def drill(chosen: Chosen) -> list[Finding]:
    """File, act and answer, everything many times, under kills of the web."""
    async with running(chosen) as stack, stack.sessions() as sessions:
        await stack.timings(TIMINGS)
        promised = Promised(datetime.now(UTC))
        officers = await signed_in(stack, sessions, POSTS)
        echo = Echo(stack, sessions, promised, random.Random(chosen.seed))
        killing = asyncio.create_task(echo.kills())
        await asyncio.gather(*(echo.files(one) for one in range(FILED)))
        await killing
        await asyncio.gather(*(echo.types() for _ in range(TYPED)))
        acted = [await echo.acts(officer, act) for act in ("accept", "note", "resolve") for officer in officers]
        await until(lambda: _questions(stack), bool, 20)
        asked, refused = await echo.answers(), await echo.reports()
        await echo.it_is_time()
        left, _ = await caught_up(sessions, PATIENCE, quiet=QUIET)
        promised.kills += stack.kills
        for officer in officers:
            promised.told |= officer.told
        async with sessions() as session:
            found = await audit(session, promised, lambda: caught_in(stack.messages))
        many = sum(map(len, acted))
        if not many or not asked:
            raise NotTaken(f"{many} acts and {asked} answers: nothing was repeated")
        return [
            Finding(
                "said many times",
                True,
                f"{len(promised.numbers)} filings, {many} acts, {asked} answers, {len(stack.kills)} kills",
            ),
            none_of("repeated filings answered otherwise", echo.other, FILED),
            none_of("repeated reports not taken", refused, asked),
            none_of("left undone", left, 4),
            *found,
            *await flows(stack),
        ]


async def _questions(stack: Stack) -> bool:
    return any(ANSWER.search(message.text) for message in caught_in(stack.messages))
