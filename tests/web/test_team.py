"""The manager's pages: the board of a small town made by hand, the lists behind its numbers, who is away, the wall."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from embedded.postgres import Postgres
from models.absences import add_leave
from rules.terms import Act
from tests.servers import database_of
from tests.sweeping import swept
from tests.web.desk_town import plain
from tests.web.test_account import browser_of, person
from tests.web.test_lists import finish, hidden, posted
from tests.web.window import MONDAY, Window, window_on
from tests.wellformed import well_formed
from web.counted import Counted

GIZRI = [f"relationship-officer-gizri-{n}" for n in (1, 2)]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
async def window(postgres: Postgres) -> AsyncIterator[Window]:
    """Gizri on a Monday at twenty past twelve: one confirmed in time, one that climbed, one new, one secret, one elsewhere."""
    async with database_of(postgres) as url, window_on(url) as window:
        confirmed = await window.filed()
        await window.resolved(confirmed)
        assert (await window.consumer(confirmed, Act.CONFIRM)).refused is None
        window.now = MONDAY
        climbed = await window.filed()
        window.now += 10 * MINUTE
        assert (await window.officer(climbed, Act.ACCEPT)).refused is None
        await window.passes(130 * MINUTE, climbed)
        await window.filed("meter-fault")
        await window.filed("theft-report")
        await window.filed(locality="defence-1")
        yield window


async def numbers(page: str) -> dict[str, list[str]]:
    """The numbers of each line of the board, by the post or person it is about."""
    rows = re.findall(r'<tr role="row"><th role="rowheader"[^>]*><strong>(.*?)</strong>(.*?)</tr>', page, re.DOTALL)
    cells = {}
    for name, rest in rows:
        found = re.findall(r"<td[^>]*>(.*?)</td>", rest, re.DOTALL)
        cells.setdefault(
            name, [re.sub(r"<span class=\"hidden-text\">.*?</span>|<[^>]+>", "", cell).strip() for cell in found]
        )
    return cells


async def test_the_board_counts_what_each_post_has_and_did(window: Window) -> None:
    chitra = await browser_of(window, "chitra")
    page = well_formed((await chitra.get("/desk/team")).text)
    lines = await numbers(page)
    officers = [lines[f"Relationship officer {n}, Gizri"] for n in (1, 2)]
    both = [sum(int(line[place]) for line in officers) for place in (0, 1, 2, 7, 8, 9, 10, 11)]
    assert both == [2, 0, 1, 1, 1, 1, 0, 0], (
        "open, answers for, not taken up; climbed, in time, by word, silence, unreached"
    )
    assert {line[6] for line in officers} <= {"10 min", "15 min", "12 min", "–"}
    assert lines["Service manager, Gizri"][:2] == ["0", "1"]
    assert "Defence" not in page
    assert "only where there are five or more" in plain(page)


async def test_each_number_leads_to_as_many_requests(window: Window) -> None:
    for who, address in (("chitra", "/desk/team"), ("qasim", "/desk/team?period=90-days"), ("yusuf", "/desk/team")):
        browser = await browser_of(window, who)
        page = (await browser.get(address)).text
        counted = re.findall(r'class="count" href="(/desk/team/[^"]+)"><bdi dir="ltr">(\d+)</bdi>', page)
        assert len(counted) > 5, who
        for link, number in counted:
            behind = well_formed((await browser.get(link.replace("&amp;", "&"))).text)
            shown = set(re.findall(r'class="number" href="/desk/requests/(\d+)', behind))
            assert len(shown) == int(number), (who, link)


async def test_a_confidential_one_is_in_no_number_and_no_list(window: Window) -> None:
    """The whole company has four open ones; one of them is secret."""
    qasim = await browser_of(window, "qasim")
    page = plain((await qasim.get("/desk/team")).text)
    assert "Open now 3" in page
    assert "igilance" not in page


async def test_what_went_wrong_stands_by_post_and_person_with_its_share(window: Window) -> None:
    chitra = await browser_of(window, "chitra")
    page = plain((await chitra.get("/desk/team")).text)
    wrong = page.partition("What went wrong")[2]
    assert "Time ran out" in wrong
    behind = well_formed((await chitra.get("/desk/team/record?mark=lapse")).text)
    assert "100 %" in plain(behind)
    assert "(1 h 30 min)" in plain(behind)


@pytest.mark.parametrize("language", swept("the other language", "ur", "hi"))
async def test_the_pages_are_in_the_readers_language(window: Window, language: str) -> None:
    chitra = await browser_of(window, "chitra")
    for address in ("/desk/team", "/desk/team/requests", "/desk/team/record", "/desk/away", "/desk/wall"):
        page = well_formed((await chitra.get(f"{address}?lang={language}", follow_redirects=True)).text)
        main = re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition(">")[2].partition("</main>")[0])
        left = set(re.findall(r"[A-Za-z]{4,}", main)) - {"Asha", "Bilal", "Chitra", "Example"}
        assert not left, (address, left)


async def test_a_post_out_of_reach_has_no_list_for_one(window: Window) -> None:
    chitra, asha = await browser_of(window, "chitra"), await browser_of(window, "asha")
    for address in (
        "/desk/team/requests?post=relationship-officer-defence",
        "/desk/team/record?post=service-manager-defence",
    ):
        assert (await chitra.get(address)).status_code == 403
    refused = await asha.get("/desk/team")
    assert refused.status_code == 403
    assert 'href="/' in refused.text.partition("<main")[2], "a way on"
    assert 'href="/desk/team"' not in (await asha.get("/desk")).text


async def test_who_is_away_with_who_stands_in(window: Window) -> None:
    asha = (await person(window, "asha")).id or 0
    async with window.sessions.begin() as session:
        await add_leave(session, asha, window.now + HOUR, window.now + 2 * DAY, window.now, None)
    chitra, kabir = await browser_of(window, "chitra"), await browser_of(window, "kabir")
    page = plain(well_formed((await chitra.get("/desk/away")).text))
    assert "In the next 7 days Relationship officer 1, Gizri Asha Example is on leave. Nobody stands in." in page
    assert "Harun Example has additional charge." in plain((await kabir.get("/desk/away")).text)


async def test_the_wall_shows_figures_and_nobody(window: Window) -> None:
    screen = await browser_of(window, "screen")
    page = well_formed((await screen.get("/desk/wall")).text)
    shown = plain(page)
    assert "Gizri" in shown
    assert re.search(r"Overdue 0 .*Open now 2 .*in time 1", shown), shown
    assert not re.search(r"Example|\d{4}-\d{4}-\d", shown)
    assert "<a " not in page.partition("<main")[2].partition(">")[2].partition("</main>")[0], (
        "no way on from the screen"
    )
    home = await screen.get("/desk/team")
    assert home.status_code == 403


async def test_the_wall_counts_a_danger_at_its_office_that_the_control_room_has(window: Window) -> None:
    screen = await browser_of(window, "screen")
    assert "Danger 0" in plain((await screen.get("/desk/wall")).text)
    reference = await window.filed("wire-down")
    window.parts.hub.changed += 1
    assert "Danger 1" in plain((await screen.get("/desk/wall")).text)
    await window.consumer(reference, Act.WITHDRAW)


async def test_handing_over_begins_with_boxes_on_what_is_open(window: Window) -> None:
    chitra: httpx2.AsyncClient = await browser_of(window, "chitra")
    page = well_formed((await chitra.get("/desk/team/requests?what=open")).text)
    assert len(re.findall(r'name="task" value="\d{9}/complaint~\d+" form="bulk"', page)) == 2
    assert 'action="/desk/bulk/give"' in page
    assert 'name="task"' not in (await chitra.get("/desk/team/requests?what=word")).text


async def test_from_the_list_behind_a_number_work_is_handed_over_and_the_board_says_so(window: Window) -> None:
    chitra = await browser_of(window, "chitra")
    before = await numbers((await chitra.get("/desk/team")).text)
    giver, taker = GIZRI if before["Relationship officer 1, Gizri"][0] != "0" else GIZRI[::-1]
    listed = (await chitra.get(f"/desk/team/requests?what=open&post={giver}")).text
    tasks = re.findall(r'name="task" value="(\d{9}/complaint~\d+)"', listed)
    assert tasks
    asked = well_formed((await chitra.get("/desk/bulk/give", params=[("task", one) for one in tasks])).text)
    option = re.findall(rf'<option value="{taker}">(.*?)</option>', asked)[0]
    assert re.search(r"· \d+ open", option), "what he has already"
    sent = await posted(chitra, "/desk/bulk/give", [*hidden(asked), ("post", taker)])
    await finish(window, int(re.findall(r"lists/(\d+)", sent.headers["location"])[0]))
    assert 'name="task"' not in (await chitra.get(f"/desk/team/requests?what=open&post={giver}")).text
    after = (await chitra.get(f"/desk/team/requests?what=open&post={taker}")).text
    assert {one.partition("/")[0] for one in tasks} <= set(re.findall(r"/desk/requests/(\d{9})", after))


async def test_what_is_counted_for_all_is_counted_again_when_something_changed_or_it_is_old() -> None:
    counted, at, made = Counted(), datetime(2027, 5, 14, tzinfo=UTC), iter(range(9))

    async def get(seconds: float, heard: int) -> object:
        return await counted.get("wall", at + timedelta(seconds=seconds), make, timedelta(seconds=2), heard)

    async def make() -> int:
        return next(made)

    assert [await get(0, 1), await get(1, 1), await get(1, 2), await get(2, 2), await get(3, 2)] == [0, 0, 1, 1, 2]
