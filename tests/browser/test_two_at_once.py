"""Two officers at one request: each sees the other there, one wins, the other is told what happened and keeps what he typed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect
from sqlmodel import select

from embedded.postgres import Postgres
from models import onlookers
from models.events import Event
from rules.terms import Act
from tests.browser.chromium import opened
from tests.browser.hall import Hall, hall_on
from tests.browser.test_three_people import act
from tests.servers import database_of
from web.desk import watching

pytestmark = [pytest.mark.browser, pytest.mark.sweep("one more page that is live; who is late is told in tests/web")]
OWN, ABOVE = "Fuse changed at the pole.", "The feeder is dark: this needs the zone head."


@pytest.fixture
async def hall(browser: Browser, postgres: Postgres) -> AsyncIterator[Hall]:
    async with database_of(postgres) as url, hall_on(url, browser) as made:
        yield made


async def pressed(page: Page, name: str) -> None:
    await page.locator(f"#act-{name} form .button").last.click()
    await expect(page.locator("p.done, section.alert")).to_be_visible()


async def test_two_browsers_at_once(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onlookers, "BELIEVED", timedelta(seconds=2))
    monkeypatch.setattr(watching, "APART", timedelta(seconds=0.4))
    complaint = await hall.window.filed(locality="defence-1")
    await hall.window.officer(complaint, Act.ESCALATE, words="It is the whole feeder.")
    officer, above = await hall.desk("danish", complaint), await hall.desk("esha", complaint)
    await expect(officer.locator(".watching")).to_contain_text("Esha Example")
    await expect(above.locator(".watching")).to_contain_text("Danish Example")
    for page, name, words in ((officer, "resolve", OWN), (above, "escalate", ABOVE)):
        hall.people["danish" if page is officer else "esha"].forgiven.append("status of 409")
        await act(page, name)
        await page.locator(f"#act-{name} textarea").fill(words)
    await officer.locator("#act-resolve select").select_option(index=1)

    await asyncio.gather(pressed(officer, "resolve"), pressed(above, "escalate"))

    pages = {"resolve": (officer, OWN, "Danish Example"), "escalate": (above, ABOVE, "Esha Example")}
    won = [name for name, (page, _, _) in pages.items() if await page.locator("p.done").count()]
    assert len(won) == 1
    (lost,) = pages.keys() - set(won)
    page, words, _ = pages[lost]
    told = page.locator("section.alert")
    await expect(told).to_contain_text("Since you opened the page:")
    await expect(told).to_contain_text(pages[won[0]][2])
    form = page.locator(f"#act-{lost} textarea")
    if await form.count():
        await expect(form).to_have_value(words)
    else:  # what won leaves no such form: the words stand below what happened
        await expect(page.locator("figure.typed blockquote")).to_have_text(words)
    async with hall.window.sessions() as session:
        kinds = (await session.exec(select(Event.kind).where(Event.reference == complaint))).all()
    assert (kinds.count("resolved"), kinds.count("escalated")) == ((1, 1) if won == ["resolve"] else (0, 2))

    await opened(officer, f"{hall.address}/desk")
    await expect(above.locator(".watching")).to_have_count(0)
