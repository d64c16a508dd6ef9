"""Timings that give somebody more time: proposed by one administrator, approved or refused by another, told to everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlmodel import col, select

from embedded.postgres import Postgres
from models import policy_versions
from models.audit import Audit
from models.policy import PolicyVersion
from models.policy_proposals import AUDIT, import_toml
from models.runs import Run
from rules.policy import minutes
from rules.policy_check import TooLate
from tests.stories.test_retiming import fan_of, finished
from tests.web.desk_town import Desk, opened, plain
from tests.web.test_admin import ADMIN, AUDITOR, in_force, save, table
from web.admin.changes import why_second

OTHER = "zubin"
LONGER = {"no-supply.tier1": "2h", "note": "Two crews are in the flood"}
OF_APPLICATIONS = {"meter-shift/visit.calendar": "round-the-clock", "meter-shift/standard/2.standard": "40 days"}


@pytest.fixture
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        yield town


async def proposed(desk: Desk, fields: dict[str, str] = LONGER) -> str:
    """The address of a proposal made by the form of the timings."""
    answer = await save(desk, table(await desk.page(ADMIN, "/admin")) | fields)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/admin/proposals/")
    return answer.headers["location"].partition("?")[0]


async def post(desk: Desk, who: str, address: str, **fields: str) -> httpx2.Response:
    return await (await desk.of(who)).post(address, data=fields)


async def test_a_longer_time_counts_for_nobody_until_another_administrator_agrees(desk: Desk) -> None:
    before = await in_force(desk)
    old = await desk.town.file("no-supply")
    address = await proposed(desk, {**LONGER, **OF_APPLICATIONS, "apply": "all"})
    assert (await in_force(desk)).version == before.version
    page = plain(await desk.page(ADMIN, f"{address}?made=1"))
    assert "It counts for nobody until a second administrator agrees." in page
    assert "officer 1 gets longer, from 90 minutes to 2 hours." in page
    assert "Move the meter or the line, Visit to the place, Time of each officer: officer 1 gets longer" in page
    assert "Move the meter or the line, Time limit by regulation: longer, from" in page
    assert "Approve" not in page
    assert "New ones, and open ones: every sort, every zone. 600 requests a minute." in page
    assert (await post(desk, ADMIN, f"{address}/approval")).status_code == 403
    assert (await post(desk, ADMIN, f"{address}/refusal", answer="No")).status_code == 403
    assert (await post(desk, AUDITOR, f"{address}/approval")).status_code == 403

    answer = await post(desk, OTHER, f"{address}/approval")
    assert answer.headers["location"].startswith("/admin/retimings/")
    after = await in_force(desk)
    assert (after.version, str(after.timings["no-supply"].tiers[0])) == (before.version + 1, "2h")
    assert (await post(desk, OTHER, f"{address}/approval")).status_code == 409
    async with desk.onewindow.sessions() as session:
        row = await session.get(PolicyVersion, after.version)
        rows = (await session.exec(select(Audit).where(Audit.what == AUDIT).order_by(col(Audit.id)))).all()
        run = (await session.exec(select(Run))).one()
    assert row is not None
    assert row.author != row.approved_by
    assert [(one.person, one.after.get("state")) for one in rows] == [(row.author, None), (row.approved_by, "approved")]
    assert (run.data["version"], run.by) == (after.version, row.author)

    stranger = desk.stranger()
    limits = await stranger.get("/time-limits")
    assert "Two crews are in the flood" in plain(limits.text)
    assert len(limits.content) < 30_000
    shown = await stranger.get(f"/track/{old}")
    assert f'href="/time-limits/{before.version}"' in shown.text
    assert "These are older." in plain((await stranger.get(f"/time-limits/{before.version}")).text)
    assert (await stranger.get("/time-limits/99")).status_code == 404
    officer = (await desk.town.task(old)).handler
    page = await desk.page("asha" if officer.endswith("1") else "bilal", f"/desk/requests/{old}")
    assert f'href="/time-limits/{before.version}"' in page
    assert "(no. 1)" in plain(page)


async def test_the_second_administrator_reads_what_its_author_chose(desk: Desk) -> None:
    some = {"apply": "tier1", "apply_category": "no-supply", "apply_zone": "south", "rate": "60"}
    page = plain(await desk.page(OTHER, await proposed(desk, {**LONGER, **some})))
    assert "open ones: No supply, South zone, not above officer 1. 60 requests a minute." in page
    assert "New ones only" in plain(await desk.page(OTHER, await proposed(desk)))


async def test_a_date_of_another_year_says_its_year(desk: Desk) -> None:
    days = [datetime(2027, 12, 31, 12, tzinfo=UTC) + timedelta(days=n) for n in (0, 3, 2)]
    late = TooLate(("complaint", "no-supply"), "zone_head", minutes(60), "Asia/Kolkata", *days)
    [said] = why_second([late], desk.onewindow.book, days[0])
    assert "Filed on Friday 31 December, " in said
    assert "on Monday 3 January 2028, " in said


async def test_it_is_refused_with_a_reason_and_is_over(desk: Desk) -> None:
    address = await proposed(desk)
    assert (await post(desk, OTHER, f"{address}/refusal", answer=" ")).status_code == 422
    assert (await post(desk, OTHER, f"{address}/refusal", answer="Send the crews of Rehri")).status_code == 303
    late = await post(desk, OTHER, f"{address}/refusal", answer="Ask me in July")
    assert late.status_code == 409
    assert "Something changed meanwhile" in plain(late.text)
    assert "Ask me in July" in plain(late.text)
    page = plain(await desk.page(ADMIN, address))
    assert "Refused" in page
    assert "Send the crews of Rehri" in page
    assert (await post(desk, OTHER, f"{address}/approval")).status_code == 409
    assert (await in_force(desk)).version == 1


async def test_its_author_takes_it_back_and_nobody_else_does(desk: Desk) -> None:
    address = await proposed(desk)
    assert f'action="{address}/withdrawal"' not in await desk.page(OTHER, address)
    assert (await post(desk, OTHER, f"{address}/withdrawal")).status_code == 403
    assert f'action="{address}/withdrawal"' in await desk.page(ADMIN, address)
    assert (await post(desk, ADMIN, f"{address}/withdrawal")).headers["location"] == address
    assert "Taken back by its author" in plain(await desk.page(OTHER, address))
    assert (await post(desk, OTHER, f"{address}/approval")).status_code == 409
    assert (await post(desk, ADMIN, f"{address}/withdrawal")).status_code == 409
    assert (await in_force(desk)).version == 1
    async with desk.onewindow.sessions() as session:
        last = (await session.exec(select(Audit).where(Audit.what == AUDIT).order_by(col(Audit.id).desc()))).first()
    assert last is not None
    assert (last.before, last.after) == ({"state": "open"}, {"state": "withdrawn"})


async def test_what_other_timings_overtook_is_not_approved_and_says_what_changed(desk: Desk) -> None:
    address = await proposed(desk)
    fields = table(await desk.page(ADMIN, "/admin"))
    assert (await save(desk, fields | {"sparks.tier1": "20m", "note": "Nearer crews"})).status_code == 303
    answer = await post(desk, OTHER, f"{address}/approval")
    assert answer.status_code == 409
    assert "20m" in plain(answer.text)
    assert "Outdated" in plain(answer.text)
    assert str((await in_force(desk)).timings["no-supply"].tiers[0]) == "90m"


async def test_to_take_back_a_shorter_time_is_to_give_more_and_needs_another_with_a_reason_for_all(desk: Desk) -> None:
    sent = table(await desk.page(ADMIN, "/admin")) | {"no-supply.tier1": "40m", "note": "Nearer crews", "apply": "all"}
    old = await desk.town.file("no-supply")
    run = (await save(desk, sent)).headers["location"]
    shorter = (await in_force(desk)).version
    await finished(desk.town, int(run.rpartition("/")[2]), fan_of(desk.town))
    back = f"/admin/versions/{shorter}/take-back"
    assert f'action="{back}"' in await desk.page(ADMIN, run)
    for more in ({}, {"run": run.rpartition("/")[2]}):
        answer = await post(desk, ADMIN, back, **more)
        assert (answer.status_code, "Say in at most 500 characters why." in plain(answer.text)) == (422, True)
    answer = await post(desk, ADMIN, back, note="The crews are gone")
    address = answer.headers["location"].partition("?")[0]
    assert address.startswith("/admin/proposals/")
    assert (await in_force(desk)).version == shorter
    page = plain(await desk.page(OTHER, address))
    assert f"Version {shorter} is taken back" in page
    assert f"New ones, and the open ones that have version {shorter}." in page

    answer = await post(desk, OTHER, f"{address}/approval")
    await finished(desk.town, int(answer.headers["location"].rpartition("/")[2]), fan_of(desk.town))
    assert str((await in_force(desk)).timings["no-supply"].tiers[0]) == "90m"
    assert (await desk.town.row(old)).policy_version == shorter - 1, "it has what it had before"
    assert "The crews are gone" in plain((await desk.stranger().get("/time-limits")).text)


async def test_a_file_that_gives_more_time_is_a_proposal_too_and_what_if_works_on_it(desk: Desk) -> None:
    text = '[complaint.no-supply]\nstandard = "5h"\n'
    async with desk.onewindow.sessions.begin() as session:
        number, made = await import_toml(session, text, "The order of June", None, desk.town.now)
        assert (number, made) == ((await policy_versions.newest(session)).number, 1)
        assert await import_toml(session, text, "Once more", None, desk.town.now) == (number, 1), "it waits already"
    answer = await post(desk, ADMIN, "/admin/proposals/1/what-if")
    assert answer.status_code == 303
    shown = await desk.page(ADMIN, answer.headers["location"])
    assert 'href="/admin/proposals/1"' in shown
    assert "Save as a new version" not in shown
    assert (await post(desk, ADMIN, "/admin/proposals/1/approval")).status_code == 303
    assert str((await in_force(desk)).timings["no-supply"].standard) == "5h"


async def test_the_public_page_gives_no_reason_for_a_time_that_was_taken_back(desk: Desk) -> None:
    assert (await post(desk, OTHER, f"{await proposed(desk)}/approval")).status_code == 303
    longer = (await in_force(desk)).version
    assert LONGER["note"] in plain((await desk.stranger().get("/time-limits")).text)
    assert (await post(desk, ADMIN, f"/admin/versions/{longer}/take-back")).status_code == 303
    await desk.onewindow.database.read(desk.onewindow.book.refresh)
    assert (await in_force(desk)).version == longer + 1
    assert LONGER["note"] not in plain((await desk.stranger().get("/time-limits")).text)
    assert LONGER["note"] in plain((await desk.stranger().get(f"/time-limits/{longer}")).text), "it was so then"


async def test_of_regulated_times_only_those_of_today_are_promised(desk: Desk) -> None:
    shown = plain((await desk.stranger().get("/time-limits")).text)
    assert "New connection Time limit: 7 days – 15 days" in shown
    assert "More or less load Time limit: 7 days – 15 days" in shown


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
async def test_our_time_limits_are_said_in_plain_words(desk: Desk, language: str) -> None:
    stranger = desk.stranger()
    page = await stranger.get(f"/time-limits?lang={language}", follow_redirects=True)
    assert page.status_code == 200
    assert len(page.content) < 30_000
    book = desk.onewindow.book
    for row in book.all("category"):
        assert row.labels[language] in page.text
    assert "<script" not in page.text.partition("<main")[2]
    assert 'href="/time-limits"' in (await stranger.get("/")).text
