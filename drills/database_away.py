"""PostgreSQL hung, then killed: forms say so in three seconds and keep what was typed, and all catches up in a minute."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from drills.auditor import Promised, audit
from drills.busy_minute import signed_in
from drills.findings import Finding, none_of, within
from drills.flows import flows
from drills.messages import caught_in
from drills.people import Answer, Caller, NotTaken, Officer, Sheet, consumer_of
from drills.stack import Chosen, Stack, running
from drills.waiting import caught_up, until
from models.database import Sessions

POST = "relationship-officer-gizri-1"
SAID_BY = 3.5
"""Seconds: three, and the page around them on a busy machine."""
MINUTE = 60.0
NUMBER = re.compile(r"/track/([0-9]{9})")
TYPED = "The whole lane is dark since the storm of {}"
TIMINGS = """[complaint.no-supply]
accept = "none"
tiers = ["8s", "2h", "2h"]
standard = "8h"
calendar = "round-the-clock"
"""


@dataclass
class HalfTyped:
    """A consumer's form, filled up to its free text."""

    caller: Caller
    token: str

    async def words(self, typed: str) -> Answer:
        """Send the page with the free text."""
        return await self.caller.post(f"/file/{self.token}/words", {"words": typed})

    async def check(self) -> Answer:
        """Send the whole form."""
        return await self.caller.post(f"/file/{self.token}/check", {})

    async def number(self) -> str:
        """The number on the page that confirms it; NotTaken when there is none."""
        answer = await self.caller.get(f"/file/{self.token}/done")
        found = NUMBER.search(answer.text)
        if found is None:
            raise NotTaken(f"a form sent again has no number: {answer.status}")
        return found[1]


async def drill(chosen: Chosen) -> list[Finding]:
    """Both kinds of absence, one after the other, on one stack."""
    async with running(chosen) as stack, stack.sessions() as sessions:
        await stack.timings(TIMINGS)
        promised = Promised(datetime.now(UTC))
        [officer] = await signed_in(stack, sessions, (POST,))
        found: list[Finding] = []
        for how in ("hung", "killed"):
            found += await without(stack, sessions, promised, officer, how, chosen.away)
        promised.told |= officer.told
        promised.kills += stack.kills
        async with sessions() as session:
            found += await audit(session, promised, lambda: caught_in(stack.messages))
        return [*found, *await flows(stack)]


@dataclass
class Sent:
    """What was sent while the database was away, and how each was answered."""

    words: Answer
    whole: Answer
    api: Answer
    note: Answer
    ready: Answer
    alive: Answer

    @property
    def forms(self) -> dict[str, Answer]:
        """The answers to everything that writes."""
        return {"form page": self.words, "whole form": self.whole, "API": self.api, "desk form": self.note}


@dataclass
class Visitors:
    """Everybody who has something half done when the database goes away; `sheet` is an officer's note."""

    form: HalfTyped
    whole: HalfTyped
    caller: Caller
    officer: Officer
    sheet: Sheet
    key: str
    typed: str

    async def send(self) -> Sent:
        """Send all of it at once."""
        return Sent(
            *await asyncio.gather(
                self.form.words(self.typed),
                self.whole.check(),
                self.caller.file(self.key, "no-supply"),
                self.officer.send(self.sheet),
                self.caller.get("/readyz"),
                self.caller.get("/healthz"),
            )
        )

    async def again(self, promised: Promised) -> None:
        """Send the same once more and keep the numbers given."""
        promised.numbers[self.key] = await self.caller.filed(self.key, "no-supply")
        for form in (self.form, self.whole):
            await form.words(self.typed)
            await form.check()
            promised.numbers[form.token] = await form.number()
        await self.officer.send(self.sheet, tries=20)


async def without(
    stack: Stack, sessions: Sessions, promised: Promised, officer: Officer, how: str, away: float
) -> list[Finding]:
    """Send forms while the database is away, and the same ones again when it is back."""
    visitors = await half_done(stack, promised, officer, how)
    async with stack.away("postgres", how):
        ends = asyncio.get_running_loop().time() + away
        sent = await visitors.send()
        await asyncio.sleep(max(ends - asyncio.get_running_loop().time(), 0))
    back = await stack.back()
    await visitors.again(promised)
    left, _ = await caught_up(sessions, MINUTE)
    took = (datetime.now(UTC) - back).total_seconds()
    return [
        *judged(how, sent, visitors.typed),
        none_of(f"{how}: left undone", left, 4),
        within(f"{how}: everything caught up after", took, MINUTE),
    ]


def judged(how: str, sent: Sent, typed: str) -> list[Finding]:
    """What was promised of every answer."""
    other = [f"{what} {answer.status}" for what, answer in sent.forms.items() if answer.status != 503]
    lost = [what for what in ("form page", "desk form") if typed not in sent.forms[what].text]
    away = json.loads(sent.ready.text).get("database") if sent.ready.status == 503 else "ok"
    return [
        none_of(f"{how}: forms not answered 503", other, len(sent.forms)),
        within(f"{how}: slowest of them", max(answer.seconds for answer in sent.forms.values()), SAID_BY),
        none_of(f"{how}: forms that lost what was typed", lost, 2),
        Finding(f"{how}: the API answers problem+json", '"status":503' in sent.api.text),
        Finding(f"{how}: /readyz says that the database is away", away != "ok", f"{sent.ready.status}"),
        Finding(f"{how}: the web itself lives", sent.alive.status == 200, f"{sent.alive.seconds:.2f} s"),
    ]


async def half_done(stack: Stack, promised: Promised, officer: Officer, how: str) -> Visitors:
    """A complaint of the officer's with eight seconds to go, his note on it, and two forms half typed."""
    caller, when = Caller(stack), f"{promised.since.timestamp():.0f}"
    form, whole = await half_typed(stack), await half_typed(stack)
    for number in range(4):
        key = f"{how}-{number}-{when}"
        promised.numbers[key] = await caller.filed(key, "no-supply")
        offers, _ = await until(partial(officer.offers, promised.numbers[key]), bool, 5)
        if offers:
            break
    else:
        raise NotTaken("none of four complaints came to the officer")
    sheet = next(one for one in offers if one.act == "note")
    typed = TYPED.format(how)
    sheet.fields["words"] = typed
    return Visitors(form, whole, caller, officer, sheet, f"later-{how}-{when}", typed)


async def half_typed(stack: Stack) -> HalfTyped:
    """A form whose first questions are answered."""
    caller = Caller(stack)
    begun = await caller.post("/file", {"danger": "no", "category": "no-supply"})
    form = HalfTyped(caller, begun.leads_to.split("/")[2])
    answers: dict[str, dict[str, str]] = {
        "where": {"pick": "gizri"},
        "address": {"address": "7 Gizri Lane"},
        "words": {"words": "It is dark."},
        "you": {**consumer_of(form.token), "language": "en"},
    }
    for step, given in answers.items():
        answer = await caller.post(f"/file/{form.token}/{step}", given)
        if answer.status != 303:
            raise NotTaken(f"the form's page {step} was answered {answer.status}")
    return form
