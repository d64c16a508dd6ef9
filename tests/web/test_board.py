"""The public board: what it counts, what it keeps to itself, and that it asks the database once a minute."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import update

from embedded.postgres import Postgres
from models.requests import ServiceRequest
from rules.board import AGES, age
from rules.terms import Act
from tests.servers import database_of
from tests.sweeping import swept
from tests.web.connecting import applied
from tests.web.window import MONDAY, Window, checked, window_on, words

DAY = timedelta(days=1)


@pytest.fixture
async def window(postgres: Postgres) -> AsyncIterator[Window]:
    """The application on Monday at ten, over a database of this test's own: a board counts everything there is."""
    async with database_of(postgres) as url, window_on(url) as window:
        yield window


async def board(window: Window, **headers: str) -> dict[str, Any]:
    """The board as it is a minute later."""
    window.now += timedelta(minutes=1)
    async with window.visitor(**headers) as visitor:
        answer = await visitor.get("/api/v1/board")
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


async def test_it_counts_what_came_what_waits_and_how_it_ended(window: Window) -> None:
    before = (await board(window))["complaints"]["all"]
    references = [await window.filed() for _ in range(4)]
    await window.filed("theft-report")
    await window.resolved(references[0])
    assert (await window.consumer(references[0], Act.CONFIRM)).refused is None
    await window.consumer(references[1], Act.WITHDRAW)
    held = await window.officer(references[2], Act.HOLD, data={"reason": "premises-locked"})
    said = (await board(window))["complaints"]
    more = {figure: count - before[figure] for figure, count in said["all"].items() if count != before[figure]}
    assert held.refused is None
    assert more == {
        "received": 5, "pending": 3, "age_0_1": 3, "judged": 1, "within": 1, "word": 1, "withdrawn": 1, "on_hold": 1,
        "held": 1,
    }  # fmt: skip
    assert "theft-report" not in [row["code"] for row in said["kinds"]]


async def test_one_that_was_opened_again_was_not_within_the_limit(window: Window) -> None:
    before = (await board(window))["complaints"]["all"]
    reference = await window.filed()
    for again in (False, True):
        await window.resolved(reference)
        await window.consumer(reference, Act.CONFIRM)
        if not again:
            assert (await window.consumer(reference, Act.REOPEN, words="Dark again")).refused is None
    after = (await board(window))["complaints"]["all"]
    found = {figure: after[figure] - before[figure] for figure in ("within", "late", "reopened", "word")}
    assert found == {"within": 0, "late": 1, "reopened": 1, "word": 1}


async def test_an_open_one_past_its_limit_is_late(window: Window) -> None:
    before = (await board(window))["complaints"]["all"]["late"]
    reference = await window.filed()
    await window.passes(2 * DAY, reference)
    assert (await board(window))["complaints"]["all"]["late"] == before + 1


async def test_an_application_counts_from_its_first_day(window: Window) -> None:
    window.now = MONDAY - 40 * DAY
    life = await applied(window)
    window.now = MONDAY
    said = (await board(window))["connections"]
    row = await window.row(life.reference)
    assert row.complete_at is None
    assert said["all"]["age_over_30"] == said["all"]["pending"] == 1
    assert said["all"]["received"] == said["all"]["judged"] == 0


async def test_the_database_and_the_rule_agree_on_ages(window: Window) -> None:
    reference = await window.filed()
    for hours in (0, 47, 48, 95, 96, 191, 192, 383, 384, 743, 744, 2400):
        registered = window.now + timedelta(minutes=1) - timedelta(hours=hours)
        async with window.sessions.begin() as session:
            change = update(ServiceRequest).where(ServiceRequest.reference == reference)  # type: ignore[arg-type]
            await session.exec(change.values(registered_at=registered))
        found = (await board(window))["complaints"]["all"]
        assert [figure for figure in AGES if found[figure]] == [age(registered, window.now)]


async def test_few_are_not_told_by_office_nor_by_kind(window: Window) -> None:
    for locality in ("gizri", "defence-1"):
        await window.filed("meter-fault", locality=locality)
    said = (await board(window))["complaints"]
    for row in (*said["offices"], *said["kinds"]):
        assert all(count is None or count == 0 or count >= 5 for f, count in row["figures"].items() if f != "days_held")


async def test_it_is_counted_once_a_minute_and_touches_nobodys_data(window: Window) -> None:
    asked: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    window.now += timedelta(minutes=5)
    engine = window.sessions.kw["bind"].sync_engine
    event.listen(engine, "before_cursor_execute", keep)
    try:
        async with window.visitor() as visitor:
            pages = [await visitor.get("/board") for _ in range(3)]
    finally:
        event.remove(engine, "before_cursor_execute", keep)
    counting = [statement for statement in asked if "service_request" in statement]
    assert len(counting) == 3
    assert not any(table in statement for statement in counting for table in ("consumer ", "words", "connection "))
    assert pages[0].text == pages[1].text == pages[2].text


@pytest.mark.parametrize("language", swept("the other languages", "ur", "en", "hi"))
async def test_the_page_says_what_each_figure_counts(window: Window, language: str) -> None:
    await window.filed()
    async with window.visitor(language) as visitor:
        page = checked(await visitor.get("/board"))
        home = await visitor.get("/")
    assert page.status_code == 200
    assert 'href="/board"' in home.text
    said = (await board(window, language=language))["figures"]
    for figure in said:
        if figure["rule"]:
            assert figure["rule"] in words(page)


async def test_who_has_it_is_not_sent_it_again(window: Window) -> None:
    async with window.visitor() as visitor:
        first = await visitor.get("/api/v1/board")
        again = await visitor.get("/api/v1/board", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
