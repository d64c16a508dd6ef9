"""Those who use the stack while it breaks: consumers who file, by the API and by the form, and officers at their desk."""

from __future__ import annotations

import asyncio
import json
import random
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx2

from drills.stack import Stack

OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}
FORM = re.compile(r'<form[^>]* action="/desk/requests/(\d{9})/([a-z_]+)(?:/documents)?"[^>]*>(.*?)</form>', re.DOTALL)
IN_QUEUE = re.compile(r'href="/desk/requests/(\d{9})')
HIDDEN = re.compile(r'name="(token|seen)" value="([^"]*)"')
OPTION = re.compile(r'<option value="([^"]+)"')
REASON = re.compile(r'name="reason" value="([^"]+)"')
CHOSEN = {"resolve": "cause", "transfer": "office", "correct": "category"}
"""What is chosen from the list of a form; of any other, a post."""
UNCLEAR = frozenset({500, 502, 503, 504})


class NotTaken(RuntimeError):
    """The stack did not take something in time."""


@dataclass(frozen=True)
class Answer:
    """One answer of the web: status (0: none came), how long it took in seconds, its text and where it leads."""

    status: int
    seconds: float
    text: str = ""
    leads_to: str = ""


class Caller:
    """One browser or program outside. Every call answers, also when nobody does."""

    def __init__(self, stack: Stack, seconds: float = 20.0) -> None:
        # this machine has no certificate, and reading those of the world takes 50 ms for each browser
        self.client = httpx2.AsyncClient(base_url=stack.url, timeout=seconds, verify=False)

    async def get(self, address: str) -> Answer:
        """A page."""
        return await self._asked("GET", address)

    async def post(self, address: str, form: dict[str, str]) -> Answer:
        """A form sent from our own page."""
        return await self._asked("POST", address, data=form, headers=OUR_PAGE)

    async def say(self, address: str, body: dict[str, str]) -> Answer:
        """JSON sent by a program."""
        return await self._asked("POST", address, json=body)

    async def say_signed(self, address: str, body: bytes, headers: dict[str, str]) -> Answer:
        """What a gateway says, in its very bytes."""
        return await self._asked("POST", address, content=body, headers=headers)

    async def file(self, key: str, category: str, **more: object) -> Answer:
        """A complaint by the API, under the caller's own key."""
        body = {
            "kind": "complaint",
            "category": category,
            "channel": "api",
            "language": "en",
            "description": f"Drill {key}",
            "locality": "gizri",
            "consumer": consumer_of(key),
            **more,
        }
        return await self._asked("POST", "/api/v1/requests", json=body, headers={"Idempotency-Key": key})

    async def filed(self, key: str, category: str, seconds: float = 60.0) -> str:
        """As `file`, tried under the same key until the number is there."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = await self.file(key, category)
            if answer.status == 201:
                return str(json.loads(answer.text)["reference"])
            if answer.status and answer.status not in UNCLEAR:
                raise NotTaken(f"filing was answered {answer.status}: {answer.text[:300]}")
            await asyncio.sleep(0.2)
        raise NotTaken(f"no number within {seconds:.0f} s")

    async def _asked(self, method: str, address: str, **more: object) -> Answer:
        began = time.monotonic()
        try:
            found = await self.client.request(method, address, **more)  # type: ignore[arg-type]
        except httpx2.HTTPError:
            return Answer(0, time.monotonic() - began)
        return Answer(found.status_code, time.monotonic() - began, found.text, found.headers.get("location", ""))


def consumer_of(key: str) -> dict[str, str]:
    """A consumer nobody is, the same for the same key, with a telephone and a mail address."""
    number = random.Random(key).randrange(10**6)
    return {
        "name": f"Drill consumer {number}",
        "phone": f"+91555{number:06d}7",
        "email": f"c{number}@drill.example",
    }


@dataclass
class Officer:
    """One who is signed in at the desk. `told` is what he was told became of each form, by its submission's id."""

    username: str
    id: int
    caller: Caller
    told: dict[str, str] = field(default_factory=dict)

    async def sign_in(self, password: str) -> None:
        """Open a session; NotTaken when it is refused."""
        answer = await self.caller.post("/sign-in", {"username": self.username, "password": password})
        if answer.status != 303:
            raise NotTaken(f"{self.username} could not sign in: {answer.status}")

    async def queue(self) -> list[str]:
        """The numbers in his queue now; none when the page is not to be had."""
        answer = await self.caller.get("/desk")
        return sorted(set(IN_QUEUE.findall(answer.text))) if answer.status == 200 else []

    async def offers(self, reference: str) -> list[Sheet]:
        """The forms his page of a request offers now; none when the page is not to be had."""
        answer = await self.caller.get(f"/desk/requests/{reference}")
        return list(sheets(answer.text)) if answer.status == 200 else []

    async def offered(self, reference: str, act: str) -> Sheet | None:
        """The form for one act on a request; None where his page does not offer it now."""
        return next((one for one in await self.offers(reference) if one.act == act), None)

    async def send(self, sheet: Sheet, tries: int = 1) -> Answer:
        """Send a form, the same again while its fate is unclear; what he was told is kept."""
        for _ in range(tries):
            answer = await self.caller.post(sheet.address, sheet.fields)
            told = fate(answer)
            if told is not None:
                self.told[f"desk-{self.id}-{sheet.act}-{sheet.fields['token']}"] = told
            if answer.status and answer.status not in UNCLEAR:
                break
            await asyncio.sleep(0.5)
        return answer


@dataclass
class Sheet:
    """One form of the desk, to be filled and sent."""

    reference: str
    act: str
    fields: dict[str, str]
    choices: list[str]
    reasons: list[str]

    @property
    def address(self) -> str:
        """Where it is sent."""
        return f"/desk/requests/{self.reference}/{self.act}"

    def filled(self, chance: random.Random) -> Sheet:
        """The form with every field an officer would fill."""
        if "words" not in self.fields:
            self.fields["words"] = f"drill {secrets.token_hex(4)}"
        if self.choices:
            self.fields[CHOSEN.get(self.act, "post")] = chance.choice(self.choices)
        if self.reasons:
            self.fields["reason"] = chance.choice(self.reasons)
        if self.act == "expect":
            self.fields["quick"] = "1h"
        if self.act == "resolve":
            self.fields["put_right"] = self.fields.get("put_right") or _now_in_india()
        return self


def sheets(page: str) -> Iterator[Sheet]:
    """Every form of an officer's page."""
    for reference, act, inside in FORM.findall(page):
        put_right = re.search(r'name="put_right"[^>]* value="([^"]+)"', inside)
        fields = dict(HIDDEN.findall(inside)) | ({"put_right": put_right[1]} if put_right else {})
        if {"token", "seen"} <= set(fields):
            yield Sheet(reference, act, fields, OPTION.findall(inside), REASON.findall(inside))


def fate(answer: Answer) -> str | None:
    """What an answer tells of the form sent: done, received, refused; None when it tells nothing."""
    if answer.status == 303:
        asked = parse_qs(urlsplit(answer.leads_to).query)
        return "done" if "done" in asked else "received" if "sent" in asked else None
    return "refused" if answer.status == 409 else None


def _now_in_india() -> str:
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Kolkata")).strftime("%Y-%m-%dT%H:%M")
