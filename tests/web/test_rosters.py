"""A post's roster at its page: gaps shown, shifts entered, and what the post is given; refused with a sentence, what was typed kept."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from models.people import Fill, Post
from tests.web.desk_town import plain
from tests.web.test_account import browser_of
from tests.web.test_people import audits, local, number
from tests.web.window import MONDAY, Window
from tests.wellformed import well_formed

POST = "relationship-officer-gizri-1"
DAYS = ("tue", "wed", "thu", "fri")
ROSTER = f"/desk/people/posts/{POST}/roster"


async def test_a_gap_is_shown_and_a_shift_closes_it(window: Window) -> None:
    chitra = await browser_of(window, "chitra")
    assert "Nobody is missing." in plain(well_formed((await chitra.get(ROSTER)).text))
    leave = {"since": local(MONDAY + timedelta(days=8), window), "until": local(MONDAY + timedelta(days=11), window)}
    await chitra.post(f"/desk/people/{await number(window, 'asha')}/leave", data=leave)
    page = plain(well_formed((await chitra.get(ROSTER)).text))
    assert "In 1 stretch nobody is there." in page
    assert "on leave, and nobody stands in" in page
    shift = {
        "who": "bilal",
        **{f"day-{day}": "1" for day in DAYS},
        "opens": "00:00",
        "closes": "24:00",
        **leave,
    }
    done = await chitra.post(ROSTER, data=shift)
    assert done.status_code == 303, plain(done.text)
    page = plain(well_formed((await chitra.get(done.headers["location"])).text))
    assert "The roster is entered." in page
    assert "Nobody is missing." in page
    assert (await audits(window))[-1].subject == "bilal"
    async with window.sessions() as session:
        row = (await session.exec(select(Fill).where(Fill.post == POST, Fill.how == "roster"))).one()
    assert row.roster == {day: ["00:00-24:00"] for day in DAYS}


async def test_what_is_wrong_with_a_shift_is_said_and_what_was_typed_stays(window: Window) -> None:
    chitra = await browser_of(window, "chitra")
    typed = {"who": "bilal", "opens": "9 o'clock", "closes": "17:30", "since": local(MONDAY, window)}
    refused = await chitra.post(ROSTER, data={**typed, "day-mon": "1"})
    assert refused.status_code == 422
    page = well_formed(refused.text)
    assert "Write when it begins and when it ends, like 09:30 and 17:30." in plain(page)
    assert "bilal" in refused.text
    none = await chitra.post(ROSTER, data={**typed, "opens": "09:30"})
    assert "Choose at least one day." in plain(well_formed(none.text))
    stranger = await chitra.post(ROSTER, data={**typed, "opens": "09:30", "day-mon": "1", "who": "danish"})
    assert stranger.status_code == 422, "one outside her reach"
    assert (await chitra.get("/desk/people/posts/service-manager-defence/roster")).status_code == 403


async def test_an_administrator_says_what_a_post_is_given(window: Window) -> None:
    admin = await browser_of(window, "vimla")
    work = f"/desk/people/posts/{POST}/work"
    wrong = await admin.post(work, data={"able-no-supply": "1", "most": "many"})
    assert wrong.status_code == 422
    assert "Write a whole number from 1 to 10,000" in plain(well_formed(wrong.text))
    done = await admin.post(work, data={"able-no-supply": "1", "able-voltage": "1", "most": "25"})
    assert done.status_code == 303
    async with window.sessions() as session:
        post = (await session.exec(select(Post).where(Post.code == POST))).one()
    assert (sorted(post.able), post.most_tasks) == (["no-supply", "voltage"], 25)
    assert (await audits(window))[-1].after == {"able": " ".join(post.able), "most_tasks": "25"}
