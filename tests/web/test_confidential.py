"""A report of theft, filed without name or phone: vigilance can work it, and nothing anywhere else betrays it."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx2
import pytest
from sqlmodel import col, select

from activities.facts import Place
from activities.outbox import Outbox
from activities.say import Renderer
from models.audit import OPENED, REFUSED, Audit
from models.intake import New, register
from models.openings import opening
from models.outbox import Notification
from models.requests import Task
from rules.messages import Look, Take
from rules.terms import Act, Channel, Kind
from tests.passwords import PASSWORD, let_in
from tests.sweeping import swept
from tests.timeline import Mailbox
from tests.web.desk_town import hidden, plain
from tests.web.window import Window
from tests.wellformed import well_formed

NUMBERS = itertools.count(1)
BETRAYING = (
    "theft",
    "hook",
    "lineman",
    "lamp post",
    "vigilance",
    "gizri",
    "चोरी",
    "सतर्कता",
    "गिज़री",
    "چوری",
    "نگرانی",
    "گذری",
)
"""Its category, its office and its subject, in any of the languages."""
OUTSIDERS = ("asha", "bilal", "chitra", "danish", "jaya", "kabir", "lata", "qasim", "tara", "vimla")
"""His office and its zone, another office, the control room, the managing director, the call centre, the administrator."""


@dataclass
class Rooms:
    """The staff's browsers on one application."""

    window: Window
    browsers: dict[str, tuple[httpx2.AsyncClient, datetime]] = field(default_factory=dict)

    async def of(self, username: str) -> httpx2.AsyncClient:
        """The browser of somebody, signed in."""
        found = self.browsers.get(username)
        if found and self.window.now - found[1] < timedelta(minutes=25):
            return found[0]
        async with self.window.sessions.begin() as session:
            await let_in(session, username)
        browser = self.window.visitor()
        answer = await browser.post("/sign-in", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 303
        browser.cookies.set("language", "en", domain="localhost.local")
        self.browsers[username] = (browser, self.window.now)
        return browser

    async def page(self, username: str, address: str, status: int = 200) -> str:
        """A page as somebody sees it."""
        answer = await (await self.of(username)).get(address)
        assert answer.status_code == status, (username, address, answer.status_code)
        return well_formed(answer.text)

    async def act(self, username: str, reference: str, act: str, **fields: str) -> httpx2.Response:
        """One of the forms of the request's page."""
        page = await self.page(username, f"/desk/requests/{reference}")
        data = {"token": hidden(page, "token"), "seen": hidden(page, "seen"), **fields}
        return await (await self.of(username)).post(f"/desk/requests/{reference}/{act}", data=data)


@pytest.fixture
async def rooms(window: Window) -> AsyncIterator[Rooms]:
    found = Rooms(window)
    yield found
    for browser, _ in found.browsers.values():
        await browser.aclose()


async def reported(window: Window, category: str = "theft-report", **more: str) -> str:
    """A report that names a hook at a lamp post in Gizri."""
    new = New(
        Kind.COMPLAINT, category, Channel.WEB, "en", "The lineman has a hook on the wire.", f"report-{next(NUMBERS)}",
        window.now, locality="gizri", place="Lamp post nine", **more,
    )  # fmt: skip
    async with window.sessions.begin() as session:
        row = await register(session, new)
    await window.record.look(Look(row.reference, window.now))
    return row.reference


def betrayed(text: str) -> list[str]:
    """Which of the words that betray it stand in a text."""
    return [word for word in BETRAYING if word in text.lower()]


async def audited(window: Window, reference: str) -> list[str]:
    async with window.sessions() as session:
        rows = await session.exec(select(Audit.what).where(Audit.subject == reference).order_by(col(Audit.id)))
        return list(rows.all())


def spaced(reference: str) -> str:
    return f"{reference[:4]}-{reference[4:8]}-{reference[8]}"


@pytest.mark.parametrize("username", swept("everybody else", *OUTSIDERS))
async def test_nobody_else_finds_it_in_a_queue_by_its_number_or_on_its_page(rooms: Rooms, username: str) -> None:
    reference = await reported(rooms.window)
    ordinary = await rooms.window.filed("no-supply", locality="quyumabad")
    queue = await rooms.page(username, "/desk")
    assert spaced(reference) not in queue
    assert reference not in queue
    for view in ("to_agree", "overdue", "answerable"):
        assert reference not in await rooms.page(username, f"/desk?view={view}")
    answer = await (await rooms.of(username)).get(f"/desk/requests/{reference}")
    assert answer.status_code == 403
    assert betrayed(answer.text.partition("<main")[2].partition("</main>")[0]) == []
    for act in ("note", "raise", "correct", "agree"):
        data = {"token": "t" * 22, "words": "x", "category": "sparks"}
        sent = await (await rooms.of(username)).post(f"/desk/requests/{reference}/{act}", data=data)
        assert sent.status_code == 403
    if username in ("asha", "chitra"):
        other = await (await rooms.of(username)).get(f"/desk/requests/{ordinary}")
        assert plain(other.text) == plain(answer.text)  # as any other that is not theirs
    assert await audited(rooms.window, reference) == [REFUSED]


async def test_the_call_centre_finds_only_that_it_was_received(rooms: Rooms) -> None:
    phone = "+919810077001"
    reference = await reported(rooms.window, phone=phone, name="Zubeida Example")
    ordinary = await reported(rooms.window, "no-supply", phone=phone, name="Zubeida Example")
    for typed in (phone, "Zubeida Example"):
        answer = await (await rooms.of("tara")).post("/counter", data={"q": typed})
        assert spaced(ordinary) in answer.text
        assert spaced(reference) not in answer.text
        assert reference not in answer.text
    answer = await (await rooms.of("tara")).get(f"/counter/requests/{reference}")
    shown = plain(answer.text)
    assert betrayed(shown.partition("Gizri Electric")[0]) == []
    assert "Zubeida" not in shown
    assert phone not in shown


@pytest.mark.parametrize("language", swept("the other languages", "ur", "en", "hi"))
async def test_the_page_of_its_number_tells_received_looked_into_closed_and_no_more(
    rooms: Rooms, language: str
) -> None:
    window = rooms.window
    reference = await reported(window)
    visitor = window.visitor(language)
    for _ in range(2):
        page = (await visitor.get(f"/track/{reference}")).text
        assert betrayed(page.partition("<main")[2].partition("</main>")[0]) == []
        answer = (await visitor.get(f"/api/v1/requests/{reference}", headers={"accept": "application/json"})).text
        assert betrayed(answer) == []
        await window.officer(reference, Act.NOTE, words="The hook is there.")
        await window.officer(reference, Act.RESOLVE, words="Cut.", data=put_right(window))
    assert (await window.row(reference)).state == "closed"
    await visitor.aclose()


def put_right(window: Window) -> dict[str, str]:
    return {"cause": "theft-found", "put_right": window.now.isoformat()}


async def test_no_message_names_category_office_or_subject(rooms: Rooms) -> None:
    window = rooms.window
    reference = await reported(window, phone="+919810077002", email="zubeida@demo.example")
    await window.passes(timedelta(days=20), reference)
    await window.officer(reference, Act.RESOLVE, words="The hook was cut.", data=put_right(window))
    sms, email = Mailbox("sms"), Mailbox("email")
    place = Place("http://onewindow.example", ZoneInfo("Asia/Kolkata"))

    async def unheard(take: Take) -> None:
        """Receipts are of no account here."""

    outbox = Outbox(window.sessions, {"sms": sms, "email": email}, Renderer(place), tell=unheard)
    async with window.sessions.begin() as session:
        for row in (await session.exec(select(Notification))).all():
            if row.reference != reference:
                row.state = "sent"
            row.next_at, row.together = row.queued, False  # at whatever hour: officers off duty are told too
            session.add(row)
    while await outbox.step():
        pass
    kinds = {row.kind for row in await notifications(window, reference)}
    assert {"acknowledged", "assigned", "escalated", "closed"} <= kinds
    letters = [*sms.letters, *email.letters]
    to_consumer = [one for one in letters if one.to in ("+919810077002", "zubeida@demo.example")]
    assert len(to_consumer) >= 4
    assert len(letters) > len(to_consumer)
    for letter in letters:
        whole = " ".join(str(part) for part in vars(letter.message).values()).replace("Gizri Electric", "")
        own_title = set() if letter in to_consumer else {"vigilance"}  # officers are addressed by their posts
        assert set(betrayed(whole)) <= own_title, whole


async def notifications(window: Window, reference: str) -> list[Notification]:
    async with window.sessions() as session:
        return list((await session.exec(select(Notification).where(Notification.reference == reference))).all())


async def test_each_opening_is_on_record_once_a_person_and_hour_and_so_is_a_try(rooms: Rooms) -> None:
    window = rooms.window
    reference = await reported(window)
    for _ in range(3):
        await rooms.page("omar", f"/desk/requests/{reference}")
    await rooms.page("asha", f"/desk/requests/{reference}", 403)
    await rooms.page("priya", f"/desk/requests/{reference}")
    assert await audited(window, reference) == [OPENED, REFUSED, OPENED]
    page = plain(await rooms.page("yusuf", f"/desk/requests/{reference}"))
    assert "Who opened this This is confidential. Every opening is on record, yours too. Yusuf Example" in page
    assert "Asha Example today, Monday, 10 in the morning Was not let in" in page
    window.now += timedelta(minutes=61)
    await rooms.page("omar", f"/desk/requests/{reference}")
    assert (await audited(window, reference)).count(OPENED) == 4
    for reader in ("vimla", "yusuf"):
        assert reference not in await rooms.page(reader, "/admin/audit")
    ordinary = await window.filed("no-supply")
    await rooms.page("asha", f"/desk/requests/{ordinary}")
    assert await audited(window, ordinary) == []


async def test_two_tabs_at_once_are_one_opening(window: Window) -> None:
    reference = await reported(window)
    async with window.sessions.begin() as one, window.sessions.begin() as other:
        await opening(one, reference, 1, window.now, let_in=True)
        await one.commit()
        await opening(other, reference, 1, window.now, let_in=True)
    assert await audited(window, reference) == [OPENED]


async def test_vigilance_its_head_and_the_managing_director_work_it_to_the_end(rooms: Rooms) -> None:
    window = rooms.window
    reference = await reported(window)
    assert spaced(reference) in await rooms.page("omar", "/desk")
    assert spaced(reference) not in await rooms.page("priya", "/desk")
    page = await rooms.page("omar", f"/desk/requests/{reference}")
    assert "Report theft of electricity" in page
    assert "The lineman has a hook on the wire." in page
    assert offered(page) & {"transfer", "raise"} == set()
    assert "Report the danger by itself" in page
    assert (await rooms.act("omar", reference, "accept")).is_redirect
    await window.passes(timedelta(days=4), reference)
    assert spaced(reference) in await rooms.page("priya", "/desk")
    assert (await rooms.act("priya", reference, "direct", words="Look at night.")).is_redirect
    await rooms.page("qasim", f"/desk/requests/{reference}", 403)
    await window.passes(timedelta(days=8), reference)
    for username in ("omar", "priya", "qasim"):
        assert spaced(reference) in await rooms.page(username, "/desk")
    assert "Look at night." in await rooms.page("qasim", f"/desk/requests/{reference}")
    assert (await rooms.act("qasim", reference, "take_over")).is_redirect
    at = window.now.astimezone(ZoneInfo("Asia/Kolkata")).strftime("%Y-%m-%dT%H:%M")
    done = {"cause": "theft-found", "words": "The hook was cut.", "put_right": at}
    assert (await rooms.act("qasim", reference, "resolve", **done)).is_redirect
    row = await window.row(reference)
    assert (row.state, row.closing) == ("closed", "not_asked")


async def test_a_complaint_that_becomes_confidential_leaves_its_office_at_once(rooms: Rooms) -> None:
    window = rooms.window
    reference = await reported(window, "no-supply")
    await window.passes(timedelta(minutes=95), reference)
    async with window.sessions() as session:
        task = (await session.exec(select(Task).where(Task.reference == reference))).one()
    officer = "asha" if task.handler.endswith("1") else "bilal"
    assert spaced(reference) in await rooms.page(officer, "/desk")
    page = await rooms.page("chitra", f"/desk/requests/{reference}")
    assert "(confidential: it leaves your queue)" in page
    asked = await rooms.act("chitra", reference, "correct", category="theft-report", words="He has a hook.")
    assert asked.is_redirect  # its standard is longer: the zone head is asked
    answer = await rooms.act("jaya", reference, "agree")
    assert answer.headers["location"] == "/desk?gone=agree"
    assert "It is no longer with you." in await rooms.page("jaya", answer.headers["location"])
    for username in (officer, "chitra", "jaya"):
        assert spaced(reference) not in await rooms.page(username, "/desk")
        await rooms.page(username, f"/desk/requests/{reference}", 403)
    assert "He has a hook." in await rooms.page("omar", f"/desk/requests/{reference}")
    page = (await window.visitor().get(f"/track/{reference}")).text
    assert betrayed(page.partition("<main")[2].partition("</main>")[0]) == []


async def test_opening_it_to_its_office_again_waits_for_the_head_of_vigilance(rooms: Rooms) -> None:
    reference = await reported(rooms.window)
    assert (await rooms.act("omar", reference, "correct", category="no-supply")).is_redirect
    for username in ("asha", "chitra", "jaya", "qasim"):
        assert spaced(reference) not in await rooms.page(username, "/desk?view=to_agree")
        await rooms.page(username, f"/desk/requests/{reference}", 403)
    assert spaced(reference) in await rooms.page("priya", "/desk?view=to_agree")
    assert (await rooms.act("priya", reference, "agree")).is_redirect
    assert (await rooms.window.row(reference)).confidential is False


def offered(page: str) -> set[str]:
    """The actions a page has a form for."""
    return set(re.findall(r'action="/desk/requests/\d+/(\w+)(?:/documents)?"', page))


async def test_one_that_was_turned_down_reads_like_any_other_that_is_closed(rooms: Rooms) -> None:
    window = rooms.window
    rejected, closed = await reported(window), await reported(window)
    await window.officer(rejected, Act.REJECT, words="Nothing there.", data={"reason": "nothing-there"})
    window.now += timedelta(hours=1)
    agreed = await rooms.act("priya", rejected, "agree", words="Agreed.")
    assert agreed.status_code == 303
    await window.officer(closed, Act.RESOLVE, words="Cut.", data=put_right(window))
    assert [(await window.row(number)).state for number in (rejected, closed)] == ["rejected", "closed"]
    visitor = window.visitor()
    pages = [(await visitor.get(f"/track/{number}")).text.partition("<main")[2] for number in (rejected, closed)]
    assert plain_of(pages[0], rejected) == plain_of(pages[1], closed)
    told = [(await visitor.get(f"/api/v1/requests/{number}")).text for number in (rejected, closed)]
    assert told[0].replace(rejected, "") == told[1].replace(closed, "")
    await window.consumer(rejected, Act.OBJECT, words="It is there.")
    again = (await visitor.get(f"/api/v1/requests/{rejected}")).json()
    assert (again["state"], again["events"][-1]["kind"]) == ("in_progress", "reopened")
    assert "turned" not in plain_of((await visitor.get(f"/track/{rejected}")).text, rejected)
    await visitor.aclose()


def plain_of(page: str, reference: str) -> str:
    """A page's words and marks, without its own number, event numbers and form tokens."""
    without = page.replace(spaced(reference), "").replace(reference, "")
    return re.sub(r"(data-number|seen|value|href)=?.?[\w/?=&-]*", "", without)
