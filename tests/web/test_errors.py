"""Errors as people and programs get them: by path and Accept, in the reader's language."""

from __future__ import annotations

import pytest

from rules.terms import Refused
from tests.web.window import Window, checked, words
from web.database import DatabaseAway
from web.errors import FieldError, Invalid, NotYours, RefusedAct, Stale, TooMany


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
