"""PostgreSQL hung, then killed: forms say so in three seconds and keep what was typed, and all catches up in a minute."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from drills.auditor import Promised
from drills.busy_minute import signed_in
from drills.ending import counted
from drills.findings import Finding, none_of, within
from drills.people import Answer, Caller, NotTaken, Officer, Sheet, consumer_of
from drills.stack import Stack
from drills.turn import Turn
from drills.waiting import caught_up, until

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


async def drill(turn: Turn) -> list[Finding]:
    """Both kinds of absence, one after the other, on one stack."""
    await turn.timings(TIMINGS)
    [officer] = await signed_in(turn.stack, turn.sessions, (POST,))
    found: list[Finding] = []
    for how in turn.chance.sample(("hung", "killed"), 2):
        found += await without(turn, officer, how)
        turn.did(how)
    return [*found, *await counted(turn, MINUTE, [officer])]


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


async def without(turn: Turn, officer: Officer, how: str) -> list[Finding]:
    """Send forms while the database is away, and the same ones again when it is back."""
    visitors = await half_done(turn, officer, how)
    async with turn.stack.away("postgres", how):
        ends = asyncio.get_running_loop().time() + turn.chosen.away
        await asyncio.sleep(turn.chance.uniform(0, 1))
        sent = await visitors.send()
        await asyncio.sleep(max(ends - asyncio.get_running_loop().time(), 0))
    back = await turn.stack.back()
    await visitors.again(turn.promised)
    left, _ = await caught_up(turn.sessions, MINUTE)
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


async def half_done(turn: Turn, officer: Officer, how: str) -> Visitors:
    """A complaint of the officer's with eight seconds to go, his note on it, and two forms half typed."""
    caller, numbers = Caller(turn.stack), turn.promised.numbers
    form, whole = await half_typed(turn.stack), await half_typed(turn.stack)
    for number in range(4):
        key = turn.key(how, number)
        numbers[key] = await caller.filed(key, "no-supply")
        sheet, _ = await until(partial(officer.offered, numbers[key], "note"), bool, 5)
        if sheet is not None:
            break
    else:
        raise NotTaken("none of four complaints came to the officer")
    typed = TYPED.format(how)
    sheet.fields["words"] = typed
    return Visitors(form, whole, caller, officer, sheet, turn.key("later", how), typed)


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
