"""An hour of the call centre: forty calls by keyboard alone, each timed, and afterwards everything is where it belongs."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from statistics import median

import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import select

from embedded.postgres import Postgres
from models.calls import EndedCall
from models.requests import Consumer, ServiceRequest, Task
from tests.browser.chromium import opened, opening
from tests.browser.hall import Hall, hall_on, number_on
from tests.servers import database_of

pytestmark = [pytest.mark.browser, pytest.mark.sweep("one more way through the screens, forty times")]
FEEDER = ("Hazara Colony", "Punjab Colony", "Delhi Colony")
MIXED = (
    ("voltage", "Low or", "Defence Phase 1", "defence"),
    ("meter-fault", "Meter", "Akhtar Colony", "quyumabad"),
    ("burnt-meter", "Burnt", "Gizri", "gizri"),
    ("transformer", "Trans", "Lath Basti", "rehri"),
    ("supply-quality", "Supply goes", "Commercial Area", "defence"),
    ("bill-not-delivered", "Bill", "Kashmir Colony", "quyumabad"),
    ("payment-not-posted", "Payment", "T&T Colony", "gizri"),
    ("wrong-disconnection", "Cut", "Ibrahim Hyderi", "rehri"),
    ("reconnection", "Not conn", "Defence Phase 2", "defence"),
    ("streetlight", "Street", "Manzoor Colony", "quyumabad"),
)
"""Category, the letters typed for it, the place, and the office it must come to."""
SECONDS = 60


@dataclass
class Hand:
    """One agent's hand: only the keyboard. Counts what it presses."""

    page: Page
    strokes: int = 0
    calls: list[tuple[float, int]] = field(default_factory=list)

    async def types(self, text: str) -> None:
        self.strokes += len(text)
        await self.page.keyboard.type(text)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.strokes += 1
            await self.page.keyboard.press(key)

    async def goes(self, *keys: str) -> None:
        """Press keys of which the last opens another page."""
        *first, last = keys
        await self.press(*first)
        async with opening(self.page):
            await self.press(last)

    async def tabs(self, name: str) -> None:
        """Go on by the tabulator to a field."""
        for _ in range(12):
            if await self.page.evaluate("document.activeElement.name") == name:
                return
            await self.press("Tab")
        raise AssertionError(f"the keyboard never came to {name}")

    async def looks_up(self, phone: str) -> None:
        await self.types(phone)
        await self.goes("Enter")

    async def writes_down(self, category: str, place: str, words: str = "", name: str = "") -> None:
        """The form, from the question of danger to the last field; not filed yet."""
        await self.press("0")
        await self.types(category)
        await self.press("Tab")
        await self.types(place)
        if words:
            await self.tabs("words")
            await self.types(words)
        if name:
            await self.tabs("name")
            await self.types(name)


@dataclass
class Hour:
    """What was done in it: who called, and the number each was given."""

    hall: Hall
    hand: Hand
    numbers: dict[str, str] = field(default_factory=dict)

    async def call(self, phone: str, category: str, place: str, words: str = "", name: str = "") -> str:
        """One caller who gets a number: looked up, written down, filed, read out, and on to the next."""
        hand = self.hand
        if phone:
            await hand.looks_up(phone)
            await hand.goes("t")
        else:
            await hand.goes(
                "Tab", "Tab", "n"
            )  # nobody to look up: away from the field, then the key of a new complaint
        await hand.writes_down(category, place, words, name)
        await hand.goes("Control+Enter")
        if await hand.page.locator(".asked").count():
            await hand.goes("0")
        return await self.read_out()

    async def read_out(self) -> str:
        """The number as it stands there, large; then the next call by one key."""
        page = self.hand.page
        await expect(page.get_by_role("status")).to_contain_text("It is filed.")
        size = await page.locator("h1 .huge").evaluate("at => parseFloat(getComputedStyle(at).fontSize)")
        assert size >= 28
        number = number_on(await page.locator("h1").inner_text())
        await self.hand.goes("Enter")
        return number

    async def timed(self, one: Awaitable[None]) -> None:
        """Let a call be made, and note how long it took and how many keys."""
        before, began = self.hand.strokes, time.monotonic()
        await one
        self.hand.calls.append((time.monotonic() - began, self.hand.strokes - before))
        assert await self.hand.page.evaluate("document.activeElement.id") == "q"


@pytest.fixture
async def hall(browser: Browser, postgres: Postgres) -> AsyncIterator[Hall]:
    async with database_of(postgres) as url, hall_on(url, browser) as made:
        yield made


async def calls_of_the_hour(hour: Hour) -> None:
    """Forty callers, mixed as they come."""
    hand, numbers = hour.hand, hour.numbers

    async def filed(who: str, *given: str) -> None:
        numbers[who] = await hour.call(*given)

    async def again(phone: str) -> None:
        await hand.looks_up(phone)
        await expect(hand.page.locator("#open-title")).to_be_visible()
        await hand.goes("1")
        await expect(hand.page.locator("main")).to_contain_text("1 time")
        await hand.goes("s")

    async def ends(key: str) -> None:
        await hand.goes("Tab", "Tab", key)

    async def meets() -> None:
        await hand.goes("Tab", "Tab", "m")
        await hand.types("Gizri")
        await hand.goes("Enter")
        await expect(hand.page.locator("main")).to_contain_text("Service manager, Gizri")
        await expect(hand.page.locator(".happening")).to_contain_text("9:30 am to 1 pm")
        await hand.goes("Enter")

    async def sparks() -> None:
        await hand.looks_up("9820000200")
        await hand.goes("t")
        await hand.writes_down("Low or", "Gizri", "The voltage goes up and down, and there are sparks at the pole")
        await hand.goes("Control+Enter")
        await expect(hand.page.locator(".asked")).to_contain_text("Ask: is there danger now?")
        await hand.goes("2")
        numbers["sparks"] = await hour.read_out()

    for place in range(12):
        caller = f"98200001{place:02}"
        await hour.timed(filed(caller, caller, "No sup", FEEDER[place % 3], "", f"Caller {place}"))
        if place in (4, 7, 10):
            await hour.timed(again(f"98200001{place - 3:02}"))
    await hour.timed(ends("w"))
    await hour.timed(sparks())
    await hour.timed(
        filed("theft", "", "Report theft", "Gizri", "Every night a hook hangs on the line behind the mill")
    )
    await hour.timed(filed("other zone", "9820000201", "No sup", "Rehri village"))
    await hour.timed(filed("2019", "9820000202", "Wrong", "Gizri", "The bill of March 2019 was never right"))
    await hour.timed(meets())
    for place in range(19):
        category, letters, where, _ = MIXED[place % len(MIXED)]
        await hour.timed(filed(f"{category} {place}", f"98200003{place:02}", letters, where, "It is so since Monday"))


async def test_forty_calls_in_an_hour_by_keyboard_alone(hall: Hall, capsys: pytest.CaptureFixture[str]) -> None:
    page = await hall.of("tara")
    await opened(page, f"{hall.address}/counter")
    hour = Hour(hall, Hand(page))
    began = time.monotonic()
    await calls_of_the_hour(hour)
    whole = time.monotonic() - began
    seconds, strokes = median(call[0] for call in hour.hand.calls), median(call[1] for call in hour.hand.calls)
    with capsys.disabled():
        print(
            f"\n40 calls: {seconds:.2f} s of script and {strokes:.0f} keystrokes in the median, {whole:.1f} s together"
        )
    assert len(hour.hand.calls) == 40
    assert seconds < SECONDS
    await everything_is_where_it_belongs(hour)
    await nobody_at_its_office_sees_the_theft(hour)


async def everything_is_where_it_belongs(hour: Hour) -> None:
    """Category, office and ladder of each; second calls have no number; those without a number are counted."""
    hall, numbers = hour.hall, hour.numbers
    expected = {
        number: ("no-supply", "gizri", "supply") for who, number in numbers.items() if who.startswith("98200001")
    }
    expected[numbers["sparks"]] = ("sparks", "gizri", "safety")
    expected[numbers["theft"]] = ("theft-report", "gizri", "vigilance")
    expected[numbers["other zone"]] = ("no-supply", "rehri", "supply")
    expected[numbers["2019"]] = ("wrong-bill", "gizri", "commercial")
    offices = {category: office for category, _, _, office in MIXED}
    for who, number in numbers.items():
        if (category := who.partition(" ")[0]) in offices:
            expected[number] = (category, offices[category], COMMERCIAL.get(category, "supply"))
    for number in numbers.values():
        await hall.taken_in(number)
    async with hall.window.sessions() as session:
        rows = {row.reference: row for row in (await session.exec(select(ServiceRequest))).all()}
        ladders = dict((await session.exec(select(Task.reference, Task.ladder))).all())
        ended = (await session.exec(select(EndedCall.ending))).all()
        thief = await session.get(Consumer, rows[numbers["theft"]].consumer_id)
    assert {number: (row.category, row.office, ladders[number]) for number, row in rows.items()} == expected
    assert sorted(ended) == ["meeting", "wrong_number"]
    assert {rows[numbers[who]].repeats for who in ("9820000101", "9820000104", "9820000107")} == {1}
    assert {rows[number].feeder for who, number in numbers.items() if who.startswith("98200001")} == {"gizri-2"}
    assert {row.channel for row in rows.values()} == {"call"}
    assert rows[numbers["other zone"]].zone == "east"
    assert thief is not None
    assert (thief.name, thief.phone) == (None, None)


COMMERCIAL = dict.fromkeys(
    ("meter-fault", "bill-not-delivered", "payment-not-posted", "wrong-disconnection", "reconnection"), "commercial"
)


async def nobody_at_its_office_sees_the_theft(hour: Hour) -> None:
    """Neither those of the office nor the agent who wrote it down read a word of it."""
    theft = hour.numbers["theft"]
    officer = await hour.hall.of("chitra")
    refused = await opened(officer, f"{hour.hall.address}/desk/requests/{theft}")
    assert refused is not None
    assert refused.status in (403, 404)
    hour.hall.people["chitra"].forgiven.append(f"status of {refused.status}")
    await opened(officer, f"{hour.hall.address}/desk")
    await expect(officer.locator("main")).not_to_contain_text(f"{theft[:4]}-{theft[4:8]}")
    agent = hour.hand.page
    await opened(agent, f"{hour.hall.address}/counter/requests/{theft}")
    for secret in ("hook", "theft", "Gizri", "igilance"):
        await expect(agent.locator("main")).not_to_contain_text(secret)
