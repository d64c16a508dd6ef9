"""Errors as people and programs get them: by path and Accept, in the reader's language."""

from __future__ import annotations

import asyncio
import html

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.types import Message
from structlog.testing import capture_logs

from models.database import Sessions, database_now, engine, sessions_of
from rules.terms import Refused
from tests.web.window import Window, checked, words
from web import database
from web.database import Bounded, DatabaseAway
from web.errors import FieldError, Invalid, NotYours, RefusedAct, Stale, TooMany
from web.start import PATIENCE


async def test_a_page_that_is_not_there_says_so_in_the_readers_language(window: Window) -> None:
    async with window.visitor("hi") as visitor:
        answer = checked(await visitor.get("/nowhere"))
    assert answer.status_code == 404
    assert "Check the number" not in answer.text
    assert 'href="tel:18000004827"' in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotYours(), 403),
        (Stale(), 409),
        (RefusedAct(Refused.TOO_EARLY), 409),
        (Invalid([FieldError("phone", "This is not a telephone number.")]), 422),
        (TooMany(), 429),
        (DatabaseAway(), 503),
        (RuntimeError("unforeseen"), 500),
    ],
)
async def test_each_error_is_a_page_a_block_or_a_problem(window: Window, error: Exception, status: int) -> None:
    async def fails() -> None:
        raise error

    window.app.add_api_route(f"/{id(error)}", fails)
    window.app.add_api_route(f"/api/{id(error)}", fails)
    async with window.visitor() as visitor:
        page = checked(await visitor.get(f"/{id(error)}"))
        block = await visitor.get(f"/{id(error)}", headers={"HX-Request": "true"})
        problem = await visitor.get(f"/api/{id(error)}")
    assert {page.status_code, block.status_code, problem.status_code} == {status}
    assert "<html" in page.text
    assert "<html" not in block.text
    assert 'role="alert"' in block.text
    assert problem.headers["content-type"] == "application/problem+json"
    told = problem.json()
    assert told["status"] == status
    assert told["title"] in words(page)
    assert told["request_id"] == problem.headers["x-request-id"]


async def test_a_problem_names_the_fields_and_the_code(window: Window) -> None:
    async def invalid() -> None:
        raise Invalid([FieldError("phone", "No.")])

    async def refused() -> None:
        raise RefusedAct(Refused.AT_THE_TOP)

    window.app.add_api_route("/api/invalid", invalid)
    window.app.add_api_route("/api/refused", refused)
    async with window.visitor() as visitor:
        assert (await visitor.get("/api/invalid")).json()["errors"] == [{"field": "phone", "message": "No."}]
        assert (await visitor.get("/api/refused")).json()["code"] == "at_the_top"


async def test_a_wrong_method_is_answered_and_names_the_right_one(window: Window) -> None:
    async with window.visitor() as visitor:
        answer = await visitor.delete("/")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("language", ["en", "hi", "ur"])
async def test_a_form_the_database_could_not_take_can_be_sent_again_as_it_was_typed(
    window: Window, language: str
) -> None:
    reference = await window.filed()
    there, window.parts.database = window.parts.database, Bounded(nowhere())
    typed = {"words": 'Dark since "the storm" <b>\nThe whole lane', "token": "a-token-of-its-own", "seen": "4"}
    try:
        async with window.visitor(language, Cookie="staff=somebody; consumer=somebody") as visitor:
            for address in (f"/desk/requests/{reference}/note", f"/track/{reference}/acts/add"):
                answer = checked(await visitor.post(address, data=typed))
                assert (answer.status_code, f'action="{address}"' in answer.text) == (503, True)
                page = html.unescape(answer.text)
                assert not [text for text in typed.values() if text not in page]
                assert "<b>" not in answer.text
    finally:
        window.parts.database = there


async def test_the_log_says_why_the_database_did_not_do_it_and_not_at_every_page(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "AWAY", database.Seldom())
    reference = await window.filed()
    there, window.parts.database = window.parts.database, Bounded(nowhere())
    try:
        async with window.visitor() as visitor:
            with capture_logs() as told:
                answers = [await visitor.get(f"/track/{reference}") for _ in range(3)]
    finally:
        window.parts.database = there
    assert [answer.status_code for answer in answers] == [503] * 3
    (line,) = told
    assert (line["event"], line["times"]) == ("the database did not do it", 1)
    assert "/nonexistent" in line["why"], "which server, and what it said"


async def test_whoever_hangs_up_in_the_midst_of_a_form_is_no_failed_request(window: Window) -> None:
    begun = {"type": "http.request", "body": b"words=Dark+since", "more_body": True}
    heard = iter([begun, {"type": "http.disconnect"}])
    answered: list[Message] = []

    async def receive() -> Message:
        return next(heard)

    async def send(message: Message) -> None:
        answered.append(message)

    sent = {"host": "localhost", "content-type": "application/x-www-form-urlencoded", "content-length": "4000"}
    scope = {
        "type": "http", "method": "POST", "path": "/file", "query_string": b"", "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }  # fmt: skip
    with capture_logs() as told:
        await window.app(scope, receive, send)
    assert answered[0]["status"] == 499
    assert not [line for line in told if line["log_level"] == "error"]


async def test_whoever_finds_no_connection_free_is_told_so_while_there_is_time(window: Window) -> None:
    assert Bounded(window.sessions).seconds > PATIENCE
    crowded = engine(window.sessions.kw["bind"].url, pool=1, patience=0.05)
    async with crowded.connect():
        with pytest.raises(DatabaseAway):
            await Bounded(sessions_of(crowded), seconds=600).read(database_now)
    await crowded.dispose()


async def test_what_gateways_report_leaves_connections_to_people(window: Window) -> None:
    reports, go_on = Bounded(window.sessions, at_once=2), asyncio.Event()
    busy, most = 0, 0

    async def report(session: AsyncSession) -> None:
        nonlocal busy, most
        busy, most = busy + 1, max(most, busy + 1)
        if most == 2:
            go_on.set()
        await go_on.wait()
        busy -= 1

    await asyncio.gather(*(reports.write(report) for _ in range(7)))
    assert (busy, most) == (0, 2)


async def test_a_report_that_finds_no_room_in_time_is_to_come_again(window: Window) -> None:
    reports, done = Bounded(window.sessions, seconds=0.2, at_once=1), asyncio.Event()

    async def report(session: AsyncSession) -> None:
        await done.wait()

    first, second = await asyncio.gather(*(reports.write(report) for _ in range(2)), return_exceptions=True)
    assert isinstance(first, DatabaseAway)
    assert isinstance(second, DatabaseAway)
    done.set()
    await reports.write(report)


async def test_a_password_is_never_shown_again(window: Window) -> None:
    there, window.parts.database = window.parts.database, Bounded(nowhere())
    window.app.add_api_route("/secret", away, methods=["POST"])
    try:
        async with window.visitor() as visitor:
            answer = checked(await visitor.post("/secret", data={"username": "asha", "password": "lantern"}))
    finally:
        window.parts.database = there
    assert (answer.status_code, "lantern" in answer.text) == (503, False)


def nowhere() -> Sessions:
    """Sessions on a database that is not there."""
    return sessions_of(engine("postgresql+psycopg://postgres@/none?host=/nonexistent"))


async def away() -> None:
    """What every page says without a database."""
    raise DatabaseAway
