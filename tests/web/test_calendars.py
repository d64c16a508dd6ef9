"""The administrators' calendars and exceptional events: changed on a page, nothing saved of what cannot be, told to whom it concerns."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from embedded.postgres import Postgres
from models import holidays, policy_versions
from models.audit import Audit
from models.board import counted
from models.exceptional import ExceptionalEvent, declare, excused_at
from models.requests import ServiceRequest
from rules.board import Figure
from rules.exceptional import excuse
from rules.policy import Policy, Site, calendar_at
from rules.terms import Act
from tests.stories.test_retiming import fan_of, finished
from tests.web.desk_town import Desk, opened, plain

ADMIN, AUDITOR = "vimla", "yusuf"
OFFICE, SOUTH = "/admin/calendars/office", Site("gizri", "south")
HOUR = timedelta(hours=1)
NOTES = {"note.en": "The river is over its banks.", "note.hi": "नदी में बाढ़ है।", "note.ur": "دریا میں سیلاب ہے۔"}


@pytest.fixture(scope="module")
async def desk(postgres: Postgres) -> AsyncIterator[Desk]:
    async with opened(postgres) as town:
        yield town


async def in_force(desk: Desk) -> Policy:
    return await desk.onewindow.database.read(policy_versions.current)


def typed(page: str) -> dict[str, str]:
    """Every field of the last form of a page as a browser would send it."""
    form = page.rpartition('<form method="post" action="/admin')[2].partition("</form>")[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value, kind = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value", "type"))
        if name and not (kind and kind[1] in ("checkbox", "radio") and " checked" not in tag):
            found[name[1]] = value[1] if value else "on"
    return found


async def sent(desk: Desk, address: str, fields: dict[str, str], status: int = 303) -> str:
    answer = await (await desk.of(ADMIN)).post(address, data=fields)
    assert answer.status_code == status, plain(answer.text)[:800]
    return answer.headers["location"] if status == 303 else answer.text


async def test_hours_holidays_of_a_state_and_ramadan_hours_become_one_version_with_a_readable_difference(
    desk: Desk,
) -> None:
    page = await desk.page(ADMIN, f"{OFFICE}?year=2028&state=IN-DL")
    assert "new" in plain(page)
    fields = typed(page)
    assert "day.2028-01-26" in fields
    del fields["day.2028-01-26"]
    fields |= {"mon": "09:00-13:00, 14:00-18:00", "sat": "22:00-02:00", "note": "The order of the year"}
    fields |= {
        "other0.from": "2028-01-28",
        "other0.to": "2028-02-26",
        "other0.hours": "mon-thu 09:00-14:00; fri 09:00-12:00",
    }
    fields |= {"add0.from": "2028-06-01", "add0.to": "2028-06-02", "add0.name": "Founders' days"}
    assert (await sent(desk, OFFICE, fields)).startswith(f"{OFFICE}?year=2028&saved=")
    office = (await in_force(desk)).calendars["office"]
    assert list(map(str, office.week[0])) == ["09:00-13:00", "14:00-18:00"]
    assert str(office.week[5][0]) == "22:00-02:00"
    assert {date(2028, 6, 1), date(2028, 6, 2), date(2028, 8, 15)} <= office.holidays
    assert date(2028, 1, 26) not in office.holidays
    assert date(2027, 1, 26) in office.holidays, "other years stay"
    assert [(one.first, one.last) for one in office.variants] == [(date(2028, 1, 28), date(2028, 2, 26))]
    number = (await in_force(desk)).version
    shown = plain(await desk.page(AUDITOR, f"/admin/versions/{number}"))
    assert "Hours, Monday" in shown
    assert "2028-06-01" in shown
    again = plain(await desk.page(ADMIN, f"{OFFICE}?year=2028"))
    assert "Founders" in again
    assert "to be confirmed" in again


async def test_a_day_that_hangs_on_the_moon_is_confirmed_with_one_tap(desk: Desk) -> None:
    today = desk.town.now.date()
    rows = await desk.onewindow.database.read(holidays.named, today, today + timedelta(days=400))
    row = next(row for row in rows if row.open)
    before = (await in_force(desk)).version
    page = await desk.page(ADMIN, "/admin/calendars")
    assert f"/admin/holidays/{row.day}/confirmation" in page
    assert await sent(desk, f"/admin/holidays/{row.day}/confirmation", {"zone": row.zone}) == "/admin/calendars"
    assert f"/admin/holidays/{row.day}/confirmation" not in await desk.page(ADMIN, "/admin/calendars")
    assert (await in_force(desk)).version == before, "no clock is moved by it"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("mon", "soon"),
        ("mon", "09:00-09:00"),
        ("mon", "13:00-17:00, 09:00-12:00"),
        ("tz", "Asia/Moon"),
        ("add0.from", "2028-07-32"),
        ("add0.to", "2029-09-01"),
        ("other1.from", "2027-12-31"),
        ("note", ""),
    ],
)
async def test_a_calendar_that_cannot_be_saves_nothing_and_keeps_what_was_typed(
    desk: Desk, field: str, text: str
) -> None:
    before = await in_force(desk)
    fields = typed(await desk.page(ADMIN, f"{OFFICE}?year=2028"))
    if field.startswith("add0"):
        fields |= {"add0.from": "2028-07-01", "add0.to": "2028-07-02"}
    if field == "other1.from":
        fields |= {"other1.from": "", "other1.to": "2027-12-01", "other1.hours": "mon 09:00-10:00"}
    page = await sent(desk, OFFICE, fields | {"tue": "10:00-16:00", "note": "A note", field: text}, 422)
    assert f'href="#{field}"' in page
    assert 'value="10:00-16:00"' in page
    assert await in_force(desk) == before


async def test_a_calendar_without_hours_and_holidays_that_never_end_are_refused(desk: Desk) -> None:
    before = await in_force(desk)
    fields = typed(await desk.page(ADMIN, f"{OFFICE}?year=2029")) | {"note": "A note"}
    closed = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "")
    assert "hours on at least one day" in plain(await sent(desk, OFFICE, fields | closed, 422))
    days = {"add0.from": "2029-03-01", "add0.to": "2029-03-31", "add1.from": "2029-04-01", "add1.to": "2029-04-20"}
    assert "must end" in plain(await sent(desk, OFFICE, fields | days, 422))
    assert await in_force(desk) == before
    await desk.page(ADMIN, "/admin/calendars/round-the-clock", 404)
    await desk.page(ADMIN, f"{OFFICE}?at=zones.moon", 404)


async def test_a_holiday_of_one_zone_is_one_screen_looked_ahead_declared_and_taken_back(desk: Desk) -> None:
    there, elsewhere = [await desk.town.file("wrong-bill", locality=place) for place in ("gizri", "rehri")]
    dues = [(await desk.town.task(one)).due for one in (there, elsewhere)]
    page = await desk.page(ADMIN, "/admin/holiday")
    assert 'value="2027-05-11"' in page, "tomorrow stands in it"
    fields = typed(page) | {"zone": "south", "name": "Eid", "note": "The moon was seen"}
    ahead = await desk.page(ADMIN, await sent(desk, "/admin/what-if", fields))
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', ahead))
    run = await sent(desk, "/admin/holiday", hidden | {"note": "The moon was seen", "apply": "all"})
    await finished(desk.town, int(run.rpartition("/")[2]), fan_of(desk.town))
    assert date(2027, 5, 11) in calendar_at(await in_force(desk), "office", SOUTH).holidays
    moved = [(await desk.town.task(one)).due for one in (there, elsewhere)]
    assert [one == other for one, other in zip(dues, moved, strict=True)] == [False, True]
    page = await desk.page(ADMIN, run)
    take_back = re.search(r'action="(/admin/versions/\d+/take-back)"', page)
    assert take_back
    back = await sent(desk, take_back[1], {"run": run.rpartition("/")[2]})
    await finished(desk.town, int(back.rpartition("/")[2]), fan_of(desk.town))
    assert [(await desk.town.task(one)).due for one in (there, elsewhere)] == dues
    assert "is taken back" in plain(await desk.page(ADMIN, back))
    page = await sent(desk, take_back[1], {"run": run.rpartition("/")[2]}, 409)
    assert "changed again since" in plain(page)


@pytest.mark.parametrize(("field", "text"), [("day", "2027-05-09"), ("day", "soon"), ("zone", "moon"), ("name", "")])
async def test_a_holiday_that_cannot_be_is_refused(desk: Desk, field: str, text: str) -> None:
    before = await in_force(desk)
    fields = typed(await desk.page(ADMIN, "/admin/holiday")) | {"name": "Eid", "note": "A note", field: text}
    assert f'href="#{field}"' in await sent(desk, "/admin/holiday", fields, 422)
    assert await in_force(desk) == before


async def test_an_exceptional_event_excuses_in_the_open_and_stops_no_ladder(desk: Desk) -> None:
    town = desk.town
    late = await town.file("no-supply")
    due = (await town.row(late)).standard_due or town.now
    since = (town.now - timedelta(hours=1)).astimezone(desk.onewindow.zone).strftime("%Y-%m-%dT%H:%M")
    fields = {"what": "flood", "zone": "south", "since": since, "until": "", **NOTES}
    page = await sent(desk, "/admin/events", fields | {"note.hi": "", "what": "rain"}, 422)
    assert 'href="#note.hi"' in page
    assert 'href="#what"' in page
    page = await sent(desk, "/admin/events", fields | {"since": "1027-05-10T10:00", "until": "9999-12-31T23:59"}, 422)
    assert "at most a year away" in plain(page)
    assert "at most a year after" in plain(page)
    await sent(desk, "/admin/events", fields)
    await desk.onewindow.database.read(desk.onewindow.book.refresh)
    visitor = desk.stranger()
    assert "Flood in this area. It may take longer than we promised. The river is over" in plain(
        (await visitor.get(f"/track/{late}")).text
    )
    await town.until(due + timedelta(minutes=1))
    await town.post()
    assert "escalated" in await town.kinds(late)
    assert "by the rules the delay is counted apart" in plain((await visitor.get(f"/track/{late}")).text)
    said = [text for text in town.said_to("+919810000001") if late in text and "we are late" in text]
    assert "Flood in this area" in said[-1]
    figures = (await desk.onewindow.database.read(counted, town.now))[True].kinds["no-supply"]
    assert (figures[Figure.EXCUSED], figures[Figure.LATE]) == (1, 0)
    [row] = await rows(desk)
    address = f"/admin/events/{row.id}"
    looked = typed(await desk.page(ADMIN, address)) | {"what": "flood", "zone": "south"}
    await sent(desk, address, looked | {"note.en": "The river falls."})
    page = await sent(desk, address, looked | {"note.en": "The river rises."}, 409)
    assert "Somebody changed this meanwhile" in plain(page)
    assert "The river rises." in page
    assert [one.note["en"] for one in await rows(desk)] == ["The river falls."]
    await sent(desk, address, {"withdraw": "1", "seen": looked["seen"]}, 409)
    assert await sent(desk, address, {"withdraw": "1", "seen": typed(page)["seen"]}) == "/admin/events?done=changed"
    await desk.onewindow.database.read(desk.onewindow.book.refresh)
    figures = (await desk.onewindow.database.read(counted, town.now))[True].kinds["no-supply"]
    assert (figures[Figure.EXCUSED], figures[Figure.LATE]) == (0, 1), "what was judged by it is judged anew"
    page = plain((await visitor.get(f"/track/{late}")).text)
    assert page.count("Flood in this area") == 1, "the history alone says what was told then"
    async with desk.onewindow.sessions() as session:
        audit = (await session.exec(select(Audit).order_by(col(Audit.id).desc()).limit(1))).one()
    assert (audit.what, list(audit.after)) == ("exceptional", ["exceptional.withdrawn_at"])
    await visitor.aclose()


async def rows(desk: Desk) -> list[ExceptionalEvent]:
    async with desk.onewindow.sessions() as session:
        return list((await session.exec(select(ExceptionalEvent))).all())


async def test_the_database_and_the_rule_agree_on_what_is_excused(desk: Desk) -> None:
    """Every corner of an event against a promise, open and put right."""
    one = await desk.town.file("voltage")
    begins = desk.town.now
    by_rule, by_database = [], []
    async with desk.onewindow.sessions.begin() as session:
        event = ExceptionalEvent(what="flood", zone="south", categories=["voltage"], since=begins, at=begins)
        session.add(event)
        for since, until in product((-6, -2, 0, 3, 4, 5), (-1, 0, 1, 5, 9, None)):
            event.since, event.until = begins + since * HOUR, None if until is None else begins + until * HOUR
            await session.flush()
            for kept in (1, 4, 5, 6, 9, 10, 14, None):
                put_right = None if kept is None else begins + kept * HOUR
                corner = since, until, kept
                by_database.append((*corner, await _excused(session, one, begins, put_right)))
                due, ended = begins + 4 * HOUR, put_right or begins + 20 * HOUR
                said = excuse([event.value()], "south", "voltage", begins, due, ended)
                by_rule.append((*corner, said is not None))
        await session.rollback()
    assert by_database == by_rule
    assert {excused for *_, excused in by_rule} == {True, False}


async def _excused(session: AsyncSession, one: str, begins: datetime, put_right: datetime | None) -> bool:
    """What the database says of a promise of four hours, kept at `put_right`, when twenty have passed."""
    here = update(ServiceRequest).where(col(ServiceRequest.reference) == one)
    promised = here.values(standard_due=begins + 4 * HOUR, put_right_at=put_right)
    return bool((await session.exec(promised.returning(excused_at(begins + 20 * HOUR)))).scalar_one())


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
async def test_the_pages_are_well_formed_in_every_language(desk: Desk, language: str) -> None:
    for address in (
        "/admin/calendars",
        f"{OFFICE}?year=2027",
        f"{OFFICE}?at=zones.south",
        "/admin/holiday",
        "/admin/events",
    ):
        sign = "&" if "?" in address else "?"
        assert f'<html lang="{language}"' in await desk.page(ADMIN, f"{address}{sign}lang={language}")
    await (await desk.of(ADMIN)).get("/admin?lang=en")


async def test_from_october_on_a_calendar_says_that_the_days_of_next_year_are_missing(desk: Desk) -> None:
    link = "/admin/calendars/office?year=2028&amp;state=IN"
    policy = await in_force(desk)
    office = policy.calendars["office"]
    bare = replace(office, holidays=frozenset(day for day in office.holidays if day.year != 2028))
    async with desk.onewindow.sessions.begin() as session:
        bared = replace(policy, calendars={**policy.calendars, "office": bare})
        await policy_versions.save(session, bared, "Nobody entered them", None, desk.town.now)
    assert link not in await desk.page(ADMIN, "/admin/calendars")
    now, desk.town.now = desk.town.now, datetime(2027, 10, 1, 6, tzinfo=UTC)
    page = await desk.page(ADMIN, "/admin/calendars")
    desk.town.now = now
    assert ("Holidays entered: 0 for 2028, " in plain(page), link in page) == (True, True)


async def test_an_officer_sees_what_excuses_a_delay(desk: Desk) -> None:
    one = await desk.town.file("voltage")
    officer = (await desk.town.task(one)).handler
    who = "asha" if officer.endswith("1") else "bilal"
    await desk.town.officer(one, Act.ACCEPT, officer)
    values: dict[str, Any] = {
        "what": "cyclone",
        "zone": None,
        "categories": [],
        "since": desk.town.now,
        "until": None,
        "note": {"en": "Roofs."},
    }
    await desk.onewindow.database.write(declare, values, 1, desk.town.now)
    await desk.onewindow.database.read(desk.onewindow.book.refresh)
    desk.town.now += timedelta(minutes=1)
    assert "Cyclone in this area. It may take longer than we promised. Roofs." in plain(
        await desk.page(who, f"/desk/requests/{one}")
    )
