"""Everything delivered twice and more, at once and again later, while the web is killed: each command is done once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

from activities.record import Record
from drills.busy_minute import ANSWER, signed_in
from drills.database_away import half_typed
from drills.ending import counted
from drills.findings import Finding, none_of
from drills.people import UNCLEAR, Caller, NotTaken, Officer, Sheet
from drills.turn import Turn
from drills.waiting import until
from drills.withdrawn import applied, door_of
from embedded.message_store import stamp
from models.answers import answer_id
from rules.messages import ItIsTime, Take
from rules.terms import Act
from web.api.signed import HEADER, signature

TIMES = 3
FILED, TYPED = 12, 4
POSTS = ("relationship-officer-gizri-1", "relationship-officer-gizri-2", "service-manager-gizri")
ACTS = {
    "accept": 3, "note": 3, "message": 1, "expect": 1, "give": 1, "reassign": 1, "hold": 2, "resume": 1, "transfer": 1, "escalate": 1,
    "correct": 1, "reject": 1, "direct": 2, "take_over": 2, "agree": 2, "disagree": 1, "resolve": 4,
}  # fmt: skip
"""What officers and who stands above them do, one after the other, each to so many of a queue at most."""
KILLS = 3
PATIENCE = 60.0
QUIET = timedelta(seconds=5)
TIMINGS = """[complaint.no-supply]
accept = "none"
tiers = ["12s", "2h", "2h"]
standard = "8h"
calendar = "round-the-clock"
"""
ACTED_ON = "voltage"
"""Of this there is time to do something; the others climb meanwhile."""


class Echo:
    """Everybody who says all he says three times at once, and once more."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.stack = turn.stack
        self.sessions = turn.sessions
        self.promised = turn.promised
        self.chance = turn.chance
        self.other: list[str] = []

    async def files(self, one: int) -> None:
        """One complaint by the API under one key: always the same number."""
        key = self.turn.key("twice", one)
        callers = [Caller(self.stack) for _ in range(TIMES)]
        category = self.chance.choice((ACTED_ON, "no-supply"))
        given = await asyncio.gather(*(caller.filed(key, category) for caller in callers))
        self.promised.numbers[key] = given[0]
        self.other += [key for number in (*given, await callers[0].filed(key, category)) if number != given[0]]

    async def types(self) -> None:
        """One form sent by an impatient hand: it shows one number."""
        form = await half_typed(self.stack)
        await asyncio.gather(*(form.check() for _ in range(TIMES)))
        for _ in range(20):
            if (await form.check()).status not in UNCLEAR | {0}:
                break
            await asyncio.sleep(0.5)
        self.promised.numbers[form.token] = await form.number()

    async def acts(self, officer: Officer, act: str, most: int) -> list[str]:
        """The same sheet of the desk for our requests in a queue, for so many at most; the numbers it was sent for."""
        done = list[str]()
        for number in sorted(set(await officer.queue()) & set(self.promised.numbers.values())):
            if len(done) == most:
                break
            sheet = await officer.offered(number, act)
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
        texts = [message.text for message in self.turn.caught() if message.channel == "sms"]
        tokens = sorted({link for text in texts for link in ANSWER.findall(text)})
        callers = [Caller(self.stack) for _ in range(TIMES)]
        for token in tokens:
            taps = [caller.post(f"/answer/{token}", {"answer": "confirm"}) for caller in callers]
            if any(tap.status == 303 for tap in await asyncio.gather(*taps)):
                self.promised.told[answer_id(token)] = "received"
        return len(tokens)

    async def pays(self) -> list[str]:
        """A demand note is paid in two parts, each reported four times by the bank; what was booked otherwise than once."""
        request = await applied(self.turn, await door_of(self.stack, self.sessions), "twice")
        await request.walk("payment")
        secret, other = (self.stack.folder / "payment-secret").read_text(encoding="ascii").strip(), list[str]()
        for part in (2, 1):
            case = await request.case()
            if case.note is None:
                raise NotTaken("there is no demand note to pay")
            amount = case.to_pay // part
            paid = {"id": self.turn.key("paid", part), "note": case.note.number, "amount": amount}
            body = json.dumps({**paid, "paid_at": datetime.now(UTC).isoformat()}).encode()
            answers = await asyncio.gather(*(self.reported(secret, body) for _ in range(TIMES)))
            answers.append(await self.reported(secret, body))
            left = (await request.case()).to_pay
            other += [f"part of {amount}: answered {one}" for one in answers if one not in ("booked", "received")]
            other += [f"part of {amount}: {left} of {case.to_pay} left"] if left != case.to_pay - amount else []
        return other

    async def reported(self, secret: str, body: bytes) -> str:
        """What the web answers to a bank that says this, again while its fate is unclear."""
        for _ in range(40):
            headers = {"Content-Type": "application/json", HEADER: signature(secret, body, datetime.now(UTC))}
            answer = await Caller(self.stack).say_signed("/api/v1/payments", body, headers)
            if answer.status and answer.status not in UNCLEAR:
                return str(json.loads(answer.text).get("state", answer.status))
            await asyncio.sleep(0.5)
        return "nothing"

    async def reports(self) -> list[str]:
        """Every delivery report comes twice more; those that were not taken."""
        caller, refused = Caller(self.stack), []
        for message in [one for one in self.turn.caught() if one.callback]:
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
            await asyncio.sleep(self.chance.uniform(0.5, 3))
            self.stack.kill("web")
            await self.stack.back()


async def drill(turn: Turn) -> list[Finding]:
    """File, act and answer, everything many times, under kills of the web."""
    await turn.timings(TIMINGS)
    officers = await signed_in(turn.stack, turn.sessions, POSTS)
    echo = Echo(turn)
    killing = asyncio.create_task(echo.kills())
    await asyncio.gather(*(echo.files(one) for one in range(FILED)))
    await killing
    await asyncio.gather(*(echo.types() for _ in range(TYPED)))
    turn.did("filing")
    acted = Counter[str]()
    for act, most in ACTS.items():
        for officer in officers:
            acted[act] += len(await echo.acts(officer, act, most))
    turn.did("acting")
    otherwise = await echo.pays()
    turn.did("paying")
    await until(lambda: _questions(turn), bool, 20)
    asked, refused = await echo.answers(), await echo.reports()
    await echo.it_is_time()
    turn.did("answering")
    if not acted.total() or not asked:
        raise NotTaken(f"{acted.total()} acts and {asked} answers: nothing was repeated")
    acts = ", ".join(f"{many} {act}" for act, many in acted.items() if many)
    said = f"{len(turn.promised.numbers)} filings, {asked} answers, 2 payments, {acts}, {KILLS} kills"
    return [
        Finding("said many times", True, said),
        none_of("repeated filings answered otherwise", echo.other, FILED),
        none_of("repeated reports not taken", refused, asked),
        none_of("payments booked otherwise than once", otherwise, 2),
        *await counted(turn, PATIENCE, officers, QUIET),
    ]


async def _questions(turn: Turn) -> bool:
    return any(ANSWER.search(message.text) for message in turn.caught())
