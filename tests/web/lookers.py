"""Everybody who is shown a form, where each begins to look, and what there must be for every form to be shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
from sqlmodel import select

from models.filing import save_draft
from models.people import Staff, StaffSession
from models.proofs import open_session as prove
from models.runs import Run, Stage
from models.staff import hashed, open_session, sign_in
from tests.browser.town_of_applications import APPLYING
from tests.browser.town_of_screens import DRAFT, NOW, TOKEN, Town, town_on
from tests.passwords import PASSWORD, let_in
from tests.web.forms_shown import forms_of, read
from tests.web.window import PHONE

FILING = ("danger", "what", "where", "where?change=1", "address", "words", "you", "check", "alike", "now")
APPLICATION = ("what", "where", "where?change=1", "applicant", "load", "you", "papers", "check", "papers/identity")
AT_THE_COUNTER = ("resolved", "in_progress", "call_back", "closed", "rejected", "received", "escalated", "app-papers", "dates", "to_pay",
                  "no_access", "visit_over", "energised", "hearing", "proposed")  # fmt: skip
OF_THE_OFFICE = ("proposed", "escalated", "beyond", "resolved", "on_hold", "app-papers", "app-payment")
SPARKS = {"danger": "no", "category": "no-supply", "locality": "Gizri", "language": "hi", "channel": "call",
          "words": "Sparks at the pole.", "token": "a-form-with-words-of-danger"}  # fmt: skip
SAID = {f"note.{code}": "The river is over its bank." for code in ("en", "hi", "ur")}


@dataclass(frozen=True)
class Looker:
    """One who looks: nobody signed in (`username` ""), or somebody of the staff; in which language, and where he begins.

    `asks`: what he sends before, whose answers are looked at too. `follows`: he goes on by links. `whose`: he proved that
    every request is his own. `second`: he is asked for the second step of signing in. `reads`: he may change nothing.
    """

    name: str
    username: str
    language: str
    first: tuple[str, ...]
    asks: tuple[tuple[str, Mapping[str, str]], ...] = ()
    follows: bool = False
    whose: bool = False
    second: bool = False
    reads: bool = False

    async def browser(self, town: Town) -> httpx2.AsyncClient:
        """A browser of his, in a session that has just begun."""
        browser = town.window.visitor(self.language)
        browser.cookies.set("language", self.language, domain="localhost.local")
        for reference in town.of.values() if self.whose else ():
            async with town.window.sessions.begin() as session:
                token = await prove(session, reference)
            browser.cookies.set("consumer", token, domain="localhost.local", path=f"/track/{reference}")
        if self.username:
            browser.cookies.set("staff", await self.session(town), domain="localhost.local")
        return browser

    async def session(self, town: Town) -> str:
        """A new session of his."""
        async with town.window.sessions.begin() as session:
            if not self.second:
                person = (await session.exec(select(Staff).where(Staff.username == self.username))).one()
                token = await open_session(session, person, NOW)
                (await session.get_one(StaffSession, hashed(token))).pending = False
                return token
            await let_in(session, self.username)
        return await sign_in(town.window.sessions, self.username, PASSWORD, NOW)


def everybody(town: Town, made: Mapping[str, str]) -> list[Looker]:
    """All of them; those who change most for the others come last."""
    of = town.of
    filing = [f"/file/{TOKEN}/{step}" for step in FILING]
    applying = [f"/apply/{APPLYING}/{step}" for step in APPLICATION]
    drafts = (
        f"/file/{TOKEN}-report/you",
        f"/file/{TOKEN}-unknown/where",
        f"/file/{TOKEN}-alarming/sure",
        f"/apply/{APPLYING}-account/account",
    )
    public = ("/", "/file", "/apply", *filing, *applying, *drafts, f"/answer/{town.question}", f"/not-mine/{town.stop}",
              "/sign-in?next=/desk", f"/track/{of['assigned']}/code", f"/track/{of['assigned']}/code?step=code", f"/track/{of['closed']}")  # fmt: skip

    def desk(*names: str) -> tuple[str, ...]:
        return tuple(f"/desk/requests/{of[name]}" for name in names)

    def counter(*names: str) -> tuple[str, ...]:
        return tuple(f"/counter/requests/{of[name]}" for name in names)

    chosen = tuple(f"/desk/bulk/{act}?{town.chosen}" for act in ("give", "note", "resolve"))
    applications = tuple(name for name in of if name.startswith("app-"))
    return [
        Looker("a stranger", "", "ur", public, follows=True),
        Looker("a consumer", "", "hi", tuple(f"/track/{reference}" for reference in of.values()), follows=True, whose=True),
        Looker("a relationship officer", "asha", "hi", ("/desk?view=mine", "/account/kept", *chosen, f"/desk/lists/{town.waiting}",
               f"{desk('assigned')[0]}?in=view%3Dmine&at=0", *desk(*applications, "dates", "energised")), follows=True),
        Looker("an officer who wrote", "danish", "ur", desk("in_progress")),
        Looker("a service manager", "chitra", "en", ("/desk", "/desk/people", "/desk/team/requests?what=open", "/account/second", *desk(*OF_THE_OFFICE)),
               follows=True),
        Looker("a zone head", "jaya", "ur", ("/desk", *desk("beyond", "rejected", "no_access"))),
        Looker("a hearing officer", "rekha", "hi", desk("hearing")),
        Looker("the revenue officer", "zahid", "ur", desk("refund")),
        Looker("the place desk", "wasim", "ur", desk("somewhere")),
        Looker("a call taker", "tara", "hi", ("/counter", "/counter/new", "/counter/applications/new?procedure=new-connection",
               "/counter/meeting?locality=Gizri", "/counter/call-backs", *counter(*AT_THE_COUNTER)),
               asks=(("/counter", {"q": PHONE}), ("/counter/requests", SPARKS))),
        Looker("the control room", "lata", "ur", ("/desk", "/counter", *desk("danger"), *counter("danger"))),
        Looker("vigilance", "omar", "hi", ("/desk", *desk("confidential"))),
        Looker("one with a second step to go", "priya", "en", ("/sign-in/second?next=/desk",), second=True),
        Looker("one with a second step", "priya", "ur", ("/account",)),
        Looker("the auditor", "yusuf", "hi", ("/admin", "/desk", "/account", "/admin/rights", "/admin/events", "/admin/names/category/no-supply", made["take back"],
               *desk("confidential", "resolved")), reads=True),
        Looker("another administrator", "zubin", "ur", ("/admin/proposals/2",)),
        Looker("an administrator", "vimla", "hi", ("/admin", "/admin/proposals/2", "/admin/places/post/new?office=gizri", *(f"/admin/places/{one}" for one in ("locality/gizri", "office/gizri", "zone/south", "feeder/new", "locality/new")), "/admin/names/category/no-supply", "/admin/names/utility/phone", "/admin/calendars/office?at=zones.south",
               "/admin/moves/posts/relationship-officer-gizri-1", f"/desk/people/{town.colleague}", *made.values()), follows=True),
    ]  # fmt: skip


@asynccontextmanager
async def all_there(url: str) -> AsyncIterator[tuple[Town, list[Looker]]]:
    """The town of all screens with what its forms alone need beside that, and everybody."""
    async with town_on(url) as town:
        town.of["somewhere"] = await town.window.filed(locality=None, place="By the old mill", phone="+919800000099")
        alarming = {**DRAFT, "words": "Sparks at the pole.", "alarming": True}
        async with town.window.sessions.begin() as session:
            await save_draft(session, TOKEN + "-alarming", alarming, NOW)
            priya = (await session.exec(select(Staff.id).where(Staff.username == "priya"))).one()
        await Looker("elsewhere", "asha", "hi", ()).session(town)
        made = {"priya": f"/desk/people/{priya}", **await by_an_administrator(town)}
        yield town, everybody(town, made)


async def by_an_administrator(town: Town) -> dict[str, str]:
    """Timings saved and applied, an office's places given to another, an event: the addresses of what came of them."""
    browser = await Looker("before", "vimla", "en", ()).browser(town)

    async def sent(address: str, fields: Mapping[str, str]) -> str:
        answer = await browser.post(address, data=dict(fields))
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"]).partition("?")[0]

    async def faster(time: str, apply: str) -> str:
        forms = forms_of(read((await browser.get("/admin")).text))
        table = next(form.fields for form in forms if form.address == "/admin")
        return await sent("/admin", table | {"no-supply.tier3": time, "note": "Faster", "apply": apply})

    async def over(address: str) -> str:
        async with town.window.sessions.begin() as session:
            (await session.get_one(Run, int(address.rpartition("/")[2]))).state = Stage.DONE
        return address

    await faster("89m", "new")
    applied = await over(await faster("88m", "all"))
    retiming = await faster("87m", "all")
    some = {"what": "some", "place-hazara-colony": "1", "to": "defence", "do": "move"}
    move = await over(await sent("/admin/moves/offices/gizri", some))
    await sent("/admin/events", {"what": "flood", "zone": "south", "since": "2027-05-10T09:00", "until": "", **SAID})
    await browser.aclose()
    newest = f"/admin/versions/{town.window.parts.book.newest}"
    return {"retiming": retiming, "applied": applied, "move": move, "event": "/admin/events/1", "take back": newest}
