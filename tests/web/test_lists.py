"""Many at once and the next one, on pages without script."""

from __future__ import annotations

import asyncio
import html
import re
from urllib.parse import urlencode

import httpx2
from sqlmodel import col, delete, select

from activities.fanout import FanOut
from models.bulk import SECOND_THOUGHT
from models.events import Event
from models.people import Fill, Staff
from models.requests import Task
from models.staff import open_session
from rules.terms import Act
from tests.web.window import Window, checked, words

CREW, COLLEAGUE = "relationship-officer-gizri-1", "relationship-officer-gizri-2"


async def browser_of(window: Window, username: str, language: str = "en") -> httpx2.AsyncClient:
    """The browser of somebody of the staff, without script."""
    browser = window.visitor(language)
    async with window.sessions.begin() as session:
        person = (await session.exec(select(Staff).where(Staff.username == username))).one()
        browser.cookies.set("staff", await open_session(session, person, window.now), domain="localhost.local")
    browser.cookies.set("language", language, domain="localhost.local")
    return browser


async def alone(window: Window) -> None:
    """The first crew gets all the work of its office, and a second person works at its post."""
    async with window.sessions.begin() as session:
        await session.exec(delete(Fill).where(col(Fill.post) == COLLEAGUE))
        bilal = (await session.exec(select(Staff.id).where(Staff.username == "bilal"))).one()
        if not (await session.exec(select(Fill).where(Fill.post == CREW, Fill.person == bilal))).first():
            session.add(Fill(post=CREW, person=bilal or 0, since=window.now.replace(year=2020)))


async def boxes(browser: httpx2.AsyncClient, *references: str) -> list[tuple[str, str]]:
    """The boxes of these lines of the queue, ticked."""
    page = checked(await browser.get("/desk")).text
    found = re.findall(r'name="task" value="(([0-9]{9})/[^"]+)"', page)
    return [("task", value) for value, reference in found if reference in references]


def hidden(page: str) -> list[tuple[str, str]]:
    """The hidden fields of the page's panel."""
    panel = page.partition('<form class="panel"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', panel)
    return [(name, html.unescape(value)) for name, value in found]


async def posted(browser: httpx2.AsyncClient, address: str, fields: list[tuple[str, str]]) -> httpx2.Response:
    """A form sent with several fields of one name."""
    told = {"content-type": "application/x-www-form-urlencoded"}
    return await browser.post(address, content=urlencode(fields), headers=told)


async def finish(window: Window, number: int) -> None:
    """The worker brings a list to its end, its ten seconds being over."""
    window.now += SECOND_THOUGHT
    fan = FanOut(window.sessions, window.door, lambda: window.now)  # type: ignore[arg-type]
    while not (await fan.go_on(number)).over:
        pass


async def test_many_are_put_right_on_pages_without_script_and_each_says_what_became_of_it(window: Window) -> None:
    await alone(window)
    good, moved = await window.filed(), await window.filed()
    browser = await browser_of(window, "asha", "hi")
    asked = await browser.get("/desk/bulk/resolve", params=await boxes(browser, good, moved))
    fields = hidden(checked(asked).text)
    assert len([value for name, value in fields if name == "task"]) == 2
    empty = await posted(browser, "/desk/bulk/resolve", [*fields, ("words", "Fuse put back.")])
    assert empty.status_code == 422
    assert "Fuse put back." in checked(empty).text
    put_right = re.findall(r'name="put_right" value="([^"]+)"|value="(\d{4}-[^"]+T[^"]+)"', asked.text)[0]
    filled = [*fields, ("words", "Fuse put back."), ("cause", "fuse-blown"), ("put_right", "".join(put_right))]
    answers = [await posted(browser, "/desk/bulk/resolve", filled) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    address = answers[0].headers["location"]
    assert address == answers[1].headers["location"], "sent twice, it is one list"
    waiting = checked(await browser.get(address)).text
    assert "/undo" in waiting
    assert 'http-equiv="refresh"' in waiting
    stranger = await browser_of(window, "chitra")
    assert (await stranger.get(address)).status_code == 404
    assert (await window.officer(moved, Act.HOLD, data={"reason": "premises-locked"})).refused is None
    await finish(window, int(re.findall(r"lists/(\d+)", address)[0]))
    told = words(await browser.get(address))
    assert "यहाँ" in told
    assert "Something changed here meanwhile" not in told
    assert (await window.row(good)).state == "resolved"
    assert (await window.row(moved)).state == "on_hold"


async def test_what_he_may_not_see_is_refused_and_nothing_of_it_is_shown(window: Window) -> None:
    await alone(window)
    secret, elsewhere = await window.filed("theft-report"), await window.filed(locality="rehri")
    async with window.sessions() as session:
        tasks = (await session.exec(select(Task.id).where(col(Task.reference).in_([secret, elsewhere])))).all()
    browser = await browser_of(window, "asha")
    asked = await browser.get("/desk/bulk/note", params=[("task", f"{task}~1") for task in tasks])
    assert "theft" not in words(asked).lower()
    sent = await posted(browser, "/desk/bulk/note", [*hidden(asked.text), ("words", "Curious.")])
    number = int(re.findall(r"lists/(\d+)", sent.headers["location"])[0])
    await finish(window, number)
    told = words(await browser.get(f"/desk/lists/{number}"))
    assert told.count("This is not with you.") == 2
    async with window.sessions() as session:
        noted = select(Event).where(col(Event.reference).in_([secret, elsewhere]), Event.kind == "noted")
        assert not (await session.exec(noted)).all()


async def test_two_who_take_the_next_one_in_the_same_second_get_two_and_the_most_urgent_goes_first(
    window: Window,
) -> None:
    await alone(window)
    async with window.sessions.begin() as session:
        before = (await session.exec(select(Task).where(Task.handler == CREW))).all()
        for task in before:
            task.accepted_at = window.now
    usual, urgent = await window.filed("wrong-bill"), await window.filed("no-supply")
    both = [await browser_of(window, name) for name in ("asha", "bilal")]
    forms = [{"token": f"take-the-next-one-{place}"} for place in range(2)]
    answers = await asyncio.gather(*(one.post("/desk/next", data=form) for one, form in zip(both, forms, strict=True)))
    got = [answer.headers["location"].split("?")[0].rpartition("/")[2] for answer in answers]
    assert sorted(got) == sorted([usual, urgent])
    again = await both[0].post("/desk/next", data=forms[0])
    assert got[0] in again.headers["location"], "the same form leads to the same one"
    none = await both[1].post("/desk/next", data={"token": "take-the-next-one-third"})
    assert none.headers["location"] == "/desk?none=1"
    assert "Nothing waits to be taken up." in words(await both[1].get("/desk?none=1"))


async def test_the_way_leads_on_to_the_next_when_a_request_left_the_list(window: Window) -> None:
    await alone(window)
    browser = await browser_of(window, "asha")
    page = (await browser.get("/desk?view=mine")).text
    ways = [html.unescape(way) for way in re.findall(r'class="number" href="(/desk/requests/[^"#]+)', page)]
    assert len(ways) >= 3
    middle = ways[1]
    shown = html.unescape((await browser.get(middle)).text)
    assert f'rel="prev" data-key="k" href="{ways[0]}"' in shown
    assert f'rel="next" data-key="j" href="{ways[2]}"' in shown
    async with window.sessions.begin() as session:
        reference = middle.split("?")[0].rpartition("/")[2]
        task = (await session.exec(select(Task).where(Task.reference == reference))).first()
        assert task is not None
        task.handler, task.answerable = COLLEAGUE, COLLEAGUE
    shown = html.unescape((await browser.get(middle)).text)
    following = ways[2].split("?")[0]
    assert re.search(rf'rel="next" data-key="j" href="{following}\?', shown)
