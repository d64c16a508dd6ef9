"""The public API: filing and following by program, each wrong call told as a problem, nothing half-written."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlmodel import func, select

from languages.catalog import gettext, use
from models.people import Missed
from models.requests import Connection, Consumer, IdempotencyKey, ServiceRequest, Words
from rules import reference as numbers
from rules.messages import ItIsTime, Look
from rules.terms import Act, Channel, Kind
from tests.web.window import MONDAY, Window
from web.api.bodies import FILING, LEAST
from web.api.problems import KINDS
from web.errors import PROBLEM

REQUESTS = "/api/v1/requests"
PHONE = "+919810000001"


def problem(answer: httpx2.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem that was answered; fails unless it is of this status and kind."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    body: dict[str, Any] = answer.json()
    assert (body["type"].rpartition("#")[2], body["status"]) == (kind, status)
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def fields(answer: httpx2.Response) -> list[str]:
    """The fields at fault."""
    return [error["field"] for error in problem(answer, 422, "invalid-fields")["errors"]]


async def count(window: Window) -> dict[str, int]:
    """How many rows each table has that a filing writes."""
    async with window.sessions() as session:
        return {
            table.__name__: (await session.exec(select(func.count()).select_from(table))).one()
            for table in (ServiceRequest, Consumer, Words, IdempotencyKey)
        }


async def file(window: Window, key: str | None = None, **more: Any) -> httpx2.Response:
    """File a request as a program does."""
    headers = {"Idempotency-Key": key} if key else {}
    return await window.visitor().post(REQUESTS, json={**FILING, **more}, headers=headers)


async def follow(window: Window, reference: str, language: str = "en", **headers: str) -> httpx2.Response:
    return await window.visitor(language, **headers).get(f"{REQUESTS}/{reference}")


async def test_a_request_is_registered_and_its_number_answered(window: Window) -> None:
    hints = window.door.hints
    answer = await file(window, description="  No light\u0000 💡 in the lane.\r\nSince six.  ")
    assert answer.status_code == 201, answer.text
    body = answer.json()
    reference = body.pop("reference")
    assert numbers.is_well_formed(reference)
    assert answer.headers["location"] == f"{REQUESTS}/{reference}"
    assert body == {
        "track_url": f"http://localhost:8000/track/{reference}",
        "kind": "complaint",
        "category": "no-supply",
        "state": "received",
        "registered_at": "2027-05-10T04:30:00Z",
        "standard_due": "2027-05-10T08:30:00Z",
    }
    assert window.door.hints == hints + 1
    row = await window.row(reference)
    async with window.sessions() as session:
        asker, said = await session.get(Consumer, row.consumer_id), await session.get(Words, row.words_id)
    assert asker is not None
    assert said is not None
    assert (row.channel, row.language, row.locality, row.filed_by) == (Channel.API, "hi", "gizri", None)
    assert (asker.name, asker.phone, asker.email) == ("Meena Example", PHONE, "meena@demo.example")
    assert said.body == "No light 💡 in the lane.\nSince six."


async def test_nothing_of_the_consumer_need_be_given(window: Window) -> None:
    answer = await window.visitor("ur").post(REQUESTS, json=LEAST)
    row = await window.row(answer.json()["reference"])
    assert (row.category, row.language, row.channel, row.safety) == ("wire-down", "ur", Channel.API, True)


@pytest.mark.parametrize("typed", ["9810000001", "098100 00001", "+91-98100-00001", "९८१०००० ००१"])
async def test_a_telephone_number_is_taken_in_any_spelling(window: Window, typed: str) -> None:
    answer = await file(window, consumer={"phone": typed})
    row = await window.row(answer.json()["reference"])
    async with window.sessions() as session:
        asker = await session.get(Consumer, row.consumer_id)
    assert asker is not None
    assert asker.phone == PHONE


async def test_a_report_of_conduct_names_a_post_that_never_has_it(window: Window) -> None:
    report = {"category": "conduct", "about": "service-manager-gizri"}
    row = await window.row((await file(window, **report)).json()["reference"])
    assert len(row.concerned) >= 3, "the manager and the two officers under him"
    assert fields(await file(window, **report | {"about": "nobody"})) == ["about"]
    called = await window.row((await file(window, category="conduct", called="Chitra Example")).json()["reference"])
    assert len(called.concerned) >= 3
    async with window.sessions() as session:
        words = await session.get(Words, called.words_id)
    assert words is not None
    assert "It is about: Chitra Example" in words.body
    assert fields(await file(window, called="Chitra Example")) == ["called"]


async def test_an_account_says_where(window: Window) -> None:
    async with window.sessions.begin() as session:
        holder = Consumer(name="Somebody Example")
        session.add(holder)
        await session.flush()
        session.add(Connection(account="400100200", consumer_id=holder.id or 0, locality="rehri"))
    answer = await file(window, locality=None, account="4001-00-200")
    row = await window.row(answer.json()["reference"])
    assert (row.locality, row.office) == ("rehri", "rehri")
    assert fields(await file(window, locality=None, account="400100201")) == ["account"]
    assert fields(await file(window, account="400100201")) == ["account"]


NOWHERE = {"locality": None, "address": None}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"kind": "praise"}, ["kind"]),
        ({"kind": None, "category": None}, ["kind", "category"]),
        ({"category": "moonlight"}, ["category"]),
        ({"category": ""}, ["category"]),
        ({"locality": "atlantis"}, ["locality"]),
        ({"locality": "gizri' or true"}, ["locality"]),
        ({"language": "fr"}, ["language"]),
        ({"channel": "call"}, ["channel"]),
        ({"channel": "counter"}, ["channel"]),
        ({"channel": "letter"}, ["channel"]),
        ({"description": "a" * 2001}, ["description"]),
        ({"description": ["a"]}, ["description"]),
        ({"account": "1" * 21}, ["account"]),
        ({"place": "a" * 201, "address": "a" * 401}, ["place", "address"]),
        (NOWHERE, ["place"]),
        ({**NOWHERE, "place": " \u0000 "}, ["place"]),
        ({"consumer": {"phone": "12"}}, ["consumer.phone"]),
        ({"consumer": {"phone": "call me"}}, ["consumer.phone"]),
        ({"consumer": {"phone": "9" * 41}}, ["consumer.phone"]),
        ({"consumer": {"email": "somebody at example"}}, ["consumer.email"]),
        ({"consumer": {"name": "a" * 121, "telephone": "1"}}, ["consumer.name", "consumer.telephone"]),
        ({"consumer": "Meena"}, ["consumer"]),
        ({"catgory": "no-supply"}, ["catgory"]),
    ],
)
async def test_what_cannot_be_taken_is_named_and_nothing_written(
    window: Window, wrong: dict[str, Any], named: list[str]
) -> None:
    before = await count(window)
    assert fields(await file(window, key=str(uuid4()), **wrong)) == named
    assert await count(window) == before


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"{", "application/json"), (b"[]", "application/json"), (b"", "application/json"), (b"{}", "text/plain"),
     (b"kind=complaint", "application/x-www-form-urlencoded")],
)  # fmt: skip
async def test_a_body_that_is_no_json_object_is_a_problem(window: Window, content: bytes, kind: str) -> None:
    answer = await window.visitor().post(REQUESTS, content=content, headers={"Content-Type": kind})
    assert fields(answer) == [""]


async def test_json_nested_beyond_reason_is_a_problem(window: Window) -> None:
    answer = await window.visitor().post(REQUESTS, content=b"[" * 60_000, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)


async def test_a_body_over_the_limit_is_a_problem(window: Window) -> None:
    before = await count(window)
    answer = await file(window, description="a" * 70_000)
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)

    async def without_length() -> Any:
        for _ in range(70):
            yield b" " * 1000

    answer = await window.visitor().post(REQUESTS, content=without_length())
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)
    assert await count(window) == before


async def test_what_people_read_is_in_their_language(window: Window) -> None:
    body = {**FILING, "consumer": {"phone": "98100 0005"}}
    answer = await window.visitor("hi").post(REQUESTS, json=body)
    with use("hi"):
        said = gettext("This is not a telephone number. A mobile number has 10 digits.")
    assert problem(answer, 422, "invalid-fields")["errors"] == [{"field": "consumer.phone", "message": said}]


# Once for each key


async def test_a_key_gives_the_same_answer_whatever_happened_since(window: Window) -> None:
    key = str(uuid4())
    first = await file(window, key)
    reference = first.json()["reference"]
    await window.record.look(Look(reference, window.now))
    await window.officer(reference, Act.ACCEPT)
    held = await window.officer(reference, Act.HOLD, data={"reason": "premises-locked", "limit": None})
    assert held.refused is None
    window.now += timedelta(hours=2)
    ended = await window.officer(reference, Act.RESUME)
    assert ended.refused is None
    assert (await window.row(reference)).standard_due == MONDAY + timedelta(hours=6)
    before = await count(window)
    again = await file(window, key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert await count(window) == before


async def test_a_key_knows_a_body_by_what_it_says(window: Window) -> None:
    key = str(uuid4())
    first = await file(window, key)
    turned = dict(reversed({**FILING, "description": f" {FILING['description']} ", "place": None}.items()))
    again = await window.visitor("ur").post(REQUESTS, json=turned, headers={"Idempotency-Key": key})
    assert again.json() == first.json()


async def test_a_key_with_another_body_is_a_problem(window: Window) -> None:
    key = str(uuid4())
    assert (await file(window, key)).status_code == 201
    before = await count(window)
    problem(await file(window, key, description="Something else"), 422, "idempotency-key-reused")
    problem(await file(window, key, category="voltage"), 422, "idempotency-key-reused")
    assert await count(window) == before
    assert fields(await file(window, "k" * 201)) == ["Idempotency-Key"]


async def test_many_at_once_with_one_key_are_one_request(window: Window) -> None:
    key = str(uuid4())
    before = await count(window)
    answers = await asyncio.gather(*(file(window, key) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert await count(window) == {table: rows + 1 for table, rows in before.items()}


async def test_two_bodies_at_once_with_one_key_are_one_request_and_one_problem(window: Window) -> None:
    key = str(uuid4())
    answers = await asyncio.gather(file(window, key), file(window, key, description="Something else"))
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_without_a_key_each_call_is_a_request(window: Window) -> None:
    first, second = [(await file(window)).json()["reference"] for _ in range(2)]
    assert first != second


async def test_one_telephone_files_only_so_many(window: Window) -> None:
    consumer = {"phone": "+919810000099"}
    key = str(uuid4())
    first = await file(window, key, consumer=consumer)
    limit = window.parts.book.policies[window.parts.book.newest].limits.filings_per_hour
    for _ in range(limit - 1):
        assert (await file(window, consumer=consumer)).status_code == 201
    refused = await file(window, consumer=consumer)
    problem(refused, 429, "too-many-filed")
    assert int(refused.headers["retry-after"]) > 0
    assert (await file(window, key, consumer=consumer)).json() == first.json()
    window.now += timedelta(hours=1, seconds=1)
    assert (await file(window, consumer=consumer)).status_code == 201


# Following


async def test_a_request_is_followed_without_anything_personal(window: Window) -> None:
    reference = await window.filed(name="Meena Example", address="House 7")
    await window.officer(reference, Act.ACCEPT)
    until = (window.now + timedelta(hours=1)).isoformat()
    await window.officer(reference, Act.EXPECT, data={"until": until, "reason": "crew-on-the-way"})
    await window.officer(reference, Act.NOTE, words="Ring Meena Example first")
    answer = await follow(window, reference)
    assert answer.status_code == 200
    body = answer.json()
    events = body.pop("events")
    assert body == {
        "reference": reference,
        "kind": "complaint",
        "category": "no-supply",
        "state": "in_progress",
        "channel": "web",
        "filed_by": None,
        "tier": 1,
        "tier_role": "relationship_officer",
        "registered_at": "2027-05-10T04:30:00Z",
        "next_due": "2027-05-10T06:00:00Z",
        "standard_due": "2027-05-10T08:30:00Z",
        "expected_at": "2027-05-10T05:30:00Z",
        "complete_at": None,
        "stages": [],
    }
    assert [event["kind"] for event in events] == ["registered", "assigned", "accepted", "expected"]
    assert [event["number"] for event in events] == [1, 2, 3, 4]
    for personal in ("Meena", "House", "98", "Ring", "@", "Asha", "Bilal"):
        assert personal not in answer.text.replace(reference, "")


async def test_an_escalation_shows_the_instant_it_was_due(window: Window) -> None:
    reference = await window.filed()
    await window.officer(reference, Act.ACCEPT)
    due = (await follow(window, reference)).json()["next_due"]
    await window.record.it_is_time(ItIsTime(reference, MONDAY + timedelta(minutes=95)))
    body = (await follow(window, reference)).json()
    assert (body["tier"], body["tier_role"]) == (2, "service_manager")
    climbed = [event for event in body["events"] if event["kind"] == "escalated"]
    assert [(event["due_at"], event["at"]) for event in climbed] == [(due, "2027-05-10T06:05:00Z")]
    assert body["next_due"] > due


async def test_a_resolved_one_stands_still_and_a_received_one_is_nobodys_yet(window: Window) -> None:
    reference = (await file(window)).json()["reference"]
    body = (await follow(window, reference)).json()
    assert (body["state"], body["tier"], body["tier_role"], body["next_due"]) == ("received", None, None, None)
    reference = await window.filed()
    await window.resolved(reference)
    body = (await follow(window, reference)).json()
    assert (body["state"], body["tier"], body["next_due"]) == ("resolved", 1, None)


async def test_asking_again_costs_nothing_until_something_happens(window: Window) -> None:
    reference = await window.filed()
    tag = (await follow(window, reference)).headers["etag"]
    answer = await follow(window, reference, **{"If-None-Match": f'"old", {tag}'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    await window.officer(reference, Act.ACCEPT)
    answer = await follow(window, reference, **{"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.headers["etag"] != tag


async def test_a_number_is_taken_as_people_write_it(window: Window) -> None:
    reference = await window.filed()
    assert (await follow(window, numbers.shown(reference))).json()["reference"] == reference


@pytest.mark.parametrize("typed", ["482719361", "12345", "abc", "9810000001", "%00", "0" * 64, "💡"])
async def test_what_is_no_number_is_a_problem_and_no_miss(window: Window, typed: str) -> None:
    problem(await follow(window, typed, "ur"), 422, "not-a-reference")
    async with window.sessions() as session:
        assert (await session.exec(select(func.count()).select_from(Missed))).one() == 0


async def test_only_numbers_that_do_not_exist_are_limited(window: Window) -> None:
    reference = await window.filed()
    limit = window.parts.book.policies[window.parts.book.newest].limits.misses_per_hour
    for number in range(20_000_000, 20_000_000 + limit):
        problem(await follow(window, numbers.new(number)), 404, "unknown-reference")
    answer = await follow(window, numbers.new(30_000_000))
    assert (answer.status_code, answer.headers["content-type"]) == (429, PROBLEM)
    assert answer.json()["type"] == "about:blank"
    assert (await follow(window, reference)).status_code == 200
    problem(await follow(window, "482719361"), 422, "not-a-reference")


async def test_a_confidential_one_tells_only_that_it_is_looked_into(window: Window) -> None:
    answer = await file(window, category="theft-report", consumer={}, locality="gizri")
    reference = answer.json()["reference"]
    received = await follow(window, reference)
    await window.record.look(Look(reference, window.now))
    await window.officer(reference, Act.ACCEPT)
    until = (window.now + timedelta(hours=1)).isoformat()
    await window.officer(reference, Act.EXPECT, data={"until": until, "reason": "visit-planned"})
    looked_into = await follow(window, reference)
    assert received.json()["state"] == "received"
    body = looked_into.json()
    assert [(event["number"], event["kind"], event["due_at"]) for event in body.pop("events")] == [
        (1, "registered", None),
        (2, "assigned", None),
    ]
    assert body == {
        "reference": reference,
        "kind": "complaint",
        "category": None,
        "state": "in_progress",
        "channel": None,
        "filed_by": None,
        "tier": None,
        "tier_role": None,
        "registered_at": "2027-05-10T04:30:00Z",
        "next_due": None,
        "standard_due": None,
        "expected_at": None,
        "complete_at": None,
        "stages": [],
    }
    again = await follow(window, reference, **{"If-None-Match": looked_into.headers["etag"]})
    assert again.status_code == 304


# The catalog


async def test_everything_in_the_catalog_can_be_filed(window: Window) -> None:
    answer = await window.visitor().get("/api/v1/catalog")
    body = answer.json()
    assert set(body) == {"kinds", "categories", "procedures", "localities", "languages", "posts"}
    assert {kind["code"] for kind in body["kinds"]} == set(Kind)
    assert len(body["categories"]) >= 12
    for entries in body.values():
        assert all(set(entry) >= {"code", "name"} and entry["name"] for entry in entries)
    for category in body["categories"]:
        assert (await file(window, category=category["code"], consumer={})).status_code == 201
    for locality in body["localities"]:
        assert (await file(window, locality=locality["code"], consumer={})).status_code == 201
    for language in body["languages"]:
        assert (await file(window, language=language["code"], consumer={})).status_code == 201
    for post in body["posts"]:
        assert (await file(window, category="conduct", about=post["code"], consumer={})).status_code == 201


async def test_the_catalog_speaks_the_language_asked_for(window: Window) -> None:
    async def first(accept: str, query: str = "") -> str:
        answer = await window.visitor(accept).get(f"/api/v1/catalog{query}")
        name: str = answer.json()["categories"][0]["name"]
        return name

    assert await first("en") == "No supply"
    assert await first("hi") == await first("en", "?language=hi") == "बिजली नहीं है"
    assert await first("hi", "?language=ur") == "بجلی نہیں ہے"
    assert fields(await window.visitor().get("/api/v1/catalog?language=fr")) == ["language"]


async def test_the_catalog_is_sent_again_only_when_it_changed(window: Window) -> None:
    visitor = window.visitor()
    tag = (await visitor.get("/api/v1/catalog")).headers["etag"]
    assert (await visitor.get("/api/v1/catalog", headers={"If-None-Match": tag})).status_code == 304
    answer = await visitor.get("/api/v1/catalog?language=hi", headers={"If-None-Match": tag})
    assert answer.status_code == 200


async def test_every_type_of_problem_has_an_address_that_says_what_it_means(window: Window) -> None:
    answer = await window.visitor().get("/api/v1/problems")
    assert [problem["type"] for problem in answer.json()["problems"]] == [kind.type for kind in KINDS]
    assert all(problem["meaning"] for problem in answer.json()["problems"])
