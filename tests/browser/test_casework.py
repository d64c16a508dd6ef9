"""Wrong place, a fallen wire and a lineman's hook, as those concerned see them on their pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import select

from embedded.postgres import Postgres
from models.requests import Task
from rules.terms import Act
from tests.browser.chromium import opened
from tests.browser.hall import Hall, hall_on, number_on
from tests.browser.looking import faults
from tests.browser.test_three_people import act
from tests.servers import database_of

pytestmark = [pytest.mark.browser, pytest.mark.sweep("three more ways through the screens")]


@pytest.fixture
async def hall(browser: Browser, postgres: Postgres) -> AsyncIterator[Hall]:
    async with database_of(postgres) as url, hall_on(url, browser) as made:
        yield made


async def offered(page: Page) -> set[str]:
    """The forms there are on the page of a request."""
    found = await page.eval_on_selector_all("form", "all => all.map(form => form.action.split('/').pop())")
    return set(found)


async def test_wrong_place_and_wrong_category_five_minutes_before_due(hall: Hall) -> None:
    complaint = await hall.window.filed(locality="defence-1")
    await hall.window.officer(complaint, Act.ACCEPT)
    await hall.window.passes(timedelta(minutes=85), complaint)
    due = await due_of(hall, complaint)
    desk = await hall.desk("danish", complaint)
    await act(desk, "transfer")
    await desk.locator("#act-transfer select").select_option("rehri")
    await desk.locator("#act-transfer").get_by_role("button", name="Send it to another office").click()
    await expect(desk.locator("p.done[role=status]")).to_be_visible()

    there = await hall.desk("imran", complaint)
    assert await due_of(hall, complaint) == due
    await act(there, "correct")
    await expect(there.locator("#act-correct optgroup").last).to_have_attribute(
        "label", "Asked first: Service manager, Rehri decides"
    )
    await there.locator("#act-correct select").select_option("voltage")
    await there.locator("#act-correct").get_by_role("button", name="Change the category").click()
    await expect(there.locator(".asked")).to_contain_text("You proposed this yourself.")
    assert not {"agree", "hold", "transfer", "reject"} & await offered(there)

    phone = await hall.consumer("hi")
    await phone.go(f"/track/{complaint}")
    await expect(phone.page.locator("#progress, main").first).to_contain_text("वोल्टेज")
    assert await faults(phone.page) == []

    above = await hall.desk("harun", complaint)
    await expect(above.locator(".asked")).to_contain_text("Time limit if you agree")
    await above.locator(".asked").get_by_role("button", name="Agree", exact=True).click()
    await expect(above.locator("p.done[role=status]")).to_contain_text("Done")
    assert (await hall.window.row(complaint)).category == "voltage"


async def due_of(hall: Hall, reference: str) -> object:
    async with hall.window.sessions() as session:
        return (await session.exec(select(Task.due).where(Task.reference == reference))).one()


async def test_a_fallen_wire_from_one_screen_to_the_control_room_and_down_again_only_with_the_next_tier(
    hall: Hall,
) -> None:
    street = await hall.consumer()
    page = street.page
    await street.go("/file")
    await page.get_by_label("Yes", exact=False).first.check()
    await page.get_by_role("button", name="Go on").tap()
    await expect(page.get_by_role("link", name="Ring 1800 000 4112 now")).to_have_attribute("href", "tel:18000004112")
    await page.get_by_text("Wire down", exact=False).first.tap()
    await page.locator("[name=locality]").fill("Gizri")
    await page.get_by_role("button", name="Send it now").tap()
    await expect(page.locator(".huge")).to_be_visible()
    wire = await hall.taken_in(number_on(await page.locator("main").inner_text()))

    room = await hall.desk("mohan", wire)
    assert not {"hold", "reject"} & await offered(room)
    await hall.window.passes(timedelta(minutes=5, seconds=1), wire)
    await hall.window.passes(timedelta(minutes=5), wire)
    manager = await hall.desk("chitra", wire)
    await expect(manager.locator("#file")).to_contain_text("Nobody had taken it up.")
    assert not {"hold", "reject"} & await offered(manager)
    room = await hall.desk("mohan", wire)
    await act(room, "correct")
    await room.locator("#act-correct select").select_option("no-supply")
    await room.locator("#act-correct").get_by_role("button", name="Change the category").click()
    await expect(room.locator(".asked")).to_contain_text("No danger after all")
    assert (await hall.window.row(wire)).safety
    head = await hall.desk("jaya", wire)
    await head.locator(".asked").get_by_role("button", name="Agree", exact=True).click()
    await expect(head.locator("p.done[role=status]")).to_contain_text("Done")
    assert not (await hall.window.row(wire)).safety


async def test_a_linemans_hook_is_told_at_the_counter_and_found_by_vigilance_alone(hall: Hall) -> None:
    calls = await hall.of("tara")
    await opened(calls, f"{hall.address}/counter/new")
    await calls.locator("[name=danger][value=no]").check()
    await calls.locator("#category").select_option("theft-report")
    await calls.locator("#locality").fill("Gizri")
    await calls.locator("[name=words]").fill("The lineman has a hook on the wire.")
    await calls.locator("[name=channel][value=counter]").check()
    await calls.locator("[name=language][value=en]").check()
    await calls.get_by_role("button", name="File it").click()
    await expect(calls.get_by_role("status")).to_contain_text("It is filed.")
    hook = await hall.taken_in(number_on(await calls.locator("h1").inner_text()))
    shown = f"{hook[:4]}-{hook[4:8]}-{hook[8]}"

    for outsider in ("asha", "chitra", "jaya"):
        page = await hall.of(outsider)
        hall.people[outsider].forgiven.append("status of 403")
        await opened(page, f"{hall.address}/desk")
        assert shown not in await page.content()
        answer = await opened(page, f"{hall.address}/desk/requests/{hook}")
        assert answer.status == 403
        assert "hook" not in await page.locator("main").inner_text()
    street = await hall.consumer("ur")
    await street.go(f"/track/{hook}")
    assert "گذری" not in (await street.page.locator("main").inner_text()).replace("گذری الیکٹرک", "")
    vigilance = await hall.desk("omar", hook)
    await expect(vigilance.locator("blockquote").first).to_contain_text("hook on the wire")
    await expect(vigilance.locator("main")).to_contain_text("Every opening is on record, yours too.")
    await expect(vigilance.locator("main")).to_contain_text("Asha Example")
