"""Numbers in forms and addresses that are none, or none a page of ours wrote: taken for none, never an error of ours."""

from __future__ import annotations

import pytest

from models.audit import Audit
from tests.web.counter_hall import agent
from tests.web.test_hostile_input import browser_of
from tests.web.window import Window, checked, words
from web.admin.apply import chosen, rate_of
from web.typed import own_number

NO_NUMBERS = ("²", "٣", "9" * 5_000, "-1", "1_0", " ", "")


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_no_page_of_ours_wrote_is_no_number(text: str) -> None:
    assert own_number(text) is None


def test_a_number_of_our_pages_is_read() -> None:
    assert (own_number("0"), own_number("12345678"), own_number("123456789")) == (0, 12_345_678, None)


@pytest.mark.parametrize("seen", ["²", "9" * 5_000])
async def test_a_consumer_acts_whatever_number_his_page_had(window: Window, seen: str) -> None:
    reference = await window.filed()
    async with window.visitor() as visitor:
        assert (await visitor.get(f"/track/{reference}", params={"seen": seen})).status_code == 200
        await window.proves(visitor, reference)
        answer = await visitor.post(f"/track/{reference}/acts/supply_back", data={"seen": seen})
    assert answer.status_code == 303


async def test_the_counter_takes_down_whatever_number_its_page_had(window: Window) -> None:
    reference, tara = await window.filed(), await agent(window)
    answer = await tara.says(reference, "add", words="The pole leans.", seen="²")
    assert answer.status_code == 303


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2027-02-30"])
async def test_a_day_nobody_can_mean_is_said_to_be_none(window: Window, day: str) -> None:
    browser = await browser_of(window, "yusuf")
    answer = checked(await browser.get("/admin/audit", params={"since": day, "until": day}))
    assert "This is not a day." in words(answer)


@pytest.mark.parametrize("subject", ["²", "٣", "9" * 60])
async def test_the_audit_shows_an_officer_whatever_he_is_called(window: Window, subject: str) -> None:
    async with window.sessions.begin() as session:
        session.add(Audit(at=window.now, person=None, what="people", subject=subject, before={}, after={}, note=""))
    browser = await browser_of(window, "yusuf")
    answer = checked(await browser.get("/admin/audit"))
    assert answer.status_code == 200
    assert subject in words(answer)


@pytest.mark.parametrize("year", ["0000", "²²²²", "9999"])
async def test_a_calendar_is_shown_again_whatever_its_year(window: Window, year: str) -> None:
    browser = await browser_of(window, "vimla")
    form = {"base": "1", "code": "office", "at": "", "year": year, "look": "1", "note": ""}
    assert checked(await browser.post("/admin/calendars/office", data=form)).status_code == 422


async def test_a_number_of_tasks_too_long_to_be_read_comes_back_to_be_corrected(window: Window) -> None:
    browser = await browser_of(window, "vimla")
    form = {"most": "1" * 5_000}
    answer = checked(await browser.post("/desk/people/posts/relationship-officer-gizri-1/work", data=form))
    assert answer.status_code == 422
    assert "Write a whole number from 1 to 10,000" in words(answer)


@pytest.mark.parametrize("said", ["000100" + "0" * 20, "²", "1" * 5_000])
def test_a_speed_that_only_begins_like_one_is_none(said: str) -> None:
    with pytest.raises(ValueError, match="Write a number from"):
        rate_of({"rate": said})


@pytest.mark.parametrize("said", ["tier²", "tier" + "1" * 5_000, "5", "nobody"])
def test_a_choice_of_requests_that_is_none_is_said_to_be_none(said: str) -> None:
    with pytest.raises(ValueError, match="Choose which open requests"):
        chosen({"apply": said})
