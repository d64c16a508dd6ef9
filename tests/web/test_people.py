"""Leave and additional charge at their page: entered once, refused with a sentence, each an audit row; and accounts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import httpx2
import pytest
from sqlmodel import col, select

from models import absences
from models.audit import Audit
from models.people import Fill, Leave, Staff
from models.posts import posts_of
from rules.absence import AbsenceFault, end_fault, meet, stretch_fault
from tests.web.desk_town import plain
from tests.web.test_account import another, browser_of, person
from tests.web.window import MONDAY, Window
from tests.wellformed import well_formed

POST = "relationship-officer-gizri-1"
DAY = timedelta(days=1)


def local(at: datetime, window: Window) -> str:
    return at.astimezone(window.parts.zone).strftime("%Y-%m-%dT%H:%M")


async def number(window: Window, username: str) -> int:
    return (await person(window, username)).id or 0


async def audits(window: Window) -> list[Audit]:
    async with window.sessions() as session:
        return list((await session.exec(select(Audit).where(Audit.what == "people").order_by(col(Audit.id)))).all())


async def enter(
    window: Window, browser: httpx2.AsyncClient, of: str, since: datetime, until: datetime | None, who: str = ""
) -> httpx2.Response:
    data = {"since": local(since, window), "until": local(until, window) if until else "", "who": who}
    return await browser.post(f"/desk/people/{await number(window, of)}/leave", data=data)


async def works_in(window: Window, username: str, at: datetime) -> set[str]:
    async with window.sessions() as session:
        return {post.code for post in await posts_of(session, await number(window, username), at, "Asia/Kolkata")}


async def test_a_manager_enters_leave_once_and_it_begins_and_ends_by_itself(window: Window) -> None:
    chitra = await browser_of(window, "chitra")
    page = well_formed((await chitra.get("/desk/people")).text)
    assert "Relationship officer 1, Gizri" in plain(page)
    assert "Defence" not in plain(page), "only her own office"
    monday, wednesday = MONDAY + timedelta(hours=2), MONDAY + 2 * DAY
    done = await enter(window, chitra, "asha", monday, wednesday, who="bilal")
    assert done.status_code == 303, plain(done.text)
    well_formed((await chitra.get(done.headers["location"])).text)
    assert POST in await works_in(window, "asha", monday - timedelta(minutes=1))
    assert await works_in(window, "asha", monday) == set()
    assert POST in await works_in(window, "bilal", monday)
    assert POST not in await works_in(window, "bilal", wednesday)
    assert POST in await works_in(window, "asha", wednesday)
    rows = await audits(window)
    assert [(row.subject, *row.after) for row in rows[-2:]] == [("asha", "leave"), ("bilal", f"charge.{POST}")]
    vimla = await browser_of(window, "vimla")
    assert "On leave" in plain(well_formed((await vimla.get("/admin/audit")).text))


@pytest.mark.parametrize(
    ("of", "since", "until", "who", "said"),
    [
        ("asha", 5 * DAY, 4 * DAY, "", "The end must come after the beginning."),
        ("asha", -2 * DAY, -DAY, "", "This lies in the past."),
        ("asha", DAY, 800 * DAY, "", "This is longer than a year."),
        ("bilal", DAY, 3 * DAY, "bilal", "This person already fills the post."),
        ("bilal", DAY, 3 * DAY, "nobody-here", "There is nobody of that name here."),
        ("bilal", DAY, 3 * DAY, "kabir", "This person works outside your area."),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_entered(
    window: Window, of: str, since: timedelta, until: timedelta, who: str, said: str
) -> None:
    chitra = await browser_of(window, "chitra")
    before = len(await audits(window))
    answer = await enter(window, chitra, of, MONDAY + 10 * DAY + since if since > timedelta(0) else MONDAY + since,
                         MONDAY + 10 * DAY + until if until > timedelta(0) else MONDAY + until, who)  # fmt: skip
    assert answer.status_code == 422
    assert said in plain(well_formed(answer.text))
    assert len(await audits(window)) == before


async def test_two_leaves_do_not_overlap_and_one_is_shortened_ended_or_taken_back(window: Window) -> None:
    chitra = await browser_of(window, "chitra")
    first = MONDAY + 40 * DAY
    assert (await enter(window, chitra, "bilal", first, first + 5 * DAY)).status_code == 303
    overlapping = await enter(window, chitra, "bilal", first + 4 * DAY, first + 6 * DAY)
    assert "There is one already in that time." in plain(overlapping.text)
    bilal = await number(window, "bilal")
    async with window.sessions() as session:
        row = (await session.exec(select(Leave).where(Leave.person == bilal))).one()
    address = f"/desk/people/{bilal}/leave/{row.id}"
    assert (await chitra.post(address, data={"end": local(first + DAY, window)})).status_code == 303
    async with window.sessions() as session:
        assert (await session.get(Leave, row.id)).until == first + DAY  # type: ignore[union-attr]
    assert (await chitra.post(address, data={"now": "1"})).status_code == 303
    async with window.sessions() as session:
        assert await session.get(Leave, row.id) is None, "it never began"
    assert (await chitra.post(address, data={"now": "1"})).status_code == 422


async def test_a_charge_of_a_vacant_post_is_given_at_the_posts_page(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    asha = await number(window, "asha")
    async with window.sessions() as session:
        own = (await session.exec(select(Fill).where(Fill.post == POST, Fill.person == asha))).one()
    address = f"/desk/people/posts/{POST}"
    ended = await vimla.post(f"{address}/fills/{own.id}", data={"end": local(MONDAY + 20 * DAY, window)})
    assert ended.status_code == 303, plain(ended.text)
    data = {"who": "bilal", "since": local(MONDAY + 20 * DAY, window), "until": local(MONDAY + 30 * DAY, window)}
    assert (await vimla.post(f"{address}/charge", data=data)).status_code == 303
    assert "There is one already" in plain((await vimla.post(f"{address}/charge", data=data)).text)
    well_formed((await vimla.get(address)).text)
    assert await works_in(window, "asha", MONDAY + 21 * DAY) == set()
    assert POST in await works_in(window, "bilal", MONDAY + 21 * DAY)
    async with window.sessions.begin() as session:
        row = await session.get(Fill, own.id)
        assert row is not None
        row.until = None


async def test_nobody_manages_outside_his_area_and_officers_manage_nobody(window: Window) -> None:
    kabir, asha, chitra = [await browser_of(window, name) for name in ("kabir", "asha", "chitra")]
    of_asha = await number(window, "asha")
    assert (await kabir.get(f"/desk/people/{of_asha}")).status_code == 403
    assert (await kabir.get(f"/desk/people/posts/{POST}")).status_code == 403
    assert (await asha.get("/desk/people")).status_code == 403
    assert (await chitra.get("/desk/people/999999")).status_code == 404
    assert (await chitra.post(f"/desk/people/{of_asha}/password")).status_code == 403
    async with window.sessions() as session:
        own = (await session.exec(select(Fill).where(Fill.post == POST, Fill.person == of_asha))).one()
    assert (await chitra.post(f"/desk/people/posts/{POST}/fills/{own.id}", data={"now": "1"})).status_code == 403


async def test_one_who_is_removed_or_loses_a_post_is_out_in_that_moment(window: Window) -> None:
    vimla, salim = await browser_of(window, "vimla"), await browser_of(window, "salim")
    assert (await salim.get("/desk")).status_code == 200
    of_salim = await number(window, "salim")
    assert (await vimla.post(f"/desk/people/{of_salim}/removal")).status_code == 303
    assert (await salim.get("/desk")).headers["location"].startswith("/sign-in")
    assert (await window.visitor().post("/sign-in", data={"username": "salim", "password": "x"})).status_code == 422
    assert (await vimla.post(f"/desk/people/{of_salim}/removal")).status_code == 404
    usman = await browser_of(window, "usman")
    data = {"who": "usman", "since": local(window.now, window)}
    assert (await vimla.post("/desk/people/posts/relationship-officer-gizri-2/person", data=data)).status_code == 303
    assert (await usman.get("/counter")).status_code == 303
    usman = await another(window, "usman")
    assert (await usman.get("/desk")).status_code == 200
    own = await number(window, "vimla")
    assert (await vimla.post(f"/desk/people/{own}/removal")).status_code == 403


async def test_a_temporary_password_is_shown_once_and_has_to_be_changed(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    of_imran = await number(window, "imran")
    page = (await vimla.post(f"/desk/people/{of_imran}/password")).text
    [made] = re.findall(r"\w{4}-\w{4}-\w{4}-\w{4}", plain(well_formed(page)))
    assert made not in (await vimla.get(f"/desk/people/{of_imran}")).text
    imran = await another(window, "imran", made)
    assert (await imran.get("/desk")).headers["location"] == "/account/password"
    assert (await audits(window))[-1].subject == "imran"
    assert all(made not in str(row.after) for row in await audits(window))


async def test_an_administrator_takes_the_second_step_of_another_away_on_record(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    async with window.sessions.begin() as session:
        row = (await session.exec(select(Staff).where(Staff.username == "gita"))).one()
        row.totp = "A" * 32
    of_gita = await number(window, "gita")
    assert (await vimla.post(f"/desk/people/{of_gita}/second")).status_code == 303
    assert (await person(window, "gita")).totp == ""
    last = (await audits(window))[-1]
    assert (last.subject, last.before, last.person) == ("gita", {"second": "yes"}, await number(window, "vimla"))
    assert (await vimla.post(f"/desk/people/{await number(window, 'vimla')}/second")).status_code == 403


async def test_two_entries_at_once_make_one_leave(window: Window) -> None:
    import asyncio

    chitra = await browser_of(window, "chitra")
    since = MONDAY + 90 * DAY
    answers = await asyncio.gather(*(enter(window, chitra, "bilal", since, since + DAY) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]


# The rule


@pytest.mark.parametrize(
    ("since", "until", "others", "fault"),
    [
        pytest.param(1, 2, [], None, id="tomorrow"),
        pytest.param(0, None, [], None, id="from now on"),
        pytest.param(2, 2, [], AbsenceFault.BACKWARDS, id="no time at all"),
        pytest.param(-1, 2, [], AbsenceFault.PAST, id="from yesterday"),
        pytest.param(401, 402, [], AbsenceFault.TOO_LONG, id="in two years"),
        pytest.param(1, 3, [(3, 5)], None, id="one ends when the other begins"),
        pytest.param(1, 4, [(3, 5)], AbsenceFault.OVERLAPS, id="into another"),
        pytest.param(1, None, [(3, 5)], AbsenceFault.OVERLAPS, id="open, over another"),
        pytest.param(6, 7, [(3, None)], AbsenceFault.OVERLAPS, id="inside an open one"),
    ],
)
def test_which_stretches_may_be_entered(
    since: float, until: float | None, others: list[tuple[float, float | None]], fault: AbsenceFault | None
) -> None:
    def at(day: float | None) -> datetime | None:
        return None if day is None else MONDAY + day * DAY

    beside = [(MONDAY + one * DAY, at(other)) for one, other in others]
    assert stretch_fault(MONDAY + since * DAY, at(until), MONDAY, beside) is fault
    assert not meet((MONDAY, MONDAY + DAY), (MONDAY + DAY, None))


def test_what_was_cannot_be_ended_earlier() -> None:
    assert end_fault(MONDAY - 3 * DAY, None, MONDAY - DAY, MONDAY) is AbsenceFault.PAST
    assert end_fault(MONDAY - 3 * DAY, MONDAY - DAY, MONDAY, MONDAY) is AbsenceFault.OVER
    assert end_fault(MONDAY - 3000 * DAY, None, MONDAY, MONDAY) is None
    assert end_fault(MONDAY + DAY, None, MONDAY, MONDAY) is None
    assert absences.PEOPLE == "people"


async def test_an_administrator_does_not_remove_his_own_last_access(window: Window) -> None:
    vimla = await browser_of(window, "vimla")
    async with window.sessions() as session:
        asked = select(Fill).where(Fill.post == "administrator").order_by(col(Fill.id))
        fill, other = (await session.exec(asked)).all()
    assert (
        await vimla.post(f"/desk/people/posts/administrator/fills/{other.id}", data={"now": "1"})
    ).status_code == 303
    answer = await vimla.post(f"/desk/people/posts/administrator/fills/{fill.id}", data={"now": "1"})
    assert answer.status_code == 422
    assert "Then no administrator could sign in as one." in plain(well_formed(answer.text))
    away = await enter(window, vimla, "vimla", window.now + DAY, window.now + 2 * DAY)
    assert away.status_code == 422
    assert "Let another one do it." in plain(away.text)
    itself = await vimla.post(f"/desk/people/{await number(window, 'vimla')}/removal")
    assert itself.status_code == 403
    assert (await vimla.get("/admin")).status_code == 200
